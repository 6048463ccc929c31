# Everything a person or a machine does with this checkout. `make run` and `make test` need only
# Python 3.11 or newer with venv.

PYTHON ?= python3
DELIVERIES ?= 1000
UPDATES ?= 100000
LIVES ?= 1000
BIN := .venv/bin
PROJECT := .venv/.project
RUN := .venv/.run
DEV := .venv/.dev
# What tests write lies in memory where there is plenty, for a disk makes them wait at each commit;
# it goes with them. A worker for each core that the machine says it has, one of a pair or not.
MEMORY := $(shell df --output=target,avail /dev/shm 2>/dev/null | \
	awk '$$1 == "/dev/shm" && $$2 > 8000000 {print "-p /dev/shm"}')
PYTEST = folder=$$(mktemp -d $(MEMORY)) && chmod 711 $$folder && \
	trap "rm -rf $$folder" EXIT INT TERM && \
	TMPDIR=$$folder $(BIN)/pytest -n logical --dist worksteal
# A process that may not keep its bytecode compiles everything at each start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run doctor test journeys test-wordpress lint format bench lighthouse chaos fuzz lock vendor clean

help:  ## Show what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

run: $(RUN)  ## Install and start everything: the sandbox when .env has no TELEGRAM_TOKEN
	@$(BIN)/bottega run

doctor: $(RUN)  ## Check tokens, rights, clock and database
	@$(BIN)/bottega doctor

test: $(DEV) lint  ## Run everything that proves the project right
	@$(PYTEST)

journeys: $(DEV)  ## Run the end-to-end tests alone
	@$(PYTEST) tests/journeys

test-wordpress: $(DEV)  ## Try the WordPress channel on the WordPress of Debian's packages
	REQUIRE_ALL=1 $(BIN)/pytest -n 0 tests/publishers/test_real_wordpress.py

lint: $(DEV)  ## Check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV)  ## Mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV)  ## Run the benchmarks; ONLY=name for one
	$(BIN)/python -m benchmarks $(ONLY)

lighthouse: $(DEV) tests/node/node_modules  ## Judge the column's pages as a phone sees them
	$(BIN)/python -m benchmarks lighthouse

chaos: $(DEV)  ## Deliver under kill -9, lost answers and second presses; DELIVERIES=60 for a short storm
	$(BIN)/python -m benchmarks chaos $(DELIVERIES)

fuzz: $(DEV)  ## 100,000 updates for the bot, 2,000 lives of a thread; UPDATES=10000 LIVES=100 for fewer
	FUZZ_UPDATES=$(UPDATES) FUZZ_LIVES=$(LIVES) $(BIN)/pytest -n 0 tests/fuzz

lock:  ## Choose the versions of all dependencies again
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --upgrade pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --upgrade pyproject.toml --group dev -c requirements.lock \
		-o requirements-dev.lock

vendor:  ## Fetch the front-end files again from npm
	$(MAKE) -f publishers/rubrica/vendor.mk
	$(MAKE) -f publishers/ebook/vendor.mk
	$(MAKE) -f bottega/web/console/vendor.mk
	$(MAKE) -f bottega/web/uploads/vendor.mk

clean:  ## Remove what was installed and built; the newsroom's data stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache tests/node/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

tests/node/node_modules:
	cd tests/node && npm ci --silent

.venv/bin/python:
	$(PYTHON) -m venv .venv

$(PROJECT): pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--editable .
	@touch $@

$(RUN): requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(MAKE) --no-print-directory $(PROJECT)
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(MAKE) --no-print-directory $(PROJECT)
	@touch $@ $(RUN)
