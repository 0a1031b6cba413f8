#!/usr/bin/env bash
# Builds the static site, target/site: the notebooks, results, claims, a small comparison and the demo as pages that open
# from disk. Needs what scripts/setup.sh installs. Includes the demo if scripts/demo.sh has built it.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

say "building the site (seconds, once gradus is built)"
[ -x "$venv/bin/python" ] || die "the Python environment is missing: please run \`make setup\`"
mkdir -p target
# A comparison to browse. Its runs are saved, so that only the first time takes longer (half a minute).
cargo run --release --quiet -- compare --quick --out target/comparison
# Only the present code can tell which results are current.
cargo run --release --quiet -- list studies --format json >target/studies.json
"$venv/bin/python" -B scripts/site/build.py --studies target/studies.json "$@"
