"""What is asked after each apply, and what a server has after all was destroyed."""

from trials.aws.questions import Asking
from trials.aws.questions_data import about_database, about_secrets
from trials.aws.questions_lambda import about_functions
from trials.aws.questions_roles import about_function_role, about_task_roles
from trials.aws.questions_store import about_bucket, about_queues
from trials.aws.questions_watch import about_alarms, about_function_alarms, about_logs
from trials.aws.server import Account

DEFAULT: tuple[Asking, ...] = (
    about_queues,
    about_bucket,
    about_database,
    about_secrets,
    about_task_roles,
    about_alarms,
    about_logs,
)
"""Of production as its variables' defaults have it."""
WITH_LAMBDA: tuple[Asking, ...] = (about_functions, about_function_role, about_function_alarms, about_logs)
"""Of what a Lambda worker adds and changes."""


def all_there_is(account: Account) -> list[str]:
    """The server's queues, buckets, alarms, roles, functions, secrets and the like, each by kind and name."""
    found = {
        "queue": [url.rpartition("/")[2] for url in account.ask("sqs").list_queues().get("QueueUrls", [])],
        "bucket": [bucket["Name"] for bucket in account.ask("s3").list_buckets()["Buckets"]],
        "alarm": _named(account, "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "role": _named(account, "iam", "list_roles", "Roles", "RoleName"),
        "function": _named(account, "lambda", "list_functions", "Functions", "FunctionName"),
        "mapping": _named(account, "lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
        "secret": _named(account, "secretsmanager", "list_secrets", "SecretList", "Name"),
        "log group": _named(account, "logs", "describe_log_groups", "logGroups", "logGroupName"),
        "database": _named(account, "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        "topic": _named(account, "sns", "list_topics", "Topics", "TopicArn"),
        "cluster": _clusters(account),
        "load balancer": _named(
            account, "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"
        ),
        "repository": _named(account, "ecr", "describe_repositories", "repositories", "repositoryName"),
    }
    return [f"{kind} {name}" for kind, names in found.items() for name in sorted(names)]


def _named(account: Account, service: str, operation: str, listed: str, name: str) -> list[str]:
    return [one[name] for one in getattr(account.ask(service), operation)()[listed]]


def _clusters(account: Account) -> list[str]:
    """Those that are in use: ECS remembers deleted ones for a time."""
    ecs = account.ask("ecs")
    described = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    return [one["clusterName"] for one in described if one["status"] == "ACTIVE"]
