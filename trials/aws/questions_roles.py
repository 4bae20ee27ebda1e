"""Questions about roles: who may take each one on, and that it may do what its process does, and no more."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from trials.aws.questions import Answer, Subject, statements
from trials.aws.server import Account

_FILES = "s3 prod-data-ingestion/uploads/*"
_BUCKET = {"s3 prod-data-ingestion": {"ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"}}
"""Who may not list is told 403, not 404, of a file that is gone. A deletion looks for versions and parts."""
_READ_AND_DELETE = {"GetObject", "DeleteObject", "DeleteObjectVersion", "AbortMultipartUpload"}
_SEND = {"GetQueueUrl", "GetQueueAttributes", "SendMessage"}
_TAKE = {"ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage"}
_LOGS = {"CreateLogStream", "PutLogEvents"}
_SECRET = "secretsmanager prod-ingestion/database-url"  # noqa: S105  its name
_NETWORK = {
    *("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"),
    *("DescribeSubnets", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"),
}
"""Lambda joins a network by these, which know no resources.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"""

Grants = Mapping[str, set[str]]
"""Actions by what they are allowed on: a service and a resource's name."""

DASHBOARD: Grants = {
    **_BUCKET,
    _FILES: {*_READ_AND_DELETE, "PutObject", "ListMultipartUploadParts"},
    "kms key": {"Decrypt", "GenerateDataKey"},
    "sqs prod-ingestion-queue": _SEND,
    "sqs prod-ingestion-dlq": {*_TAKE, "GetQueueUrl", "GetQueueAttributes"},
}
"""Sends files and jobs; looks after dead letters."""


def worker(queue: str) -> Grants:
    """Reads and deletes files, works on one queue's jobs, gives messages up."""
    return {
        **_BUCKET,
        _FILES: _READ_AND_DELETE,
        "kms key": {"Decrypt"},
        f"sqs {queue}": {*_SEND, *_TAKE},
        "sqs prod-ingestion-dlq": _SEND,
        "ecs task/data-ingestion-cluster/*": {"UpdateTaskProtection"},
    }


FUNCTION: Grants = {
    **_BUCKET,
    _FILES: _READ_AND_DELETE,
    "kms key": {"Decrypt"},
    "sqs prod-ingestion-queue": {*_SEND, *_TAKE},
    "sqs prod-ingestion-large-queue": _SEND,
    "sqs prod-ingestion-dlq": _SEND,
    _SECRET: {"GetSecretValue"},
    "logs /aws/lambda/process-csv-worker:*": _LOGS,
    "logs /aws/lambda/process-csv-worker-upkeep:*": _LOGS,
    "everything": _NETWORK,
}
"""As the worker; passes on what is too large, and reads its own secret: ECS reads it for a task."""

EXECUTION: Grants = {
    "ecr repository/data-ingestion": {
        *("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"),
    },
    "kms key": {"Decrypt"},
    _SECRET: {"GetSecretValue"},
    "logs /ecs/prod-ingestion/dashboard:*": _LOGS,
    "logs /ecs/prod-ingestion/worker:*": _LOGS,
    "logs /ecs/prod-ingestion/migrate:*": _LOGS,
    "everything": {"GetAuthorizationToken"},
}
"""By which ECS starts a task. A token for the registry knows no resource."""

_ECS, _LAMBDA = "ecs-tasks.amazonaws.com", "lambda.amazonaws.com"


def about_task_roles(account: Account, _outputs: dict[str, Any]) -> Iterator[Answer]:
    """The roles of the dashboard's and the worker's tasks, and the one that starts them."""
    yield from about_role(account, "prod-ingestion-dashboard", _ECS, DASHBOARD)
    yield from about_role(account, "prod-ingestion-worker", _ECS, worker("prod-ingestion-queue"))
    yield from about_role(account, "prod-ingestion-execution", _ECS, EXECUTION)
    iam = account.ask("iam")
    stars = {
        f"{role['RoleName']}: {action}"
        for role in iam.list_roles()["Roles"]
        for one in _statements(iam, role["RoleName"])
        for action in one.get("Action", ["NotAction"])
        if action == "*" or action.endswith(":*") or action == "NotAction"
    }
    yield Subject("roles").answer("that may do all, or all of a service", set(), stars)


def about_function_role(account: Account, _outputs: dict[str, Any]) -> Iterator[Answer]:
    """The functions' role, and that the worker beside them takes only what is too large."""
    yield from about_role(account, "prod-ingestion-function", _LAMBDA, FUNCTION)
    beside = worker("prod-ingestion-large-queue")
    yield from about_role(account, "prod-ingestion-worker", _ECS, beside)


def about_role(account: Account, name: str, service: str, expected: Grants) -> Iterator[Answer]:
    """Who may take a role on, and what it is allowed on what."""
    iam, role = account.ask("iam"), Subject(f"role {name}")
    try:
        trusting = statements(iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"])
    except ClientError as error:
        yield role.answer("is there", True, error.response["Error"]["Code"])
        return
    allowed = _grants(_statements(iam, name))
    yield role.answer(
        "is taken on by", {service}, {in_trust for one in trusting for in_trust in _trusted(one)}
    )
    for resource in sorted({*expected, *allowed}):
        yield role.answer(f"may, on {resource}", expected.get(resource, set()), allowed.get(resource, set()))


def _trusted(statement: dict[str, Any]) -> list[str]:
    principal = statement["Principal"]
    return [principal] if isinstance(principal, str) else [str(one) for one in principal.values()]


def _statements(iam: Any, role: str) -> list[dict[str, Any]]:
    """All that a role's policies say, its own and those that it shares."""
    found = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        found += statements(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        found += statements(document)
    return found


def grants(account: Account, role: str) -> Grants:
    """What a role is allowed."""
    return _grants(_statements(account.ask("iam"), role))


def _grants(found: list[dict[str, Any]]) -> Grants:
    """Actions by resource. A NotAction or a NotResource is an action of that name, which nobody expects."""
    allowed: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        if one["Effect"] == "Allow":
            for resource in one.get("Resource", ["NotResource"]):
                actions = one.get("Action", ["NotAction"])
                allowed[named(resource)].update(action.rpartition(":")[2] for action in actions)
    return allowed


def named(resource: str) -> str:
    """An ARN's service and name, without what differs from one apply to the next: `kms key`, `sqs jobs`."""
    if resource == "*":
        return "everything"
    service, name = resource.split(":", 5)[2], resource.split(":", 5)[-1]
    name = re.sub(r"^(log-group|secret):", "", name)
    match service:
        case "kms":
            name = name.partition("/")[0]
        case "secretsmanager":
            name = name.rpartition("-")[0]  # and six characters at random
    return f"{service} {name}"
