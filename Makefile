# AutoTrack Anime: `make` lists what it can do. Paths here are relative, so that the project may lie anywhere.

PYTHON ?= python3
V := .venv/bin
PY := $(V)/python
READY := .venv/.ok
LOCK := --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run test test-long crashloop lint types sure seo html screenshots lighthouse bench lock clean

help: ## List the targets
	@printf 'AutoTrack Anime\n'
	@awk -F ':.*## ' '/^## /{printf "\n%s\n", substr($$0, 4)} /^[a-z][a-z-]*:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

## Use it

run: $(READY) ## Start everything and serve the site (HOST, PORT, DATABASE_URL … choose otherwise)
	@exec "$(PY)" -m autotrack run --parent $$PPID

## Prove it

test: $(READY) ## The tests, within five minutes
	@"$(PY)" -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: $(READY) ## The long tests: the real catalogue, kills, deep properties
	@"$(PY)" -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m long

crashloop: $(READY) ## Kill processes while edits are made (KILLS=2000), and look for what was lost
	@KILLS=$(or $(KILLS),2000) "$(PY)" -m pytest -q tests/site/test_crash_loop.py

lint: $(READY) ## Style, format and the directions of imports
	@"$(PY)" -m ruff check .
	@"$(PY)" -m ruff format --check .
	@if grep -q '^\[tool.importlinter\]' pyproject.toml; then "$(PY)" "$(V)/lint-imports"; fi

types: $(READY) ## Types, strictly
	@"$(PY)" -m mypy

sure: lint types test test-long ## All of these: what CI runs

seo: $(READY) ## Judge every page of the sample as search engines do; real catalogue: python -m tests.seo --catalogue
	@"$(PY)" -m tests.seo

html: $(READY) ## Judge 200 random pages by html-validate (from npm)
	@"$(PY)" -m bench.validate

screenshots: $(READY) ## Draw each type of page, light and dark, phone and desktop, into .autotrack/screenshots
	@"$(PY)" -m tests.browser.screenshots

lighthouse: $(READY) ## Measure pages by Lighthouse (from npm), medians of five runs
	@"$(PY)" -m bench.lighthouse

bench: $(READY) ## Measure against peers and floors; see docs/benchmarks.md
	@"$(PY)" -m bench

## Care for it

lock: $(READY) ## Pin the newest allowed versions in requirements.lock
	@"$(PY)" -m uv pip compile -q $(LOCK) --group dev pyproject.toml -o requirements.lock
	@printf 'uv\n' | "$(PY)" -m uv pip compile -q $(LOCK) - -o requirements.bootstrap.lock

clean: ## Remove the environment and caches; the data in .autotrack stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock requirements.bootstrap.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or newer is needed, as $(PYTHON). Another one: make PYTHON=/path/to/python3.12 …' >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo 'This Python cannot make environments. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Setting up .venv (once; a minute at most) …'
	@"$(PY)" -c '' 2>/dev/null || rm -rf .venv
	@"$(PYTHON)" -m venv .venv
	@# A home that cannot be written to is no reason to fail: then nothing is cached.
	@if ! mkdir -p "$${XDG_CACHE_HOME:-$$HOME/.cache}" 2>/dev/null || ! test -w "$${XDG_CACHE_HOME:-$$HOME/.cache}"; then \
	  export UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1; fi; \
	export VIRTUAL_ENV="$$PWD/.venv" PIP_DISABLE_PIP_VERSION_CHECK=1 && \
	"$(PY)" -m pip install -q --require-hashes -r requirements.bootstrap.lock && \
	"$(PY)" -m uv pip sync -q --require-hashes --compile-bytecode requirements.lock && \
	"$(PY)" -m uv pip install -q --no-deps --no-build-isolation -e . && \
	"$(PY)" -m compileall -q autotrack domain dynamic jobs migrations ports sitegen
	@touch $@
