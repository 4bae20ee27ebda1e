"""The load command: what it counts, what it takes for a page, and when it stops."""

import asyncio
import time
from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.load import __main__ as command
from benchmarks.load import limit, lists, report
from benchmarks.load.crew import Result
from benchmarks.load.measuring import Seen, percentile, summed_up
from benchmarks.load.page import Missing, Page
from benchmarks.load.product import NotHere, at
from benchmarks.load.turns import Turns
from benchmarks.load.watching import Part
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.source import examine
from local.ports import free_port


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([3.0], 95, 3.0),
        ([2.0, 1.0], 50, 1.0),
        ([float(n) for n in range(1, 101)], 95, 95.0),
        ([float(n) for n in range(1, 20)], 95, 19.0),
        ([float(n) for n in range(1, 22)], 95, 20.0),
        ([1.0, 2.0, 3.0], 100, 3.0),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], share: float, found: float) -> None:
    assert percentile(values, share) == found


def test_what_was_not_measured_has_no_figures() -> None:
    assert summed_up([]) is None
    assert Seen().all_pages is None


def test_pages_of_every_kind_are_summed_up_together_and_errors_counted_by_their_text() -> None:
    seen = Seen()
    seen.page("review", 0.5, [])
    seen.page("upload", 1.5, ["The store\n does not answer."])
    seen.refresh(9.0, ["The store does not answer."])
    seen.page("upload", 1.0, ["The store does not answer."])

    pages = seen.all_pages
    assert pages is not None
    assert (pages.count, pages.median, pages.longest) == (3, 1.0, 1.5)
    assert seen.errors == {
        "upload: The store does not answer.": 2,
        "refresh: The store does not answer.": 1,
    }


def test_before_a_measurement_begins_only_errors_are_kept() -> None:
    seen = Seen(begins=time.monotonic() + 60)
    seen.page("review", 0.5, ["KeyError: email"])
    seen.refresh(0.5, [])
    seen.download(0.5)

    assert (seen.all_pages, seen.refreshes, seen.downloads) == (None, [], [])
    assert seen.errors == {"review: KeyError: email": 1}


def test_a_refresh_that_did_not_come_has_no_time() -> None:
    seen = Seen()
    seen.refresh(None, ["no page within 30 s"])

    assert (seen.refreshes, seen.errors) == ([], {"refresh: no page within 30 s": 1})


def test_no_upload_is_due_before_the_first_turn() -> None:
    assert not Turns(a_minute=600, began=time.monotonic() + 60).take()


def test_uploads_come_due_one_after_the_other() -> None:
    turns = Turns(a_minute=6, began=time.monotonic() - 15)

    assert [turns.take() for _ in range(3)] == [True, True, False]


def test_without_uploads_it_is_nobodys_turn() -> None:
    assert not Turns(a_minute=0, began=time.monotonic() - 60).take()


# ---- The page


