# Two commands do everything from a fresh clone with Python 3.11+: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
endif
CONSTRAINTS := .ci/constraints.txt
# Tests of pure values, which no database changes, run once, not on both; so do the browser
# tests but the journey, whose operations and pages are tested on both without a browser.
PURE := tests/stats tests/calculator \
  $(addprefix tests/browser/test_browser_,filters.py calculator.py changes.py editor.py questions.py) \
  $(addprefix tests/codebook/test_,filter_vectors.py interchange.py broken_codebooks.py qdc.py \
    schema.py changes.py carrying.py document.py editing.py decisions.py flow.py) \
  $(addprefix tests/corpus/test_,designs.py dates.py folding.py pure.py search.py sampling_weeks.py)
IGNORED := $(addprefix --ignore ,$(PURE))

.PHONY: demo test test-sqlite test-postgresql checks bench messages clean

demo: $(VENV)/installed  ## set up, load the demonstration study, serve it on 127.0.0.1:8000
	$(BIN)/mediacoding demo

test: $(VENV)/installed-test checks test-sqlite test-postgresql  ## set up, pass the tests

checks: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

test-sqlite: $(VENV)/installed-test
	$(BIN)/pytest -n auto --dist loadgroup

# A fresh cluster for the run; pg_virtualenv comes with Debian's postgresql-common.
# With a PostgreSQL of your own set TEST_DATABASE_URL instead.
test-postgresql: $(VENV)/installed-test
ifdef TEST_DATABASE_URL
	DATABASE_URL=$(TEST_DATABASE_URL) $(BIN)/pytest -n auto --dist loadgroup $(IGNORED)
else ifneq ($(shell command -v pg_virtualenv),)
	pg_virtualenv -v 15 sh -c 'DATABASE_URL=postgresql://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres $(BIN)/pytest -n auto --dist loadgroup $(IGNORED)'
else
	@echo "SKIPPED: the tests on PostgreSQL (no pg_virtualenv here, and TEST_DATABASE_URL is not set)"
endif

bench: $(VENV)/installed-test  ## the benchmarks, as ratios in one table
	$(BIN)/python tests/benchmarks/run.py $(BENCH)

messages: $(VENV)/installed-test  ## collect texts, write the Cyrillic catalogue, compile (needs gettext)
	$(BIN)/python tests/messages.py

$(VENV)/installed: pyproject.toml $(CONSTRAINTS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint $(CONSTRAINTS) --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml $(CONSTRAINTS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint $(CONSTRAINTS) --editable ".[test,team]"
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
