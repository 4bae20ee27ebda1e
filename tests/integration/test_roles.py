"""Every use-case that somebody asks for, by every role, about their own uploads and those of others."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

import ingestion
from db.engine import Sessions, make_sessions
from db.models import Base
from ingestion.errors import NotAllowed, NotFound
from ingestion.queue import make_queue
from ingestion.rules.permissions import Relation, Role
from ingestion.settings import Settings
from ingestion.storage import Bucket
from tests.emptying import empty_tables
from tests.integration import roles_table, use_cases
from tests.integration.leftovers import empty
from tests.integration.roles_table import DONE, NOT_ALLOWED, NOT_FOUND
from tests.integration.scenes import Somebody, World, make_world, stand

_REFUSAL = {NOT_ALLOWED: NotAllowed, NOT_FOUND: NotFound}
_SOMEBODY = {"user_id", "by"}
"""What the parameter is called that says who asks."""


@pytest.fixture(scope="module")
def world(engine: Engine, bucket: Bucket, settings: Settings) -> World:
    """The uploads that all tests here are about: made once, and never changed."""
    empty_tables(engine)
    empty(bucket)
    return make_world(make_sessions(engine), bucket, make_queue(settings), settings)


@pytest.fixture
def sessions(engine: Engine) -> Iterator[Sessions]:
    """Sessions within one transaction of which nothing is left: what they commit are savepoints."""
    with engine.connect() as connection, connection.begin() as everything:
        yield sessionmaker(
            connection, class_=Session, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        everything.rollback()


def try_it(sessions: Sessions, call: Callable[[], object], expected: str) -> None:
    """Call a use-case; where it is refused nothing may have changed anywhere."""
    if expected == DONE:
        call()
        return
    before = fingerprints(sessions)
    with pytest.raises(_REFUSAL[expected]):
        call()
    assert fingerprints(sessions) == before


def fingerprints(sessions: Sessions) -> dict[str, str]:
    """Something of every table that differs when a row of it does."""
    queries = " UNION ALL ".join(
        f"SELECT '{table}', coalesce(md5(string_agg(one::text, '|' ORDER BY one::text)), '') FROM {table} one"
        for table in Base.metadata.tables
    )
    with sessions() as session:
        return {table: digest for table, digest in session.execute(text(queries))}  # noqa: C416


@pytest.mark.parametrize(("name", "role", "relation", "expected"), roles_table.about_an_upload())
def test_who_may_do_what_with_an_upload(
    name: str, role: Role, relation: Relation, expected: str, world: World, sessions: Sessions
) -> None:
    stand(sessions, world, role, relation)
    stage, call = use_cases.ABOUT_AN_UPLOAD[name]
    by = Somebody(sessions, world.actor)
    try_it(sessions, lambda: call(world, by, world.jobs[stage]), expected)


@pytest.mark.parametrize("name", use_cases.ABOUT_AN_UPLOAD)
@pytest.mark.parametrize("relation", Relation)
def test_somebody_whose_account_is_deactivated_finds_no_upload(
    name: str, relation: Relation, world: World, sessions: Sessions
) -> None:
    stand(sessions, world, None, relation)
    stage, call = use_cases.ABOUT_AN_UPLOAD[name]
    by = Somebody(sessions, world.actor)
    try_it(sessions, lambda: call(world, by, world.jobs[stage]), NOT_FOUND)


@pytest.mark.parametrize("name", use_cases.ABOUT_AN_UPLOAD)
@pytest.mark.parametrize("role", [*Role, None])
def test_nobody_finds_a_deleted_upload(
    name: str, role: Role | None, world: World, sessions: Sessions
) -> None:
    stand(sessions, world, role, None)
    stage, call = use_cases.ABOUT_AN_UPLOAD[name]
    by = Somebody(sessions, world.actor)
    try_it(sessions, lambda: call(world, by, world.jobs[stage]), NOT_FOUND)


@pytest.mark.parametrize(("name", "role", "expected"), roles_table.without_an_upload())
def test_who_may_do_what_that_concerns_no_single_upload(
    name: str, role: Role | None, expected: str, world: World, sessions: Sessions
) -> None:
    stand(sessions, world, role, Relation.FOREIGN)
    by = Somebody(sessions, world.actor)
    try_it(sessions, lambda: use_cases.WITHOUT_AN_UPLOAD[name](world, by), expected)


def test_every_use_case_that_somebody_asks_for_is_in_the_table() -> None:
    assert roles_table.use_cases() | roles_table.OF_ONESELF == {
        f"{module.removeprefix('ingestion.')}.{name}"
        for module in modules()
        for name, function in inspect.getmembers(importlib.import_module(module), inspect.isfunction)
        if function.__module__ == module and not name.startswith("_") and asks_for_somebody(function)
    }


def modules() -> list[str]:
    found = pkgutil.walk_packages(ingestion.__path__, "ingestion.")
    return [module.name for module in found if not module.name.endswith("__main__")]


def asks_for_somebody(function: Callable[..., object]) -> bool:
    """Whether it is a use-case, which makes its own transactions, and is told who asks."""
    parameters = inspect.signature(function).parameters
    return "sessions" in parameters and any(
        name in _SOMEBODY or _SOMEBODY & _fields(parameter.annotation)
        for name, parameter in parameters.items()
    )


def _fields(kind: object) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
