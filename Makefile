# `make run` and `make test` need nothing but Python 3.11+ and pip; the first call makes .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup run test lint bench docs clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test,lint]"
	touch $@

run: setup  ## the what-if page in a browser
	$(BIN)/cmocnet app

test: setup  ## unit, property, golden, app and browser tests, doctests, README
	$(BIN)/python -m pytest $(ARGS)

lint: setup  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup  ## side-by-side timings against peers, written to docs/benchmarks.md
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[bench]"
	$(BIN)/python -m benchmarks

docs: setup  ## docs/reference made from the files and docstrings
	$(BIN)/python -m docs.build

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
