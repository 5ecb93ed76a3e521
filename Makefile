# What a person does here. The work is in scripts/, which say how long each thing takes.

.DEFAULT_GOAL := help
.PHONY: help run test fmt openapi contact-sheet clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build what has changed and start AI Studio (ARGS="--bind 127.0.0.1:9000" for its flags)
	@scripts/run $(ARGS)

test: ## everything that must hold: format, lints, unit, front-door and browser tests
	@scripts/test

fmt: ## format the code
	@cargo fmt --all

openapi: ## write openapi/ from the server's routes
	@scripts/build-app
	@for version in openapi openapi-3.0; do \
	  cargo run --quiet --bin ai-studio -- $$version > openapi/$$version.json.new && mv openapi/$$version.json.new openapi/$$version.json || exit; \
	done

contact-sheet: ## draw the storyboard's styles and two films into target/contact-sheet (ARGS="target/contact-sheet woodcut" for one style)
	@cargo run --release --package engines --example contact_sheet -- $(ARGS)

clean: ## remove what was built (not the tools, and no data)
	@cargo clean
	@rm -rf frontend/dist
