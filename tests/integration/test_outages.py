"""Telling an outage from a mistake, and noticing it, over connections that are refused, cut and stalled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from botocore.exceptions import ClientError
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

from db.copying import copy_out
from db.engine import Sessions, make_engine, make_sessions
from db.liveness import Liveness
from ingestion import health
from ingestion.errors import DatabaseUnavailable, QueueUnavailable, RefusedUpload, StorageUnavailable
from ingestion.health import Part, looks
from ingestion.settings import Settings
from ingestion.watch import Watch
from local.ports import free_port
from local.postgres import EmbeddedPostgres
from tests.outages import proxy_to, through, until
from tests.proxy import Proxy


class Sink:
    """Somewhere to write to, which does something with the first piece."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    def write(self, _piece: bytes) -> int:
        self._proxy.cut()
        return 0


@pytest.fixture
def proxy(settings: Settings) -> Iterator[Proxy]:
    with proxy_to(settings.database_url) as proxy:
        yield proxy


@pytest.fixture
def distant(sessions: Sessions, settings: Settings, proxy: Proxy) -> Iterator[Sessions]:  # noqa: ARG001
    """Sessions on the tests' database by way of the proxy."""
    engine = make_engine(through(proxy, settings.database_url))
    yield make_sessions(engine)
    engine.dispose()


def engine_of(sessions: Sessions) -> Engine:
    engine = sessions.kw["bind"]
    assert isinstance(engine, Engine)
    return engine


def test_a_connection_that_is_refused_is_an_outage_and_the_next_one_works(
    distant: Sessions, proxy: Proxy
) -> None:
    proxy.refuse()
    with pytest.raises(SQLAlchemyError) as refused, distant() as session:
        session.execute(text("SELECT 1"))
    assert health.part_of(refused.value) is Part.DATABASE

    proxy.pass_on()
    with distant() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_connection_that_is_cut_in_mid_query_is_an_outage(distant: Sessions, proxy: Proxy) -> None:
    with distant() as session:
        session.execute(text("SELECT 1"))
        threading.Timer(0.2, proxy.cut).start()
        with pytest.raises(SQLAlchemyError) as cut:
            session.execute(text("SELECT pg_sleep(20)"))
    assert health.is_outage(cut.value)


def test_a_copy_that_is_cut_is_an_outage(distant: Sessions, proxy: Proxy) -> None:
    with pytest.raises((psycopg2.Error, SQLAlchemyError)) as cut, distant() as session:
        copy_out(session, "SELECT repeat('x', 1000) FROM generate_series(1, 100000)", Sink(proxy))
    assert health.is_outage(cut.value)


def test_a_server_that_ends_the_connection_is_an_outage(sessions: Sessions) -> None:
    with sessions() as session, sessions() as other:
        number = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text(f"SELECT pg_terminate_backend({number}, 10000)"))
        with pytest.raises(SQLAlchemyError) as ended:
            session.execute(text("SELECT 1"))
    assert health.is_outage(ended.value)


def test_to_find_no_free_connection_is_an_outage(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.engine._POOL_SECONDS", 0)
    engine = make_engine(settings.database_url)
    held = [engine.connect() for _ in range(30)]
    with pytest.raises(SQLAlchemyError) as none_free:
        engine.connect()
    for connection in held:
        connection.close()
    engine.dispose()
    assert health.is_outage(none_free.value)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [("SELECT nothing", ProgrammingError), ("INSERT INTO workers (id) VALUES (NULL)", IntegrityError)],
)
def test_what_the_database_refuses_is_no_outage(
    sessions: Sessions, statement: str, kind: type[SQLAlchemyError]
) -> None:
    with pytest.raises(kind) as refused, health.answering(), sessions() as session:
        session.execute(text(statement))
    assert not health.is_outage(refused.value)


def test_a_statement_that_took_too_long_is_no_outage(sessions: Sessions) -> None:
    with sessions() as session:
        session.execute(text("SET LOCAL statement_timeout = 10"))
        with pytest.raises(SQLAlchemyError) as cancelled:
            session.execute(text("SELECT pg_sleep(5)"))
    assert not health.is_outage(cancelled.value)


