#!/usr/bin/env bash
# Builds the static site, target/site: the notebooks, results, claims, a small comparison and the demo as pages that open from disk. Needs what
# scripts/setup.sh sets up, and the demo page of scripts/demo.sh, if that is to be on it.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

say "building the site (seconds, once gradus is built)"
[ -x "$venv/bin/python" ] || die "the Python environment is missing: please run \`make setup\`"
mkdir -p target
# A page to browse; its runs are kept, so that only the first time takes longer (half a minute).
cargo run --release --quiet -- compare --quick --out target/comparison
# Which results are of the present code, only the present code knows.
cargo run --release --quiet -- list studies --format json >target/studies.json
"$venv/bin/python" -B scripts/site/build.py --studies target/studies.json "$@"
