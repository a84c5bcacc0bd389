# `make run` and `make test` need nothing but Python 3.11+ and pip; the first call makes .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup run test lint bench fuzz docs clean

setup: $(READY)  ## .venv with the pinned versions, for running, testing and linting

# Some systems package Python without ensurepip: their own pip then fills the environment.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	    "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + \
	    ": name another one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	    $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    -c constraints.txt -e ".[test,lint]"
	touch $@

run: setup  ## the what-if page in a browser
	$(BIN)/cmocnet app

test: setup  ## unit, property, golden, app and browser tests, doctests, README
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: setup  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup  ## side-by-side timings against peers, written to docs/benchmarks.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    -c constraints.txt -e ".[bench]"
	$(BIN)/python -m benchmarks

# MINUTES a door, DOORS=questions,links, SEED=0; ARGS=--record writes docs/fuzz.md.
fuzz: setup  ## hostile inputs at every door: an answer or one clear line
	$(BIN)/python -m fuzz $(if $(MINUTES),--minutes $(MINUTES)) $(if $(DOORS),--doors $(DOORS)) \
	    $(if $(SEED),--seed $(SEED)) $(ARGS)

docs: setup  ## docs/reference and priors/schema.json made from the files and docstrings
	$(BIN)/python -m docs.build

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
