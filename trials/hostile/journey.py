"""Hostile cells through the running product, by a browser that is watched."""

import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from ingestion.settings import MEGABYTE
from tests.browser import launched
from tests.hostile import CELLS, FILENAME, HEADERS, Visitor, Watch, changed, contact_list, contacts_of
from tests.launcher import Launcher, copy_of_project
from tests.visiting import context_at
from trials.hostile.sheets import formulas_in

_PATIENCE_MS = 120_000
_ISSUES_LOOKED_AT = 60
_EXPORTS = ("csv", "xlsx", "parquet")


def cells_through_the_product(naughty: Sequence[str]) -> list[str]:
    """What was seen of our own cells and these, in sentences."""
    cells = [*CELLS, *naughty]
    with _visiting() as visitor:
        first = visitor.upload(FILENAME, contact_list(cells))
        visitor.issues(first, _ISSUES_LOOKED_AT)
        visitor.settle(first)
        visitor.look_around(first)
        exports = {kind: visitor.download(first, kind) for kind in _EXPORTS}
        contacts = contacts_of(exports["parquet"])
        what = f"{len(cells)} cells, {len(naughty)} of them naughty strings"
        where = f"as a name, as a company and in {len(HEADERS)} columns of hostile names"
        lost = _none_or(changed(cells, contacts))
        told = [
            f"{what}, each {where}: {len(contacts)} contacts, {lost} changed on the way in and out",
            *(_formulas(kind, exports[kind]) for kind in ("csv", "xlsx")),
        ]
        for kind in ("csv", "xlsx"):
            again = visitor.upload(f"{FILENAME}.{kind}", exports[kind])
            visitor.settle(again)
            other = contacts_of(visitor.download(again, "parquet"))
            told.append(f"{kind.upper()} uploaded again: {_compared(contacts, other)}")
        return [*told, *_seen(visitor.watch)]


def a_million_characters() -> list[str]:
    """What was seen of cells of a million characters: names, e-mails, in a column, and in duplicates."""
    cells = ["x" * 1_000_000, "<b>" + "😀 " * 499_998 + "</b>"]
    with _visiting() as visitor:
        begun = time.monotonic()
        first = visitor.upload("million.csv", contact_list(cells, ["notes"]))
        visitor.issues(first, 10)
        visitor.settle(first)
        visitor.look_around(first)
        contacts = contacts_of(visitor.download(first, "parquet"))
        again = visitor.upload("million-again.csv", visitor.download(first, "csv"))
        visitor.settle(again)
        other = contacts_of(visitor.download(again, "parquet"))
        return [
            f"{_none_or(changed(cells, contacts))} changed on the way in and out",
            f"CSV uploaded again: {_compared(contacts, other)}",
            f"all of it in {time.monotonic() - begun:.0f} s",
            *_seen(visitor.watch),
        ]


@contextmanager
def _visiting() -> Iterator[Visitor]:
    expect.set_options(timeout=_PATIENCE_MS)
    with tempfile.TemporaryDirectory() as folder, copy_of_project(Path(folder)) as project:
        launcher = Launcher(project, MAX_UPLOAD_MB="100")
        address = launcher.address()
        with launched() as browser:
            context = context_at(browser, address, patience_ms=_PATIENCE_MS)
            watch = Watch(address)
            visitor = Visitor(watch.over(context.new_page()), watch)
            visitor.register("hostile@example.com")
            yield visitor
            context.close()
        launcher.end(signal.SIGINT)


def _seen(watch: Watch) -> list[str]:
    return [
        f"{watch.pages} pages looked at, {watch.requests:,} requests of the browser",
        *(
            watch.seen
            or ["no request to elsewhere, dialog, script error, policy violation or foreign element"]
        ),
    ]


def _formulas(kind: str, content: bytes) -> str:
    found = formulas_in(f"contacts.{kind}", content)
    if found is None:
        return f"{kind.upper()}: LibreOffice is not installed, so nothing was opened in it"
    size = f"{len(content) / MEGABYTE:.1f} MB"
    return f"{kind.upper()} of {size} opened in LibreOffice: {_none_or(found)} of its cells are formulas"


def _none_or(found: Sequence[str]) -> str:
    return f"{len(found)} ({', '.join(repr(text[:60]) for text in found[:5])})" if found else "none"


def _compared(before: list[list[str]], after: list[list[str]]) -> str:
    differing = [row for row, other in zip(before, after, strict=False) if row != other]
    if len(before) == len(after) and not differing:
        return f"{len(after)} contacts, all identical"
    return f"{len(after)} contacts instead of {len(before)}, {len(differing)} of them differ"
