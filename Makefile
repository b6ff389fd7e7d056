# The commands of this project. `make serve` and `make test` need nothing but a machine: they install missing tools.
.DEFAULT_GOAL := help
.PHONY: help serve test test-long dev bench faults build sqlx setup stop

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

serve: ## Install what is missing, build optimised, seed a demo and serve on http://127.0.0.1:3000
	@scripts/serve.sh

test: ## Install what is missing and run everything: format, lints, queries, tests, browser journeys
	@scripts/test.sh

test-long: ## The same, then a minute of damaged uploads, each time others
	@scripts/test.sh && scripts/fuzz.sh

dev: ## Serve a development build; rebuild and reload on every change
	@scripts/dev.sh

bench: ## Measure the optimised server against a hand-written one, side by side; weigh the pages
	@scripts/bench.sh $(PART)

faults: ## Break server, database and network under learners in an exam, and count what was lost
	@scripts/setup.sh && scripts/build.sh release && cargo build -q --release --locked -p server --example faults && SERVER=target/release/server SITE_ROOT=target/site scripts/faults.sh

build: setup ## Build the development server and the site
	@scripts/build.sh dev

sqlx: setup ## Refresh .sqlx after a query or a migration has changed
	@scripts/sqlx.sh write

setup: ## Only install what is missing
	@scripts/setup.sh

stop: ## Stop the private PostgreSQL clusters, if any still run
	@for name in dev test faults; do scripts/postgres.sh stop $$name; done
