#!/usr/bin/env bash
# Builds the library that notebook cells link to, and registers the kernel "Rust (gradus)" in .setup/venv. Run it before
# every use of the kernel, because the library must match the sources. It takes a second if nothing changed, and 5 minutes
# the first time (polars). notebooks/kernel/README.md explains how the kernel works.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

evcxr=$(find_evcxr) || die "evcxr_jupyter $evcxr_version is missing: please run \`make setup\`"
rust_src=$(find_rust_src) || die "the standard library's sources are missing: please run \`make setup\`"
[ -x "$venv/bin/python" ] || die "the Python venv is missing: please run \`make setup\`"

# Pass the flag only to the last crate. For all crates, it would build every dependency a second time.
quiet=--quiet
if [ ! -e "$setup/kernel/evcxr.toml" ]; then
  say "building the library for notebook cells (5 minutes on two cores from nothing)"
  quiet=
fi
# shellcheck disable=SC2086 # no argument if empty
artifacts=$(cargo rustc $quiet --release -p gradus-kernel --lib --message-format=json-render-diagnostics -- -Cprefer-dynamic |
  sed -n 's/.*"filenames":\[\([^]]*\)\].*/\1/p' | tr ',' '\n' | tr -d '"' | grep -E '\.(rmeta|so|dylib)$')
library=$(grep gradus_kernel <<<"$artifacts" | tail -1)
[ -f "$library" ] || die "cargo did not build libgradus_kernel: see its message above"

kernel=$setup/kernel
mkdir -p "$kernel"

# Cells link to a copy of the library, together with the metadata of all crates that it uses. Otherwise the next `cargo build`
# of changed sources would take the library away from every running kernel. The last three copies stay, because running
# kernels use them.
copy=$(cat "$kernel/current" 2>/dev/null || true)
if ! cmp -s "$library" "$copy/${library##*/}"; then
  copy=$kernel/library-$(date +%s)
  mkdir -p "$copy/deps"
  cp "$library" "$copy/"
  while read -r file; do
    [ "$file" = "$library" ] || ln -f "$file" "$copy/deps/" 2>/dev/null || cp "$file" "$copy/deps/"
  done <<<"$artifacts"
  printf '%s' "$copy" >"$kernel/current"
  find "$kernel" -maxdepth 1 -name 'library-*' | sort -r | tail -n +4 | tr '\n' '\0' | xargs -0 rm -rf
fi

# `gradus doctor` checks whether the copy is newer than the sources.
touch "$copy/${library##*/}"

# rust-analyzer reads all of RUST_SRC_PATH in every kernel. Half of it is SIMD intrinsics, and a part is tests. Without them a
# kernel starts a second sooner. Cargo still needs files where the tests and compiler-builtins have theirs.
version=$(rustc -vV)$rust_src
if [ "$(cat "$kernel/rust-src/version" 2>/dev/null)" != "$version" ]; then
  rm -rf "$kernel/rust-src"
  cp -r "$rust_src" "$kernel/rust-src"
  rm -rf "$kernel/rust-src/stdarch" "$kernel/rust-src/portable-simd"
  for crate in alloctests compiler-builtins coretests; do
    find "$kernel/rust-src/$crate" -name '*.rs' -exec cp /dev/null {} \; 2>/dev/null || true
  done
  # Download the dependencies of std, so that rust-analyzer finds them. Without them (no network), the methods of HashMap
  # that return references need a written type. Cargo must treat the manifest as that of a nightly, as rust-analyzer does.
  __CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS=nightly cargo metadata -q --locked --format-version 1 \
    --filter-platform "$(rustc -vV | sed -n 's/^host: //p')" --manifest-path "$kernel/rust-src/Cargo.toml" >/dev/null ||
    say "the dependencies of the standard library could not be downloaded; a few types in notebooks must be written out"
  printf '%s' "$version" >"$kernel/rust-src/version"
