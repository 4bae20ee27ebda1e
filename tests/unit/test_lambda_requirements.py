"""The Lambda's requirements are those of the product, and no fewer than it imports."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

PINS = Path(__file__).resolve().parents[2] / "requirements"
OWN_PINS = {"numpy"}
"""Newer ones have no wheels for the Lambda's Linux."""
HEAVY = {"pandas", "pyarrow", "streamlit", "xlsxwriter", "alembic", "jinja2", "streamlit_authenticator"}
OPTIONAL = {"rich"}
"""Of the command line. structlog takes it where it is there, for tracebacks that we do not use."""

LISTS_IMPORTS = """
import sys
import tasks.lambda_handler
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", path.read_text(), re.MULTILINE))


def imported() -> set[str]:
    """What the handler has imported when it is ready."""
    done = subprocess.run(
        [sys.executable, "-c", LISTS_IMPORTS],
        env={"DATABASE_URL": "postgresql://user@127.0.0.1/none"},
        cwd=PINS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_every_pin_of_the_lambda_is_the_products() -> None:
    ours, all_of_them = pins(PINS / "lambda.in"), pins(PINS / "production.in")
    assert ours.keys() <= all_of_them.keys()
    differing = {name for name, version in ours.items() if version != all_of_them[name]}
    assert differing == OWN_PINS


def test_what_the_handler_imports_is_in_its_package_and_nothing_heavy_is_among_it() -> None:
    modules = imported()
    assert modules & HEAVY == set()
    distributions = packages_distributions()
    needed = {name.lower().replace("_", "-") for module in modules for name in distributions.get(module, ())}
    of_the_product = pins(PINS / "production.in").keys() - OPTIONAL
    assert needed & of_the_product <= pins(PINS / "lambda.in").keys()
    assert "tasks" in modules
