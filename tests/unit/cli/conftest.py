"""What commands write to standard error, and nothing beside it."""

from collections.abc import Iterator

import pytest

from tests.logged import nothing_logged


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with nothing_logged():
        yield
