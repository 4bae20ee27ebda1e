"""What the trial of the front door saw: checks, ports, and the report of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Check:
    """One question and its answer."""

    kind: str
    """Such as `headers`: a chapter of the report."""
    subject: str
    expected: str
    seen: str

    @property
    def is_right(self) -> bool:
        """Whether what was seen is what should be."""
        return self.seen == self.expected


@dataclass(frozen=True)
class Port:
    """A socket that one of the product's processes listens on."""

    process: str
    address: str


def listening() -> list[Port]:
    """Every TCP socket that processes of this user's products on this machine listen on."""
    found = set()
    for process in psutil.process_iter(["name", "cmdline"]):
        command = " ".join(process.info["cmdline"] or ())
        part = next((part for part, mark in _PARTS if mark in command), None)
        if part is None:
            continue
        try:
            connections = process.net_connections("tcp")
        except psutil.Error:
            continue  # it has ended, or belongs to somebody else
        found |= {
            Port(part, f"{connection.laddr.ip}:{connection.laddr.port}")
            for connection in connections
            if connection.status == psutil.CONN_LISTEN
        }
    return sorted(found, key=lambda port: (port.process, port.address))


_PARTS = (
    ("dashboard", "streamlit run dashboard/asgi.py"),
    ("worker", "-m tasks"),
    ("Postgres", "postgres"),
    ("emulator", ".venv-aws"),
)
"""Of the product, and what stands in the command lines of their processes."""


def written(address: str, checks: Sequence[Check], ports: Sequence[Port], scanned: Sequence[str]) -> str:
    """The report, as Markdown."""
    by_kind: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        by_kind[check.kind].append(check)
    wrong = sum(not check.is_right for check in checks)
    lines = [
        "# The front door, as it was seen",
        "",
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, {address}: {len(checks)} checks, {wrong} wrong.",
    ]
    for kind, of_kind in by_kind.items():
        lines += ["", f"## {kind}", "", "| asked | expected | seen | |", "|---|---|---|---|"]
        lines += [
            f"| {_cell(check.subject)} | {_cell(check.expected)} | {_cell(check.seen)} "
            f"| {'right' if check.is_right else 'WRONG'} |"
            for check in of_kind
        ]
    lines += ["", "## Listening sockets", "", "| process | address |", "|---|---|"]
    lines += [f"| {port.process} | {port.address} |" for port in ports]
    lines += ["", "## Findings of the scanner", "", *([f"- {line}" for line in scanned] or ["None."]), ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
