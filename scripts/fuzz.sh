#!/usr/bin/env bash
# Fuzzes the readers of foreign input (fuzz/): `make fuzz`, or `scripts/fuzz.sh [SECONDS [TARGET…]]`; 600 seconds a target.
# Inputs that the fuzzer finds interesting stay in target/fuzz/corpus, so the next run goes on from there; an input that fails is
# in target/fuzz/artifacts. Installs cargo-fuzz if it is missing. cargo-fuzz needs unstable flags of rustc, which
# RUSTC_BOOTSTRAP=1 allows on a stable one.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

seconds=${1:-600}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "the first argument is the seconds for each target, such as 600, and not '$seconds'"
shift || true
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$PWD/target/fuzz/build OPENBLAS_NUM_THREADS=1
cargo fuzz --version >/dev/null 2>&1 || {
  say "installing cargo-fuzz (a minute)"
  env -u CARGO_TARGET_DIR cargo install --quiet --locked cargo-fuzz
}
mapfile -t all < <(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | grep -v '^gradus-fuzz$')
[ $# -gt 0 ] || set -- "${all[@]}"
for target; do
  [[ " ${all[*]} " == *" $target "* ]] || die "there is no fuzz target '$target'; the targets are ${all[*]}"
done

say "building the targets (a minute)"
for target; do cargo fuzz build --release "$target" >/dev/null; done
failed=()
for target; do
  say "fuzzing $target for $seconds s"
  corpus=target/fuzz/corpus/$target found=target/fuzz/artifacts/$target log=target/fuzz/$target.log
  mkdir -p "$corpus" "$found" "fuzz/seeds/$target"
  if cargo fuzz run --release "$target" "$corpus" "fuzz/seeds/$target" -- -max_total_time="$seconds" \
    -artifact_prefix="$found/" -print_final_stats=1 -rss_limit_mb=4096 -timeout=20 >"$log" 2>&1; then
    sed -n 's/^stat::number_of_executed_units: */  inputs tried: /p; s/^.*DONE *cov: \([0-9]*\).*corp: \([0-9]*\).*/  edges: \1, inputs kept: \2/p' "$log"
  else
    failed+=("$target")
    echo "  failed: the input is in $found, what happened in $log"
  fi
done
[ ${#failed[@]} -eq 0 ] || die "these targets found a fault: ${failed[*]}"
