# `make` alone prints the commands. Works with GNU make 3.81 and any POSIX shell, in folders of any name.
# Another Python: make brief PYTHON=/path/to/python3. Some tests only: make test ARGS="-k cue".

# An environment is ready when the mark of its lock stands in it; the mark is written last, so an interrupted set-up
# is made anew, and so is an environment whose lock has changed or whose Python is gone.
READY := .venv/.ready-$(shell cat requirements.lock tools/set_up.py | cksum | cut -d ' ' -f 1)
READY_LAB := .venv-lab/.ready-$(shell cat requirements-lab.lock tools/set_up.py | cksum | cut -d ' ' -f 1)
GONE := $(shell for it in .venv .venv-lab; do [ -x $$it/bin/python ] || rm -f $$it/.ready-*; done)

IN_VENV = PATH="$$PWD/.venv/bin:$$PATH" .venv/bin/python
IN_LAB = PATH="$$PWD/.venv-lab/bin:$$PATH" .venv-lab/bin/python

# The first Python from 3.11 on that has all that is needed; a name on PATH may be a stub, so each is tried out.
define FIND_PYTHON
for python in "$(PYTHON)" python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c 'import ctypes, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))' \
		>/dev/null 2>&1 && break; python=; \
done; \
if [ -z "$$python" ]; then \
	echo "No Python 3.11 or newer was found (with its modules ctypes, sqlite3, ssl and venv)." >&2; \
	echo "Install one, or name it: make $@ PYTHON=/path/to/python3" >&2; exit 2; \
fi
endef

.PHONY: help brief test lab verify clean
.DEFAULT_GOAL := help

help: ## print these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

brief: $(READY) ## build reports/brief.html and reports/brief.pdf from data/raw/ (sets up .venv the first time)
	@$(IN_VENV) -m kzties.cli brief

test: $(READY) ## run all tests
	@$(IN_VENV) -m pytest -q $(ARGS)

lab: $(READY_LAB) ## open the notebooks in JupyterLab (sets up .venv-lab the first time)
	@$(IN_LAB) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks $(ARGS)

verify: $(READY) ## prove the published brief again from the raw texts, as a reviewer
	@$(IN_VENV) -m kzties.cli verify

clean: ## remove everything that is built, except the environments
	@rm -rf data/processed/* reports/brief.html reports/brief.pdf reports/numbers.json reports/_variables.yml \
		reports/sources.bib reports/figures reports/fragments reports/runs .dvc/cache .dvc/tmp

$(READY):
	@$(FIND_PYTHON); "$$python" tools/set_up.py .venv requirements.lock --ready $@

$(READY_LAB):
	@$(FIND_PYTHON); "$$python" tools/set_up.py .venv-lab requirements-lab.lock --ready $@
