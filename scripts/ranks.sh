#!/usr/bin/env bash
# Measures messages, sums and steps of one and two processes over MPI on this machine, and keeps the table of which the
# study at-scale makes its prediction: `make ranks`. Wants a quiet machine.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

bin=${CARGO_TARGET_DIR:-$PWD/target}/release/gradus-mpi-measure
[ -x "$bin" ] || die "there is no $bin; build it with make cluster"
table=src/study/lecture/at_scale/measured.csv
export OPENBLAS_NUM_THREADS=1
measure() { mpirun --allow-run-as-root --oversubscribe --bind-to none -n "$1" "$bin"; }
{
  echo "# Measured by 'make ranks' on $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p), $(nproc) processors, both processes on it."
  echo "# Medians of turns, in seconds, a line for each round."
  echo "# Waiting: within calls of MPI, on the wire or for the other process."
  echo "what,ranks,threads,numbers,seconds,waiting"
  for round in 1 2 3; do
    say "round $round of 3: one process with one thread, one with two, two processes with a thread each"
    RAYON_NUM_THREADS=1 measure 1
    RAYON_NUM_THREADS=2 measure 1
    RAYON_NUM_THREADS=1 measure 2
  done
} >"$table.tmp"
mv "$table.tmp" "$table"
say "the table is in $table; run 'gradus run at-scale' next"
