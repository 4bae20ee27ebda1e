"""Terraform against a server on loopback: a copy of infra/, planned, applied and destroyed."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import AwsAccess
from local.processes import MARKER, Child, Command
from tests.infra.terraform import copy_of_infra

_INIT_SECONDS = 300.0
_PLAN_SECONDS = 600.0
_GLANCE = 0.1
_LONGEST_ERROR = 400
_SOURCE = re.compile(r"(with|on) \S+|\d+:|Error:")
"""How the lines of an error begin that say where in the configuration it is."""


class TerraformFailed(Exception):
    """Terraform said no, or did not come to an end. The message is its first error, or how long it took."""


@dataclass(frozen=True)
class Change:
    """What a plan would do to one resource."""

    address: str
    actions: tuple[str, ...]
    """Such as ("create",), ("update",) or ("delete", "create")."""
    attributes: tuple[str, ...]
    """Those that would change, at the top level."""


@dataclass(frozen=True)
class Plan:
    """What Terraform would do."""

    addresses: tuple[str, ...]
    """All resources that it looked at, whether they change or not."""
    changes: tuple[Change, ...]
    name: str
    """Under which it is kept, to be applied."""


class Terraform:
    """One root module under a copy of infra/, with its state beside it."""

    def __init__(self, folder: Path, access: AwsAccess, root: str) -> None:
        """`root` is the module's path in infra/. `folder` gets the copy and `terraform.log`."""
        self._log = folder / "terraform.log"
        self._environment = _environment(folder, access)
        self.root = copy_of_infra(folder) / root

    def set(self, variables: Mapping[str, Any]) -> None:
        """Give the root module's variables their values, from now on."""
        (self.root / "trial.auto.tfvars.json").write_text(json.dumps(variables), encoding="utf-8")

    def init(self, plugins: Path | None) -> None:
        """Install the providers, from a folder where it is given, from Terraform's registry otherwise."""
        source = [f"-plugin-dir={plugins}"] if plugins else []
        self._run(["init", "-backend=false", "-input=false", *source], _INIT_SECONDS)

    def plan(self, targets: Collection[str] = (), *, refreshes: bool = True) -> Plan:
        """What has to change so that the targets, or everything, is as the modules say.

        Without a refresh the server counts as having what the state knows.
        """
        name = "trial.plan"
        options = [f"-refresh={str(refreshes).lower()}", f"-out={name}"]
        options += [f"-target={address}" for address in targets]
        self._run(["plan", "-input=false", "-lock=false", *options], _PLAN_SECONDS)
        found = json.loads(self._read(["show", "-json", name]))["resource_changes"]
        managed = [resource for resource in found if resource["mode"] == "managed"]
        return Plan(tuple(one["address"] for one in managed), tuple(changes_of(managed)), name)

    def apply(self, plan: Plan, seconds: float) -> None:
        """Do what was planned last. Raises TerraformFailed also when it takes longer."""
        self._run(["apply", "-input=false", "-lock=false", plan.name], seconds)

    def destroy(self, seconds: float) -> None:
        """Destroy all that the state knows."""
        self._run(["destroy", "-input=false", "-lock=false", "-auto-approve"], seconds)

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs by name; those that need something not applied are missing."""
        found = json.loads(self._read(["output", "-json"]))
        return {name: output["value"] for name, output in found.items()}

    def versions(self) -> str:
        """Which Terraform and which provider it is, such as `1.11.4 with aws 5.100.0`."""
        found = json.loads(self._read(["version", "-json"]))
        providers = sorted(
            f"{name.rpartition('/')[2]} {release}" for name, release in found["provider_selections"].items()
        )
        return f"{found['terraform_version']} with {', '.join(providers)}"

    def _read(self, arguments: Sequence[str]) -> str:
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.root,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_PLAN_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise TerraformFailed(f"terraform {arguments[0]}: {error_in(done.stderr)}")
        return done.stdout

    def _run(self, arguments: Sequence[str], seconds: float) -> None:
        """Run to its end, with its providers ended by then. Raises TerraformFailed."""
        began = self._log.stat().st_size if self._log.exists() else 0
        child = Child(
            Command(
                name="terraform",
                arguments=["terraform", *arguments, "-no-color"],
                log=self._log,
                folder=self.root,
                environment=self._environment,
                stop_signal=signal.SIGINT,
                grace=15.0,  # to say what it waits for
            )
        )
        child.start()
        deadline = time.monotonic() + seconds
        try:
            while child.exit_code is None and time.monotonic() < deadline:
                time.sleep(_GLANCE)
            code = child.exit_code
        finally:
            child.stop()
        if code == 0:
            return
        said = error_in(self._log.read_bytes()[began:].decode(errors="replace"))
        if code is None:
            raise TerraformFailed(f"terraform {arguments[0]} did not end within {seconds:.0f} s: {said}")
        raise TerraformFailed(f"terraform {arguments[0]}: {said}")


def changes_of(resources: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    """The changes among a plan's `resource_changes`, as `terraform show -json` gives them.

    https://developer.hashicorp.com/terraform/internals/json-format#change-representation
    """
    for resource in resources:
        change = resource["change"]
        actions = tuple(change["actions"])
        if actions != ("no-op",):
            before, after = change["before"] or {}, change["after"] or {}
            unknown = {name for name, is_unknown in (change.get("after_unknown") or {}).items() if is_unknown}
            differing = {name for name in {*before, *after} if before.get(name) != after.get(name)}
            yield Change(resource["address"], actions, tuple(sorted(differing | unknown)))


def error_in(said: str) -> str:
    """The first error in Terraform's output, as one line."""
    lines = [line.lstrip("│╷╵ ").strip() for line in said.splitlines()]
    for place, line in enumerate(lines):
        if line.startswith("Error:") and "execution halted" not in line:
            details = [one for one in lines[place + 1 : place + 12] if one and not _SOURCE.match(one)]
            return " ".join([line.removeprefix("Error:").strip(), *details[:1]])[:_LONGEST_ERROR]
    return next((line for line in reversed(lines) if line), "no reason given")


def _environment(folder: Path, access: AwsAccess) -> dict[str, str]:
    """Nothing of the caller's that could lead to a real account."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("AWS_", "TF_"))}
    return {
        **kept,
        **access.environment(),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # The provider asks 25 times by itself, with pauses: a refusal would look like a hang.
        "AWS_MAX_ATTEMPTS": "3",
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        MARKER: str(folder),
    }
