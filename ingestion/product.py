"""What this product is, as its project file says."""

import tomllib
from pathlib import Path

_PROJECT_FILE = Path(__file__).resolve().parent.parent / "pyproject.toml"


def version() -> str:
    """The product's version; `unknown` where only its packages were installed, without the project file."""
    try:
        project = tomllib.loads(_PROJECT_FILE.read_text(encoding="utf-8"))["project"]
    except FileNotFoundError:
        return "unknown"
    return str(project["version"])
