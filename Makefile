# One line a command, each a call of `rnnlab` (see `rnnlab --help`). The first makes .venv and installs into it;
# after that only a change of pyproject.toml or constraints.txt installs again.

PYTHON ?= python3
RNNLAB := .venv/bin/rnnlab
INSTALL := .venv/bin/python -m pip install --disable-pip-version-check -c constraints.txt -e

.PHONY: lab test test-all quick build pull lock doctor bench bench-grade bench-gpu bench-live

lab: .venv/.lab ; @$(RNNLAB) lab $(ARGS)
test: .venv/.test ; @$(RNNLAB) test
test-all: .venv/.test ; @$(RNNLAB) test --all
quick: .venv/.test ; @$(RNNLAB) test --quick
build: .venv/.test ; @$(strip $(RNNLAB) build $(if $(ALL),--all) $(NB))
pull: .venv/.test ; @$(RNNLAB) pull $(or $(NB),$(error make pull needs a notebook: NB=lectures/01_impulse_response.ipynb))
bench: .venv/.test ; @.venv/bin/python benchmarks/bench.py $(ARGS)
bench-gpu: .venv/.test ; @.venv/bin/python benchmarks/gpu.py
bench-live: .venv/.test ; @.venv/bin/python benchmarks/live.py
lock: .venv/.test ; @$(RNNLAB) lock
doctor: .venv/.lab ; @$(RNNLAB) doctor
bench-grade: .venv/.test ; @.venv/bin/python benchmarks/grading.py $(ARGS)

.venv/.lab: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This course needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.12 ..." % sys.version_info[:2] or 0)'
	$(PYTHON) -m venv .venv
	$(INSTALL) ".[lab]"
	@touch $@

.venv/.test: .venv/.lab
	$(INSTALL) ".[test]"
	@touch $@
