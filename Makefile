# Everything a person types. `make help` lists it.
PORT ?= 5000
BIN := .venv/bin
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend --no-audit --no-fund
UV_VERSION := 0.13.8
TORCH_VERSION := 2.13.0

DASHBOARD_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
	$(wildcard frontend/angular.json frontend/tsconfig*.json)

.DEFAULT_GOAL := help
.PHONY: help setup start test test-slow check format bench adviser openapi lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/installed .venv/kernels frontend/dist/built ## install what is missing and build the dashboard (needs the network once)
	@$(if $(findstring command,$(origin PYTHON)),$(IS_THE_PYTHON_NAMED))

start: setup ## serve the dashboard on port 5000 and train a Lunabotics rover, unless a run is going on
	$(BIN)/paddock serve --port $(PORT) --ensure-run ppo/lunabotics

test: setup .venv/torch ## run the tests, in a real browser too
	$(BIN)/pytest
	$(NPM) run test

test-slow: setup .venv/torch ## run the proofs that take long: learning, many kills, endurance
	$(BIN)/pytest -m slow --timeout 3600

check: setup ## lint and type-check everything
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/check-jsonschema -q --builtin-schema vendor.compose-spec docker-compose.yml
	$(NPM) run lint
	$(NPM) run typecheck

format: .venv/installed ## put the Python code into its one form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup .venv/torch ## measure every claim of the README beside a peer
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

adviser: setup .venv/torch ## install what the tuner's language-model adviser runs on

openapi: .venv/installed ## write docs/openapi.json anew
	$(BIN)/python -m backend.api.openapi docs/openapi.json

lock: .venv/installed ## resolve the dependencies anew into requirements/dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra peers --extra cluster --extra mlflow --extra adviser --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-emit-index-url --quiet --upgrade -o requirements/dev.lock

clean: ## remove what was installed and built, never logs or checkpoints
	rm -rf .venv frontend/node_modules frontend/dist frontend/.angular .mypy_cache .ruff_cache .pytest_cache

# Any Python that runs Paddock will do; the first of these that works here is taken (a shim of pyenv may not).
# PYTHON=... names another.
PYTHONS := python3.11 python3.12 python3.13 python3 python $(wildcard $(HOME)/.pyenv/versions/3.1[123].*/bin/python3)
CAN_RUN_PADDOCK := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for each in $(PYTHONS); do "$$each" -c '$(CAN_RUN_PADDOCK)' 2>/dev/null && echo "$$each" && break; done)
NO_PYTHON = Paddock needs Python 3.11, 3.12 or 3.13 with its modules venv and ensurepip, and \
	$(if $(PYTHON),$(PYTHON) is none,none was found). Install one (on Debian: apt-get install python3 python3-venv), or \
	name one: make setup PYTHON=/path/to/python3.12

TELL_VERSION := import sys; print(*sys.version_info[:2], sep=".")
IS_THE_PYTHON_NAMED = test "$$($(PYTHON) -c '$(TELL_VERSION)')" = "$$($(BIN)/python -c '$(TELL_VERSION)')" \
	|| { echo ".venv holds another Python than $(PYTHON): make clean first." >&2; exit 1; }

# A broken link, left by a Python that was removed, counts as missing, and what was installed goes with it.
.venv/bin/python:
	@python="$(PYTHON)"; "$${python:-false}" -c '$(CAN_RUN_PADDOCK)' 2>/dev/null || { echo "$(strip $(NO_PYTHON))" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv

# The lock holds hashes of every file and no registry's address (docs/adr/0001).
.venv/installed: requirements/dev.lock pyproject.toml .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

# torch is only for the tuner's adviser and the peers that tests and benchmarks compare with. pip's own configuration
# decides between its CPU and CUDA builds, which no lock can.
.venv/torch: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==$(TORCH_VERSION)
	touch $@

# Kernels are compiled here rather than in the first run's first seconds.
.venv/kernels: .venv/installed $(wildcard python_training/*.py python_training/simulators/*/*.py python_training/systems/neat/*.py)
	$(BIN)/python -m python_training.runtime.compile_kernels
	touch $@

frontend/node_modules/installed: .venv/installed frontend/package-lock.json
	$(NPM) ci --loglevel=error
	touch $@

frontend/dist/built: frontend/node_modules/installed $(DASHBOARD_SOURCES)
	$(NPM) run build
	touch $@
