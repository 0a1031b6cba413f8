#!/usr/bin/env bash
# Mutation testing with cargo-mutants (.cargo/mutants.toml): `make mutants`, or `scripts/mutants.sh [SHARDS [FIRST [LAST]]]`.
# The mutants are dealt to SHARDS shards (200), and those from FIRST (0) to LAST (FIRST) are tested, one after another, at low
# priority. What is done stays in target/mutants: a shard that is complete is not run again, and the table of scores
# tests/MUTANTS.md is made from all that are there. A shard of 1/200 takes about a quarter of an hour on one core.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

shards=${1:-200} first=${2:-0} last=${3:-${2:-0}}
for number in "$shards" "$first" "$last"; do
  [[ $number =~ ^[0-9]+$ ]] || die "shards are whole numbers, such as 200 0 4, and not '$number'"
done
[ "$first" -le "$last" ] && [ "$last" -lt "$shards" ] || die "shards go from 0 to $((shards - 1)), so $first to $last cannot be run"
cargo mutants --version >/dev/null 2>&1 || {
  say "installing cargo-mutants (two minutes)"
  cargo install --quiet --locked cargo-mutants
}
export OPENBLAS_NUM_THREADS=1
unset CARGO_TARGET_DIR # cargo-mutants copies the tree, and each copy has its own
for ((shard = first; shard <= last; shard++)); do
  out=target/mutants/$shards/$shard
  [ -e "$out/done" ] && continue
  say "testing shard $shard of $shards"
  rm -rf "$out"
  mkdir -p "$out"
  # Exit codes: 2 is mutants that were missed, 3 is mutants that ran out of time. Both are results.
  code=0
  nice -n 15 cargo mutants --shard "$shard/$shards" --sharding round-robin --no-shuffle --output "$out" --colors never || code=$?
  case $code in
  0 | 2 | 3) touch "$out/done" ;;
  *) die "cargo mutants ended with exit code $code; what it did is in $out" ;;
  esac
done
python3 scripts/mutants.py target/mutants
