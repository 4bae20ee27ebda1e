"""Streamlit's lines through the product's pipeline.

Streamlit gives each logger of its own, those of its web server among them, a handler and a format, also to
loggers that it makes later, and has them hand nothing on.
"""

import logging

from streamlit import logger as streamlits


def hand_over() -> None:
    """Have all of Streamlit's loggers, now and later, hand their lines on to the process's own handler."""
    streamlits.setup_formatter = _hand_on
    streamlits.update_formatter()
    # Uvicorn sets its own up before it imports the application.
    for name in ("uvicorn", "uvicorn.error"):
        _hand_on(logging.getLogger(name))
    # It tells of every request, with its query; Streamlit does without it too.
    logging.getLogger("uvicorn.access").disabled = True


def _hand_on(logger: logging.Logger) -> None:
    """In the place of `setup_formatter`, which Streamlit calls for every logger that it makes."""
    logger.handlers.clear()
    logger.propagate = True
