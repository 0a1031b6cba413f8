# Every target first installs what is missing on this machine (scripts/setup.sh; a second if nothing is missing). Needs
# GNU make 4.3, git, and the stable cargo of rustup.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON := .setup/venv/bin/python
GRADUS := cargo run --release --quiet --
# One BLAS thread: the library has its own threads, and two sets of threads would compete for the cores.
export OPENBLAS_NUM_THREADS ?= 1

say = @printf '== %s\n'

.PHONY: help setup build results reproduce regenerate test lab demo site book bench peers mutants faults fuzz sanitize fresh kernel-latency cluster ranks test-cluster clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: ## install what the other targets need: system packages, Jupyter, the Rust kernel (10 to 20 minutes from nothing)
	@scripts/setup.sh

build: setup
	$(say) 'building gradus (5 minutes from nothing, otherwise less than one)'
	@cargo build --release

results: build ## the main job on this machine: train a classifier, execute a notebook, run the light studies, compare with the committed results (2 minutes once built)
	@scripts/results.sh

reproduce: build ## run every study on this machine, into a folder of its own, and show both results on a page (a quarter to half an hour; goes on where it was)
	@$(GRADUS) reproduce

regenerate: build ## replace what is committed: run the studies that changed, the timings and the notebooks, and write the pages (45 minutes)
	$(say) 'running the studies that changed (a few minutes each)'
	@$(GRADUS) run all
	$(say) 'measuring running times with Criterion, unless nothing changed (10 minutes)'
	@$(GRADUS) bench
	$(say) 'executing the notebooks that changed (half a minute each)'
	@$(GRADUS) notebook run
	$(say) 'done: results/README.md shows all results'

test: setup ## check formatting, lints, tests, the demo, the site, documentation, notebooks (30 minutes from nothing, otherwise less than 10)
	$(say) 'formatting (seconds)'
	@cargo fmt --all --check
	@cargo fmt --manifest-path benches/peers/Cargo.toml --check
	@cargo fmt --manifest-path tests/mutants/Cargo.toml --check
	@cargo fmt --manifest-path cluster/Cargo.toml --check
	$(say) 'lints (2 minutes from nothing, otherwise seconds)'
	@cargo clippy --release --workspace --all-targets --quiet -- -D warnings
	$(say) 'tests (5 minutes from nothing, otherwise one or two)'
	@cargo test --release --workspace
	@scripts/sanitize.sh loom
	@scripts/demo.sh
	@scripts/browser.sh
	$(say) 'the demo page in a browser (a minute)'
	@cargo build --release --workspace --example native --example live --quiet
	@$(PYTHON) -B demo/tests/test_page.py
	$(say) 'a quick comparison, and its page in a browser (a minute; seconds if its runs are saved)'
	@$(GRADUS) compare --quick --out target/comparison
	@$(PYTHON) -B tests/browser/test_comparison.py target/comparison
	@scripts/site.sh
	$(say) 'the site in a browser (a minute)'
	@$(PYTHON) -B scripts/site/test_build.py
	@$(PYTHON) -B scripts/site/test_site.py
	@$(PYTHON) -B scripts/site/test_published.py
	$(say) 'the lecture in fifty minutes in a browser (ten seconds)'
	@$(PYTHON) -B scripts/site/test_talk.py
	@scripts/book.sh
	$(say) 'the printed book (a quarter of a minute)'
	@$(PYTHON) -B scripts/site/test_book.py
	$(say) 'the live figures of the site in a browser (half a minute)'
	@$(PYTHON) -B scripts/site/test_live.py
	$(say) 'documentation (a minute)'
	@RUSTDOCFLAGS='-D warnings' cargo doc --release --no-deps --quiet
	$(say) 'numbers in prose (a second)'
	@$(PYTHON) -B scripts/test_prose.py
	$(say) 'exercises, and what NumPy says beside the cells (seconds)'
	@$(PYTHON) -B scripts/test_exercises.py
	@$(PYTHON) -B scripts/test_numpy_twins.py
	$(say) 'copies of the notebooks for a reader (seconds)'
	@$(PYTHON) -B scripts/test_lab_copies.py
	$(say) 'the notebook runner (a minute)'
	@$(PYTHON) scripts/test_execute_notebook.py
	$(say) 'what stands between Jupyter and the Rust kernel (half a minute)'
	@$(PYTHON) -B notebooks/kernel/tests/test_front.py
	$(say) 'JupyterLab in a browser, as a reader uses it (two minutes)'
	@$(PYTHON) -B tests/browser/test_lab.py
	$(say) 'the comparison with other libraries, tested without them (seconds)'
	@$(PYTHON) -B benches/peers/test_measure.py
	$(say) 'notebooks (half a minute each)'
	@$(GRADUS) notebook check

