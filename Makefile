# What a newcomer types. Everything installed here goes into .venv, pinned by hash in requirements/.
# `make PYTHON=python3.13 demo` chooses the interpreter; `make test ARGS="-k digest"` passes words on.

PYTHON ?= python3
ARGS   ?=
ROUNDS ?= 60

PIP  = .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
       --no-emit-index-url --no-emit-find-links $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help .venv demo test crash servers damage lint bench programs pictures sheets lock clean

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.venv: .venv/mailproc.done  ## the tools and libraries, about half a minute, once

.venv/libraries.done: $(wildcard requirements/*.txt)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "mailproc needs Python 3.11 or newer, and $(PYTHON) is not: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "$(PYTHON) cannot make a virtual environment: apt install python3-venv, then make again"; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) (once, about half a minute)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes --no-build-isolation -r requirements/demo.txt -r requirements/dev.txt
	@touch $@

.venv/mailproc.done: .venv/libraries.done pyproject.toml
	@$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv  ## the whole loop on this machine: mail in, review by reply, letters and articles out
	@.venv/bin/mailproc demo $(ARGS)

test: .venv  ## every test, in random order; three at a time, for many wait for a disk or a server
	@.venv/bin/pytest --numprocesses 3 --dist loadfile $(ARGS)

crash: .venv  ## kill it ROUNDS times (60), and see that nothing is lost or done twice
	@.venv/bin/python tests/crash/driver.py --rounds $(ROUNDS) $(ARGS)

servers: .venv  ## every mail server that the desk may stand beside, also what takes its time: docs/servers-table.md
	@.venv/bin/pytest --numprocesses 2 --dist loadfile -m "cell or long" --junitxml=.pytest_cache/servers.xml $(ARGS)
	@.venv/bin/python docs/make_servers.py --junit .pytest_cache/servers.xml

lint: .venv  ## style, types and the order of imports
	@.venv/bin/ruff check --quiet && echo "ruff check: fine"
	@.venv/bin/ruff format --quiet --check && echo "ruff format: fine"
	@.venv/bin/mypy --no-error-summary && echo "mypy --strict: fine"
	@told=$$(.venv/bin/lint-imports --no-cache 2>&1) && echo "imports: one way" || { echo "$$told"; exit 1; }

bench: .venv  ## how fast, how right: ARGS=reading, ARGS="replies --quick", ARGS=strangers, ARGS=trimming, ARGS=characters, ARGS=documents, ARGS=written, ARGS=memory, ARGS="mailbox --messages 100000"
	@.venv/bin/python -m bench$(if $(ARGS),.$(ARGS),)

programs: .venv  ## Thunderbird and Roundcube answer a digest, driven for real: ARGS="roundcube-html --only between"
	@.venv/bin/python tests/programs/drive.py $(ARGS)

damage: .venv  ## each damage done to a small desk, its words and its cure written into docs/damage.md (root, for mounts)
	@.venv/bin/python docs/make_damage.py $(ARGS)

pictures: .venv  ## the README's pictures, drawn anew by Chromium
	@.venv/bin/python docs/make_pictures.py $(ARGS)

sheets: .venv  ## the sheets of docs/letters.md: letters before and after, drawn by Chromium
	@.venv/bin/python docs/make_sheets.py $(ARGS)

lock:  ## pin again what pyproject.toml asks for (needs uv; ARGS=--upgrade for newer releases)
	@$(LOCK) pyproject.toml -o requirements/run.txt
	@$(LOCK) pyproject.toml --extra demo -c requirements/run.txt -o requirements/demo.txt
	@$(LOCK) --group dev -c requirements/demo.txt -o requirements/dev.txt
	@$(LOCK) --group build -c requirements/dev.txt -o requirements/build.txt

clean:  ## remove what was made here; a desk's data stays
	@rm -rf .venv dist demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find mailproc tests -name __pycache__ -type d -prune -exec rm -rf {} +
