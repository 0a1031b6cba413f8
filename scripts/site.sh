#!/usr/bin/env bash
# Builds the static site, target/site: the notebooks, results, claims and the demo as pages that open from disk. Needs what
# scripts/setup.sh sets up, and the demo page of scripts/demo.sh, if that is to be on it.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

say "building the site (seconds, once gradus is built)"
[ -x "$venv/bin/python" ] || die "the Python environment is missing: please run \`make setup\`"
mkdir -p target
# Which results are of the present code, only the present code knows.
cargo run --release --quiet -- list studies --format json >target/studies.json
"$venv/bin/python" -B scripts/site/build.py --studies target/studies.json "$@"
