"""DATABASE_URL of a Lambda, which AWS hands no secrets as it does a task on ECS: it reads its own."""

import os

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ingestion.errors import InvalidSettings

VARIABLE = "DATABASE_URL_SECRET_ARN"
"""Names the secret in Secrets Manager. Where it is not set, DATABASE_URL is, or is missed."""


def read() -> None:
    """Put the secret that the environment names into DATABASE_URL. Raises InvalidSettings.

    Once for each container, whose settings are read right after: another password needs new containers.
    """
    arn = os.environ.get(VARIABLE)
    if not arn:
        return
    try:
        # Region, credentials and, in tests, the endpoint are found as AWS tools find them.
        secrets = boto3.client(
            "secretsmanager", config=Config(connect_timeout=3, read_timeout=5, retries={"max_attempts": 3})
        )
        os.environ["DATABASE_URL"] = secrets.get_secret_value(SecretId=arn)["SecretString"]
    except (BotoCoreError, ClientError, KeyError) as error:
        raise InvalidSettings(
            f"{VARIABLE} names a secret that cannot be read ({type(error).__name__}). Expected: the ARN of a "
            "secret in Secrets Manager that holds a DATABASE_URL and that this Lambda's role may read."
        ) from error
