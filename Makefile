# make demo   install, build graph and index from the sample letters, ask them something
# make test   the fast tests; make test-all adds the slow ones
# make check  ruff and mypy
# make assets  the SPARQL editor and graph view of the local page, where npm is (the pages work without)
# make score, make rank   the hand-made labels of real letters, where SHARED is present

PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
SHARED ?= ../shared
STORE  ?= demo/store

.PHONY: demo test test-all check install assets score rank clean

install: $(BIN)/.installed

$(BIN)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: install
	mkdir -p demo
	$(BIN)/imr-graph build --sample --store $(STORE)
	$(BIN)/imr-graph search "massage therapy 8 sessions neck" --limit 3 --format table --store $(STORE)
	$(BIN)/imr-graph query overturned-precedents -p service=massage-therapy --format table --store $(STORE)
	$(BIN)/imr-graph export --format graphml --output demo/sample.graphml --store $(STORE)
	$(BIN)/imr-graph export --format html --output demo/sample.html --store $(STORE)
	@echo
	@echo "Open next:"
	@echo "  $(BIN)/imr-graph serve --store $(STORE)      the local page: search, read, compare, ask"
	@echo "  demo/sample.html                          the graph, in your browser"
	@echo "  demo/sample.graphml                       the graph, in Gephi, yEd or Cytoscape"
	@echo "  $(BIN)/imr-graph --help                   all commands"

test: install
	$(BIN)/pytest -n 2 -m 'not slow'

test-all: install
	$(BIN)/pytest -n 2

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

assets:
	.ci/assets

score: install
	mkdir -p demo
	$(BIN)/imr-graph parse $(SHARED)/letters --format jsonl --output demo/parsed.jsonl
	$(BIN)/python $(SHARED)/gold/score.py demo/parsed.jsonl

rank: install
	mkdir -p demo
	$(BIN)/imr-graph build $(SHARED)/letters --store demo/gold-store --quiet
	for style in short case; do \
	  $(BIN)/python $(SHARED)/gold/rank.py --write-queries demo/$$style.jsonl --style $$style && \
	  $(BIN)/imr-graph search --queries demo/$$style.jsonl --limit 10 --format jsonl --store demo/gold-store \
	    --output demo/$$style-run.jsonl && \
	  $(BIN)/python $(SHARED)/gold/rank.py demo/$$style-run.jsonl || exit 1; \
	done

clean:
	rm -rf $(VENV) demo dist build .mypy_cache .pytest_cache .ruff_cache
