# make check: the specification on the reference schema.   make test: the suite's own tests, mutants included.
# make test-live: of live runs and drift, on a simulated account.   make test-evidence: of bundles, secrets, the audit and GitHub.
# make test-servers: what is left behind by runs that are killed, servers behind URLs, copies of running databases, action.yml as a
# whole, hostile bundles of evidence, keys in AWS KMS.   make test-migrations: of Alembic projects with a defect in their migrations.
# make operations: the specification of running it (-m operations).   make test-operations: the suite's own tests of that.
# make test-browser: of report.html, in a headless Chromium.
# make test-oscal: of OSCAL by NIST's model, in an environment with requirements-oscal.txt.   make test-spark: of the audit on
# PySpark, in an environment with requirements-spark.txt; needs Java 17 or 21.
# make drill: backup, disaster, recovery and audit on servers of this machine, with a report in drill-evidence.
# PYTHON=/path/to/python chooses the interpreter; ARGS="..." goes to pytest.
SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
SERVERS := $(addprefix tests_suite/,test_nothing_is_left.py test_external_server.py test_external_server_refusals.py \
    test_operations_leave_nothing.py test_action_whole.py test_verify_hostile.py test_verify_every_byte.py test_sign_kms.py) \
    $(wildcard tests_suite/test_schema_from*.py) $(wildcard tests_suite/test_canaries_of_*.py)
MIGRATIONS := $(addprefix tests_suite/test_,migrations.py alembic.py)
BROWSER := $(wildcard tests_suite/test_report_in_browser*.py)
OPERATIONS := $(filter-out $(SERVERS),$(wildcard tests_suite/test_operations_*.py))
OSCAL := tests_suite/test_oscal.py
SPARK := tests_suite/test_audit_on_spark.py
EVIDENCE := $(filter-out $(SERVERS) $(BROWSER) $(SPARK),$(wildcard $(addprefix tests_suite/test_,verify*.py sign*.py diff.py evidence_docs.py \
    canaries.py oscal_states.py junit.py report*.py incomplete_everywhere.py evidence_costs.py audit*.py canonical*.py hash_*.py \
    action.py run_on_github.py summary_for_github.py workflows.py)))
LIVE := $(wildcard tests_suite/test_live_*.py) tests_suite/test_drift.py
ELSEWHERE := $(SERVERS) $(LIVE) $(MIGRATIONS) $(EVIDENCE) $(BROWSER) $(OPERATIONS) $(OSCAL) $(SPARK)
# Compiled tests are worth keeping: without them every run rewrites hypothesis and the plugins anew (2 s).
export PYTHONDONTWRITEBYTECODE :=

.PHONY: check test test-live test-evidence test-browser test-migrations test-operations test-servers test-oscal test-spark mutants \
    test-container trace lint bench setup dev live operations drill clean

check: setup
	$(BIN)/python -m pytest $(ARGS)

test: dev
	$(BIN)/python -m pytest tests_suite -n 2 $(addprefix --ignore=,$(ELSEWHERE)) $(ARGS)

test-live: dev
	$(BIN)/python -m pytest $(LIVE) -n 2 $(ARGS)

test-evidence: dev
	$(BIN)/python -m pytest $(EVIDENCE) -n 2 $(ARGS)

test-browser: dev
	$(BIN)/python -m pytest $(BROWSER) $(ARGS)

test-migrations: dev
	$(BIN)/python -m pytest $(MIGRATIONS) -n 2 $(ARGS)

test-operations: dev
	$(BIN)/python -m pytest $(OPERATIONS) -n 2 $(ARGS)

test-servers: dev
	AMPLY_EXAMPLES=400 $(BIN)/python -m pytest $(SERVERS) tests_suite/test_verify_bytes.py -n 2 $(ARGS)

test-oscal: $(VENV)-oscal/installed
	$(VENV)-oscal/bin/python -m pytest $(OSCAL) $(ARGS)

test-spark: $(VENV)-spark/installed
	$(VENV)-spark/bin/python -m pytest $(SPARK) $(ARGS)

mutants: setup
	$(BIN)/python -m tools.mutant_matrix $(ARGS)

test-container: setup
	tools/container_lab.sh $(BIN)/python $(ARGS)

trace: setup
	$(BIN)/python -m spec.trace

live: setup
	$(BIN)/python -m pytest -m live $(ARGS)

operations: $(VENV)/installed-operations
	$(BIN)/python -m pytest -m operations $(ARGS)

lint: dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

drill: setup
	$(BIN)/python -m tools.drill --evidence drill-evidence $(ARGS)

bench: setup
	$(BIN)/python -m tools.bench && $(BIN)/python -m tools.migration_bench

setup: $(VENV)/installed

dev: $(VENV)/installed-dev

$(VENV)/installed: requirements.txt pyproject.toml
	python=$${PYTHON:-$$(tools/find_python.sh)} && "$$python" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt && touch $@

$(VENV)/installed-operations: requirements-operations.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-operations.txt && touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements-sign.txt requirements-operations.txt requirements-audit.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt && touch $@

$(VENV)-oscal/installed: requirements-oscal.txt requirements.txt pyproject.toml
	python=$${PYTHON:-$$(tools/find_python.sh)} && "$$python" -m venv $(VENV)-oscal
	$(VENV)-oscal/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-oscal.txt && touch $@

$(VENV)-spark/installed: requirements-spark.txt requirements-audit.txt requirements.txt pyproject.toml
	python=$${PYTHON:-$$(tools/find_python.sh)} && "$$python" -m venv $(VENV)-spark
	$(VENV)-spark/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-spark.txt && touch $@

clean:
	rm -rf $(VENV) $(VENV)-oscal $(VENV)-spark .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
