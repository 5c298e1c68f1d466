# Orderly: the commands of every day. `make` alone lists them. Windows and plain commands: see README.md.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
ARGS ?=

# What to say when the package index can't be reached, or has no fitting package.
SAY_INSTALL_FAILED = { echo; \
	echo "Installing the dependencies failed; the reason is above. What helps most often:"; \
	echo "  - no network, or a proxy: set HTTPS_PROXY, or PIP_INDEX_URL to your company's package index"; \
	echo "  - 'No matching distribution': use Python 3.11 to 3.14 (now: $$($(BIN)/python -V))"; \
	echo "  - a half-finished environment: make clean, then try again"; exit 1; } >&2

.DEFAULT_GOAL := help
.PHONY: help run test lint bench screenshots clean

help:            ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Orderly needs Python 3.11 or later, and none was found. Install it (https://www.python.org/downloads/)," >&2; \
		echo "or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Could not make the environment $(VENV). On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }

# The stamps make a second run start at once; a changed list of requirements installs again.
$(VENV)/.installed-run: requirements.txt | $(BIN)/python
	@echo "Installing what Orderly needs into $(VENV) (once; takes a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt || $(SAY_INSTALL_FAILED)
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-postgres.txt requirements-dev.txt | $(BIN)/python
	@echo "Installing what the tests need into $(VENV) (once; takes a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt || $(SAY_INSTALL_FAILED)
	@touch $(VENV)/.installed-run $@

run: $(VENV)/.installed-run  ## open Orderly in demo mode on http://127.0.0.1:8501 (PORT=… for another)
	@$(BIN)/python -m seed demo
	@echo "Orderly is starting on http://127.0.0.1:$(PORT)  (stop it with Ctrl-C)"
	@exec env ORDERLY_DEMO=1 $(BIN)/python -m streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT)

test: $(VENV)/.installed-dev  ## run the tests (ARGS='-k word' for some of them)
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadgroup --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.installed-dev  ## check style and types
	@style=0; $(BIN)/ruff check . || style=1; $(BIN)/mypy . && exit $$style

bench: $(VENV)/.installed-dev  ## measure speed; the list of single commands is in benchmarks/README.md
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/.installed-dev  ## make the pictures of the README again
	@$(BIN)/python docs/screenshots.py

clean:           ## remove the environment and caches; your data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