def test_errors_of_our_own_tell_what_does_not_answer() -> None:
    assert health.part_of(StorageUnavailable("")) is Part.STORE
    assert health.part_of(QueueUnavailable("")) is Part.QUEUE
    assert health.part_of(DatabaseUnavailable("")) is Part.DATABASE
    assert health.part_of(RefusedUpload("")) is None
    assert health.part_of(ValueError()) is None


def test_who_waits_for_a_database_that_hangs_is_told(distant: Sessions, proxy: Proxy) -> None:
    liveness = Liveness(engine_of(distant))
    failed: list[BaseException] = []
    with distant() as session:
        session.execute(text("SELECT 1"))
        proxy.stall()
        waiting = threading.Thread(target=_ask, args=(session, failed))
        waiting.start()
        for _ in range(2):
            with pytest.raises(psycopg2.OperationalError):
                liveness.check()
        waiting.join(30)
        proxy.pass_on()
    assert [health.is_outage(error) for error in failed] == [True]
    liveness.check()
    with distant() as session:
        assert session.scalar(text("SELECT 1")) == 1


def _ask(session: object, failed: list[BaseException]) -> None:
    try:
        session.execute(text("SELECT 1"))  # type: ignore[attr-defined]
    except SQLAlchemyError as error:
        failed.append(error)


def test_a_database_that_lets_nobody_in_keeps_those_who_are(
    distant: Sessions, postgres: EmbeddedPostgres
) -> None:
    liveness = Liveness(engine_of(distant))
    with distant() as session:
        session.execute(text("SELECT 1"))
        with closed_to_others(postgres.url("postgres"), "tests"):
            for _ in range(3):
                with pytest.raises(psycopg2.OperationalError):
                    liveness.check()
        assert session.scalar(text("SELECT 1")) == 1


@contextmanager
def closed_to_others(address: str, database: str) -> Iterator[None]:
    connection = psycopg2.connect(address)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        yield
        cursor.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    connection.close()


@pytest.mark.parametrize("fault", ["refuse", "stall"])
def test_a_watch_names_what_does_not_answer_until_it_does(
    settings: Settings, sessions: Sessions, fault: str
) -> None:
    assert settings.aws_endpoint_url
    with proxy_to(settings.aws_endpoint_url) as proxy:
        behind = settings.model_copy(update={"aws_endpoint_url": through(proxy, settings.aws_endpoint_url)})
        watch = Watch(looks(behind, Liveness(engine_of(sessions)).check), every_seconds=0.1)
        assert watch.down() == {}

        getattr(proxy, fault)()
        until(lambda: set(watch.down()) == {Part.STORE, Part.QUEUE})
        proxy.pass_on()
        until(lambda: watch.down() == {})
        watch.close()


def test_a_watch_sees_a_database_stop_and_start(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("postgres")
    server = EmbeddedPostgres(folder, folder / "postgres.log", {"fsync": "off"})
    port = free_port()
    server.start(port)
    engine = make_engine(server.url("contacts"))
    watch = Watch(looks(settings, Liveness(engine).check), every_seconds=0.1)
    assert watch.since(Part.DATABASE) is None

    server.stop()
    until(lambda: watch.since(Part.DATABASE))
    server.start(port)
    until(lambda: watch.since(Part.DATABASE) is None)

    watch.close()
    engine.dispose()
    server.delete()


def test_what_was_found_not_to_answer_stays_so_until_a_later_look_disagrees() -> None:
    began, may_end = threading.Event(), threading.Event()

    def look() -> None:
        began.set()
        may_end.wait(30)

    watch = Watch({Part.QUEUE: look}, every_seconds=30)
    watch.report(Part.QUEUE)
    assert began.wait(30)
    assert watch.since(Part.QUEUE)
    may_end.set()
    until(lambda: watch.since(Part.QUEUE) is None)
    watch.close()


def test_a_look_that_is_broken_closes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise KeyError("a mistake of ours")

    watch = Watch({Part.STORE: broken}, every_seconds=0.1)
    assert watch.since(Part.STORE) is None
    watch.close()
    assert "look_failed" in caplog.text


def test_a_role_that_may_not_look_at_the_bucket_is_no_outage() -> None:
    def forbidden() -> None:
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 403}}, "HeadBucket")  # type: ignore[typeddict-item]

    def missing() -> None:
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 404}}, "HeadBucket")  # type: ignore[typeddict-item]

    assert health._answers(forbidden)
    assert not health._answers(missing)
