# `make run` opens the workbench, `make test` runs all tests. Both set up what they need, the first time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
TESTS ?=
JOBS ?= 2
# these measure, install, or drive a screen: one after the other, after the rest
ALONE := tests/benchmarks tests/packaging tests/terminal tests/browser

export PIP_CONSTRAINT := $(CURDIR)/.ci/constraints.txt

INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help run test faults system lint types contracts bench bench-short bench-terminal reference pictures faker-index lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 22

$(INSTALLED): pyproject.toml .ci/constraints.txt
	@.ci/venv $(VENV) $(PYTHON)
	$(PIP) --editable .
	@touch $@

$(INSTALLED_DEV): pyproject.toml .ci/constraints.txt
	@.ci/venv $(VENV) $(PYTHON)
	$(PIP) --editable '.[dev]'
	@touch $(INSTALLED) $@

run: $(INSTALLED) ## open the workbench on a streaming preset (or: make run SCENARIO=my.yaml)
	@$(BIN)/synthwb $(SCENARIO)

test: system $(INSTALLED_DEV) ## run all tests (or some: make test TESTS=tests/unit)
ifeq ($(TESTS),)
	$(BIN)/python -m pytest --no-skips --numprocesses $(JOBS) --dist loadfile $(addprefix --ignore=,$(ALONE))
	$(BIN)/python -m pytest --no-skips $(ALONE)
else
	$(BIN)/python -m pytest --no-skips $(TESTS)
endif

system:
	@.ci/system

faults: system $(INSTALLED_DEV) ## the six faults before every destination, three rounds
	SYNTHWB_FAULT_ROUNDS=3 $(BIN)/python -m pytest --no-skips tests/delivery/test_fault_matrix.py

lint: $(INSTALLED_DEV) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED_DEV) ## mypy, strict
	$(BIN)/mypy

contracts: $(INSTALLED_DEV) ## import contracts between the packages
	$(BIN)/lint-imports

bench: $(INSTALLED_DEV) ## measure against other generators, write docs/benchmarks.md (minutes)
	$(BIN)/python -m tests.benchmarks --write docs/benchmarks.md

bench-short: $(INSTALLED_DEV) ## the same in short, with gates that noise cannot fail
	$(BIN)/python -m tests.benchmarks --short

reference: $(INSTALLED_DEV) ## write docs/reference.md, its pictures and docs/faker-methods.md from the declarations of the code
	$(BIN)/python docs/make_reference.py

pictures: system $(INSTALLED_DEV) ## draw the pictures of the README from the real workbench
	$(BIN)/python docs/pictures/make_pictures.py

faker-index: $(INSTALLED_DEV) ## write the index of Faker's methods anew
	$(BIN)/python docs/faker/make_index.py

lock: ## take the newest versions of everything, and write them down in .ci/constraints.txt; then run all tests
	@rm -rf $(VENV)
	@.ci/venv $(VENV) $(PYTHON)
	PIP_CONSTRAINT= $(PIP) --editable '.[dev]'
	{ head -n 1 .ci/constraints.txt; $(BIN)/python -m pip freeze --exclude-editable; } > .ci/constraints.new
	mv .ci/constraints.new .ci/constraints.txt
	@touch $(INSTALLED) $(INSTALLED_DEV)

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
