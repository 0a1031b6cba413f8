# Every target first sets up what is missing on this machine (scripts/setup.sh, a second when nothing is). GNU make 4.3.
# The only prerequisites are git, make and rustup's stable cargo.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON := .setup/venv/bin/python
GRADUS := cargo run --release --quiet --
# One BLAS thread: ours do the dividing, and two sets of threads fight over the cores.
export OPENBLAS_NUM_THREADS ?= 1

say = @printf '== %s\n'

.PHONY: help setup build results test lab demo site bench peers fresh kernel-latency clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: ## what the others need: system packages, Jupyter, the Rust kernel (from nothing 10 to 20 minutes)
	@scripts/setup.sh

build: setup
	$(say) 'building gradus (5 minutes from nothing, else under one)'
	@cargo build --release

results: build ## the main job: every study, the timings, the notebooks, the pages (from nothing 45 minutes)
	$(say) 'running the studies that changed (some minutes each)'
	@$(GRADUS) run all
	$(say) 'measuring wall-clock with Criterion, unless nothing changed (10 minutes)'
	@$(GRADUS) bench
	$(say) 'executing the notebooks that changed (half a minute each)'
	@$(GRADUS) notebook run
	$(say) 'done: results/README.md shows it all'

test: setup ## formatting, lints, tests, the demo, the site, documentation, notebooks (warm under 10 minutes, from nothing 30)
	$(say) 'formatting (seconds)'
	@cargo fmt --all --check
	@cargo fmt --manifest-path benches/peers/Cargo.toml --check
	$(say) 'lints (2 minutes from nothing, else seconds)'
	@cargo clippy --release --workspace --all-targets --quiet -- -D warnings
	$(say) 'tests (5 minutes from nothing, else one or two)'
	@cargo test --release --workspace
	@scripts/demo.sh
	@scripts/browser.sh
	$(say) 'the demo page in a browser (a minute)'
	@cargo build --release --workspace --example native --quiet
	@$(PYTHON) -B demo/tests/test_page.py
	$(say) 'a quick comparison, and its page in a browser (a minute; seconds if its runs are kept)'
	@$(GRADUS) compare --quick --out target/comparison
	@$(PYTHON) -B tests/browser/test_comparison.py target/comparison
	@scripts/site.sh
	$(say) 'the site in a browser (a minute)'
	@$(PYTHON) -B scripts/site/test_build.py
	@$(PYTHON) -B scripts/site/test_site.py
	$(say) 'documentation (a minute)'
	@RUSTDOCFLAGS='-D warnings' cargo doc --release --no-deps --quiet
	$(say) 'numbers in prose (a second)'
	@$(PYTHON) -B scripts/test_prose.py
	$(say) 'the runner of notebooks (a minute)'
	@$(PYTHON) scripts/test_execute_notebook.py
	$(say) 'what measures ours beside its peers, without the peers (seconds)'
	@$(PYTHON) -B benches/peers/test_measure.py
	$(say) 'notebooks (half a minute each)'
	@$(GRADUS) notebook check

lab: setup ## JupyterLab, with the kernel "Rust (gradus)" ready
	$(say) 'opening JupyterLab; Ctrl-C ends it'
	@cd notebooks && exec $(CURDIR)/$(PYTHON) -m jupyterlab $(LAB)

site: setup ## everything as pages that open from disk, target/site/index.html: notebooks, results, claims, a comparison, demo (half a minute, once all is built)
	@scripts/demo.sh
	@scripts/site.sh

demo: ## the demo page, target/demo/gradus-demo.html: opens from disk, or by `gradus demo` (2 minutes from nothing)
	@scripts/demo.sh

bench: build ## Criterion's benches and their table, even if nothing changed (10 minutes)
	@$(GRADUS) bench --force

peers: setup ## ours timed beside NumPy, SciPy, scikit-learn, PyTorch, JAX, argmin and basin (10 minutes; installs 6 GB; PEERS="--only W1,W4" for a part)
	@scripts/peers.sh $(PEERS)

fresh: ## how long a new user waits, in a clone that shares nothing with this one (25 minutes; what make peers then shows as W10)
	@scripts/fresh.sh

kernel-latency: setup ## how long the kernel lets a reader wait; fails if longer than promised (10 seconds)
	@$(PYTHON) scripts/kernel_latency.py --assert

clean: ## remove what was built and set up in this clone (not evcxr, which all clones share)
	rm -rf target .setup notebooks/kernel/stub/Cargo.lock notebooks/.ipynb_checkpoints scripts/__pycache__
