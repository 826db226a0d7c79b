# Every target sets up what it needs, and is quick where that has been done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: demo serve test bench evaluate lint format types layers fresh schema lock clean help

help:  ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/base.done  ## Photograph of a paper form → confirmed review, on the embedded default
	$(BIN)/throughline demo

serve: $(VENV)/base.done  ## API and worker on http://127.0.0.1:8000, with the invented company
	$(BIN)/throughline migrate
	$(BIN)/throughline seed
	$(BIN)/throughline serve

test: $(VENV)/dev.done  ## The whole suite
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

bench: $(VENV)/dev.done  ## Speeds as ratios within one run → bench.json
	$(BIN)/python -m tests.bench

evaluate: $(VENV)/dev.done  ## Full accuracy and fault figures on generated corpora → evaluation.json
	$(BIN)/python -m tests.evaluation

lint: $(VENV)/dev.done  ## Style, types, layers, and that what is generated is fresh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schema.export --check

format: $(VENV)/dev.done  ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/base.done  ## Write schema/schema.graphql
	$(BIN)/python -m schema.export

lock:  ## Lock the requirements again (needs uv)
	$(LOCK) pyproject.toml requirements/build.in -o requirements/base.txt
	$(LOCK) pyproject.toml requirements/build.in --group dev -c requirements/base.txt -o requirements/dev.txt
	$(LOCK) --no-deps requirements/opencv.in -o requirements/opencv.txt

clean:  ## Remove the virtual environment and everything that was made here
	rm -rf $(VENV) .throughline build bench.json evaluation.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/python.done:
	@$(PYTHON) -c 'import sys; sys.exit("Throughline needs Python 3.11 or newer; set PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	touch $@

# OpenCV comes last on purpose: see requirements/README.md.
$(VENV)/base.done: $(VENV)/python.done requirements/base.txt requirements/opencv.txt pyproject.toml
	$(PIP) -r requirements/base.txt
	$(PIP) --no-deps --force-reinstall -r requirements/opencv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.done: $(VENV)/base.done requirements/dev.txt
	$(PIP) -r requirements/dev.txt
	touch $@
