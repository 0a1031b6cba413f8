#!/usr/bin/env bash
# Compares the speed of Gradus with other libraries, and writes the table and the chart into results/ and README.md.
# Installs the other libraries if they are missing, into the venv .setup/peers, unless $GRADUS_PEERS_PYTHON names another
# Python. Passes its arguments on to measure.py.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

wanted=benches/peers/requirements.txt
peers=$setup/peers
python=${GRADUS_PEERS_PYTHON:-$peers/bin/python}

python_peers() {
  [ -z "${GRADUS_PEERS_PYTHON:-}" ] || return 0
  cmp -s "$wanted" "$peers/requirements.txt" && "$python" -c '' && return
  say "installing NumPy, SciPy, scikit-learn, JAX and PyTorch into .setup/peers with pip: 6 GB on disk, mostly the CUDA libraries that PyPI's PyTorch includes (a few minutes)"
  rm -rf "$peers"
  python3 -m venv "$peers"
  "$python" -m pip install -q --disable-pip-version-check -r "$wanted" || {
    # Measure what can be installed. The others become rows that say why they are missing.
    say "pip could not install all of $wanted at once: trying one at a time"
    grep -v '^#' "$wanted" | while read -r package; do
      "$python" -m pip install -q --disable-pip-version-check "$package" || say "$package could not be installed and will be missing in the table"
    done
    return
  }
  cp "$wanted" "$peers/requirements.txt"
}

command -v cargo >/dev/null || die "cargo is missing: please install Rust's stable toolchain from https://rustup.rs"
python_peers
say "building gradus, argmin and basin (5 minutes from nothing, otherwise seconds)"
cargo build --release --quiet --manifest-path benches/peers/Cargo.toml
side=${CARGO_TARGET_DIR:-benches/peers/target}/release/side
out=target/peers/peers.csv
"$python" -B benches/peers/measure.py --python "$python" --side "$side" --out "$out" "$@"
case " $* " in
*" --only "* | *" --only="* | *" --quick "*) say "this was only a part, so results/ does not change; the table is in $out" ;;
*) cargo run --release --quiet -- bench --peers "$out" ;;
esac
