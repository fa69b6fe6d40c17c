# shmbuf: every target sets up what it needs and the machine lacks (scripts/setup
# says what it installs). Each part is a script in scripts/; this file names them.

SHELL := bash
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup build test race fuzz vectors model matrix bench bench-quick bench-go lint fmt demo \
        check cross clean

# Parts of `make test`, in this order.
TESTS := test-go test-race cross \
         'test-cpp release' 'test-cpp clang' 'test-cpp asan' 'test-cpp tsan' test-cpp-package \
         test-python test-vectors test-models test-matrix test-fuzz test-readme test-demo test-bench
LINTS := lint-go lint-cpp lint-python lint-scripts

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install everything that any target needs
	@scripts/setup test lint demo model bench

build: ## Go packages, bin/shmbuf, C++ tests, Python package
	@scripts/setup build
	@scripts/build

test: ## all tests of all languages (unit, vectors, models, matrix, sanitizers, cross builds)
	@scripts/setup test model
	@scripts/parts $(TESTS)

lint: ## all linters
	@scripts/setup test lint
	@scripts/parts $(LINTS)

check: test lint ## what CI runs: test, then lint

race: ## Go race detector on heap rings, C++ ThreadSanitizer
	@scripts/setup test
	@RACE=long scripts/parts test-race 'test-cpp tsan'

fuzz: ## Go fuzz targets; FUZZTIME=60s for longer
	@scripts/setup test
	@FUZZTIME=$${FUZZTIME:-30s} scripts/parts test-fuzz

vectors: ## shared vectors in Go, C++ and Python, and the models of the orderings
	@scripts/setup test model
	@scripts/parts test-vectors test-models

model: ## the models of the orderings alone, in every interleaving
	@scripts/setup model
	@scripts/model

matrix: ## producers × consumers × layouts as separate processes
	@scripts/setup test
	@scripts/parts test-matrix

cross: ## build and vet Go for every platform
	@scripts/setup build
	@scripts/parts cross

bench: ## shmbuf beside its peers, all cases, < 20 min; results in docs/benchmarks
	@scripts/setup bench
	@scripts/bench

bench-quick: ## the same in < 90 s, coarser; results in build/bench/results
	@scripts/setup bench
	@scripts/bench --quick

bench-go: ## Go micro-benchmarks with allocations; BENCH=regexp chooses
	@scripts/setup build
	@scripts/bench-go

demo: ## a real 1080p video between processes and languages; VIDEO=path for your own
	@scripts/setup demo
	@scripts/demo

fmt: ## format everything
	@scripts/setup test lint
	@scripts/format

clean: ## remove what was built (make clean all=1: the tools as well)
	rm -rf bin build dist
	$(if $(all),rm -rf .tools .venv .stamps)