fi

# Which names are private, and which are tools of a reader: the front completes names in a better order than rust-analyzer.
names=$kernel/names
if [ ! -s "$names" ] || [ -n "$(find src scripts/completion_names.py "$kernel/rust-src/version" -newer "$names" -print -quit)" ]; then
  host=$(rustc -vV | sed -n 's/^host: //p')
  ndarray=$(cargo metadata -q --format-version 1 --offline --filter-platform "$host" | "$venv/bin/python" -c '
import json, os, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] in ("ndarray", "num-traits"):
        print(os.path.dirname(package["manifest_path"]) + "/src")')
  # shellcheck disable=SC2086 # several folders
  "$venv/bin/python" scripts/completion_names.py src $ndarray "$kernel"/rust-src/{core,alloc,std} >"$names.new"
  mv "$names.new" "$names"
fi

# Kernels work offline, so that they do not wait for the network when they start. Everything that their Cargo resolves must
# be downloaded before. Our own build has downloaded all of it except packages for other platforms.
cargo metadata -q --format-version 1 --offline --manifest-path notebooks/kernel/stub/Cargo.toml >/dev/null 2>&1 ||
  cargo metadata -q --format-version 1 --manifest-path notebooks/kernel/stub/Cargo.toml >/dev/null

# `write FILE` does not touch a file whose content is already right.
write() {
  cat >"$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# At the first question mark of a session, evcxr fails to compile the cell, compiles it differently, and shows its result as
# Debug text. The last line of the prelude makes this happen before the first cell.
write "$kernel/evcxr.toml" <<EOF
[evcxr]
# Cells do little work. Everything that must be fast is in the library, which is optimized.
opt_level = "0"
offline_mode = true
prelude = """
:build_env RUSTC_WRAPPER=$PWD/scripts/rustc_for_cells.sh
:dep gradus = { path = "$PWD/notebooks/kernel/stub" }
use gradus::{ndarray, notebook::*};
gradus::kernel::start();
Ok::<(), std::fmt::Error>(())?;
"""
EOF

# JupyterLab draws no chart of a notebook that it does not trust, and it trusts only what was executed or signed on this
# machine. Sign our own notebooks, again after each change of one (git pull). `gradus notebook run` signs what it executes.
if [ ! -e "$kernel/signed" ] || [ -n "$(find notebooks -maxdepth 1 -name '*.ipynb' -newer "$kernel/signed")" ]; then
  touch "$kernel/signed.new"
  if "$venv/bin/python" -m nbformat.sign notebooks/*.ipynb >/dev/null 2>"$kernel/sign.log"; then
    mv "$kernel/signed.new" "$kernel/signed"
  else
    say "the notebooks could not be signed, so JupyterLab shows their charts only after they run (see $kernel/sign.log)"
  fi
fi

# MIMALLOC_ARENA_EAGER_COMMIT: evcxr's allocator takes memory when it is needed, which saves 65 of 500 MB.
spec=$venv/share/jupyter/kernels/gradus
mkdir -p "$spec"
# The picture of the kernel in JupyterLab. Without it, the picture is the letter R, which looks like another language.
write "$spec/logo-svg.svg" <notebooks/kernel/logo.svg
write "$spec/kernel.json" <<EOF
{
  "argv": ["$venv/bin/python", "$PWD/notebooks/kernel/front", "$evcxr", "{connection_file}"],
  "display_name": "Rust (gradus)",
  "language": "rust",
  "interrupt_mode": "message",
  "env": {
    "EVCXR_CONFIG_DIR": "$kernel",
    "GRADUS_NAMES": "$names",
    "GRADUS_KERNEL_LIB": "$copy/${library##*/}",
    "MIMALLOC_ARENA_EAGER_COMMIT": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "RUSTFLAGS": "--cfg gradus_seen",
    "RUST_SRC_PATH": "$kernel/rust-src"
  }
}
EOF
