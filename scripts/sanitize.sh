#!/usr/bin/env bash
# Looks for undefined behaviour and races: `make sanitize`, or `scripts/sanitize.sh [address] [thread] [loom] [miri]` (10 minutes).
#   address  the unit tests that reach unsafe code, under AddressSanitizer
#   thread   the helper thread and what uses it, under ThreadSanitizer, with a standard library that is instrumented too
#   loom     the states of the helper thread in every order of two threads (tests/loom)
#   miri     the portable kernels under Miri; only nightly toolchains have it, so it is left out where none is installed
# Sanitizers are unstable flags of rustc, which RUSTC_BOOTSTRAP=1 allows on a stable one. OpenBLAS is not instrumented: what it
# reads and writes is not checked, what we hand to it is. ThreadSanitizer runs without it.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

[ $# -gt 0 ] || set -- address thread loom miri
host=$(rustc -vV | sed -n 's/^host: //p')
export OPENBLAS_NUM_THREADS=1 CARGO_INCREMENTAL=0
# A folder for each kind: all crates are compiled with its flags.
built() { printf '%s/target/sanitize/%s' "$PWD" "$1"; }

address() {
  RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=$(built address) \
    cargo test --profile mutants --quiet --target "$host" --no-default-features --features lapack --lib -- \
    linalg:: optimizer::first_order:: risk:: model:: data:: train::
}

thread() {
  RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=thread CARGO_TARGET_DIR=$(built thread) \
    cargo test --profile mutants --quiet -Zbuild-std --target "$host" --no-default-features --lib -- \
    linalg::helper_thread linalg::kernel linalg::sharing optimizer::first_order::sweep train::
}

loom() {
  CARGO_TARGET_DIR=$(built loom) cargo test --release --quiet --manifest-path tests/loom/Cargo.toml
}

miri() {
  if ! cargo miri --version >/dev/null 2>&1; then
    say "left out: Miri is not installed here (rustup +nightly component add miri)"
    return
  fi
  MIRIFLAGS=-Zmiri-disable-isolation CARGO_TARGET_DIR=$(built miri) \
    cargo miri test --no-default-features --lib -- linalg::kernel linalg::vector
}

for kind; do
  case $kind in
  address | thread | loom | miri) say "$kind" && "$kind" ;;
  *) die "there is no check '$kind'; the checks are address, thread, loom and miri" ;;
  esac
done
