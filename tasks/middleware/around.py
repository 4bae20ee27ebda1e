"""What lasts as long as the work on a message."""

from abc import ABC, abstractmethod
from typing import Any

from dramatiq import Broker, MessageProxy, Middleware


class AroundMessages(Middleware, ABC):
    """Begins something with the work on each message and ends it, whatever came of it, in the same thread."""

    @abstractmethod
    def begin(self, message: MessageProxy) -> None:
        """What is done before."""

    @abstractmethod
    def end(self, message: MessageProxy, error: BaseException | None) -> None:
        """What is done after; `error` ended the work, if one did."""

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:  # noqa: ARG002
        """Begin."""
        self.begin(message)

    def after_process_message(
        self,
        broker: Broker,  # noqa: ARG002
        message: MessageProxy,
        *,
        result: Any = None,  # noqa: ARG002
        exception: BaseException | None = None,
    ) -> None:
        """End."""
        self.end(message, exception)

    def after_skip_message(self, broker: Broker, message: MessageProxy) -> None:  # noqa: ARG002
        """End."""
        self.end(message, None)
