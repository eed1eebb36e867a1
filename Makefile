# What you type here works on a fresh clone with git, make and Python 3.11 or newer; `make help` lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all check lint types layers migrations sizes format faults docs bench benchmarks mysql clean
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DJANGO := PYTHONPATH=.:example_project DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -m django

# The first of these that is new enough; name another with `make PYTHON=/path/to/python3 ...`.
PYTHON = $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# mysqlclient is compiled against the headers of MySQL or MariaDB, so it comes only when MySQL is asked for.
comma := ,
WITH_MYSQL := $(filter mysql,$(subst $(comma), ,$(SFSYNC_TEST_DATABASES)))
MYSQL_STAMP := $(if $(WITH_MYSQL),$(VENV)/.installed-mysql)

help: ## Say what can be typed here
	@awk -F ': .*## ' '/^[a-z-]+:.* ## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed-demo ## Start a simulated Salesforce org and sync with it, both ways
	@$(BIN)/python example_project/manage.py demo

test: $(VENV)/.installed-dev $(MYSQL_STAMP) ## Run the tests, on every database that answers
	@echo "==> Running the tests"
	@$(BIN)/python -m tests.run $(ARGS)

test-all: $(VENV)/.installed-dev $(MYSQL_STAMP) ## Also the slow tests, and both ends of the supported versions through tox
	@echo "==> Running the tests, slow ones too"
	@$(BIN)/python -m tests.run --slow $(ARGS)
	@echo "==> Running the tests with Python 3.11 and Django 5.2, and with Python 3.13 and Django 6.1"
	@found=$$($(BIN)/python tools/interpreters.py 3.11 3.13) && SFSYNC_TOX_EXTRA=$(WITH_MYSQL) $(BIN)/tox run --discover $$found

check: lint types layers migrations sizes ## Check style, types, import layers, migrations and sizes

lint: $(VENV)/.installed-dev ## Check style and format (ruff)
	@echo "==> Checking style and format (ruff)"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.installed-dev ## Check types (mypy with django-stubs)
	@echo "==> Checking types (mypy)"
	@$(BIN)/mypy

layers: $(VENV)/.installed-dev ## Check that imports point down only (import-linter)
	@echo "==> Checking the import layers (import-linter)"
	@$(BIN)/lint-imports

migrations: $(VENV)/.installed-dev ## Check that no migration is missing
	@echo "==> Checking for missing migrations"
	@$(DJANGO) makemigrations --check --dry-run sfsync crm

sizes: $(VENV)/.installed-dev ## Check the sizes of functions and modules
	@echo "==> Checking the sizes of functions and modules"
	@$(BIN)/python tools/sizes.py sfsync

format: $(VENV)/.installed-dev ## Bring the code into the project's format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

faults: $(VENV)/.installed-dev ## Write into docs/faults.rst which tests cover which fault
	@$(BIN)/python tools/faults.py

docs: $(VENV)/.installed-dev ## Build the documentation into docs/_build/html
	@echo "==> Building the documentation"
	@$(BIN)/sphinx-build --fail-on-warning --quiet docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

bench: $(VENV)/.installed-dev ## Measure what sfsync costs, against yardsticks
	@echo "==> Measuring"
	@$(BIN)/python -m benchmarks

benchmarks: bench

mysql: $(VENV)/.installed-mysql ## Install mysqlclient (needs the headers of MySQL or MariaDB and pkg-config)

clean: ## Remove .venv and everything else that can be made again
	@echo "==> Removing .venv, caches and built files"
	@rm -rf $(VENV) .tox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache docs/_build dist build
	@find sfsync tests tools benchmarks example_project -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "sfsync needs Python 3.11 or newer, and none is on the PATH." \
	    "Install one, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is not Python 3.11 or newer." >&2; exit 1; }
	@echo "==> Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment." \
	    "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.installed-demo: pyproject.toml | $(BIN)/python
	@echo "==> Installing sfsync and what the demo needs"
	@$(PIP) install --editable '.[demo]'
	@touch $@

# `dev` contains `demo`.
$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "==> Installing sfsync and what its development needs"
	@$(PIP) install --editable '.[dev]'
	@touch $(VENV)/.installed-demo $@

$(VENV)/.installed-mysql: pyproject.toml | $(BIN)/python
	@echo "==> Installing mysqlclient"
	@$(PIP) install --editable '.[mysql]' || { echo "mysqlclient could not be built." \
	    "On Debian and Ubuntu: apt-get install default-libmysqlclient-dev pkg-config gcc python3-dev" >&2; exit 1; }
	@touch $@
