# The two commands are `make certify` and `make test`; each sets everything up by itself.
# After the first time nothing here needs the network.

# Python processes start by the hundred here: their bytecode is kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup certify test lint selftest matrix bench lock clean distclean

# What to certify (a target file, or a name from `voicecert list targets`), and how. All optional:
#   make certify SEED=42 TIER=smoke TARGET=my.toml ARGS='--json'
TARGET ?= reference
SEED ?=
TIER ?=
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python -P
VOICECERT := $(VENV)/bin/voicecert

# A checkout that was moved is installed anew: scripts of the environment hold its path.
HERE := $(shell pwd | cksum | cut -d ' ' -f 1)
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed-$(HERE)

help:
	@echo 'make certify    certify the reference relay (TARGET, SEED, TIER, ARGS: see the Makefile)'
	@echo 'make setup      only make .venv, with the command voicecert in it'
	@echo 'make test       all checks of this project: lint, types, imports, tests'
	@echo 'make lint       the first half of it'
	@echo 'make selftest   run every mutant and variant against the rules'
	@echo 'make matrix     the same REPEAT times (3), and keep what it proves for the certificates'
	@echo 'make bench      measure the parts that must be fast'
	@echo 'make lock       resolve the dependencies anew (needs uv and the network)'
	@echo 'make clean      remove caches and output; distclean: the environment too'

certify: setup
	@$(VOICECERT) certify $(TARGET) $(if $(SEED),--seed $(SEED)) $(if $(TIER),--tier $(TIER)) $(ARGS)

selftest: setup
	@$(VOICECERT) selftest $(if $(SEED),--seed $(SEED)) $(ARGS)

matrix: setup
	@rm -rf reports/out/matrix
	@$(VOICECERT) selftest --repeat $(or $(REPEAT),3) --out reports/out/matrix $(if $(SEED),--seed $(SEED))
	@cp reports/out/matrix/proof.json reports/assets/kill_matrix.json

# ---------------------------------------------------------------------------------------- checking

# Runs a command as a named stage and says how long it took; the first failing stage ends the recipe.
define STAGES
set -e; \
stage() { \
  title=$$1; shift; begun=$$(date +%s); printf '\n== %s\n' "$$title"; \
  if "$$@"; then code=0; else code=$$?; fi; \
  taken=$$(( $$(date +%s) - begun )); \
  if [ $$code -ne 0 ]; then printf '== %s: FAILED after %s s\n' "$$title" "$$taken"; exit $$code; fi; \
  printf '== %s: %s s\n' "$$title" "$$taken"; \
};
endef

LINT = stage 'ruff check' $(PY) -m ruff check .; \
  stage 'ruff format' $(PY) -m ruff format --check .; \
  stage 'mypy' $(PY) -m mypy; \
  stage 'import contracts' $(PY) $(VENV)/bin/lint-imports

lint: setup
	@$(STAGES) $(LINT)

# Builds the real server where there is Go, so that the tests find it; none to be had is no failure.
TOXIPROXY = from harness.toxiproxy.binary import default_cache; \
  from harness.toxiproxy.binary import find_or_build; \
  found = find_or_build(default_cache(), say=print); \
  print(found.path or found.url if found else "No real Toxiproxy: the tests use the stand-in.")

# pytest speaks last: its summary is the result. The order of the tests is pure, then io, then slow.
test: setup
	@$(STAGES) $(LINT); \
	stage 'toxiproxy' $(PY) -c '$(TOXIPROXY)'; \
	printf '\n== pytest\n'; $(PY) -m pytest $(ARGS)

bench: setup
	@for program in benchmarks/*.py; do \
	  [ -e "$$program" ] || continue; printf '\n== %s\n' "$$program"; $(PY) "$$program" $(ARGS) || exit $$?; \
	done

# ------------------------------------------------------------------------------------------ set-up

setup: $(INSTALLED)
	@:

# The project itself needs no network: its build tools are in the lock file.
$(INSTALLED): $(LOCKED) pyproject.toml voicecert.py harness/__init__.py
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.installed-*
	@touch $@

$(LOCKED): requirements.lock
	@python=; for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$candidate; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'voicecert needs Python 3.11 or newer, and none of python3, python3.14 ... python3.11 is.' \
	       'Install one, or name it: make PYTHON=/path/to/python' >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	if ! $(VENV)/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  "$$python" -m venv --clear $(VENV); \
	fi; \
	echo "Setting up $(VENV) with $$($(VENV)/bin/python --version) (the first time: about 100 MB) ..."; \
	if ! $(PY) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
	    -r requirements.lock; then \
	  echo 'The dependencies could not be installed (see above). The first set-up needs the network;' \
	       'run the same command again when it is there.' >&2; exit 1; \
	fi
	@touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --extra test --generate-hashes \
	  --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
	  --output-file requirements.lock $(if $(UPGRADE),--upgrade) pyproject.toml

clean:
	@rm -rf .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis .coverage dist reports/out
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	@rm -rf $(VENV) .cache
