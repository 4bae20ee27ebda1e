"""What functions are asked while they answer as ever."""

from typing import Any

import pytest


def noted(monkeypatch: pytest.MonkeyPatch, holder: object, name: str, argument: int) -> list[Any]:
    """What this function is asked from now on, by its argument at this place (from 0)."""
    asked: list[Any] = []
    found = getattr(holder, name)

    def note(*arguments: Any) -> Any:
        asked.append(arguments[argument])
        return found(*arguments)

    monkeypatch.setattr(holder, name, note)
    return asked
