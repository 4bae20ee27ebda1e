"""Whose work is being done: the ids that every line logged within carries.

They live in context variables, which follow tasks of asyncio and Starlette's thread pool by themselves; a
thread that the product starts takes them along by `carried`.
"""

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar
from uuid import uuid4

from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def bound(**ids: str | int | None) -> Iterator[None]:
    """Within this, lines carry ids such as `job_id`, `user_id` and `request_id`; None binds nothing."""
    with bound_contextvars(**{name: value for name, value in ids.items() if value is not None}):
        yield


def bind(**ids: str | int | None) -> None:
    """The same for the rest of what runs in this context; None takes an id away."""
    bind_contextvars(**ids)


def request_id() -> str | None:
    """The id of the request or click that all this is done for, where there is one."""
    found = get_contextvars().get("request_id")
    return str(found) if found is not None else None


def new_request_id() -> str:
    """An id that no other request has: 32 hexadecimal digits."""
    return uuid4().hex


def carried(call: Callable[P, T]) -> Callable[P, T]:
    """`call`, to be run once in another thread, in the present context: ids and the current span with it."""
    context = contextvars.copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return context.run(call, *args, **kwargs)

    return run
