"""Stands in for LocalStack's `awslocal`: the few commands of the AWS CLI that localstack/init-aws.sh uses.

python awslocal.py [--region REGION] SERVICE OPERATION --option VALUE …, against AWS_ENDPOINT_URL.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

SERVICES = {"s3api": "s3", "sqs": "sqs"}
LISTS = {"AttributeNames"}
UPPER = {"CorsConfiguration": "CORSConfiguration"}


def parameters(arguments: list[str]) -> Iterator[tuple[str, Any]]:
    """Each option as the API names it, with its value as the API takes it."""
    for option, value in zip(arguments[::2], arguments[1::2], strict=True):
        name = "".join(word.capitalize() for word in option.removeprefix("--").split("-"))
        name = UPPER.get(name, name)
        if name in LISTS:
            yield name, [value]
        elif value.startswith("{"):
            yield name, json.loads(value)
        elif name.endswith("Configuration"):
            yield name, dict([value.split("=")])
        else:
            yield name, value


def main(service: str, operation: str, *rest: str) -> str:
    """Call the operation; what --query picks out of the answer, else nothing."""
    options = dict(parameters(list(rest)))
    query, _ = options.pop("Query", None), options.pop("Output", None)
    client: Any = boto3.client(SERVICES[service])  # type: ignore[call-overload]
    answer = getattr(client, operation.replace("-", "_"))(**options)
    for key in query.split(".") if query else []:
        answer = answer[key]
    return str(answer) if query else ""


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[0] == "--region":
        os.environ["AWS_DEFAULT_REGION"] = words[1]
        words = words[2:]
    try:
        print(main(*words))
    except ClientError as error:
        sys.exit(str(error))
