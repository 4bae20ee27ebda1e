"""On ECS: not to be chosen, while there is work, when a service needs fewer tasks."""

import json
import threading
import time
from urllib.request import Request, urlopen

from dramatiq import Broker, MessageProxy

from ingestion.telemetry.logs import get_logger
from tasks.middleware.around import AroundMessages
from tasks.middleware.periodic import Periodically

logger = get_logger(__name__)

_MINUTES = 5
"""It ends by itself: other processes of the container may still work, and one that is killed says nothing."""
_SECONDS_BETWEEN_RENEWALS = 60.0
_TIMEOUT_SECONDS = 5.0


class ScaleInProtection(AroundMessages):
    """Has ECS take other tasks away first, for as long as this process works and up to five minutes more.

    A worker that is taken away hands back what it works on, and another one begins with it anew: right for a
    release, a waste where merely the queue got shorter. `agent` is the address of ECS' agent in the
    container, None anywhere else: there it does nothing.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
    """

    def __init__(self, agent: str | None) -> None:
        self._agent = agent
        self._running = 0
        self._renewed_at = float("-inf")
        self._lock = threading.Lock()
        self._renewals = Periodically(_SECONDS_BETWEEN_RENEWALS, self._renew, "scale-in protection")

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Start looking whether there is work."""
        if self._agent:
            self._renewals.start()

    def begin(self, message: MessageProxy) -> None:  # noqa: ARG002
        """Ask for it, unless that was done a moment ago."""
        with self._lock:
            self._running += 1
        if self._agent:
            self._renewals.hurry()

    def end(self, message: MessageProxy, error: BaseException | None) -> None:  # noqa: ARG002
        """Renew it no more."""
        with self._lock:
            self._running -= 1

    def _renew(self) -> None:
        if not self._running or time.monotonic() - self._renewed_at < _SECONDS_BETWEEN_RENEWALS / 2:
            return
        request = Request(  # noqa: S310  an address that ECS itself gave
            f"{self._agent}/task-protection/v1/state",
            data=json.dumps({"ProtectionEnabled": True, "ExpiresInMinutes": _MINUTES}).encode(),
            headers={"content-type": "application/json"},
            method="PUT",
        )
        with urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310  # nosec B310
            self._renewed_at = time.monotonic()
