#!/usr/bin/env bash
# Prints the whole course as a book, target/gradus.pdf, with Chromium. Needs what scripts/setup.sh installs, and installs
# Chromium and, if apt has them, two fonts.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

[ -x "$venv/bin/python" ] || die "the Python environment is missing: please run \`make setup\`"
scripts/browser.sh
# Tried once, because not every system has them. Without them, the book is set in the fonts that are there.
if has_apt && [ ! -e "$setup/fonts" ]; then
  say "installing the fonts of the book with apt (seconds)"
  mkdir -p "$setup"
  apt_install fonts-sil-charis fonts-inter || say "the fonts of the book are not available here; continuing with others"
  touch "$setup/fonts"
fi
say "printing the book (half a minute, once gradus is built)"
mkdir -p target
# Only the present code can tell which results are current.
cargo run --release --quiet -- list studies --format json >target/studies.json
"$venv/bin/python" -B scripts/site/book.py --studies target/studies.json "$@"
