"""What notebooks are given: the public functions of `ingestion.inspection`, and the columns of its tables."""

import inspect
from collections.abc import Iterator, Mapping
from types import ModuleType

from documentation.reference.markdown import block, code, page, paragraph, table


def inspection_page(module: ModuleType) -> str:
    """The page of a module's public names: those of `__all__`, functions with their signatures.

    Where the module has `FRAMES`, tables' names with their columns and what each holds, they are listed too.
    """
    public = [(name, getattr(module, name)) for name in module.__all__]
    return page(
        "Inspection",
        paragraph(f"`{module.__name__}`: {_paragraphs(module)[0]}"),
        *(part for name, value in public if _is_told_of(value) for part in _name(name, value)),
        *_frames(getattr(module, "FRAMES", {})),
    )


def _is_told_of(value: object) -> bool:
    return inspect.isfunction(value) or inspect.isclass(value)


def _name(name: str, value: object) -> Iterator[str]:
    yield f"## {name}"
    if inspect.isfunction(value):
        yield block("text", f"{name}{inspect.signature(value)}")
    yield from map(paragraph, _paragraphs(value))


def _frames(frames: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for name, columns in frames.items():
        yield f"## Columns of {name}"
        yield table(
            ["column", "what it holds"], ([code(column), str(said)] for column, said in columns.items())
        )


def _paragraphs(documented: object) -> list[str]:
    return [" ".join(part.split()) for part in (inspect.getdoc(documented) or "").split("\n\n")]
