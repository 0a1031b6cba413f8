#!/usr/bin/env bash
# Prints the whole course as a book, target/gradus.pdf, with Chromium. Needs what scripts/setup.sh installs, and installs
# Chromium and, if apt has it, a font.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

[ -x "$venv/bin/python" ] || die "the Python environment is missing: please run \`make setup\`"
scripts/browser.sh
# Tried once, because not every system has it. Without it, the book is set in a font that is there. (Not Inter: where it is
# installed, browsers take it for the pages too, and it is wider than the room that drawings leave.)
if has_apt && [ ! -e "$setup/fonts" ]; then
  say "installing the font of the book with apt (seconds)"
  mkdir -p "$setup"
  apt_install fonts-sil-charis || say "the font of the book is not available here; continuing with another"
  touch "$setup/fonts"
fi
say "printing the book (half a minute, once gradus is built)"
mkdir -p target
# Only the present code can tell which results are current.
cargo run --release --quiet -- list studies --format json >target/studies.json
"$venv/bin/python" -B scripts/site/book.py --studies target/studies.json "$@"
