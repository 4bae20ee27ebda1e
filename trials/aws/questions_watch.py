"""Questions about what watches: alarms, their topic, and what is logged for how long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from trials.aws.questions import Answer, Subject
from trials.aws.server import Account

_GIGABYTE = 1024**3
_LOG_DAYS = 90
_WAITING, _OLDEST = "AWS/SQS ApproximateNumberOfMessagesVisible", "AWS/SQS ApproximateAgeOfOldestMessage"


@dataclass(frozen=True)
class Alarm:
    """What an alarm must watch, by which it is found, and from when on it is raised."""

    metric: str
    """Namespace and name, such as `AWS/SQS ApproximateAgeOfOldestMessage`."""
    of: str | None
    """A value that one of its dimensions must have."""
    is_raised: str
    """Such as `> 100`."""


ALARMS = (
    Alarm(_WAITING, "prod-ingestion-queue", "> 100"),
    Alarm(_OLDEST, "prod-ingestion-queue", "> 900"),
    Alarm(_WAITING, "prod-ingestion-dlq", "> 0"),
    Alarm("DataIngestion/production WorkerErrors", None, "> 0"),
    Alarm("AWS/ApplicationELB HTTPCode_ELB_5XX_Count", None, "> 10"),
    Alarm("AWS/ApplicationELB HTTPCode_Target_5XX_Count", None, "> 10"),
    Alarm("AWS/ApplicationELB UnHealthyHostCount", None, "> 0"),
    Alarm("AWS/RDS DatabaseConnections", "prod-ingestion", "> 600"),
    Alarm("AWS/RDS CPUUtilization", "prod-ingestion", "> 80"),
    Alarm("AWS/RDS FreeStorageSpace", "prod-ingestion", f"< {20 * _GIGABYTE}"),
)
FUNCTION_ALARMS = (
    Alarm("AWS/Lambda Errors", "process-csv-worker", "> 0"),
    Alarm("AWS/Lambda Errors", "process-csv-worker-upkeep", "> 0"),
    Alarm(_WAITING, "prod-ingestion-large-queue", "> 100"),
    Alarm(_OLDEST, "prod-ingestion-large-queue", "> 900"),
)


def about_alarms(account: Account, outputs: dict[str, Any]) -> Iterator[Answer]:
    """Each thing that must be watched has an alarm with the right threshold, which tells the topic."""
    yield from _about(account, outputs, ALARMS)
    answer = account.ask("sns").list_subscriptions_by_topic(TopicArn=outputs["alarm_topic_arn"])
    told = {one["Endpoint"] for one in answer["Subscriptions"]}
    yield Subject("topic of alarms").answer("tells", {"operations@example.com"}, told)


def about_function_alarms(account: Account, outputs: dict[str, Any]) -> Iterator[Answer]:
    """What a Lambda worker adds to that."""
    yield from _about(account, outputs, FUNCTION_ALARMS)


def _about(account: Account, outputs: dict[str, Any], alarms: Sequence[Alarm]) -> Iterator[Answer]:
    found = account.ask("cloudwatch").describe_alarms()["MetricAlarms"]
    for alarm in alarms:
        about = Subject(f"alarm on {alarm.metric}" + (f" of {alarm.of}" if alarm.of else ""))
        met = [one for one in found if _watches(one, alarm)]
        yield about.answer("is raised at", [alarm.is_raised], [_raised(one) for one in met])
        told = [one.get(name) for one in met for name in ("AlarmActions", "OKActions")]
        yield about.answer("tells, then and when it is over", [[outputs["alarm_topic_arn"]]] * 2, told)


def _watches(found: dict[str, Any], alarm: Alarm) -> bool:
    values = {dimension["Value"] for dimension in found.get("Dimensions", [])}
    return f"{found.get('Namespace')} {found.get('MetricName')}" == alarm.metric and (
        alarm.of is None or alarm.of in values
    )


def _raised(found: dict[str, Any]) -> str:
    signs = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}
    comparison = found["ComparisonOperator"]
    return f"{signs.get(comparison, comparison)} {found['Threshold']:.0f}"


def about_logs(account: Account, _outputs: dict[str, Any]) -> Iterator[Answer]:
    """Every group of logs is kept as long as was said, and none for ever."""
    groups = account.ask("logs").describe_log_groups()["logGroups"]
    for group in sorted(groups, key=lambda one: one["logGroupName"]):
        about = Subject(f"log group {group['logGroupName']}")
        yield about.answer("kept, days", _LOG_DAYS, group.get("retentionInDays"))
        yield about.answer("encrypted by a key", True, bool(group.get("kmsKeyId")))
