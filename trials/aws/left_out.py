"""What stock moto does not take, and what it tells otherwise than it was told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from trials.aws.terraform import Change


@dataclass(frozen=True)
class LeftOut:
    """Resources that are not applied, because moto does not take them."""

    pattern: str
    """Of addresses, such as `*.aws_ecs_service.*`: `*` stands for any characters."""
    happened: str
    """When it was tried."""

    def meets(self, address: str) -> bool:
        """Whether a resource is one of these."""
        return fnmatchcase(f".{address}", self.pattern)


@dataclass(frozen=True)
class Drift:
    """What a second plan would change although nothing was changed, and why."""

    pattern: str
    attributes: frozenset[str]
    why: str
    actions: tuple[str, ...] = ("update",)

    def explains(self, change: Change) -> bool:
        """Whether a change is this one, or a part of it: nothing is replaced or deleted unexplained."""
        return (
            fnmatchcase(f".{change.address}", self.pattern)
            and change.actions == self.actions
            and self.attributes.issuperset(change.attributes)
        )


LEFT_OUT = (
    LeftOut(
        "*.aws_sqs_queue_redrive_allow_policy.*",
        "hangs: moto takes a RedriveAllowPolicy and gives none back, and the provider waits for it",
    ),
    LeftOut(
        "*.aws_ecs_service.*",
        "hangs: moto starts no tasks, and an apply waits until they run",
    ),
    LeftOut(
        "*.module.*_scaling*",
        "hangs, where a service that nobody waits for is there: moto has no ListTagsForResource for scalable"
        " targets, answers 500, and the provider asks again",
    ),
    LeftOut(
        "*.module.database_replica*",
        "fails: `reading RDS DB Instance: couldn't find resource`, 80 s after it was asked for",
    ),
    LeftOut(
        "*.module.store.aws_s3_bucket_logging.*",
        "hangs: moto answers 500 (an AttributeError) where a log bucket's policy has a statement for all, and"
        " the provider asks again",
    ),
)
KNOWN_DRIFT = (
    Drift(
        "*.aws_db_instance.*",
        frozenset(f"performance_insights_{what}" for what in ("enabled", "kms_key_id", "retention_period")),
        "moto forgets Performance Insights",
    ),
    Drift(
        "*.aws_db_parameter_group.*",
        frozenset({"parameter"}),
        "moto gives no parameters back",
    ),
    Drift(
        "*.aws_sqs_queue.*",
        frozenset({"redrive_policy"}),
        "moto writes the same JSON with other spaces; what it says is among the questions",
    ),
    Drift(
        "*.aws_vpc_security_group_*_rule.*",
        frozenset({"description"}),
        "moto forgets what a rule between two groups is described as",
    ),
    Drift(
        "*.aws_sqs_queue_policy.*",
        frozenset({"id", "policy", "queue_url"}),
        "moto forgets a queue's policy when another attribute is set, as its redrive_policy was",
        actions=("create",),
    ),
    Drift(
        "*.module.store.aws_s3_bucket_policy.*",
        frozenset({"bucket", "id", "policy"}),
        "the trial has taken it away meanwhile: by it moto refuses to show the function's package",
        actions=("create",),
    ),
)


def taken(addresses: Collection[str], left_out: Sequence[LeftOut] = LEFT_OUT) -> list[str]:
    """Those addresses that no one leaves out, in order."""
    return sorted(one for one in addresses if not any(left.meets(one) for left in left_out))


def unexplained(changes: Sequence[Change], drifts: Sequence[Drift] = KNOWN_DRIFT) -> list[Change]:
    """Those changes that are no known drift."""
    return [change for change in changes if not any(drift.explains(change) for drift in drifts)]


def left_out_of(
    addresses: Collection[str], left_out: Sequence[LeftOut] = LEFT_OUT
) -> list[tuple[LeftOut, list[str]]]:
    """What each one leaves out of these addresses."""
    return [(left, sorted(filter(left.meets, addresses))) for left in left_out]


def explained(
    changes: Sequence[Change], drifts: Sequence[Drift] = KNOWN_DRIFT
) -> list[tuple[Drift, list[Change]]]:
    """The known drifts that are among these changes."""
    found = [(drift, list(filter(drift.explains, changes))) for drift in drifts]
    return [(drift, met) for drift, met in found if met]
