"""The lines and the tampering proxy do what a trial takes them to do."""

import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError

from local.aws import AwsAccess
from local.ports import LOOPBACK
from tests.faults.aws_proxy import AwsProxy, Effect, Tampering
from tests.faults.proxy import TcpProxy

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets."""
    server = socket.create_server((LOOPBACK, 0))

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=[client], daemon=True).start()

    def echo(client: socket.socket) -> None:
        with client:
            try:
                while data := client.recv(1024):
                    client.sendall(data)
            except ConnectionError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(10)


@pytest.fixture
def line(echo_port: int) -> Iterator[TcpProxy]:
    line = TcpProxy(echo_port)
    line.start()
    yield line
    line.close()


def connected(line: TcpProxy) -> socket.socket:
    return socket.create_connection((LOOPBACK, line.port), timeout=10)


def echoed(client: socket.socket, data: bytes = b"hello") -> bytes:
    client.sendall(data)
    return client.recv(1024)


def try_twice(line: TcpProxy) -> None:
    """Connect and talk; a reset may come at any moment of it."""
    with connected(line) as client:
        echoed(client)
        echoed(client)


def test_a_line_hands_bytes_on(line: TcpProxy) -> None:
    with connected(line) as client:
        assert echoed(client) == b"hello"


def test_a_cut_resets_the_connections_that_stand_and_no_others(line: TcpProxy) -> None:
    with connected(line) as client:
        assert echoed(client) == b"hello"
        line.cut()
        with pytest.raises(ConnectionResetError):
            echoed(client)
    with connected(line) as client:
        assert echoed(client) == b"hello"
    assert line.counts["cut"] == 1


def test_a_line_that_refuses_resets_new_connections_until_it_is_calm(line: TcpProxy) -> None:
    line.refuse(60)
    with pytest.raises(ConnectionError):
        try_twice(line)
    line.calm()
    with connected(line) as client:
        assert echoed(client) == b"hello"
    assert line.counts["refused"] == 1


def test_a_stalled_line_lets_nothing_through_and_loses_nothing(line: TcpProxy) -> None:
    with connected(line) as client:
        line.stall(60)
        client.sendall(b"late")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1024)
        line.calm()
        client.settimeout(10)
        assert client.recv(1024) == b"late"
    assert line.counts["stalled"] >= 1


def test_a_line_to_a_server_that_is_down_resets() -> None:
    with socket.create_server((LOOPBACK, 0)) as gone:
        line = TcpProxy(gone.getsockname()[1])
    line.start()
    with pytest.raises(ConnectionError):
        try_twice(line)
    line.close()


class Clients(NamedTuple):
    """Clients that go through the proxy, and try each request once."""

    sqs: "SQSClient"
    s3: "S3Client"
    url: str


@pytest.fixture
def proxy(aws: AwsAccess) -> Iterator[AwsProxy]:
    port = urlsplit(aws.endpoint).port
    assert port
    proxy = AwsProxy(port)
    proxy.start()
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def session(aws: AwsAccess) -> boto3.Session:
    """Shared: it reads what there is to know of S3 and SQS once."""
    return boto3.Session(aws.access_key, aws.secret_key, region_name=aws.region)


@pytest.fixture
def clients(session: boto3.Session, proxy: AwsProxy) -> Iterator[Clients]:
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    address = f"http://{LOOPBACK}:{proxy.port}"
    sqs = session.client("sqs", endpoint_url=address, config=config)
    s3 = session.client("s3", endpoint_url=address, config=config)
    url = sqs.create_queue(QueueName="tampered")["QueueUrl"]
    s3.create_bucket(Bucket="tampered")
    yield Clients(sqs, s3, url)
    sqs.delete_queue(QueueUrl=url)
    sqs.close()
    s3.close()


def waiting(clients: Clients) -> tuple[int, int]:
    """How many messages can be had, and how many are delayed."""
    found = clients.sqs.get_queue_attributes(QueueUrl=clients.url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]), int(found["ApproximateNumberOfMessagesDelayed"])


@pytest.mark.parametrize(
    ("effect", "left"),
    [(Effect.DELAYED, (0, 1)), (Effect.DOUBLED, (1, 1)), (Effect.DROPPED, (0, 0))],
)
def test_a_message_is_tampered_with_once(
    proxy: AwsProxy, clients: Clients, effect: Effect, left: tuple[int, int]
) -> None:
    proxy.arm(Tampering("tried", effect, frozenset({"SendMessage"}), seconds=60))
    clients.sqs.send_message(QueueUrl=clients.url, MessageBody="first")
    assert waiting(clients) == left
    assert proxy.hits == {"tried": 1}
    clients.sqs.send_message(QueueUrl=clients.url, MessageBody="second")
    assert waiting(clients) == (left[0] + 1, left[1])
    assert proxy.hits == {"tried": 1}


def test_an_acknowledge_that_is_refused_is_not_carried_out(proxy: AwsProxy, clients: Clients) -> None:
    clients.sqs.send_message(QueueUrl=clients.url, MessageBody="first")
    (message,) = clients.sqs.receive_message(QueueUrl=clients.url, VisibilityTimeout=0)["Messages"]
    proxy.arm(Tampering("tried", Effect.UNAVAILABLE, frozenset({"DeleteMessage"})))
    with pytest.raises(ClientError, match="503"):
        clients.sqs.delete_message(QueueUrl=clients.url, ReceiptHandle=message["ReceiptHandle"])
    assert waiting(clients)[0] == 1


def test_a_request_whose_answer_is_lost_is_carried_out(proxy: AwsProxy, clients: Clients) -> None:
    proxy.arm(Tampering("tried", Effect.UNHEARD, frozenset({"SendMessage"})))
    with pytest.raises(BotoCoreError):
        clients.sqs.send_message(QueueUrl=clients.url, MessageBody="first")
    assert waiting(clients)[0] == 1


def test_throttling_says_so(proxy: AwsProxy, clients: Clients) -> None:
    proxy.arm(Tampering("tried", Effect.THROTTLED, frozenset({"SendMessage"})))
    with pytest.raises(ClientError, match="RequestThrottled"):
        clients.sqs.send_message(QueueUrl=clients.url, MessageBody="first")
    assert waiting(clients)[0] == 0


def test_an_object_is_cut_short_and_whole_the_next_time(proxy: AwsProxy, clients: Clients) -> None:
    clients.s3.put_object(Bucket="tampered", Key="folder/file", Body=b"x" * 10_000)
    proxy.arm(Tampering("tried", Effect.CUT_SHORT, frozenset({"S3.GET"})))
    with pytest.raises((IncompleteReadError, BotoCoreError)):
        clients.s3.get_object(Bucket="tampered", Key="folder/file")["Body"].read()
    assert len(clients.s3.get_object(Bucket="tampered", Key="folder/file")["Body"].read()) == 10_000


def test_calm_disarms(proxy: AwsProxy, clients: Clients) -> None:
    proxy.arm(Tampering("tried", Effect.UNAVAILABLE, frozenset({"S3.PUT"}), times=3))
    with pytest.raises(ClientError, match="SlowDown"):
        clients.s3.put_object(Bucket="tampered", Key="folder/file", Body=b"x")
    proxy.calm()
    clients.s3.put_object(Bucket="tampered", Key="folder/file", Body=b"x")
    assert proxy.hits == {"tried": 1}
