#!/usr/bin/env bash
# Fuzzes the readers of foreign input (fuzz/): `make fuzz`, or `scripts/fuzz.sh [SECONDS [TARGET…]]`; 600 seconds a target.
# `scripts/fuzz.sh --seeds [TARGET…]` adds to fuzz/seeds the smallest inputs among those that reach something of their own.
#
# Inputs that the fuzzer finds interesting stay in target/fuzz/corpus, so the next run goes on from there; an input that fails is
# in target/fuzz/artifacts. The counts of each target's last run go into tests/FUZZ.md. Installs cargo-fuzz if it is missing.
# cargo-fuzz needs unstable flags of rustc, which RUSTC_BOOTSTRAP=1 allows on a stable one.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

seeds=no
if [ "${1:-}" = --seeds ]; then
  seeds=yes
  set -- 600 "${@:2}"
fi
seconds=${1:-600}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "the first argument is the seconds for each target, such as 600, and not '$seconds'"
shift || true
export RUSTC_BOOTSTRAP=1 OPENBLAS_NUM_THREADS=1
built=$PWD/target/fuzz/build
cargo fuzz --version >/dev/null 2>&1 || {
  say "installing cargo-fuzz (a minute)"
  cargo install --quiet --locked cargo-fuzz
}
mapfile -t all < <(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | grep -v '^gradus-fuzz$')
[ $# -gt 0 ] || set -- "${all[@]}"
for target; do
  [[ " ${all[*]} " == *" $target "* ]] || die "there is no fuzz target '$target'; the targets are ${all[*]}"
done

say "building the targets (a minute)"
CARGO_TARGET_DIR=$built cargo fuzz build --release >/dev/null
host=$(rustc -vV | sed -n 's/^host: //p')
TIMEFORMAT='processor seconds: %U'
# An input of a few kilobytes that takes longer than a minute, or 4 GB, is a fault too.
fuzz() {
  local target=$1
  shift
  time nice -n 14 "$built/$host/release/$target" -artifact_prefix="target/fuzz/artifacts/$target/" \
    -print_final_stats=1 -rss_limit_mb=4096 -timeout=60 -close_fd_mask=1 "$@"
}

failed=()
for target; do
  corpus=target/fuzz/corpus/$target log=target/fuzz/$target.log
  mkdir -p "$corpus" "target/fuzz/artifacts/$target" "fuzz/seeds/$target"
  if [ $seeds = yes ]; then
    whole=target/fuzz/whole/$target
    rm -rf "$whole" && mkdir -p "$whole"
    fuzz "$target" -merge=1 "$whole" "fuzz/seeds/$target" "$corpus" >"target/fuzz/$target.merge.log" 2>&1
    python3 -B scripts/fuzz_page.py --seeds "$target"
    continue
  fi
  say "fuzzing $target for $seconds s"
  if fuzz "$target" -max_total_time="$seconds" "$corpus" "fuzz/seeds/$target" >"$log" 2>&1; then
    sed -n 's/^stat::number_of_executed_units: */  inputs tried: /p; s/^.*DONE *cov: \([0-9]*\).*corp: \([0-9]*\).*/  edges: \1, inputs kept: \2/p' "$log"
  else
    failed+=("$target")
    echo "  failed: the input is in target/fuzz/artifacts/$target, what happened in $log"
  fi
  python3 -B scripts/fuzz_page.py
done
[ ${#failed[@]} -eq 0 ] || die "these targets found a fault: ${failed[*]}"
