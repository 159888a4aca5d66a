# `make` alone lists the targets. Every target works on all modules of the tree:
# a nested module (one with a go.mod of its own) is found, not listed by hand.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# How long `make fuzz` gives each target: a duration, or a count such as 10000x.
FUZZTIME ?= 5s
# How long `make bench` gives each benchmark, and which ones it runs.
BENCHTIME ?= 1s
BENCH ?= .
# The package that `make mutate` changes, and the seed of its sample.
PKG ?= ./transport/internal/limit
SEED ?= 1
# Further flags for go test, such as TESTFLAGS='-run TestPlan -v'.
TESTFLAGS ?=

GO ?= go
# The tools and their checksums stand in tools.mod and tools.sum, so that none of
# their dependencies reaches go.mod. The go command builds them once and keeps
# them in its build cache; nothing is installed.
TOOL := $(GO) tool -modfile=$(CURDIR)/tools.mod

MODULES := $(shell find . -name go.mod -not -path '*/testdata/*' -not -path './.*' -exec dirname {} \; | sort)

# $(call each,COMMAND) runs a command in the folder of every module.
define each
	@for module in $(MODULES); do \
		echo "--- $$module: $(strip $(1))"; \
		(cd "$$module" && $(1)); \
	done
endef

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  modules: $(MODULES)"
	@echo "  FUZZTIME=$(FUZZTIME) BENCHTIME=$(BENCHTIME) BENCH=$(BENCH) TESTFLAGS=$(TESTFLAGS)"

.PHONY: ci
ci: check platforms race fuzz bench-once ## All that must pass before a change lands

.PHONY: check
check: fmt-check tidy-diff vet lint ## The checks that run no test

.PHONY: fmt
fmt: ## Format every file
	$(call each,$(TOOL) golangci-lint fmt)

.PHONY: fmt-check
fmt-check: ## Fail on a file that gofumpt would change
	@echo "--- gofumpt -l ."
	@unformatted=$$($(TOOL) gofumpt -l .); \
	if [ -n "$$unformatted" ]; then \
		echo "$$unformatted"; \
		echo "not formatted: run 'make fmt'" >&2; \
		exit 1; \
	fi

.PHONY: tidy-diff
tidy-diff: ## Fail if go.mod or go.sum is not tidy
	$(call each,$(GO) mod tidy -diff)

.PHONY: vet
vet: ## go vet
	$(call each,$(GO) vet ./...)

# What a browser can run: no files, no databases, no sockets of its own.
WASM := ./model/... ./dsl/... ./transport/... ./paginate/... ./query ./query/rest/... ./query/shipstream ./query/sink
# Without the readers of exports: they are commands of Unix, and Apache Arrow takes minutes.
WINDOWS := $(filter-out ./query/sink/readertest,$(MODULES))

.PHONY: platforms
platforms: ## Compile for Windows, tests too, and what a browser can run for js/wasm
	@for module in $(WINDOWS); do \
		echo "--- $$module: GOOS=windows go vet ./..."; \
		(cd "$$module" && GOOS=windows $(GO) vet ./...); \
	done
	GOOS=js GOARCH=wasm $(GO) build $(WASM)

.PHONY: lint
lint: ## golangci-lint, by .golangci.yml
	$(call each,$(TOOL) golangci-lint run ./...)

.PHONY: test
test: ## The tests
	$(call each,$(GO) test $(TESTFLAGS) ./...)

.PHONY: cover
cover: ## The tests of the main module, with the coverage of each package
	@.ci/cover

.PHONY: race
race: ## The tests under the race detector, with fewer rounds, in a random order
	$(call each,$(GO) test -race -short -shuffle=on -timeout 20m $(TESTFLAGS) ./...)

.PHONY: fuzz
fuzz: ## Every fuzz target for FUZZTIME
	@GO="$(GO)" .ci/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## The benchmarks, with allocations
	$(call each,$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -benchmem ./...)

.PHONY: bench-once
bench-once: ## Every benchmark once: that it runs, not how fast
	$(call each,$(GO) test -run '^$$' -bench . -benchtime 1x ./...)

.PHONY: soak
soak: ## The tests that take minutes: build tag soak
	$(call each,$(GO) test -tags soak -run Soak -v -timeout 60m $(TESTFLAGS) ./...)

.PHONY: mutate
mutate: ## Change PKG one expression at a time; its tests must notice. Two hours at most
	@GO="$(GO)" .ci/mutate $(PKG) $(SEED)

.PHONY: golden
golden: ## Write the golden files anew; read the difference before you commit it
	@for module in $(MODULES); do \
		(cd "$$module"; \
		packages=$$({ grep -rlE --include='*_test.go' 'flag\.Bool(Var)?\(.*"update"' . || true; } \
			| xargs -r -n1 dirname | sort -u \
			| while read -r folder; do [ "$$($(GO) list -m)" != "$$(cd "$$folder" && $(GO) list -m)" ] || echo "$$folder"; done); \
		[ -z "$$packages" ] || { echo "--- $$module:" $$packages; $(GO) test $$packages -update; }); \
	done
