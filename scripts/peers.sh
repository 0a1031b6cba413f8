#!/usr/bin/env bash
# Measures ours beside its peers, and puts the table and chart into results/ and README.md. Sets up the peers if they are
# missing: a venv of their own, .setup/peers, or the Python that $GRADUS_PEERS_PYTHON names. Arguments go to measure.py.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

wanted=benches/peers/requirements.txt
peers=$setup/peers
python=${GRADUS_PEERS_PYTHON:-$peers/bin/python}

python_peers() {
  [ -z "${GRADUS_PEERS_PYTHON:-}" ] || return 0
  cmp -s "$wanted" "$peers/requirements.txt" && "$python" -c '' && return
  say "installing NumPy, SciPy, scikit-learn, JAX and PyTorch into .setup/peers with pip: 6 GB on disk, most of it the CUDA libraries that PyPI's PyTorch brings (some minutes)"
  rm -rf "$peers"
  python3 -m venv "$peers"
  "$python" -m pip install -q --disable-pip-version-check -r "$wanted" || {
    # What could be had is measured all the same; the others become rows that say why they are missing.
    say "pip could not install all of $wanted at once: trying one by one"
    grep -v '^#' "$wanted" | while read -r package; do
      "$python" -m pip install -q --disable-pip-version-check "$package" || say "$package could not be installed: it will be missing in the table"
    done
    return
  }
  cp "$wanted" "$peers/requirements.txt"
}

command -v cargo >/dev/null || die "cargo is missing: please install Rust's stable toolchain from https://rustup.rs"
python_peers
say "building ours, argmin and basin (5 minutes from nothing, else seconds)"
cargo build --release --quiet --manifest-path benches/peers/Cargo.toml
side=${CARGO_TARGET_DIR:-benches/peers/target}/release/side
out=target/peers/peers.csv
"$python" -B benches/peers/measure.py --python "$python" --side "$side" --out "$out" "$@"
case " $* " in
*" --only "* | *" --only="* | *" --quick "*) say "not all was measured, so results/ stays as it is: $out has the table" ;;
*) cargo run --release --quiet -- bench --peers "$out" ;;
esac
