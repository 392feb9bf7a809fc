# make demo   the whole main job on a sample week, from nothing
# make test   every test but the long proofs; what needs an absent service is skipped with its reason
# make check  format, lint, types, imports and the fast tests: run it before each commit
# make prove  the long kills and the figures
PYTHON ?= python3
# Modules that are compiled anew in each process take the tests half as long again.
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check prove format constraints clean

demo: $(READY)
	@$(BIN)/digestbot demo

test: $(READY)
	$(BIN)/python -m pytest -n auto -m "not prove"

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto -m "not slow and not prove"

prove: $(READY)
	$(BIN)/python -m pytest -m prove

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The installer comes from the package index like everything else; the system's own pip may be too old to resolve the list.
$(READY): pyproject.toml constraints.txt
	@echo "setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' constraints.txt)"
	@$(BIN)/uv pip install --python $(BIN)/python -c constraints.txt -e ".[dev]"
	@touch $(READY)

# Pins every package for every platform, without naming an index.
constraints: $(READY)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-header --no-annotate pyproject.toml -o constraints.txt
	@echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)" >> constraints.txt

clean:
	rm -rf .venv build dist
