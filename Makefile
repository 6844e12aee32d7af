# Two commands do all the set-up: `make tour` shows the tool at work, `make test` runs the tests.

PYTHON ?= python3
BIN := .venv/bin
export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0
unexport PYTHONSAFEPATH PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT
UV := $(BIN)/python -m sesync_cli.python.uv

.PHONY: tour test lint docs bench services clean

tour: $(BIN)/sesync
	@$(BIN)/sesync tour

test: .venv/dev services
	$(BIN)/pytest --numprocesses 3 --dist worksteal

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

docs: .venv/dev
	$(BIN)/python docs/generate.py

bench: .venv/dev
	$(BIN)/python bench/run.py

services:
	@tests/services/install

clean:
	rm -rf .venv .cache

$(BIN)/sesync: pyproject.toml
	@echo "Setting up (once)..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "This needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { echo "venv is missing: on Debian it is the package python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet uv certifi
	@$(UV) pip install --quiet --python $(BIN)/python --editable .
	@touch $@

.venv/dev: $(BIN)/sesync
	@$(UV) pip install --quiet --python $(BIN)/python --group dev
	@touch $@
