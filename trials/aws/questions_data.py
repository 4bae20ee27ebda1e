"""Questions about the database and the secrets: who can reach them, and what is kept."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from trials.aws.questions import Answer, Subject, or_refusal
from trials.aws.server import Account

_SNAPSHOT_DAYS = 7


def about_database(account: Account, _outputs: dict[str, Any]) -> Iterator[Answer]:
    """Encrypted, in two zones, with daily snapshots, and out of the internet's reach."""
    databases = account.ask("rds").describe_db_instances()["DBInstances"]
    found = {one["DBInstanceIdentifier"]: one for one in databases}
    name = "prod-ingestion"
    database, one = Subject(f"database {name}"), found.get(name, {})
    yield database.answer("engine", "postgres 17", f"{one.get('Engine')} {one.get('EngineVersion', '')[:2]}")
    yield database.answer("encrypted", True, one.get("StorageEncrypted"))
    yield database.answer("in two zones", True, one.get("MultiAZ"))
    yield database.answer(
        f"daily snapshots kept {_SNAPSHOT_DAYS} days or longer",
        True,
        one.get("BackupRetentionPeriod", 0) >= _SNAPSHOT_DAYS,
    )
    public = {one["DBInstanceIdentifier"] for one in databases if one.get("PubliclyAccessible")}
    yield Subject("databases").answer("with a public address", set(), public)
    yield Subject("databases").answer("open to the internet", set(), _open_to_all(account, one))


def _open_to_all(account: Account, database: dict[str, Any]) -> set[str]:
    """Security groups of a database that let in addresses, rather than other groups."""
    groups = [group["VpcSecurityGroupId"] for group in database.get("VpcSecurityGroups", [])]
    if not groups:
        return {"it has no security group"}
    described = account.ask("ec2").describe_security_groups(GroupIds=groups)["SecurityGroups"]
    return {
        group["GroupId"]
        for group in described
        for rule in group["IpPermissions"]
        if rule.get("IpRanges") or rule.get("Ipv6Ranges")
    }


def about_secrets(account: Account, _outputs: dict[str, Any]) -> Iterator[Answer]:
    """The address that the product reads is a secret, and leads to the database by TLS."""
    client = account.ask("secretsmanager")
    name = "prod-ingestion/database-url"
    secret = Subject(f"secret {name}")
    value = or_refusal(lambda: client.get_secret_value(SecretId=name)["SecretString"])
    address = urlsplit(str(value))
    yield secret.answer("leads to", "postgresql", address.scheme or value)
    yield secret.answer("which database", "/ingestion_db", address.path)
    yield secret.answer("by TLS only", "sslmode=require", address.query)
    yield secret.answer("its password has 16 letters and digits or more", True, _is_strong(address.password))


def _is_strong(password: str | None) -> bool:
    return password is not None and password.isalnum() and len(password) >= 16
