#!/usr/bin/env bash
# Builds the library that notebook cells link to and registers the kernel "Rust (gradus)" in .setup/venv. Run before
# every use of the kernel, for the library must match the sources; a second if nothing changed, 5 minutes the first
# time (polars). CONTRIBUTING.md tells how the kernel works.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

evcxr=$(find_evcxr) || die "evcxr_jupyter $evcxr_version is missing: please run \`make setup\`"
rust_src=$(find_rust_src) || die "the standard library's sources are missing: please run \`make setup\`"
[ -x "$venv/bin/python" ] || die "the Python venv is missing: please run \`make setup\`"

# The flag is for the last crate alone: set for all, it would build every dependency a second time.
quiet=--quiet
if [ ! -e "$setup/kernel/evcxr.toml" ]; then
  say "building the library for notebook cells (5 minutes on two cores if nothing of it is built yet)"
  quiet=
fi
# shellcheck disable=SC2086 # no argument if empty
artifacts=$(cargo rustc $quiet --release -p gradus-kernel --lib --message-format=json-render-diagnostics -- -Cprefer-dynamic |
  sed -n 's/.*"filenames":\[\([^]]*\)\].*/\1/p' | tr ',' '\n' | tr -d '"' | grep -E '\.(rmeta|so|dylib)$')
library=$(grep gradus_kernel <<<"$artifacts" | tail -1)
[ -f "$library" ] || die "cargo did not build libgradus_kernel: see its message above"

kernel=$setup/kernel
mkdir -p "$kernel"

# Cells are linked to a copy, with the metadata of all crates under it: otherwise the next `cargo build` of changed sources
# would leave every running kernel without its library. Old copies stay for the kernels that use them, three in all.
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

# `gradus doctor` asks whether it is newer than the sources.
touch "$copy/${library##*/}"

# rust-analyzer reads all of RUST_SRC_PATH in every kernel. Half of it are SIMD intrinsics, and a part is tests; without
# them a kernel starts a second sooner. Cargo still wants files where tests and compiler-builtins have theirs.
version=$(rustc -vV)$rust_src
if [ "$(cat "$kernel/rust-src/version" 2>/dev/null)" != "$version" ]; then
  rm -rf "$kernel/rust-src"
  cp -r "$rust_src" "$kernel/rust-src"
  rm -rf "$kernel/rust-src/stdarch" "$kernel/rust-src/portable-simd"
  for crate in alloctests compiler-builtins coretests; do
    find "$kernel/rust-src/$crate" -name '*.rs' -exec cp /dev/null {} \; 2>/dev/null || true
  done
  # What std depends on, so that rust-analyzer finds it. Without it (no network), the methods of HashMap that give
  # references need a written type. Cargo takes the manifest for a nightly's, as rust-analyzer does.
  __CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS=nightly cargo metadata -q --locked --format-version 1 \
    --filter-platform "$(rustc -vV | sed -n 's/^host: //p')" --manifest-path "$kernel/rust-src/Cargo.toml" >/dev/null ||
    say "the crates under the standard library could not be downloaded; a few types in notebooks must be written"
  printf '%s' "$version" >"$kernel/rust-src/version"
fi

# Kernels work offline, so that none waits for the network at its start: what their Cargo resolves must be there. It is,
# from our own build, but for packages of other platforms.
cargo metadata -q --format-version 1 --offline --manifest-path notebooks/kernel/stub/Cargo.toml >/dev/null 2>&1 ||
  cargo metadata -q --format-version 1 --manifest-path notebooks/kernel/stub/Cargo.toml >/dev/null

# `write FILE` keeps a file that is already right.
write() {
  cat >"$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# evcxr learns only at a session's first question mark, from a compile that fails, that cells have such, and shows what that
# cell gives as Debug text. The prelude's last line lets it learn that before the first cell.
write "$kernel/evcxr.toml" <<EOF
[evcxr]
# Cells are thin: what must be fast is in the library, which is optimized.
opt_level = "0"
offline_mode = true
prelude = """
:build_env RUSTC_WRAPPER=$PWD/scripts/rustc_for_cells.sh
:dep gradus = { path = "$PWD/notebooks/kernel/stub" }
use gradus::{ndarray, prelude::*};
gradus::kernel::start();
Ok::<(), std::fmt::Error>(())?;
"""
EOF

spec=$venv/share/jupyter/kernels/gradus
mkdir -p "$spec"
write "$spec/kernel.json" <<EOF
{
  "argv": ["$evcxr", "--control_file", "{connection_file}"],
  "display_name": "Rust (gradus)",
  "language": "rust",
  "interrupt_mode": "message",
  "env": {
    "EVCXR_CONFIG_DIR": "$kernel",
    "GRADUS_KERNEL_LIB": "$copy/${library##*/}",
    "OPENBLAS_NUM_THREADS": "1",
    "RUSTFLAGS": "--cfg gradus_seen",
    "RUST_SRC_PATH": "$kernel/rust-src"
  }
}
EOF