lab: setup ## open JupyterLab on copies of the notebooks, which are yours to change, in lab/ (COPIES=0: on the notebooks themselves)
ifneq ($(COPIES),0)
	@$(PYTHON) -B scripts/lab_copies.py
endif
	$(say) 'opening JupyterLab; press Ctrl-C to end it'
	@cd $(if $(filter 0,$(COPIES)),notebooks,lab) && exec $(CURDIR)/$(PYTHON) -m jupyterlab --LabApp.custom_css=True --ServerApp.static_custom_path=$(CURDIR)/notebooks/kernel/lab $(LAB)

site: setup ## build pages that open from disk, target/site/index.html: notebooks, results, claims, a comparison, the demo (half a minute, once gradus is built)
	@scripts/demo.sh
	@scripts/site.sh

book: setup ## print the whole course as one PDF with a table of contents, target/gradus.pdf (a minute, once gradus is built)
	@scripts/book.sh

demo: ## build the demo page, target/demo/gradus-demo.html, and the script of the live figures; open the page from disk or with `gradus demo` (3 minutes from nothing)
	@scripts/demo.sh

bench: build ## run Criterion's benches and write their table, even if nothing changed (10 minutes)
	@$(GRADUS) bench --force

peers: setup ## compare speed with NumPy, SciPy, scikit-learn, PyTorch, JAX, argmin and basin (half an hour; installs 2 GB; PEERS="--only W1,W4" for a part)
	@scripts/peers.sh $(PEERS)

mutants: setup ## mutation testing of the whole library in one build, and the table tests/MUTANTS.md (two hours, by what a twelfth of it took; goes on where it was stopped)
	@scripts/mutants.sh

faults: setup ## put deliberate faults into the library and list the tests and claims that notice, in tests/FAULTS.md (an hour; half of it with FAULTS=--no-claims)
	@python3 -B scripts/faults.py $(FAULTS)

fuzz: setup ## fuzz the readers of foreign input (10 minutes for each of 15 targets; FUZZ="60 csv" for a minute of one), and the table tests/FUZZ.md
	@scripts/fuzz.sh $(FUZZ)

sanitize: setup ## address and thread sanitizers, and a model of the helper thread in every order (10 minutes)
	@scripts/sanitize.sh

cluster: setup ## build gradus-mpi, one training run over many processes, into target/release (5 minutes; installs Open MPI by apt)
	@scripts/mpi_build.sh

ranks: cluster ## measure messages and steps of two processes, which notebook 19 shows (8 minutes on a quiet machine)
	@scripts/ranks.sh

test-cluster: build ## test a comparison in shards on a real SLURM, and a run over many processes by MPI, both on this machine and installed by apt (8 minutes; elsewhere it says what is left out)
	@scripts/cluster.sh
	@scripts/mpi.sh

fresh: ## measure how long a new user waits, in a clone that shares nothing with this one (25 minutes; `make peers` then shows it as W10)
	@scripts/fresh.sh

kernel-latency: setup ## measure how long a reader waits for the kernel; fails if longer than promised (10 seconds)
	@$(PYTHON) scripts/kernel_latency.py --assert

clean: ## remove everything that was built or installed in this clone (not evcxr, which all clones share, nor lab/, which is yours)
	rm -rf target .setup notebooks/kernel/stub/Cargo.lock notebooks/.ipynb_checkpoints scripts/__pycache__