def _begin(*fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.name = "app.py"
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def _button(place: int, label: str, *, fragment: str = "", disabled: bool = False) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend([0, place])
    message.delta.fragment_id = fragment
    button = message.delta.new_element.button
    button.id, button.label, button.disabled = f"id-{label}", label, disabled
    return message


def _end(status: ForwardMsg.ScriptFinishedStatus.ValueType = ForwardMsg.FINISHED_SUCCESSFULLY) -> ForwardMsg:
    return ForwardMsg(script_finished=status)


def _shown(*messages: ForwardMsg) -> Page:
    page = Page()
    for message in messages:
        page.take(message)
    return page


def _labels(page: Page) -> list[str]:
    return [button.label for button in page.elements("button")]


def test_what_the_next_run_does_not_draw_is_gone() -> None:
    page = _shown(_begin(), _button(0, "A"), _button(1, "B"), _end(), _begin(), _button(0, "C"), _end())

    assert _labels(page) == ["C"]
    assert page.is_there("id-C")
    assert not page.is_there("id-B")


def test_a_run_that_ends_early_leaves_the_page_as_it_is() -> None:
    early = _end(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    page = _shown(_begin(), _button(0, "A"), _button(1, "B"), _end(), _begin(), _button(0, "C"), early)

    assert _labels(page) == ["C", "B"]


def test_a_run_of_a_fragment_takes_away_only_what_is_the_fragments() -> None:
    page = _shown(
        *(_begin(), _button(0, "A"), _button(1, "B", fragment="f"), _button(2, "C", fragment="f"), _end()),
        *(_begin("f"), _button(1, "D", fragment="f"), _end(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)),
    )

    assert _labels(page) == ["A", "D"]


def test_a_button_is_found_by_the_first_beginning_that_fits_and_only_where_it_can_be_clicked() -> None:
    page = _shown(
        *(
            _begin(),
            _button(0, "Keep row 1", disabled=True),
            _button(1, "Leave out"),
            _button(2, "Keep row 2"),
        ),
        _end(),
    )

    assert page.button("Keep row", "Leave").label == "Keep row 2"
    with pytest.raises(Missing, match="no button Merge; there are: Keep row 1, Leave out"):
        page.button("Merge")


def test_exceptions_and_errors_in_red_are_problems_and_other_notices_are_not() -> None:
    raised, red, green = ForwardMsg(), ForwardMsg(), ForwardMsg()
    for place, message in enumerate((raised, red, green)):
        message.metadata.delta_path.extend([0, place])
    raised.delta.new_element.exception.type = "KeyError"
    raised.delta.new_element.exception.message = "email"
    for message, kind in ((red, "ERROR"), (green, "SUCCESS")):
        alert = message.delta.new_element.alert
        alert.body, alert.format = kind.lower(), alert.Format.Value(kind)

    assert _shown(_begin(), raised, red, green, _end()).problems() == ["KeyError: email", "error"]


# ---- The limit


def _result(sessions: int, *seconds: float, errors: dict[str, int] | None = None) -> Result:
    return Result(
        sessions=sessions,
        uploads_a_minute=sessions / 5,
        seconds=10.0,
        pages={},
        all_pages=summed_up(seconds),
        refreshes=None,
        downloads=None,
        sent=0,
        settled=None,
        errors=errors or {},
        parts={"dashboard": Part(200.0, sessions / 50), "load generator": Part(50.0, 0.1)},
        machine=1.0,
        queue=None,
    )


def _raised(results: dict[int, Result], most: int) -> list[int]:
    async def measure(sessions: int) -> Result:
        return results[sessions]

    async def all_of_them() -> list[int]:
        return [result.sessions async for result in limit.raised(measure, step=10, most=most)]

    return asyncio.run(all_of_them())


def test_sessions_are_added_until_pages_take_a_second() -> None:
    results = {10: _result(10, 0.2), 20: _result(20, 0.999), 30: _result(30, 1.0), 40: _result(40, 0.1)}

    assert _raised(results, most=100) == [10, 20, 30]


def test_sessions_are_added_until_there_is_an_error() -> None:
    results = {10: _result(10, 0.2, errors={"review: KeyError": 1}), 20: _result(20, 0.2)}

    assert _raised(results, most=100) == [10]


def test_sessions_are_added_up_to_the_most() -> None:
    assert _raised({n: _result(n, 0.2) for n in (10, 20, 30)}, most=25) == [10, 20]


def test_the_reason_names_the_most_frequent_error() -> None:
    reason = limit.why_not_held(_result(10, 5.0, errors={"rare": 1, "frequent": 7}))

    assert reason == "8 errors, most often: frequent"


def test_a_measurement_without_a_page_is_not_held() -> None:
    assert limit.why_not_held(_result(10)) == "no page was seen"


def test_what_is_saturated_is_told_by_processors() -> None:
    assert "one thread of Python" in limit.saturated(_result(50, 2.0), 2)
    assert limit.saturated(_result(40, 2.0), 1).startswith("all 1 processors were busy")
    assert limit.saturated(_result(10, 2.0), 8).startswith("no processor")


def test_others_on_the_machine_are_not_mistaken_for_the_product() -> None:
    assert "something that is no part of the product took 0.7 of 2" in limit.saturated(_result(10, 2.0), 2)


def test_the_table_has_a_line_for_each_step() -> None:
    lines = report.steps([_result(10, 0.2, 0.4), _result(20, 1.5)]).splitlines()

    assert lines[2:] == [
        "| 10 | 2 | 0.2 | 0.20 s | 0.40 s | 0 | 0.20 | 1.00 |",
        "| 20 | 4 | 0.1 | 1.50 s | 1.50 s | 0 | 0.40 | 1.00 |",
    ]


# ---- The command


@pytest.mark.parametrize(
    "address",
    ["http://example.com", "http://10.0.0.5:8501", "https://127.0.0.1:8501", "127.0.0.1:8501", "http://"],
)
def test_a_load_is_put_on_this_machine_only(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotHere):
        at(address)

    assert command.main(["--address", address]) == 2
    assert "is not an address of this machine" in capsys.readouterr().err


def test_a_product_that_does_not_answer_is_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--sessions", "2", "--address", f"http://127.0.0.1:{free_port()}"]) == 2
    assert "An operator could not begin. GET /: " in capsys.readouterr().err


@pytest.mark.parametrize("address", ["http://127.0.0.1:8501/", "http://localhost:8501", "http://[::1]:8501"])
def test_an_address_of_this_machine_is_taken(address: str) -> None:
    assert at(address).address == address.rstrip("/")


@pytest.mark.parametrize("given", [["--sessions", "501"], ["--minutes", "0"], ["--uploads-a-minute", "-1"]])
def test_a_load_is_bounded(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(given)

    assert "is not above 0 and at most" in capsys.readouterr().err


@pytest.mark.parametrize("make", [lists.with_issues, lists.without_issues])
def test_a_list_raises_no_question_and_no_two_are_the_same(make: Callable[..., bytes]) -> None:
    content = make(50, seed=1)

    assert content == make(50, seed=1) != make(50, seed=2)
    assert propose(examine(content, is_complete=True, max_bytes=10**6)).is_certain
