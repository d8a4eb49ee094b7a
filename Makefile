# Matinee's commands; `make help` lists them.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
SET_UP := $(PYTHON) moviesite/local/bootstrap.py
# Checks that only read settings need some, and no server.
SETTINGS := SECRET_KEY=only-for-checks DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost
PRODUCTION := SECRET_KEY=$(shell head -c 48 /dev/urandom | base64 | tr -d '/+=\n')9zQ_ DATABASE_URL=postgres://nobody@localhost/none \
	REDIS_URL=redis://localhost ALLOWED_HOSTS=matinee.example MATINEE_TRUSTED_PROXIES=127.0.0.1 EMAIL_URL=smtp://localhost

.DEFAULT_GOAL := help
.PHONY: help run restore upgrade doctor setup test fuzz lint production lock format bench bench-learning bench-serving bench-retraining bench-load bench-members bench-queries bench-answers bench-pages bench-gate \
	chaos bench-scale bench-slow-clients fresh-machine structure clean reset python style types imports templates migrations deployment translations security semgrep sbom vulnerabilities

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 26

run: python ## run the site here: servers, web, workers (PORT, DATABASE_URL, REDIS_URL, MATINEE_DATASET)
	@exec $(SET_UP) requirements-local.txt -m moviesite.local

restore: python ## put a back-up in place of what a local run keeps (ARGS="[--replace] FILE")
	@exec $(SET_UP) requirements-local.txt -m moviesite.local.restore $(ARGS)

upgrade: python ## back up, migrate, check and try the new code, or put everything back (ARGS="--stop COMMAND --start COMMAND")
	@[ -n "$(DATABASE_URL)$(DATABASE_URL_FILE)" ] || [ -d "$${MATINEE_VAR:-var}/postgres" ] || { \
		echo "No site runs from here: set DATABASE_URL and the other variables of yours, or run manage.py upgrade where they are." >&2; exit 1; }
	@exec $(SET_UP) $(if $(DATABASE_URL)$(DATABASE_URL_FILE),requirements.txt manage.py upgrade,requirements-local.txt -m moviesite.local.upgrade) $(ARGS)

doctor: ## say what is wrong with this installation (ARGS="--json")
	@$(VENV_PYTHON) manage.py doctor $(ARGS)

setup: python ## make .venv with everything that development needs
	@$(SET_UP) requirements-dev.txt

WORKERS ?= logical
test: setup ## run the whole test suite (ARGS="-k name" for a part, WORKERS=0 for one process)
	@$(VENV_PYTHON) -m tests.chromium --install
	@exec $(VENV_PYTHON) -m pytest -n $(WORKERS) --maxprocesses 4 --dist loadgroup --no-loadscope-reorder $(ARGS)

lint: setup ## check style, types, imports, templates, migrations, production settings and security
	@$(MAKE) --no-print-directory --keep-going style types imports templates migrations deployment security

style:
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

types:
	$(SETTINGS) $(VENV_PYTHON) -m mypy

imports:
	.venv/bin/lint-imports

templates:
	.venv/bin/djangofmt --check templates
	git ls-files -z -- 'templates/*.jinja' | xargs -0 -r .venv/bin/djangofmt --check --profile jinja
	git ls-files -z -- 'templates/*.html' | xargs -0 -r .venv/bin/djade --check --target-version 5.2
	! LC_ALL=C.UTF-8 grep -rnE '.{121}' templates # the formatter breaks no text that it would change

