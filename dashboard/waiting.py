"""What a route answers while something that it needs does not: 503, a sentence, and when to ask again."""

import functools
from collections.abc import Callable
from typing import Any

from starlette.responses import PlainTextResponse, Response

from ingestion import health
from ingestion.errors import Unavailable

RETRY_AFTER = {"retry-after": "5"}
"""In seconds (RFC 9110 §10.2.3)."""


def later(error: Unavailable) -> Response:
    """Not now."""
    return PlainTextResponse(str(error), status_code=503, headers=RETRY_AFTER)


def or_later(endpoint: Callable[..., Response]) -> Callable[..., Response]:
    """The endpoint, where an outage is an answer too."""

    @functools.wraps(endpoint)
    def answer(*given: Any, **named: Any) -> Response:
        try:
            with health.answering():
                return endpoint(*given, **named)
        except Unavailable as error:
            return later(error)

    return answer
