"""Runs terraform over a copy of `infra/`, with a provider of this machine or one that it downloads."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

INFRA = Path(__file__).parents[2] / "infra"
ROOTS = ("product", "environments/staging", "environments/production")

_PROVIDER = Path("registry.terraform.io/hashicorp/aws")
_FOLDERS = ("/opt", "/usr/local/share", "~/.terraform.d")
_DEPTH = 3
"""So far below such a folder is a folder of providers looked for: it would take long to search all of it."""
_INIT_SECONDS = 300
_RUN_SECONDS = 1200
"""A busy machine takes some seconds for each of a hundred plans' worth of resources."""


def copy_of_infra(folder: Path) -> Path:
    """`infra/` in another folder, without what an earlier init left in it."""
    return shutil.copytree(INFRA, folder / "infra", ignore=shutil.ignore_patterns(".terraform*"))


def run(arguments: Sequence[str], folder: Path, seconds: int = _RUN_SECONDS) -> tuple[int, str]:
    """The exit code of terraform in a folder, and what it said."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is missing: install 1.11 or later to check infra/")
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("TF_VAR_", "AWS_"))
    }
    ended = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=variables | {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    return ended.returncode, ended.stdout


def initialize(folder: Path) -> None:
    """Make a root ready without a state; skips, visibly, where no provider can be had."""
    local = provider_folder()
    source = [f"-plugin-dir={local}"] if local else []
    try:
        code, said = run(
            ["init", "-backend=false", "-input=false", "-no-color", *source], folder, _INIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        code, said = 1, "Failed to query available provider packages"
    if code and "provider packages" in said and not local:
        pytest.skip(
            "the AWS provider is missing: give terraform access to its registry, or set TERRAFORM_PROVIDERS"
        )
    assert code == 0, said


def provider_folder() -> Path | None:
    """Where providers lie on this machine, by host and name below it; None where they do not."""
    if named := os.environ.get("TERRAFORM_PROVIDERS"):
        return Path(named)
    return next((folder for folder in _candidates() if (folder / _PROVIDER).is_dir()), None)


def _candidates() -> Iterator[Path]:
    for name in _FOLDERS:
        top = Path(name).expanduser()
        yield top
        for depth in range(1, _DEPTH + 1):
            yield from (found for found in top.glob("/".join(["*"] * depth)) if found.is_dir())