migrations:
	$(SETTINGS) $(VENV_PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

deployment:
	$(PRODUCTION) $(VENV_PYTHON) manage.py check --deploy --fail-level WARNING

security: # what ruff's own rules (S) do not see, and keys that nobody wants in a repository
	.venv/bin/bandit -q -c pyproject.toml -r moviesite catalog recommender
	$(VENV_PYTHON) -m tests.secret_scan

RULES := python_taint python_taint_extended python_web_surface_taint python_web_surface_opengrep \
	python_framework_hardening_taint python_framework_hardening_opengrep web_taint supply_chain_taint framework_opengrep
semgrep: .venv-semgrep/installed ## read the code by semgrep's rules for Python and Django (some minutes)
	.venv-semgrep/bin/semgrep scan --error --quiet --metrics off --disable-version-check \
		$(RULES:%=--config .venv-semgrep/lib/python3*/site-packages/rules/%.yaml) moviesite catalog recommender

.venv-semgrep/installed: requirements-semgrep.txt
	$(PYTHON) -m venv --clear .venv-semgrep
	.venv-semgrep/bin/python -m pip install --quiet --require-hashes -r requirements-semgrep.txt
	touch $@

sbom: setup ## write sbom.json: every package of requirements.txt with version and hashes (CycloneDX)
	@.venv/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o sbom.json

vulnerabilities: setup ## ask the internet which packages of requirements.txt have known ones (ADVISORIES=FOLDER: a copy, offline)
	@$(if $(ADVISORIES),$(VENV_PYTHON) -m tests.advisories $(ADVISORIES),.venv/bin/pip-audit --disable-pip --require-hashes -r requirements.txt)

production: export MATINEE_VENV := .venv-production
production: python ## install requirements.txt alone into a new environment, import all of the site, check its settings
	@rm -rf $(MATINEE_VENV)
	@PIP_COMPILE=0 $(PRODUCTION) $(SET_UP) requirements.txt -m tests.production_imports
	$(PRODUCTION) $(MATINEE_VENV)/bin/python manage.py check --deploy --fail-level WARNING

lock: setup ## write requirements*.txt from requirements*.in, with hashes (ARGS="--upgrade" for newer versions)
	@$(VENV_PYTHON) -m moviesite.local.lock $(ARGS)

format: setup ## put code and templates into the project's style
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .
	.venv/bin/djangofmt templates
	git ls-files -z -- 'templates/*.jinja' | xargs -0 -r .venv/bin/djangofmt --profile jinja
	git ls-files -z -- 'templates/*.html' | xargs -0 -r .venv/bin/djade --target-version 5.2

CASES ?= 100000
fuzz: setup ## send anything to every address, form and operation of the API (CASES in all, in hours)
	FUZZ_CASES=$$(( $(CASES) / 340 + 1 )) $(VENV_PYTHON) -m pytest --timeout 0 tests/fuzz

BENCHMARKS ?= import search serving admin
LEARNING ?= ratings next_film library
bench: setup bench-learning ## measure everything, in hours (BENCHMARKS="import search" LEARNING="" for a part)
	@for name in $(BENCHMARKS); do echo "== $$name"; $(VENV_PYTHON) -m tests.benchmarks.bench_$$name || exit 1; done

bench-learning: python ## measure the learning library beside its peers (LEARNING="ratings next_film library" for a part, ARGS)
	@MATINEE_VENV=.venv-bench $(SET_UP) requirements-bench.txt
	@for name in $(LEARNING); do echo "== $$name"; OMP_NUM_THREADS=1 .venv-bench/bin/python -m tests.benchmarks.bench_$$name $(ARGS) || exit 1; done

bench-serving: setup ## measure speed and memory of serving (ARGS="scoring growth" for a part)
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m tests.benchmarks.bench_serving $(ARGS)

bench-retraining: setup ## measure quick updates, cancelling, and ratings beside a training (ARGS="update" for a part)
	@$(VENV_PYTHON) -m tests.benchmarks.bench_retraining $(ARGS)

bench-pages: setup ## measure pages as members live them (ARGS="--whole" for all of it)
	@SECRET_KEY=only-for-checks DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost \
		OMP_NUM_THREADS=1 $(VENV_PYTHON) -m tests.benchmarks.bench_pages $(ARGS)

bench-gate: setup ## try how often the gate turns down equal and worse candidates (ARGS="--whole" for both kinds)
	@OMP_NUM_THREADS=1 $(VENV_PYTHON) -m tests.benchmarks.bench_gate $(ARGS)

bench-scale: setup ## measure each stage by the number of ratings, as JSON (ARGS="--millions 0.1 1 10 --to FILE")
	@$(VENV_PYTHON) -m tests.benchmarks.bench_scale $(ARGS)

bench-load: setup ## measure a first visit in Chromium (ARGS="http://127.0.0.1:8000 USERNAME PASSWORD")
	@$(VENV_PYTHON) -m tests.benchmarks.bench_load $(ARGS)

bench-members: setup ## measure the site under realistic members (ARGS="--site FOLDER --scaling")
	@$(VENV_PYTHON) -m tests.benchmarks.bench_members $(ARGS)

bench-queries: setup ## measure what the database spends on each page of 45,506 films (ARGS="--site FOLDER")
	@$(VENV_PYTHON) -m tests.benchmarks.bench_queries $(ARGS)

bench-answers: setup ## measure in Chromium how soon rows answer a click (ARGS="http://127.0.0.1:8000 USERNAME PASSWORD")
	@$(VENV_PYTHON) -m tests.benchmarks.bench_answers $(ARGS)

LANGUAGES := de fr
translations: setup ## collect the texts of the interface into locale/ and compile it (needs gettext)
	$(SETTINGS) $(VENV_PYTHON) manage.py makemessages $(LANGUAGES:%=-l %) -e html,txt,py,jinja -i '.venv*' -i var \
		-i tests --no-location --no-wrap --no-obsolete
	sed -i -E '/^"(Report-Msgid-Bugs-To|POT-Creation-Date)/d' $(LANGUAGES:%=locale/%/LC_MESSAGES/django.po)
	$(SETTINGS) $(VENV_PYTHON) manage.py compilemessages $(LANGUAGES:%=-l %) -i '.venv*'
	for language in $(LANGUAGES); do \
		msgfmt --check-format --statistics -o /dev/null locale/$$language/LC_MESSAGES/django.po; done

chaos: setup ## break a site at random under writers, then compare it with their ledger (FAULTS=200 SEED=7)
	@exec $(VENV_PYTHON) -m tests.faults.chaos --faults $(or $(FAULTS),200) $(if $(SEED),--seed $(SEED)) --report chaos.json

fresh-machine: setup ## install and run the site on a fresh Debian in a new FOLDER, as docs/operating.md says (root, debootstrap, systemd-container)
	@$(VENV_PYTHON) -m tests.deployment.fresh $(FOLDER) $(ARGS)

bench-slow-clients: setup ## measure web servers among clients that do not get on (ARGS="granian")
	@$(VENV_PYTHON) -m tests.benchmarks.bench_slow_clients $(ARGS)

structure: setup ## print the rooms, arrows and names of the code in numbers
	@$(VENV_PYTHON) -m tests.structure

clean: ## remove caches, keep .venv and var
	rm -rf .venv-production .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

reset: ## remove .venv and var: the next run starts from nothing
	@printf 'This deletes the database in var/. Type yes: ' && read answer && [ "$$answer" = yes ]
	rm -rf .venv .venv-bench .venv-production .venv-semgrep "$$(readlink -f var/postgres 2>/dev/null || echo var/postgres)" var

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Matinee needs Python 3.11 to 3.13, and there is no $(PYTHON): install it (on Debian and Ubuntu: apt install python3 python3-venv)." >&2; exit 1; }
