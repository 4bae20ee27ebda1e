"""A small load on the product as `python3 run.py` starts it."""

import asyncio

from benchmarks.load import product, report
from benchmarks.load.crew import Crew, Result
from benchmarks.load.operator import Habits


def test_operators_work_without_an_error_and_their_upload_ends_in_review() -> None:
    with product.started() as running:
        result = asyncio.run(_worked(Crew(running, Habits(rows=100, think=0.3))))

    assert result.errors == {}
    assert result.sent == 1
    assert result.settled is not None
    assert {*result.pages} >= {"uploads", "file chosen", "upload sent", "upload", "review", "decision"}
    assert {"dashboard", "workers", "postgres", "emulator", "load generator"} == {*result.parts}
    assert result.queue is not None
    assert len(result.queue.read) == result.sent
    assert "Errors: none." in report.written(result)


async def _worked(crew: Crew) -> Result:
    await crew.grow(3)
    try:
        return await crew.measured(seconds=15, uploads_a_minute=2)
    finally:
        await crew.leave()
