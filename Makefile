# `make` alone lists what can be made.

.DEFAULT_GOAL := help
.PHONY: help demo test check bench console docs fuzz

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## run everything on this machine: a server, a demo bank, stand-ins of the providers
	@sh tools/demo.sh $(ARGS)

test: ## build everything and run all tests
	@sh tools/test.sh

check: ## look at format, lints, rules, licences and dependencies
	@sh tools/check.sh

bench: ## measure the engine, the check, the store, and the server under load (BENCH_SECS, BENCH_STORED)
	@sh tools/bench.sh

console: ## build the browser console, if anything in it has changed
	@sh tools/console.sh

docs: ## build the documentation of the code and check the links of the guides
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
	cargo test -q -p countersign-it docs::

fuzz: ## run every fuzz target for FUZZ_SECONDS (60), with the nightly toolchain
	@sh tools/fuzz.sh
