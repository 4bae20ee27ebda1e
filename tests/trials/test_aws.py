"""The trial of the Terraform modules: its judgements, and a short form of it over the store alone."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.infra.terraform import provider_folder
from trials.aws import server
from trials.aws.left_out import Drift, LeftOut, explained, left_out_of, taken, unexplained
from trials.aws.questions import Answer, Subject, in_words, statements
from trials.aws.questions_roles import about_role, named
from trials.aws.questions_store import about_bucket
from trials.aws.recording import Call, calls_of, refused
from trials.aws.report import Report, Step
from trials.aws.server import Account
from trials.aws.terraform import Change, Terraform, changes_of, error_in

STORE = {
    "name": "prod-data-ingestion",
    "origin": "https://contacts.example.com",
    "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/any",
    "infrequent_access_after_days": 30,
    "archive_after_days": 90,
    "old_versions_days": 30,
    "abort_parts_after_days": 7,
    "access_log": None,
    "force_destroy": True,
}
QUICK = [
    f"aws_s3_bucket_{what}.this"
    for what in ("versioning", "server_side_encryption_configuration", "policy", "cors_configuration")
]
"""What is applied within seconds. The provider looks at a lifecycle for a minute until it trusts it:
`python -m trials.aws` has the time."""


def resource(address: str, actions: list[str], before: Any, after: Any, **unknown: bool) -> dict[str, Any]:
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown}
    return {"address": address, "mode": "managed", "change": change}


def test_a_change_names_the_attributes_that_differ_or_are_not_known_yet() -> None:
    changed = resource("a.b", ["update"], {"x": 1, "y": 2, "z": 3}, {"x": 1, "y": 4}, w=True, v=False)

    assert list(changes_of([changed])) == [Change("a.b", ("update",), ("w", "y", "z"))]


def test_what_stays_is_no_change() -> None:
    assert list(changes_of([resource("a.b", ["no-op"], {"x": 1}, {"x": 1})])) == []


def test_what_is_made_is_a_change() -> None:
    (change,) = changes_of([resource("a.b", ["create"], None, {"x": 1}, id=True)])

    assert change == Change("a.b", ("create",), ("id", "x"))


SERVICES = LeftOut("*.aws_ecs_service.*", "hangs")


@pytest.mark.parametrize(
    ("address", "is_left_out"),
    [
        ("aws_ecs_service.worker", True),
        ("module.worker_service[0].aws_ecs_service.this", True),
        ('module.service["a"].aws_ecs_service.this["b"]', True),
        ("module.worker_task.aws_ecs_task_definition.this", False),
        ("module.aws_ecs_service_role.aws_iam_role.this", False),
    ],
)
def test_resources_are_left_out_by_their_address(address: str, is_left_out: bool) -> None:
    assert SERVICES.meets(address) is is_left_out
    assert taken([address], [SERVICES]) == ([] if is_left_out else [address])
    assert left_out_of([address], [SERVICES]) == [(SERVICES, [address] if is_left_out else [])]


DRIFT = Drift("*.aws_db_instance.*", frozenset({"port", "iops"}), "moto forgets them")


@pytest.mark.parametrize(
    ("change", "is_known"),
    [
        (Change("module.database.aws_db_instance.this", ("update",), ("port",)), True),
        (Change("module.database.aws_db_instance.this", ("update",), ("iops", "port")), True),
        (Change("module.database.aws_db_instance.this", ("update",), ("port", "publicly_accessible")), False),
        (Change("module.database.aws_db_instance.this", ("delete", "create"), ("port",)), False),
        (Change("module.queue.aws_sqs_queue.this", ("update",), ("port",)), False),
    ],
)
def test_only_the_named_attributes_of_the_named_resource_may_drift(change: Change, is_known: bool) -> None:
    assert (unexplained([change], [DRIFT]) == []) is is_known
    assert (explained([change], [DRIFT]) == [(DRIFT, [change])]) is is_known


def test_of_terraforms_output_the_first_error_and_its_reason_are_kept() -> None:
    said = """aws_sqs_queue.q: Creating...
