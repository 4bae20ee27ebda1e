"""A worker on ECS says that it works; anywhere else it says nothing."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import Any, cast

import pytest
from dramatiq import Broker, MessageProxy

from tasks.middleware import protection
from tasks.middleware.protection import ScaleInProtection

BROKER = cast("Broker", None)
MESSAGE = cast("MessageProxy", None)


class Agent:
    """ECS' own in a container, as far as it is asked here."""

    def __init__(self, status: int) -> None:
        self.asked: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                asked.put((self.path, json.loads(body)))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def was_asked(self, seconds: float = 10.0) -> tuple[str, Any] | None:
        try:
            return self.asked.get(timeout=seconds)
        except Empty:
            return None

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def agent() -> Iterator[Callable[[int], Agent]]:
    made: list[Agent] = []

    def make(status: int) -> Agent:
        made.append(Agent(status))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def protection_by() -> Iterator[Callable[[Agent | None], ScaleInProtection]]:
    """A worker's protection; it is not renewed beyond the test, when there is nobody to ask any more."""
    made: list[ScaleInProtection] = []

    def make(agent: Agent | None) -> ScaleInProtection:
        made.append(ScaleInProtection(agent.address if agent else None))
        return made[-1]

    yield make
    for one in made:
        one._renewals.stop()


def test_a_task_that_works_is_protected_for_some_minutes(
    agent: Callable[[int], Agent], protection_by: Callable[[Agent | None], ScaleInProtection]
) -> None:
    ecs = agent(200)
    middleware = protection_by(ecs)
    middleware.after_process_boot(BROKER)
    middleware.before_process_message(BROKER, MESSAGE)

    assert ecs.was_asked() == (
        "/task-protection/v1/state",
        {"ProtectionEnabled": True, "ExpiresInMinutes": 5},
    )


def test_small_files_in_a_row_ask_once(
    agent: Callable[[int], Agent], protection_by: Callable[[Agent | None], ScaleInProtection]
) -> None:
    ecs = agent(200)
    middleware = protection_by(ecs)
    middleware.after_process_boot(BROKER)
    middleware.before_process_message(BROKER, MESSAGE)
    assert ecs.was_asked()
    for _ in range(5):
        middleware.after_process_message(BROKER, MESSAGE)
        middleware.before_process_message(BROKER, MESSAGE)

    assert ecs.was_asked(0.3) is None


def test_a_refusal_is_asked_again(
    agent: Callable[[int], Agent],
    protection_by: Callable[[Agent | None], ScaleInProtection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protection, "_SECONDS_BETWEEN_RENEWALS", 0.05)
    ecs = agent(500)
    middleware = protection_by(ecs)
    middleware.after_process_boot(BROKER)
    middleware.before_process_message(BROKER, MESSAGE)

    assert ecs.was_asked()
    assert ecs.was_asked()


def test_who_has_nothing_to_do_asks_for_nothing(
    agent: Callable[[int], Agent],
    protection_by: Callable[[Agent | None], ScaleInProtection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protection, "_SECONDS_BETWEEN_RENEWALS", 0.02)
    ecs = agent(200)
    protection_by(ecs).after_process_boot(BROKER)

    assert ecs.was_asked(0.3) is None


def test_anywhere_but_on_ecs_nobody_is_asked() -> None:
    middleware = ScaleInProtection(None)
    threads = threading.active_count()
    middleware.after_process_boot(BROKER)
    middleware.before_process_message(BROKER, MESSAGE)

    assert threading.active_count() == threads
