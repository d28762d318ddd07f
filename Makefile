# All that a reader needs: make demo. All that a change needs: make lint test.

PYTHON ?= python3
UV ?= uv
WORKERS ?= 2
UPGRADE ?=
# Hundreds of thousands of runs, which counting lines would make three times as long.
# The longest file comes first, and stays with one worker, because its tests share their runs.
LONG := tests/theory tests/laws tests/oracles
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
PYTEST := $(BIN)/pytest -n $(WORKERS)

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench notebooks lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.stamp ## compare three strategies on one published incident
	@$(BIN)/simlab compare scenarios/cases/clinejection.yaml \
		--strategy static-rbac --strategy jit --strategy intent \
		--reps 200 --jobs 2 --out studies/demo
	@echo "Report: $$(ls studies/demo/*.html)"

test: .venv/.stamp ## run every test, with coverage
	@$(PYTEST) $(addprefix --ignore=,$(LONG)) --cov=simlab --cov-report=term
	@$(PYTEST) --dist loadfile $(LONG)

lint: .venv/.stamp ## check style, types and the direction of imports
	@echo "lint: style"; $(BIN)/ruff check --quiet .
	@echo "lint: format"; $(BIN)/ruff format --quiet --check .
	@echo "lint: types"; $(BIN)/mypy --strict --no-error-summary simlab
	@echo "lint: imports"; out=$$($(BIN)/lint-imports 2>&1) || { echo "$$out"; exit 1; }

bench: .venv/.stamp ## measure speed
	@$(BIN)/python -m bench

notebooks: .venv/.stamp ## run every notebook
	@$(PYTEST) tests/notebooks

lock: ## write requirements.lock anew (needs uv; UPGRADE=--upgrade takes newer versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv" >&2; exit 1; }
	@$(UV) pip compile pyproject.toml --quiet $(UPGRADE) --extra dev --extra notebooks \
		--universal --python-version 3.11 --fork-strategy fewest --only-binary :all: \
		--generate-hashes --no-strip-extras --no-annotate --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file requirements.lock

clean: ## remove .venv, caches and what builds left
	@rm -rf .venv .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Two steps, so that an edit of pyproject.toml does not install everything again.
.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("simlab needs Python 3.11 or newer, for example: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Making .venv from requirements.lock (once; a few minutes, about 1 GB) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

.venv/.stamp: .venv/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
