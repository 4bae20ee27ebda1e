"""What a worker process does beside its tasks: it says that it is there, and looks for what was lost."""

import datetime as dt
import os
import socket

from dramatiq import Broker, MessageProxy, Middleware, Worker

from ingestion import presence
from ingestion.presence import Doing
from tasks import health
from tasks.middleware.around import AroundMessages
from tasks.middleware.periodic import Periodically

_SECONDS_BETWEEN_SIGNS = 5.0
_SECONDS_BETWEEN_SWEEPS = 5.0
_SECONDS_BETWEEN_PURGES = 20.0
_SECONDS_BETWEEN_CLEANINGS = 600.0
"""Nobody waits for it: it ends what was silent for a day."""


class WarmUp(Middleware):
    """Loads at a worker's start what the first file would wait for."""

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Load it. Where the database does not answer, dramatiq logs that; the first file finds it then."""
        from tasks.resources import warm_up  # it needs the broker first

        warm_up()


class Presence(AroundMessages):
    """Tells the database that this process is there, and what it does; and the machine that it is alive."""

    def __init__(self) -> None:
        self._doing: Doing | None = None
        self._signs = Periodically(_SECONDS_BETWEEN_SIGNS, self._sign, "presence")
        # Of its own thread: the one above waits for a database that does not answer.
        self._life = Periodically(_SECONDS_BETWEEN_SIGNS, self._live, "sign of life")
        self._has_reached_database = False

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Begin with it."""
        self._signs.start()
        self._signs.hurry()
        self._life.start()

    def begin(self, message: MessageProxy) -> None:
        """Say what is begun."""
        self._doing = Doing(message.actor_name, dt.datetime.now(dt.UTC), message.kwargs.get("job_id"))
        self._signs.hurry()

    def end(self, message: MessageProxy, error: BaseException | None) -> None:  # noqa: ARG002
        """Say that it is over."""
        self._doing = None
        self._signs.hurry()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:  # noqa: ARG002
        """Say good-bye."""
        from tasks.resources import sessions, worker_id

        self._signs.stop()
        self._life.stop()
        health.end()
        presence.gone(sessions(), worker_id())

    def _sign(self) -> None:
        from tasks.resources import sessions, worker_id

        presence.seen(sessions(), worker_id(), socket.gethostname(), os.getpid(), self._doing)
        if not self._has_reached_database:
            self._has_reached_database = True
            self._life.hurry()

    def _live(self) -> None:
        if self._has_reached_database:
            health.sign()


class Sweep(Middleware):
    """Looks now and then for jobs that were lost, for uploads that are deleted or that nobody sends any more.

    Every worker does; of several at once, one finds something to do.
    """

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Start looking."""
        # These need the actors, which need the broker first.
        from tasks.requeue import clean_up, purge, requeue_lost

        Periodically(_SECONDS_BETWEEN_SWEEPS, requeue_lost, "sweep").start()
        Periodically(_SECONDS_BETWEEN_PURGES, purge, "purge").start()
        Periodically(_SECONDS_BETWEEN_CLEANINGS, clean_up, "clean-up").start()
