"""What a server is asked after an apply: a question, the answer that is right, and the answer that came."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from trials.aws.server import Account

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Answer:
    """One question to the server. What was expected and what came are put into words the same way."""

    about: str
    """Which thing, by its kind and name."""
    question: str
    expected: str
    answered: str

    @property
    def holds(self) -> bool:
        """Whether the server said what was expected."""
        return self.expected == self.answered


Asking = Callable[[Account, dict[str, Any]], Iterator[Answer]]
"""Asks an account about what Terraform's outputs name."""


class Subject:
    """One thing that is asked about."""

    def __init__(self, about: str) -> None:
        self._about = about

    def answer(self, question: str, expected: object, answered: object) -> Answer:
        """An answer; both sides are put into words, sets in order."""
        return Answer(self._about, question, in_words(expected), in_words(answered))


def in_words(value: object) -> str:
    """A value for people: lists separated by commas, sets also in order, mappings as JSON."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case set() | frozenset():
            return ", ".join(sorted(map(in_words, value))) or "none"
        case list() | tuple():
            return ", ".join(map(in_words, value)) or "none"
        case dict():
            return json.dumps(value, sort_keys=True)
        case _:
            return str(value)


def or_refusal(ask: Callable[[], object]) -> object:
    """What the server says, or by which code it refuses: what is missing is a wrong answer, not an end."""
    try:
        return ask()
    except ClientError as error:
        return f"refused: {error.response['Error']['Code']}"


def statements(policy: str | dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy (IAM's JSON policy elements), its actions and resources always lists."""
    document = json.loads(policy) if isinstance(policy, str) else policy
    found = document["Statement"]
    return [
        {**one, **{name: _listed(one[name]) for name in ("Action", "Resource") if name in one}}
        for one in (found if isinstance(found, list) else [found])
    ]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else sorted(value)
