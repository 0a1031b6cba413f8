#!/usr/bin/env bash
# Builds the demo page, target/demo/gradus-demo.html: one file that contains the page and the crate demo/ as WebAssembly; and
# the script of the site's live figures, target/demo/gradus-live.js, which contains another part of that crate. A second one,
# gradus-live-digits.js, also contains the digits, for the page that needs them.
# Needs cargo and Python 3. Installs the standard library for WebAssembly, with rustup or else from Debian's packages.
# wasm-opt (of binaryen, which set-up installs where it can) makes the files a tenth smaller.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

target=wasm32-unknown-unknown
out=target/demo
# Vectors of 128 bits triple the speed; every browser since 2023 supports them.
flags="-C target-feature=+simd128"

has_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }
add_target() {
  command -v rustup >/dev/null || return 1
  say "installing the standard library for WebAssembly with rustup (seconds)"
  timeout 120 rustup target add "$target" >&2
}

# If rustup cannot download: the newer Rust that Debian builds browsers with, and the standard library's sources.
has_debian_rust() { [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && compgen -G "/usr/src/rustc-*/library/std/Cargo.toml" >/dev/null; }
add_debian_rust() {
  has_apt || return 1
  say "rustup has no standard library for WebAssembly here: installing Debian's rustc-web, cargo-web and rust-web-src with apt (a minute)"
  apt_install rustc-web cargo-web rust-web-src
}
linker() { find "$(rustc --print sysroot)/lib/rustlib" -name rust-lld -type f -print -quit; }

# Builds the crate once for each of its features: build FOLDER CARGO…
build() {
  local folder=$1 feature
  shift
  mkdir -p "$out"
  for feature in page live digits; do
    "$@" --profile page --package gradus-demo --lib --target "$target" --quiet --no-default-features --features "$feature"
    cp "$folder/$target/page/gradus_demo.wasm" "$out/gradus_$feature.wasm"
  done
}

command -v cargo >/dev/null || die "cargo is missing: please install Rust's stable toolchain from https://rustup.rs"
command -v python3 >/dev/null || die "python3 is missing: please install Python 3.10 or newer"
folder=${CARGO_TARGET_DIR:-target}
say "building the demo page (2 minutes from nothing, otherwise seconds)"
if has_target || add_target; then
  RUSTFLAGS=$flags build "$folder" cargo build
elif has_debian_rust || add_debian_rust; then
  # Another compiler would overwrite what the usual one has built, so it gets its own folder.
  folder=$folder/demo-debian
  RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(linker) RUSTFLAGS=$flags \
    CARGO_TARGET_DIR=$folder build "$folder" /usr/bin/cargo -Zbuild-std=std,panic_abort build
else
  die "the standard library for WebAssembly is missing: please run \`rustup target add $target\`"
fi

if command -v wasm-opt >/dev/null; then
  # An older wasm-opt may not know the features that the compiler uses; then the file stays as it is.
  features=(--enable-simd --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int --enable-mutable-globals
    --enable-reference-types --enable-multivalue)
  for wasm in "$out"/gradus_{page,live,digits}.wasm; do
    if wasm-opt -O3 "${features[@]}" "$wasm" -o "$wasm.small" 2>/dev/null; then mv "$wasm.small" "$wasm"; fi
  done
fi
# The set-up's Python has the better compressor.
python=.setup/venv/bin/python
[ -x "$python" ] || python=python3
"$python" demo/build.py demo/page "$out/gradus_page.wasm" "$out/gradus-demo.html" >&2
"$python" demo/build.py demo/page "$out/gradus_live.wasm" "$out/gradus-live.js" >&2
"$python" demo/build.py demo/page "$out/gradus_digits.wasm" "$out/gradus-live-digits.js" >&2
