"""Every environment variable: what `.env.example` says of it, and what the code takes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documentation.reference.markdown import code, page, paragraph, table
from ingestion.settings import EXPECTED, Settings

_ADDRESS = re.compile(r"\b\w+://\S+")


@dataclass(frozen=True)
class Variable:
    """One of `.env.example`: its value there, and what explains it."""

    name: str
    example: str
    said: str


@dataclass(frozen=True)
class Section:
    """Variables that belong together."""

    title: str
    variables: list[Variable]


def settings_page(example: Path) -> str:
    """The page of all variables in `.env.example`, in its order."""
    sections = list(_sections(example.read_text()))
    fields = {name.upper(): schema for name, schema in Settings.model_json_schema()["properties"].items()}
    return page(
        "Settings",
        paragraph(
            "Environment variables. `python3 run.py` and `docker compose` read them from `.env`, for which "
            "[.env.example](../../.env.example) is the pattern; on AWS they are variables of the tasks. A "
            "value that is not allowed stops the start, with a line that says what the variable may be."
        ),
        *(part for section in sections for part in _section(section, fields)),
    )


def _section(section: Section, fields: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"## {section.title}"
    yield table(
        ["variable", "value", "default"],
        (
            [f"[{code(variable.name)}](#{variable.name.lower()})", *_value_and_default(variable, fields)]
            for variable in section.variables
        ),
    )
    for variable in section.variables:
        yield f"### {variable.name}"
        yield paragraph(variable.said)


def _value_and_default(variable: Variable, fields: dict[str, dict[str, Any]]) -> tuple[str, str]:
    if variable.name not in fields:  # read by run.py or docker compose, which take any text
        return "text", _shown(variable.example)
    schema = fields[variable.name]
    allowed = _ADDRESS.sub(r"`\g<0>`", EXPECTED.get(variable.name) or _allowed(schema))
    return allowed, _shown(_joined(schema["default"])) if "default" in schema else "none: required"


def _allowed(schema: dict[str, Any]) -> str:
    """The values that a field takes, in words."""
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option["type"] != "null"]
        return f"empty, or {_allowed(options[0])}"
    if "enum" in schema:
        return ", ".join(code(value) for value in schema["enum"])
    if schema["type"] in ("integer", "number"):
        kind = "whole number" if schema["type"] == "integer" else "number"
        return f"{kind} from {schema['minimum']:,} to {schema['maximum']:,}"
    if schema["type"] == "array":
        return f"names, separated by commas, each as {code(schema['items']['pattern'])}"
    return f"as {code(schema['pattern'])}" if "pattern" in schema else "text"


def _joined(default: object) -> str:
    if default is None:
        return ""
    return ",".join(map(str, default)) if isinstance(default, list) else str(default)


def _shown(value: str) -> str:
    return code(value) if value else "empty"


def _sections(text: str) -> Iterator[Section]:
    """What `.env.example` holds: a paragraph of nothing but comments is the title of the next."""
    title = ""
    for stanza in text.split("\n\n"):
        lines = stanza.splitlines()
        if all(line.startswith("#") for line in lines):
            title = _said(lines)
        else:
            yield Section(title, list(_variables(lines)))


def _variables(lines: list[str]) -> Iterator[Variable]:
    """Variables and what explains them: the comments above, which may be of several in a row."""
    comments: list[str] = []
    said = ""
    for line in lines:
        if line.startswith("#"):
            comments.append(line)
            continue
        said, comments = _said(comments) if comments else said, []
        name, _, example = line.partition("=")
        yield Variable(name, example, said)


def _said(comments: list[str]) -> str:
    return " ".join(line.removeprefix("#").strip() for line in comments)
