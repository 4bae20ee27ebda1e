"""The way through a queue of issues."""

from dashboard.components.browsing import Queue
from ingestion import review
from ingestion.review import IssueSummary
from ingestion.rules.issues import IssueType


def page_of(first: int, length: int) -> list[IssueSummary]:
    """Issues with ascending ids."""
    return [
        IssueSummary(number, IssueType.MISSING_COMPANY, True, number, "", "", "", None, (number, number))
        for number in range(first, first + length)
    ]


FULL = page_of(1, review.PAGE_SIZE)
REST = page_of(review.PAGE_SIZE + 1, 2)


def test_the_way_on_and_back_goes_over_the_ends_of_pages() -> None:
    queue = Queue(current=review.PAGE_SIZE)
    queue.go_on(FULL)
    assert queue.cursors == [FULL[-1].position]
    queue.choose(REST)
    assert queue.current == REST[0].id

    queue.go_back(REST)
    assert queue.cursors == []
    queue.choose(FULL)
    assert queue.current == FULL[-1].id


def test_there_is_nothing_before_the_first_and_after_the_last() -> None:
    queue = Queue(current=REST[0].id)
    assert queue.is_first(REST)
    assert not queue.is_last(REST)
    queue.go_back(REST)
    assert queue.current == REST[0].id

    queue.go_on(REST)
    assert queue.is_last(REST)
    assert not queue.is_first(REST)
    queue.go_on(REST)
    assert queue.current == REST[1].id


def test_after_a_decision_comes_the_next_issue_that_it_did_not_settle_as_well() -> None:
    queue = Queue(current=2)
    queue.settled(page_of(1, 5))
    queue.choose([issue for issue in page_of(1, 5) if issue.id in {1, 4, 5}])
    assert queue.current == 4


def test_after_the_last_issue_comes_the_first_that_is_left() -> None:
    queue = Queue(current=5)
    queue.settled(page_of(1, 5))
    queue.choose(page_of(1, 4))
    assert queue.current == 1
    queue.choose([])
    assert queue.current == 1
