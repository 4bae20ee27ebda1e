"""Whether the time of a refused sign-in tells who has an account.

`.venv/bin/python -m trials.sign_in_timing [--tries 200] [--left-out] [--json FILE]` starts the product as
`run.py` does, in a copy, makes accounts, and sends the sign-in form over its websocket as a browser does: a
wrong password for addresses that have an account, and for as many that have none, in random order. It says
whether tests of significance find a difference. `--left-out` takes the comparison with nobody's hash out of
the copy first, to see that the trial finds what it looks for.

Each address is tried once, and failed tries are forgotten before each, so that pauses after many of them do
not come into it.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
from sqlalchemy import text

from benchmarks.load.protocol import Tab
from benchmarks.load.web import Web
from benchmarks.load.widgets import click, enter
from db.engine import Sessions, make_engine, make_sessions
from ingestion import password_hashes
from tests.accounts import add_account
from tests.launcher import Launcher, copy_of_project
from trials.significance import Comparison, compare

_WARM_UP = 10
_SIGNIFICANT = 0.05
_REFUSAL = "The e-mail address or the password is wrong."
_LEAVE_OUT = """

_compared = matches


def matches(password: str, password_hash: str) -> bool:
    return password_hash != NOBODYS and _compared(password, password_hash)
"""


def main(arguments: list[str]) -> int:
    """Try and compare; 0 where no difference is found, or, with --left-out, where one is."""
    parser = argparse.ArgumentParser(prog="python -m trials.sign_in_timing", description=__doc__)
    parser.add_argument("--tries", type=int, default=200, help="of each kind")
    parser.add_argument("--left-out", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with _product(leave_out=options.left_out) as (address, sessions):
        times = asyncio.run(_tried(address, sessions, options.tries, options.seed))
    known, unknown = (
        np.array([seconds for kind, seconds in times if kind is which]) for which in (True, False)
    )
    found = compare(known, unknown, options.seed)
    print(_told(found, options.tries, options.seed))
    if options.json:
        options.json.write_text(json.dumps({"times": times, **asdict(found)}))
    differs = min(found.rank_p, found.median_p) < _SIGNIFICANT
    print("a difference is found" if differs else "no difference is found")
    return 0 if differs is options.left_out else 1


@contextmanager
def _product(*, leave_out: bool) -> Iterator[tuple[str, Sessions]]:
    """The product's address and its database."""
    with tempfile.TemporaryDirectory() as folder, copy_of_project(Path(folder)) as project:
        if leave_out:
            with (project / "ingestion" / "password_hashes.py").open("a") as module:
                module.write(_LEAVE_OUT)
        launcher = Launcher(project)
        try:
            address = launcher.address()
            services = json.loads((project / ".local" / "launcher.lock").read_text())["services"]
            engine = make_engine(services["DATABASE_URL"])
            yield address, make_sessions(engine)
            engine.dispose()
        finally:
            launcher.end(signal.SIGINT)


async def _tried(address: str, sessions: Sessions, tries: int, seed: int) -> list[tuple[bool, float]]:
    """Of each try whether the address has an account, and the seconds until the page said no."""
    number = tries + _WARM_UP
    password_hash = password_hashes.hash_of("correct horse battery")
    for person in range(number):
        add_account(sessions, _email(person, is_known=True), "Ana", "López", password_hash)
    order = random.Random(seed)  # noqa: S311
    warm_up = [(person, kind) for person in range(_WARM_UP) for kind in (True, False)]
    counted = [(person, kind) for person in range(_WARM_UP, number) for kind in (True, False)]
    order.shuffle(counted)
    tab = Tab(Web(address), lambda _: None)
    await tab.open()
    times = []
    for person, kind in warm_up + counted:
        seconds = await _try(tab, sessions, _email(person, is_known=kind))
        times.append((kind, seconds))
    await tab.close()
    return times[len(warm_up) :]


def _email(person: int, *, is_known: bool) -> str:
    return f"{'member' if is_known else 'nobody'}{person:04}@example.com"


async def _try(tab: Tab, sessions: Sessions, email: str) -> float:
    with sessions.begin() as session:
        session.execute(text("DELETE FROM throttles"))
    button = tab.page.button("Sign in")
    fields = {
        field.label: field.id for field in tab.page.elements("text_input") if field.form_id == button.form_id
    }
    seconds = await tab.run(
        enter(fields["E-mail"], email), enter(fields["Password"], "wrong horse battery"), click(button.id)
    )
    if tab.page.problems() != [_REFUSAL]:
        raise SystemExit(f"the page said {tab.page.problems()} and not that the password is wrong")
    return seconds


def _told(found: Comparison, tries: int, seed: int) -> str:
    low, high = (1000 * end for end in found.interval)
    lines: Sequence[str] = (
        f"{tries} tries of each kind, seed {seed}",
        f"median with an account     {1000 * found.medians[0]:8.2f} ms",
        f"median without an account  {1000 * found.medians[1]:8.2f} ms",
        f"difference                 {1000 * found.difference:8.2f} ms, 95%: {low:.2f} to {high:.2f} ms",
        f"Mann-Whitney               p = {found.rank_p:.4f}",
        f"permutation of medians     p = {found.median_p:.4f}",
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
