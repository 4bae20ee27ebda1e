"""The root module's variables in a trial: production's shape, but such that it can be destroyed."""

import zipfile
from pathlib import Path
from typing import Any

from trials.aws.server import Account

_DOMAIN = "contacts.example.com"


def variables(account: Account, folder: Path, worker: str) -> dict[str, Any]:
    """For that kind of worker. The account gets the certificate that a deployment begins with."""
    return {
        "environment": "production",
        "domain_name": _DOMAIN,
        "certificate_arn": _certificate(account),
        "image_tag": "trial",
        "worker": worker,
        "lambda": {"package": str(_package(folder))},
        "database": {"read_replica": True},
        "alarm_emails": ["operations@example.com"],
        "database_password": "aaaaaaaaaaaaaaaa0001",
        "deletion_protection": False,
    }


def _certificate(account: Account) -> str:
    # The same one each time: ACM gives it again for the same token.
    answer = account.ask("acm").request_certificate(DomainName=_DOMAIN, IdempotencyToken="trial")
    arn: str = answer["CertificateArn"]
    return arn


def _package(folder: Path) -> Path:
    package = folder / "worker.zip"
    if not package.exists():
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("README", "moto runs no function: this stands for the package.")
    return package
