"""The tables of docs/costs.md: `.venv/bin/python -m infra.costs`, from the project's folder."""

from infra.costs.tables import page

if __name__ == "__main__":
    print(*page(), sep="\n\n")
