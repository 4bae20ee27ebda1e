"""The queue and its dead letters as people who look after them see them."""

import socket

import pytest

from ingestion.errors import QueueUnavailable
from ingestion.queue import Depth, JobQueue, make_queue
from ingestion.settings import Settings
from tests.letters import message
from tests.worker import Queue


@pytest.fixture
def queue(settings: Settings, sqs: Queue) -> JobQueue:  # noqa: ARG001  (emptied before)
    return make_queue(settings)


def take_one(queue: JobQueue, name: str) -> None:
    url = queue.client.get_queue_url(QueueName=name)["QueueUrl"]
    assert queue.client.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]


def test_messages_are_counted_by_what_becomes_of_them(queue: JobQueue, sqs: Queue) -> None:
    assert queue.is_empty()
    for _ in range(3):
        sqs.send(message())
    take_one(queue, queue.name)
    sqs.send(message(), delay=600)
    sqs.bury(message())

    depths = queue.depths()
    assert depths.jobs == Depth(waiting=2, in_flight=1, delayed=1)
    assert depths.dead_letters == Depth(waiting=1, in_flight=0, delayed=0)
    assert not queue.is_empty()


def test_a_queue_with_nothing_but_dead_letters_is_empty(queue: JobQueue, sqs: Queue) -> None:
    sqs.bury(message())
    assert queue.is_empty()


def test_a_message_that_waits_for_its_time_keeps_the_queue_from_being_empty(
    queue: JobQueue, sqs: Queue
) -> None:
    sqs.send(message(), delay=600)
    assert not queue.is_empty()


def test_dead_letters_are_listed_oldest_first_and_stay(queue: JobQueue, sqs: Queue) -> None:
    ids = [sqs.bury(message(job_id)) for job_id in range(1, 24)]
    found = queue.dead_letters()
    assert {letter.message_id for letter in found} == set(ids)
    assert [letter.sent_at for letter in found] == sorted(letter.sent_at for letter in found)
    assert {letter.job_id for letter in found} == set(range(1, 24))
    assert queue.depths().dead_letters == Depth(waiting=23, in_flight=0, delayed=0)
    assert {letter.message_id for letter in queue.dead_letters()} == set(ids)


def test_no_dead_letters_is_an_empty_list(queue: JobQueue) -> None:
    assert queue.dead_letters() == []


def test_a_list_ends_at_its_limit_and_hides_nothing(queue: JobQueue, sqs: Queue) -> None:
    for job_id in range(1, 16):
        sqs.bury(message(job_id))
    assert len(queue.dead_letters(limit=12)) == 12
    assert queue.depths().dead_letters.waiting == 15


def test_letters_that_somebody_else_holds_do_not_keep_the_rest_from_being_listed(
    queue: JobQueue, sqs: Queue
) -> None:
    ids = {sqs.bury(message(1)), sqs.bury(message(2))}
    take_one(queue, queue.dead_letter_name)
    (seen,) = queue.dead_letters()
    assert seen.message_id in ids


def test_the_letters_meant_are_removed_and_no_others(queue: JobQueue, sqs: Queue) -> None:
    ids = [sqs.bury(message(job_id)) for job_id in range(1, 24)]
    meant = {ids[0], ids[11], ids[22]}
    assert queue.remove(meant) == meant
    assert {letter.message_id for letter in queue.dead_letters()} == set(ids) - meant
    assert queue.depths().dead_letters == Depth(waiting=20, in_flight=0, delayed=0)


def test_a_letter_that_is_gone_is_removed_by_nobody(queue: JobQueue, sqs: Queue) -> None:
    (gone,) = {sqs.bury(message(1))}
    assert queue.remove({gone}) == {gone}
    left = sqs.bury(message(2))
    assert queue.remove({gone}) == set()
    assert [letter.message_id for letter in queue.dead_letters()] == [left]


def test_a_queue_that_does_not_answer_is_told_in_our_words(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    down = make_queue(settings.model_copy(update={"aws_endpoint_url": f"http://127.0.0.1:{port}"}))
    for ask in (down.depths, down.is_empty, down.dead_letters, lambda: down.remove({"m"})):
        with pytest.raises(QueueUnavailable, match="does not answer"):
            ask()


def test_a_queue_that_does_not_exist_is_told_in_our_words(settings: Settings) -> None:
    with pytest.raises(QueueUnavailable):
        make_queue(settings.model_copy(update={"sqs_queue_name": "nobody-made-it"})).depths()
