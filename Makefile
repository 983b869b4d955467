# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

CARGO ?= cargo
# further arguments of `quorate rehearse`: make rehearse ARGS="--fail-first-candidate --keep world"
ARGS ?=
SEEDS ?= 20
# for each fuzz target: make fuzz FUZZ_SECONDS=600
FUZZ_SECONDS ?= 60
RUNTIME = $(patsubst %,--package statefun-%,engine io module protocol remote sdk server store)

.DEFAULT_GOAL := help
.PHONY: help setup rehearse test lint conformance docs bench survive fuzz greeter test-runtime smoke-upstream bench-runtime packaging

help: ## Lists these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## Installs what is missing on this machine, and says what
	@scripts/setup.sh

rehearse: setup ## Rehearses a whole release on this machine; nothing is published
	$(CARGO) run --locked -- rehearse $(ARGS)

# The cheapest first. Clippy and rustdoc share their compilation of the dependencies.
lint: setup ## Formatting, clippy and the documentation comments
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --lib

test: lint ## Lint, then all tests: what CI runs, with test-runtime
	@scripts/setup.sh test
	$(CARGO) test --locked

conformance: setup ## Holds the stand-ins to independent clients, the clients to real servers
	@scripts/setup.sh conformance
	@scripts/conformance.sh

docs: setup ## Builds the documentation of the code
	$(CARGO) doc --locked --no-deps --lib

survive: ## Kills a release at SEEDS=n random places and resumes it
	@scripts/setup.sh test
	QUORATE_SEEDS=$(SEEDS) $(CARGO) test --locked --test suite survival -- --nocapture

bench: ## Measures the project's numbers, both sides in one run, with the release build
	@scripts/setup.sh bench
	$(CARGO) bench --locked --bench flip --bench release --bench tally --bench verify
	@scripts/bench-fast.sh

fuzz: ## Feeds FUZZ_SECONDS=n of bytes to each reader of foreign files, guided by coverage
	@scripts/setup.sh test
	@scripts/fuzz.sh $(FUZZ_SECONDS)

greeter: setup ## Runs the Python greeter on the Stateful Functions runtime, and greets
	@scripts/greeter.sh

test-runtime: setup ## Formatting, clippy and all tests of the Stateful Functions runtime
	$(CARGO) fmt --check --all
	$(CARGO) clippy --locked $(RUNTIME) --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps $(RUNTIME)
	$(CARGO) test --locked $(RUNTIME)

smoke-upstream: setup ## Runs upstream's command interpreters out of the checkout STATEFUN_UPSTREAM, 100,000 commands each
	STATEFUN_SMOKE=$${STATEFUN_SMOKE:-100000} $(CARGO) test --locked --release --package statefun-server --test runtime \
		upstream -- --ignored --nocapture --test-threads 1

packaging: setup ## Builds the runtime's image and runs it; starts its unit under a systemd of its own
	@scripts/setup.sh packaging
	@scripts/packaging.sh

bench-runtime: setup ## Measures the runtime: embedded messages a second, memory, many addresses; calls, beside Restate
	@scripts/bench-runtime.sh
