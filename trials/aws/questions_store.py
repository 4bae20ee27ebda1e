"""Questions about the queue and the bucket: the product's state between a click and a worker."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from trials.aws.questions import DAY, Answer, Subject, in_words, or_refusal, statements
from trials.aws.server import Account

_VISIBILITY_SECONDS = 300
_RECEIVES = 3


def about_queues(account: Account, outputs: dict[str, Any]) -> Iterator[Answer]:
    """Visibility, retention, dead letters and encryption of the queue and the dead-letter queue."""
    queue, dead = outputs["queue_names"]["jobs"], outputs["queue_names"]["dead_letters"]
    attributes, letters = (_queue(account, name) for name in (queue, dead))
    yield from _about_queue(Subject(f"queue {queue}"), attributes, letters["QueueArn"])
    yield from _about_dead_letters(Subject(f"queue {dead}"), letters)


def _about_queue(queue: Subject, attributes: dict[str, str], dead_letters: str) -> Iterator[Answer]:
    redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
    yield queue.answer("visibility timeout, s", _VISIBILITY_SECONDS, attributes.get("VisibilityTimeout"))
    yield queue.answer("retention, s", 14 * DAY, attributes.get("MessageRetentionPeriod"))
    yield queue.answer("dead letters go to", dead_letters, redrive.get("deadLetterTargetArn"))
    yield queue.answer("after so many receives", _RECEIVES, redrive.get("maxReceiveCount"))
    yield queue.answer("encrypted by SQS", "true", attributes.get("SqsManagedSseEnabled"))
    yield queue.answer("refuses what does not come by TLS", True, _demands_tls(attributes.get("Policy")))


def _about_dead_letters(queue: Subject, attributes: dict[str, str]) -> Iterator[Answer]:
    yield queue.answer("retention, s", 14 * DAY, attributes.get("MessageRetentionPeriod"))
    yield queue.answer("encrypted by SQS", "true", attributes.get("SqsManagedSseEnabled"))
    yield queue.answer("has dead letters of its own", False, "RedrivePolicy" in attributes)


def _queue(account: Account, name: str) -> dict[str, str]:
    sqs = account.ask("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    attributes: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return attributes


def about_bucket(account: Account, outputs: dict[str, Any]) -> Iterator[Answer]:
    """Versions, encryption, who may look, what becomes of old files, and who may send parts."""
    s3, name = account.ask("s3"), outputs["bucket_name"]
    bucket = Subject(f"bucket {name}")
    yield bucket.answer(
        "keeps versions", "Enabled", or_refusal(lambda: s3.get_bucket_versioning(Bucket=name).get("Status"))
    )
    yield bucket.answer("encrypts by", {"aws:kms"}, or_refusal(lambda: _encryption(s3, name)))
    yield bucket.answer(
        "public access blocked",
        {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"},
        or_refusal(lambda: _blocked(s3, name)),
    )
    yield bucket.answer(
        "refuses what does not come by TLS",
        True,
        or_refusal(lambda: _demands_tls(s3.get_bucket_policy(Bucket=name)["Policy"])),
    )
    yield from _about_lifecycle(bucket, s3, name)
    yield from _about_cors(bucket, s3, name)


def _about_lifecycle(bucket: Subject, s3: Any, name: str) -> Iterator[Answer]:
    rules = or_refusal(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"])
    enabled = [rule for rule in rules if rule["Status"] == "Enabled"] if isinstance(rules, list) else []
    moves = {(move["Days"], move["StorageClass"]) for rule in enabled for move in rule.get("Transitions", [])}
    aborts = {
        rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        for rule in enabled
        if "AbortIncompleteMultipartUpload" in rule
    }
    # Glacier's other classes give nothing back at once: a retry and a replay read the file again.
    expected = {(30, "STANDARD_IA"), (90, "GLACIER_IR")}
    yield bucket.answer("after days, files move to", _moves(expected), _moves(moves))
    yield bucket.answer("after days, unfinished uploads end", {7}, aborts)
    yield bucket.answer(
        "current files ever deleted by age",
        False,
        any("Days" in one.get("Expiration", {}) for one in enabled),
    )


def _about_cors(bucket: Subject, s3: Any, name: str) -> Iterator[Answer]:
    rules = or_refusal(lambda: s3.get_bucket_cors(Bucket=name)["CORSRules"])
    (rule,) = rules if isinstance(rules, list) and len(rules) == 1 else ({},)
    yield bucket.answer("browsers may", ["PUT"], rule.get("AllowedMethods", rules))
    yield bucket.answer("browsers may send", ["content-type"], rule.get("AllowedHeaders"))
    yield bucket.answer("browsers get to see", ["ETag"], rule.get("ExposeHeaders"))
    yield bucket.answer("from any page", False, "*" in rule.get("AllowedOrigins", ["*"]))


def _encryption(s3: Any, name: str) -> set[str]:
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    return {rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules}


def _blocked(s3: Any, name: str) -> set[str]:
    found = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    return {what for what, is_blocked in found.items() if is_blocked}


def _moves(moves: set[tuple[int, str]]) -> list[str]:
    return [f"{days} {storage_class}" for days, storage_class in sorted(moves)]


def _demands_tls(policy: str | None) -> bool:
    """Whether everything is denied to everybody who comes without TLS (`aws:SecureTransport`)."""
    return any(
        one["Effect"] == "Deny"
        and in_words(one.get("Condition")) == in_words({"Bool": {"aws:SecureTransport": "false"}})
        for one in statements(policy or '{"Statement": []}')
    )


def empty(account: Account, name: str) -> int:
    """Delete every version of every object in a bucket; how many there were."""
    s3, deleted = account.ask("s3"), 0
    try:
        pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=name))
    except ClientError:
        return 0  # there is no such bucket
    for page in pages:
        for found in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=name, Key=found["Key"], VersionId=found["VersionId"])
            deleted += 1
    return deleted
