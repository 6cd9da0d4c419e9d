# Python 3.11+ and make are all that a fresh machine needs. Every target builds .venv first where it is missing or stale.
PY ?= python3
V := .venv

.PHONY: help install demo test check bench lock clean

help:
	@echo "make demo     the main job, run before your eyes (GraphiQL stays open until Ctrl-C)"
	@echo "make test     every test, with real PostgreSQL and Redis started by the suite"
	@echo "make check    linters, types, import rules, schema, lock files"
	@echo "make bench    measured comparisons, side by side"
	@echo "make install  .venv with the command .venv/bin/gatehouse"

install: $(V)/.runtime

demo: $(V)/.runtime
	@$(V)/bin/gatehouse demo $(DEMO)

test: $(V)/.test
	@echo "· running every test (about ten minutes on two cores; progress follows)"
	@$(V)/bin/python -m pytest -n 2 --dist loadgroup $(TESTS)

check: $(V)/.test
	@echo "· ruff";          $(V)/bin/ruff check . && $(V)/bin/ruff format --check .
	@echo "· mypy";          $(V)/bin/mypy
	@echo "· import rules";  PYTHONPATH=.:graphql $(V)/bin/lint-imports
	@echo "· schema";        $(V)/bin/gatehouse schema | diff schema.graphql -

bench: $(V)/.test
	@$(V)/bin/python -m bench $(BENCH)

# Rewrites the lock files: hashes only, no package host in them.
lock: $(V)/.test
	$(V)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	$(V)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --group test pyproject.toml -o requirements-test.lock

clean:
	rm -rf $(V) var

$(V)/.uv:
	@echo "· making the virtual environment"
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PY) -m venv $(V) 2>/dev/null || $(PY) -m venv --without-pip $(V)
	@if $(V)/bin/python -m pip --version >/dev/null 2>&1; then $(V)/bin/python -m pip install -q --disable-pip-version-check uv; \
	 else $(PY) -m pip --python $(V)/bin/python install -q --disable-pip-version-check uv; fi
	@touch $@

$(V)/.runtime: $(V)/.uv requirements.lock pyproject.toml
	@echo "· installing the locked requirements"
	@$(V)/bin/uv pip install -q --compile-bytecode -p $(V) --require-hashes -r requirements.lock
	@$(V)/bin/uv pip install -q -p $(V) --no-deps -e .
	@touch $@

$(V)/.test: $(V)/.runtime requirements-test.lock
	@echo "· installing the locked test requirements"
	@$(V)/bin/uv pip install -q --compile-bytecode -p $(V) --require-hashes -r requirements-test.lock
	@touch $@