╷
│ Error: execution halted
╵
╷
│ Error: reading SQS Queue (q): InvalidAttributeName
│
│   with module.queue.aws_sqs_queue.this,
│   on main.tf line 2, in resource "aws_sqs_queue" "this":
│    2: resource "aws_sqs_queue" "this" {
│
│ There is no such attribute.
╵"""
    assert error_in(said) == "reading SQS Queue (q): InvalidAttributeName There is no such attribute."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "none"),
        (True, "yes"),
        (300, "300"),
        ({"b", "a"}, "a, b"),
        (["b", "a"], "b, a"),
        ([], "none"),
        ({"b": 1, "a": 2}, '{"a": 2, "b": 1}'),
    ],
)
def test_what_is_asked_and_answered_is_put_into_words_alike(value: object, words: str) -> None:
    assert in_words(value) == words
    assert Subject("queue q").answer("which", value, value).holds


def test_a_statement_has_lists_however_a_policy_is_written() -> None:
    short = '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'

    assert statements(short) == [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]


@pytest.mark.parametrize(
    ("resource_", "name"),
    [
        ("*", "everything"),
        ("arn:aws:s3:::store/uploads/*", "s3 store/uploads/*"),
        ("arn:aws:sqs:us-east-1:123456789012:jobs", "sqs jobs"),
        ("arn:aws:kms:us-east-1:123456789012:key/4f85-141c", "kms key"),
        ("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/url-a1B2c3", "secretsmanager prod/url"),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/ecs/worker:*", "logs /ecs/worker:*"),
    ],
)
def test_a_resource_is_named_without_what_differs_between_applies(resource_: str, name: str) -> None:
    assert named(resource_) == name


def test_a_trial_holds_when_every_step_and_every_answer_does() -> None:
    right, wrong = Answer("queue q", "retention, s", "5", "5"), Answer("queue q", "retention, s", "5", "4")
    step, found = Step("destroy", "", 1.0), Step("destroy", "", 1.0, ("left: queue q",))

    assert Report("", steps=[step], answers=[right]).holds
    assert not Report("", steps=[found], answers=[right]).holds
    assert not Report("", steps=[step], answers=[right, wrong]).holds


def test_a_report_shows_what_was_answered_wrongly() -> None:
    report = Report(
        "", answers=[Answer("queue q", "a|b", "5", "5"), Answer("queue q", "retention, s", "5", "4")]
    )

    assert "| queue q | a\\|b | 5 | the same |" in report.markdown()
    assert "| queue q | retention, s | 5 | **4** |" in report.markdown()
    assert "1 of 2 answers are as expected" in list(report.last_lines())


STORE_ADDRESS = "http://127.0.0.1:5000/store"


def recorded(method: str, url: str, target: str = "", body: dict[str, str] | None = None) -> dict[str, Any]:
    signature = "AWS4-HMAC-SHA256 Credential=worker/20261126/us-east-1/s3/aws4_request, Signature=0"
    return {
        "headers": {"Authorization": signature, "X-Amz-Target": target},
        "method": method,
        "url": url,
        "body": b64encode(json.dumps(body).encode()).decode(),
    }


@pytest.mark.parametrize(
    ("request_", "call"),
    [
        (recorded("GET", f"{STORE_ADDRESS}/uploads/u1/a.csv"), ("GetObject", "s3 store/uploads/u1/a.csv")),
        (recorded("DELETE", f"{STORE_ADDRESS}/a?versionId=1"), ("DeleteObjectVersion", "s3 store/a")),
        (recorded("GET", f"{STORE_ADDRESS}?versions&prefix=a"), ("ListBucketVersions", "s3 store")),
        (recorded("PUT", f"{STORE_ADDRESS}/a?uploadId=1&partNumber=2"), ("PutObject", "s3 store/a")),
        (recorded("HEAD", STORE_ADDRESS), ("ListBucket", "s3 store")),
        (recorded("PATCH", f"{STORE_ADDRESS}/a"), ("PATCH /store/a", "s3 store/a")),
        (
            recorded("POST", "http://x/", "AmazonSQS.DeleteMessageBatch", {"QueueUrl": "http://x/1/jobs"}),
            ("DeleteMessage", "sqs jobs"),
        ),
        (
            recorded("POST", "http://x/", "AmazonSQS.GetQueueUrl", {"QueueName": "jobs"}),
            ("GetQueueUrl", "sqs jobs"),
        ),
    ],
)
def test_a_recorded_request_is_told_as_the_action_that_allows_it(
    request_: dict[str, Any], call: tuple[str, str]
) -> None:
    assert list(calls_of(request_)) == [Call("worker", *call)]


def test_a_call_is_refused_that_is_not_granted_on_its_resource() -> None:
    granted = {"s3 store/uploads/*": {"GetObject"}, "sqs jobs": {"SendMessage"}}
    within = Call("worker", "GetObject", "s3 store/uploads/u1/a.csv")
    beside, beyond = Call("worker", "GetObject", "s3 store/a"), Call("worker", "ReceiveMessage", "sqs jobs")

    assert set(refused({within, beside, beyond}, granted)) == {beside, beyond}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with server.running(tmp_path_factory.mktemp("moto")) as account:
        yield account


def test_a_role_that_may_more_than_it_should_is_found_out(account: Account) -> None:
    iam = account.ask("iam")
    trust = '{"Statement": {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}}'
    policy = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}'
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="worker", PolicyName="work", PolicyDocument=policy)

    answers = list(about_role(account, "worker", "ecs-tasks.amazonaws.com", {"sqs jobs": {"SendMessage"}}))

    assert [(one.question, one.expected, one.answered) for one in answers if not one.holds] == [
        ("may, on everything", "none", "*"),
        ("may, on sqs jobs", "SendMessage", "none"),
    ]


def test_a_buckets_policy_comes_back(account: Account) -> None:
    s3 = account.ask("s3")
    s3.create_bucket(Bucket="kept")
    policy = json.dumps({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}})
    s3.put_bucket_policy(Bucket="kept", Policy=policy)

    with account.without_bucket_policy("kept"):
        s3.put_object(Bucket="kept", Key="a", Body=b"")

    assert s3.get_bucket_policy(Bucket="kept")["Policy"] == policy
    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket="kept", Key="b", Body=b"")


def test_the_store_is_made_as_it_is_said(account: Account, tmp_path: Path) -> None:
    plugins = provider_folder()
    if shutil.which("terraform") is None or plugins is None:
        pytest.skip(
            "terraform or its provider for AWS is missing (set TERRAFORM_PROVIDERS): nothing is applied"
        )
    store = Terraform(tmp_path, account.access, "modules/store")
    store.set(STORE)
    store.init(plugins)

    store.apply(store.plan(QUICK), seconds=100)

    wrong = [one.question for one in about_bucket(account, {"bucket_name": STORE["name"]}) if not one.holds]
    assert wrong == ["after days, files move to", "after days, unfinished uploads end"]
