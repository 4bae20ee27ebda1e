"""docker-compose.yml without Docker: its services as processes here, in its order, by its own checks.

Only addresses differ: what names a container there names one of the test's own servers here.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # comes with moto, which is all that needs it here

PROJECT = Path(__file__).resolve().parent.parent
AWSLOCAL = PROJECT / "tests" / "integration" / "local" / "awslocal.py"
PRODUCT = ("migrate", "requeue", "worker", "dashboard")
PATIENCE_SECONDS = 60.0

_VARIABLE = re.compile(r"\$\{(?P<name>\w+):?-(?P<default>[^}]*)\}")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}

Service = dict[str, Any]


def services(variables: Mapping[str, str] | None = None) -> dict[str, Service]:
    """The services as Compose reads them where `.env` sets these variables, and no others."""
    text = (PROJECT / "docker-compose.yml").read_text()
    return dict(_interpolated(yaml.safe_load(text)["services"], variables or {}))


def _interpolated(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        chosen = _VARIABLE.sub(lambda match: variables.get(match["name"]) or match["default"], value)
        return chosen.replace("$$", "$")
    if isinstance(value, list):
        return [_interpolated(item, variables) for item in value]
    if isinstance(value, dict):
        return {key: _interpolated(item, variables) for key, item in value.items()}
    return value


def needs(service: Service) -> dict[str, str]:
    """The services that this one waits for, each with the condition."""
    return {name: wait["condition"] for name, wait in service.get("depends_on", {}).items()}


def order(described: Mapping[str, Service]) -> list[str]:
    """The services in an order in which `docker compose up` may start them."""
    return list(
        TopologicalSorter({name: needs(service) for name, service in described.items()}).static_order()
    )


def seconds(duration: str) -> float:
    """A duration of Compose's, such as 1m30s."""
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([hms])", duration))


def command_of(service: Service, dashboard_port: int = 8501) -> list[str]:
    """The service's command, on this machine's interpreter and loopback address."""
    return _here(service["command"], dashboard_port)


def _here(words: Sequence[str], dashboard_port: int) -> list[str]:
    words = [sys.executable if word == "python" else word for word in words]
    words = ["127.0.0.1" if word == "0.0.0.0" else word for word in words]  # noqa: S104
    return [re.sub(r"\b8501\b", str(dashboard_port), word) for word in words]


def install_awslocal(folder: Path) -> None:
    """Put LocalStack's `awslocal` into `folder`, or what stands in for it."""
    shim = folder / "awslocal"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{AWSLOCAL}" "$@"\n')
    shim.chmod(0o755)


@dataclass
class Stack:
    """The file's services, started and stopped as Compose does.

    `variables` are each service's own. `stand_ins` are commands that turn servers which run already into what
    a service would be; they end.
    """

    services: dict[str, Service]
    variables: dict[str, dict[str, str]]
    stand_ins: dict[str, list[str]]
    dashboard_port: int
    logs: Path
    started: list[str] = field(default_factory=list)
    exit_codes: dict[str, int] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def up(self) -> None:
        """Start everything, each service once what it waits for is as it wants it; fails with the log."""
        self.started.clear()
        for name in order(self.services):
            for other, condition in needs(self.services[name]).items():
                self._wait(other, condition)
            self._start(name)
        for name in self._running:
            self._wait(name, "service_healthy")

    def down(self) -> Iterator[str]:
        """Stop what runs, what was started last first; gives each one's name once it has ended."""
        for name in reversed(list(self._running)):
            process = self._running.pop(name)
            process.terminate()
            try:
                process.wait(seconds(self.services[name].get("stop_grace_period", "10s")))
            except subprocess.TimeoutExpired:
                process.kill()
            self.exit_codes[name] = process.wait()
            yield name

    def log(self, name: str) -> str:
        """What the service wrote."""
        return (self.logs / f"{name}.log").read_text()

    def is_healthy(self, name: str) -> bool:
        """What the file's own health check says."""
        kind, *words = self.services[name]["healthcheck"]["test"]
        check = ["sh", "-c", *words] if kind == "CMD-SHELL" else _here(words, self.dashboard_port)
        if name == "worker":  # a container's processes are its own: here its first one has to be named
            check.append(str(self._running[name].pid))
        done = subprocess.run(check, cwd=PROJECT, env=self.variables[name], capture_output=True, check=False)
        return done.returncode == 0

    def _start(self, name: str) -> None:
        self.started.append(name)
        service, stand_in = self.services[name], self.stand_ins.get(name)
        with (self.logs / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                stand_in or command_of(service, self.dashboard_port),
                cwd=PROJECT,
                env=self.variables[name],
                stdout=log,
                stderr=log,
            )
        if stand_in or service["restart"].startswith("on-failure"):
            self.exit_codes[name] = process.wait(PATIENCE_SECONDS)
        else:
            self._running[name] = process

    def _wait(self, name: str, condition: str) -> None:
        if condition == "service_completed_successfully":
            assert self.exit_codes[name] == 0, self.log(name)
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.is_healthy(name):
            process = self._running.get(name)
            assert process is None or process.poll() is None, self.log(name)
            assert time.monotonic() < deadline, f"{name} does not become healthy: {self.log(name)}"
            time.sleep(0.2)
