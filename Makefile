# make demo        simulate, evaluate, train, score and report on shipped data; no input needed
# make test-browser  the pages in headless Chromium, with axe-core from npm
# make example     the committed example report, anew
# make test        the whole suite;  make quick  leaves out the slow tests
# make quick-second  the quick tests on another Python than .venv's, in .venv-second (SECOND_PYTHON=python3.13 names it)
# make test-torch  the tests that need PyTorch, in an environment of their own
# make fuzz        search for inputs that break a reader of transcripts, with Atheris in an environment of its own
# make allennlp    .venv-allennlp: the real AllenNLP 2.10.1, for --elmo-engine allennlp (2.3 GB, Python 3.10)
# make test-allennlp  parity with AllenNLP, and the speed of the engines beside it
# make lint        ruff (rules and format) and mypy --strict
# make lock        write requirements.lock and requirements-test.lock anew (LOCK_OPTIONS=--upgrade takes newer releases)
# make lock-allennlp  write requirements-allennlp.lock anew
# make wheel       dist/adscreen-*.whl and the source archive
# make clean       remove environments, builds and caches

SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for python in python3.12 python3.11 python3.13 python3; do \
	$$python -c '$(SUPPORTED)' >/dev/null 2>&1 && echo $$python && break; done)
# Another version than that of .venv, the newest first.
ANOTHER := import sys; sys.exit(sys.version_info[:2] == tuple(map(int, sys.argv[1].split("."))))
SECOND_PYTHON ?= $(shell first=$$($(firstword $(wildcard .venv/bin/python) $(PYTHON)) \
	-c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	for minor in 13 12 11; do for python in python3.$$minor $(HOME)/.pyenv/versions/3.$$minor.*/bin/python; do \
	$$python -c '$(SUPPORTED)' >/dev/null 2>&1 && $$python -c '$(ANOTHER)' $$first && echo $$python && break 2; \
	done; done)
TORCH_PYTHON ?= python3.11
TORCH ?= torch==2.13.0
FUZZ_PYTHON ?= python3.11
ATHERIS ?= atheris==3.0.0
IS_3_10 := import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))
ALLENNLP_PYTHON ?= $(shell for python in python3.10 $(HOME)/.pyenv/versions/3.10.*/bin/python; do \
	$$python -c '$(IS_3_10)' >/dev/null 2>&1 && echo $$python && break; done)

BIN := .venv/bin
SECOND_BIN := .venv-second/bin
TORCH_BIN := .venv-torch/bin
FUZZ_BIN := .venv-fuzz/bin
ALLENNLP_BIN := .venv-allennlp/bin
PIP_INSTALL := -m pip install -qq --disable-pip-version-check
# Only wheels: nothing is compiled, and no unlocked build tool is fetched for a dependency.
LOCKED := $(PIP_INSTALL) --require-hashes --only-binary :all: --requirement

# Tests run in as many processes as there are processors, at most four, each with one BLAS thread.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
QUICK := $(PARALLEL) -m "not torch and not allennlp and not slow"

.PHONY: demo example test quick quick-second test-torch allennlp test-allennlp test-browser fuzz lint lock lock-allennlp
.PHONY: wheel clean
.DELETE_ON_ERROR:

demo: .venv/.package
	@echo "Running the demo"
	@$(BIN)/adscreen demo --force

example: .venv/.package
	@echo "Making reports/example from the demo's held-out cohort"
	@$(BIN)/adscreen demo --force --quiet
	@$(BIN)/adscreen score reports/demo/model reports/demo/cohort/held_out.csv reports/example --force \
		--where "subject_id in ['SYN0049', 'SYN0050', 'SYN0053']"

test: .venv/.test
	@echo "Running the tests (those that need PyTorch: make test-torch)"
	@$(ONE_THREAD) $(BIN)/python -m pytest $(PARALLEL) -m "not torch and not allennlp"

quick: .venv/.test
	@echo "Running the quick tests"
	@$(ONE_THREAD) $(BIN)/python -m pytest $(QUICK)

quick-second: .venv-second/.package
	@echo "Running the quick tests on $$($(SECOND_BIN)/python --version)"
	@$(ONE_THREAD) $(SECOND_BIN)/python -m pytest $(QUICK)

test-torch: .venv-torch/.package
	@echo "Running the tests that need PyTorch"
	@$(TORCH_BIN)/python -m pytest -m torch

test-browser: .venv/.test
	@echo "Opening the pages in Chromium (needs Chromium and npm)"
	@cd tests/browser && npm install --no-package-lock --no-audit --no-fund --silent
	@ADSCREEN_REQUIRE_BROWSER=1 $(BIN)/python -m pytest -m browser

fuzz: .venv-fuzz/.package
	@echo "Fuzzing the readers (5,000 executions of each by default; about 20 minutes)"
	@$(ONE_THREAD) $(FUZZ_BIN)/python tests/fuzz/campaign.py reports/fuzz $(FUZZ_OPTIONS)

allennlp: .venv-allennlp/.package

test-allennlp: .venv/.test .venv-allennlp/.package
	@echo "Comparing the engines with AllenNLP"
	@ADSCREEN_ALLENNLP_PYTHON=$(CURDIR)/$(ALLENNLP_BIN)/python $(BIN)/python -m pytest -m allennlp
	@$(BIN)/python benchmarks/elmo_engines.py --allennlp-python $(ALLENNLP_BIN)/python

