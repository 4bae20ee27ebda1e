"""What notebooks are given: the public names of `ingestion.inspection`, and the columns of its tables."""

import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Protocol

from documentation.reference.markdown import block, code, page, paragraph, table


class Column(Protocol):
    """A column of a table, with all that it can be where that is a list."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def dtype(self) -> str: ...  # noqa: D102
    @property
    def doc(self) -> str: ...  # noqa: D102
    @property
    def categories(self) -> Sequence[str]: ...  # noqa: D102


class Frame(Protocol):
    """A table: what a row of it is, and its columns."""

    @property
    def row(self) -> str: ...  # noqa: D102
    @property
    def columns(self) -> Sequence[Column]: ...  # noqa: D102


def inspection_page(module: ModuleType) -> str:
    """The page of a module's `__all__`: functions, classes with their methods, and the tables of `FRAMES`."""
    public = [(name, getattr(module, name)) for name in module.__all__]
    return page(
        "Inspection",
        *_paragraphs(module),
        *(part for name, value in public if inspect.isfunction(value) for part in _function(2, name, value)),
        *(part for name, value in public if inspect.isclass(value) for part in _class(name, value)),
        *_frames(getattr(module, "FRAMES", {})),
    )


def _function(level: int, name: str, function: object) -> Iterator[str]:
    assert callable(function)
    yield f"{'#' * level} {name}"
    yield block("text", f"{name}{inspect.signature(function)}")
    yield from _paragraphs(function)


def _class(name: str, owner: type) -> Iterator[str]:
    yield f"## {name}"
    yield from _paragraphs(owner)
    for method, value in vars(owner).items():
        if not method.startswith("_") and inspect.isfunction(value) and value.__doc__:
            yield from _function(3, method, value)


def _frames(frames: Mapping[str, Frame]) -> Iterator[str]:
    for name, frame in frames.items():
        yield f"## Columns of {name}"
        yield paragraph(f"A row is {frame.row}.")
        yield table(
            ["column", "dtype", "meaning"],
            ([code(column.name), code(column.dtype), _meaning(column)] for column in frame.columns),
        )


def _meaning(column: Column) -> str:
    listed = ", ".join(map(code, column.categories))
    return f"{column.doc.removesuffix('.')}: one of {listed}" if listed else column.doc


def _paragraphs(documented: object) -> Iterator[str]:
    """What something says of itself; an indented paragraph is code."""
    for part in (inspect.getdoc(documented) or "").split("\n\n"):
        if part.startswith("    "):
            yield block("python", textwrap.dedent(part).strip("\n"))
        else:
            yield paragraph(" ".join(part.split()))
