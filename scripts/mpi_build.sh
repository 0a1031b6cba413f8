#!/usr/bin/env bash
# Builds `gradus-mpi`, one training run over many processes, into target/release: `make cluster`. Installs Open MPI with apt
# if it is missing. Exit code 3 if there is no MPI here and none can be installed.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

has_mpi() { command -v mpicc >/dev/null && command -v mpirun >/dev/null && compgen -G '/usr/lib/*/libclang-[0-9]*.so*' >/dev/null; }
if ! has_mpi; then
  if ! has_apt; then
    say "there is no MPI library: install Open MPI or MPICH with its compiler mpicc, and libclang"
    exit 3
  fi
  say "installing Open MPI and libclang with apt (a minute)"
  apt_install openmpi-bin libopenmpi-dev libclang-dev || {
    say "apt could not install openmpi-bin, libopenmpi-dev and libclang-dev ($setup/apt.log)"
    exit 3
  }
fi
say "building gradus-mpi (5 minutes from nothing, 3 once gradus is built)"
# The same folder as that of gradus, so that what both need is compiled once.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target} cargo build --release --quiet --manifest-path cluster/Cargo.toml --bins --examples
