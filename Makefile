# All it takes is make and Python 3.11, 3.12 or 3.13. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

SUITABLE := import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python; do \
	$$each -c '$(SUITABLE)' 2>/dev/null && { echo $$each; break; }; done)
BIN := .venv/bin
INSTALLED := .venv/.installed
WORKERS ?= 2
LINTS := lint-rules lint-format lint-types lint-layers lint-notebooks

export DO_NOT_TRACK := 1
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: help setup demo test soak lint $(LINTS) format bench docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## the virtual environment .venv, exactly as locked

$(INSTALLED): pyproject.toml locks/dev.txt locks/uv.txt $(shell find workbench/lab -name '*.js*')
	@test -n "$(PYTHON)" || { echo "No suitable Python found. Install Python 3.11, 3.12 or 3.13, or name one: make PYTHON=/path/to/python3.11 setup" >&2; exit 2; }
	@echo "Setting up .venv (once, and again when a lock changes) …"
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes locks/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

demo: $(INSTALLED) ## the whole loop on a year of real flights, in minutes; ARGS="--months 3" for a part
	@$(BIN)/workbench demo --fresh $(ARGS)

test: $(INSTALLED) ## every test, on real PostgreSQL, Chromium and wrk; ARGS="-k ledger" narrows it
	@$(BIN)/python -m tests.system
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

soak: $(INSTALLED) ## the long counts, whole; prints what was counted
	@$(BIN)/python -m tests.system
	@WORKBENCH_SOAK=1 $(BIN)/python -m pytest -m soak -s $(ARGS)

lint: $(INSTALLED) ## style, formatting, types, layers and notebook rules, side by side
	@$(MAKE) --keep-going --jobs=$(WORKERS) --output-sync=target $(LINTS)

lint-rules:
	@$(BIN)/ruff check
lint-format:
	@$(BIN)/ruff format --check
lint-types:
	@$(BIN)/mypy
lint-layers:
	@$(BIN)/lint-imports --no-logo
lint-notebooks:
	@$(BIN)/python -m workbench.notebook_rules notebooks

format: $(INSTALLED) ## format the code, mend what can be mended, clear notebook outputs
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(BIN)/python -m workbench.notebook_rules --fix notebooks

bench: $(INSTALLED) ## the measurements, each beside its limit or its rival
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(INSTALLED) ## write docs/reference.md anew from the commands themselves
	@$(BIN)/python docs/generate.py

lock: $(INSTALLED) ## resolve locks/ anew; UPGRADE=--upgrade also takes newer versions
	@$(BIN)/uv pip compile $(RESOLVE) pyproject.toml --group dev -o locks/dev.txt
	@$(BIN)/uv pip compile $(RESOLVE) --no-annotate locks/uv.in -o locks/uv.txt
RESOLVE = --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 $(UPGRADE)

clean: ## remove caches and builds; .venv and .workbench (your runs) stay
	@rm -rf dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find workbench flights tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
