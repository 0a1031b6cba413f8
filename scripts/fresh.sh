#!/usr/bin/env bash
# Measures how long a new user waits, in a clone of the last commit that shares nothing with this one. Downloads and builds
# crates, Rust's kernel for Jupyter, the library and the Python packages from nothing, and executes all notebooks. Then it
# builds the core crate, without features, from nothing. System packages and the toolchain are used as they are. Writes
# target/fresh.csv, which `make peers` compares with the promised times (W10).
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

command -v cargo >/dev/null || die "cargo is missing: please install Rust's stable toolchain from https://rustup.rs"
if command -v evcxr_jupyter >/dev/null; then
  die "an evcxr_jupyter is on the PATH, so the set-up might not compile it: please remove it from the PATH first"
fi
python3 -c 'import ensurepip' 2>/dev/null || die "system packages are missing: please run \`make setup\` first"
project=$PWD
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
git clone -q "$project" "$fresh/gradus"
mkdir "$fresh/cargo"
# Copy settings, such as a mirror of crates.io, but nothing that was downloaded or built.
for settings in config config.toml credentials.toml; do
  from=${CARGO_HOME:-$HOME/.cargo}/$settings
  [ ! -e "$from" ] || cp "$from" "$fresh/cargo/"
done
# Unset rather than set to a folder of the clone, because the notebook kernels would inherit it and build their cells there.
unset CARGO_TARGET_DIR RUSTC_WRAPPER
export CARGO_HOME=$fresh/cargo XDG_CACHE_HOME=$fresh/cache PIP_NO_CACHE_DIR=1
cd "$fresh/gradus"
# Do not install the optional packages: the machine is measured as it is.
mkdir .setup && touch .setup/optional

commit=$(git rev-parse --short HEAD)
echo "what,seconds,commit" >"$fresh/fresh.csv"
timed() {
  local what=$1 started=$SECONDS seconds
  shift
  say "$what: $*"
  "$@" || die "$what failed: see its message above"
  seconds=$((SECONDS - started))
  printf '%s,%s,%s\n' "$what" "$seconds" "$commit" | tee -a "$fresh/fresh.csv"
}
timed set-up make setup
timed build make build
timed notebooks cargo run --release --quiet -- notebook check
timed core env CARGO_TARGET_DIR="$fresh/core" cargo build --release --no-default-features
mkdir -p "$project/target"
mv "$fresh/fresh.csv" "$project/target/fresh.csv"
say "the times are in target/fresh.csv; \`make peers\` shows them"