lint: .venv/.dev
	@echo "Checking with ruff and mypy"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: .venv/.dev
	@echo "Writing requirements.lock"
	@$(COMPILE) $(LOCK_OPTIONS) pyproject.toml --output-file requirements.lock
	@echo "Writing requirements-test.lock"
	@$(COMPILE) $(LOCK_OPTIONS) pyproject.toml --extra test \
		--constraint requirements.lock --output-file requirements-test.lock

lock-allennlp: .venv/.dev
	@echo "Writing requirements-allennlp.lock"
	@printf 'allennlp==2.10.1\nnumpy<2\nh5py\n' | $(BIN)/uv pip compile --quiet --python $(ALLENNLP_PYTHON) \
		--python-version 3.10 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		$(LOCK_OPTIONS) - --output-file requirements-allennlp.lock

wheel: .venv/.dev
	@echo "Building the wheel and the source archive into dist/"
	@$(BIN)/python -m build --quiet --outdir dist .

clean:
	@echo "Removing .venv, .venv-second, .venv-torch, .venv-fuzz, .venv-allennlp, dist and caches"
	@rm -rf .venv .venv-second .venv-torch .venv-fuzz .venv-allennlp dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.python:
	@$(or $(PYTHON),false) -c '$(SUPPORTED)' 2>/dev/null || { \
		echo "adscreen needs Python 3.11, 3.12 or 3.13 with venv; name one: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.core: requirements.lock | .venv/.python
	@echo "Installing the locked dependencies into .venv (1 GB on disk; about a minute, more on a slow line)"
	@$(BIN)/python $(LOCKED) requirements.lock
	@touch $@

.venv/.package: pyproject.toml .venv/.core
	@echo "Installing adscreen from this folder"
	@$(BIN)/python $(PIP_INSTALL) --no-deps --editable .
	@touch $@

.venv/.test: requirements-test.lock .venv/.package
	@echo "Installing the locked test dependencies"
	@$(BIN)/python $(LOCKED) requirements-test.lock
	@touch $@

.venv/.dev: pyproject.toml .venv/.test
	@echo "Installing the linters and the build tools"
	@$(BIN)/python $(PIP_INSTALL) --editable '.[dev]'
	@touch $@

.venv-second/.python:
	@$(or $(SECOND_PYTHON),false) -c '$(SUPPORTED)' 2>/dev/null || { \
		echo "no second Python 3.11 to 3.13 with venv; name one: make quick-second SECOND_PYTHON=/path/to/python3.13" >&2; \
		exit 2; }
	@echo "Creating .venv-second with $$($(SECOND_PYTHON) --version)"
	@$(SECOND_PYTHON) -m venv --clear .venv-second
	@touch $@

.venv-second/.package: pyproject.toml requirements-test.lock | .venv-second/.python
	@echo "Installing the locked test dependencies and adscreen into .venv-second"
	@$(SECOND_BIN)/python $(LOCKED) requirements-test.lock
	@$(SECOND_BIN)/python $(PIP_INSTALL) --no-deps --editable .
	@touch $@

.venv-torch/.package: pyproject.toml requirements-test.lock
	@$(TORCH_PYTHON) -c '$(SUPPORTED)' 2>/dev/null || { \
		echo "no Python 3.11 to 3.13 at $(TORCH_PYTHON); name one: make test-torch TORCH_PYTHON=/path/to/python3.11" >&2; \
		exit 2; }
	@echo "Creating .venv-torch with $$($(TORCH_PYTHON) --version), the locked test dependencies and $(TORCH)"
	@$(TORCH_PYTHON) -m venv --clear .venv-torch
	@$(TORCH_BIN)/python $(LOCKED) requirements-test.lock
	@$(TORCH_BIN)/python $(PIP_INSTALL) '$(TORCH)'
	@$(TORCH_BIN)/python $(PIP_INSTALL) --no-deps --editable .
	@touch $@

.venv-fuzz/.package: pyproject.toml requirements.lock
	@$(FUZZ_PYTHON) -c '$(SUPPORTED)' 2>/dev/null || { \
		echo "no Python 3.11 to 3.13 at $(FUZZ_PYTHON); name one: make fuzz FUZZ_PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "Creating .venv-fuzz with $$($(FUZZ_PYTHON) --version), the locked dependencies and $(ATHERIS)"
	@$(FUZZ_PYTHON) -m venv --clear .venv-fuzz
	@$(FUZZ_BIN)/python $(LOCKED) requirements.lock
	@$(FUZZ_BIN)/python $(PIP_INSTALL) --only-binary :all: '$(ATHERIS)'
	@$(FUZZ_BIN)/python $(PIP_INSTALL) --no-deps --editable .
	@touch $@

# Four of AllenNLP's dependencies were never released as wheels; they are pure Python.
.venv-allennlp/.package: requirements-allennlp.lock
	@$(or $(ALLENNLP_PYTHON),false) -c '$(IS_3_10)' 2>/dev/null || { \
		echo "AllenNLP needs Python 3.10; name one: make allennlp ALLENNLP_PYTHON=/path/to/python3.10" >&2; exit 2; }
	@echo "Creating .venv-allennlp with $$($(ALLENNLP_PYTHON) --version) (2.3 GB on disk; a few minutes)"
	@$(ALLENNLP_PYTHON) -m venv --clear .venv-allennlp
	@$(ALLENNLP_BIN)/python $(LOCKED) requirements-allennlp.lock --no-binary fairscale,pathtools,promise,termcolor
	@touch $@
