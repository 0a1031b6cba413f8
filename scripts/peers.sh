#!/usr/bin/env bash
# Compares the speed of Gradus with other libraries, and writes the table and the chart into results/ and README.md.
# Installs the other libraries if they are missing, into the venv .setup/peers, unless $GRADUS_PEERS_PYTHON names another
# Python. Passes its arguments on to measure.py.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

wanted=benches/peers/requirements.txt
torch=benches/peers/requirements-torch.txt
peers=$setup/peers
python=${GRADUS_PEERS_PYTHON:-$peers/bin/python}

pip_install() { "$python" -m pip install -q --disable-pip-version-check "$@"; }

# PyTorch with stand-ins for the CUDA libraries; if it does not load with them, with these libraries.
install_torch() {
  pip_install --no-deps -r "$torch" || return
  if [ "$(uname)" = Linux ]; then scripts/torch_stand_ins.sh "$python" || true; fi
  "$python" -c 'import torch, pytorch_optimizer' 2>/dev/null && return
  say "PyTorch does not load without its CUDA libraries: installing them too (6 GB on disk)"
  find "$peers" -lname libstandin.so -delete
  grep -v '^nvidia' "$torch" >"$peers/torch.txt"
  pip_install -r "$peers/torch.txt"
}

python_peers() {
  [ -z "${GRADUS_PEERS_PYTHON:-}" ] || return 0
  cat "$wanted" "$torch" | cmp -s - "$peers/requirements.txt" && "$python" -c '' && return
  say "installing NumPy, SciPy, scikit-learn, JAX and PyTorch into .setup/peers with pip: .8 GB to download, 2 GB on disk (3 minutes)"
  rm -rf "$peers"
  python3 -m venv "$peers"
  if pip_install -r "$wanted" && install_torch; then
    cat "$wanted" "$torch" >"$peers/requirements.txt"
    return
  fi
  # Measure what can be installed. The others become rows that say why they are missing.
  say "pip could not install everything: trying one package at a time"
  grep -hv '^#' "$wanted" | while read -r package; do
    pip_install "$package" || say "$package could not be installed and will be missing in the table"
  done
  install_torch || say "PyTorch could not be installed and will be missing in the table"
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
