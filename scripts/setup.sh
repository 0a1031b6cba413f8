#!/usr/bin/env bash
# Installs what is missing on this machine: system packages, a Python venv with Jupyter, the evcxr kernel, the sources of
# the standard library, and the kernel of the notebooks. Needs git, make and the cargo of rustup. Checks what exists before
# it does anything, so running it again takes a second.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

links_openblas() { printf 'int main(void) { return 0; }' | cc -x c - -lopenblas -o /dev/null 2>/dev/null; }
# On Debian, ensurepip is in the package python3-venv.
has_python() { python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

system_packages() {
  local missing=()
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  { command -v cc >/dev/null && links_openblas; } || missing+=(libopenblas-dev)
  has_python || missing+=(python3 python3-venv)
  [ ${#missing[@]} -eq 0 ] && return
  has_apt || die "please install a C compiler, pkg-config, OpenBLAS with its headers, and Python 3.10 or newer with venv (missing, by their Debian names: ${missing[*]})"
  say "installing ${missing[*]} with apt (usually a minute)"
  apt_install "${missing[@]}" || die "apt could not install ${missing[*]}: see .setup/apt.log"
  has_python || die "Python is older than 3.10: please install a newer one and put it first on the PATH"
}

# Optional packages. They are tried once, because not every version of Debian has them.
optional_packages() {
  local package tried=$setup/optional
  { [ -e "$tried" ] || ! has_apt; } && return
  mkdir -p "$setup"
  for package in dataset-fashion-mnist mold binaryen; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] && continue
    say "installing $package with apt (usually half a minute)"
    apt_install "$package" || say "$package is not available here; continuing without it ($(without "$package"))"
  done
  touch "$tried"
}
without() {
  case $1 in
  dataset-*) echo "\`gradus fetch fashion-mnist\` downloads those images" ;;
  binaryen) echo "the demo page is a tenth larger" ;;
  *) echo "cells link a little more slowly" ;;
  esac
}

python_packages() {
  cmp -s scripts/requirements.txt "$venv/requirements.txt" && "$venv/bin/python" -c '' && return
  say "installing Jupyter into .setup/venv with pip (usually half a minute)"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check -r scripts/requirements.txt ||
    die "pip could not install the packages of scripts/requirements.txt: see its message above"
  # This comes last, so that an interrupted installation starts again.
  cp scripts/requirements.txt "$venv/requirements.txt"
}

evcxr() {
  find_evcxr >/dev/null && return
  say "compiling evcxr_jupyter $evcxr_version, Rust's kernel for Jupyter (5 minutes on two cores; once for all clones)"
  # evcxr's own release profile (full LTO) takes 10 minutes, and cells are no faster. The build folder survives an
  # interruption, and the next run continues from there.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=2 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR=$evcxr_root/build \
    cargo install evcxr_jupyter --version "$evcxr_version" --locked --root "$evcxr_root" ||
    die "cargo could not install evcxr_jupyter $evcxr_version: see its message above"
  rm -rf "$evcxr_root/build"
}

# rust-analyzer, which is part of evcxr, needs them even for the type of `vec![1.0]`.
rust_src() {
  find_rust_src >/dev/null && return
  say "installing the standard library's sources"
  if command -v rustup >/dev/null && timeout 120 rustup component add rust-src; then return; fi
  if has_apt; then
    # rustup cannot download here. The sources of a similar version are good enough.
    apt_install rust-web-src || apt_install rust-src || true
  fi
  find_rust_src >/dev/null || die "the standard library's sources are missing: please run \`rustup component add rust-src\`"
}

command -v cargo >/dev/null || die "cargo is missing: please install Rust's stable toolchain from https://rustup.rs"
system_packages
optional_packages
python_packages
rust_src
evcxr
scripts/kernel.sh
