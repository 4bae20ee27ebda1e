"""What a process tells of itself, begun by one call."""

import logging
from typing import Literal

from ingestion.settings import Settings

Service = Literal["dashboard", "worker", "lambda"]


def start(settings: Settings, service: Service) -> None:  # noqa: ARG001
    """Begin to tell what this process does."""
    logging.getLogger().setLevel(settings.log_level)
