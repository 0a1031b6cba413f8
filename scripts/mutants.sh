#!/usr/bin/env bash
# Mutation testing, of the mutants that cargo-mutants lists (.cargo/mutants.toml):
#
#   scripts/mutants.sh                                        all mutants in one build (scripts/mutants.py), into tests/MUTANTS.md
#   scripts/mutants.sh one-at-a-time --re TEXT                those whose names match, each compiled by itself (cargo-mutants)
#   scripts/mutants.sh one-at-a-time --shard 0/200            one of 200 shards of them: a quarter of an hour on one core
#
# The first compiles every mutant as a switch of one program (tests/mutants), and goes on where it was stopped. The second is the
# judge of those that do not compile that way; its outcomes are printed, and stay in target/mutants/one-at-a-time.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

cargo mutants --version >/dev/null 2>&1 || {
  say "installing cargo-mutants (two minutes)"
  cargo install --quiet --locked cargo-mutants
}
export OPENBLAS_NUM_THREADS=1
unset CARGO_TARGET_DIR # cargo-mutants copies the tree, and each copy has its own
if [ "${1:-}" = one-at-a-time ]; then
  mkdir -p target/mutants/one-at-a-time
  exec nice -n 15 cargo mutants --no-shuffle --sharding round-robin --output target/mutants/one-at-a-time --colors never "${@:2}"
fi
# What rewrites the library is tested first (seconds).
CARGO_TARGET_DIR=target/mutants/tool cargo test --quiet --manifest-path tests/mutants/Cargo.toml >/dev/null ||
  die "a test of the rewriter fails: cargo test --manifest-path tests/mutants/Cargo.toml"
exec python3 scripts/mutants.py all "$@"
