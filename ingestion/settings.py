"""Settings from environment variables, read when asked for and handed on as an argument."""

from typing import Annotated, Literal, TypedDict

from pydantic import BeforeValidator, Field, PostgresDsn, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ingestion.errors import InvalidSettings

MEGABYTE = 1024 * 1024


def _blank_to_none(value: object) -> object:
    return None if value == "" else value


def _split(value: object) -> object:
    return tuple(part.strip().lower() for part in value.split(",")) if isinstance(value, str) else value


def _written(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _postgres_address(value: object) -> str:
    return str(TypeAdapter(PostgresDsn).validate_python(value))


HostName = Annotated[str, Field(pattern=r"^([a-z0-9.-]+|\[[0-9a-f:]+\])$")]
HttpAddress = Annotated[str, Field(pattern=r"^https?://[^\s/]+/?$")]
QueueName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,76}$")]
HostNames = Annotated[tuple[HostName, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)]
OptionalText = Annotated[str | None, BeforeValidator(_blank_to_none)]
Registration = Literal["open", "invite", "closed"]


class AwsAccount(TypedDict):
    """What boto3's clients and resources are told of whose they are."""

    aws_access_key_id: str | None
    aws_secret_access_key: str | None
    aws_session_token: str | None
    region_name: str


class Settings(BaseSettings):
    """Everything that differs between a laptop and AWS. `.env.example` explains each variable."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: Annotated[str, BeforeValidator(_postgres_address)]
    """`postgresql://user:password@host:port/database`"""

    aws_endpoint_url: Annotated[HttpAddress | None, BeforeValidator(_blank_to_none)] = None
    """Address of an S3 and SQS emulator; empty means AWS itself."""
    aws_public_endpoint_url: Annotated[HttpAddress | None, BeforeValidator(_blank_to_none)] = None
    """The emulator's address as browsers reach it; empty means the same one."""
    aws_access_key_id: OptionalText = None
    aws_secret_access_key: OptionalText = None
    """Empty: boto3 finds credentials by its ordinary chain (a task's role on ECS)."""
    aws_session_token: OptionalText = None
    """Belongs to keys that are good for some hours, such as those that a Lambda finds in its environment."""
    aws_region: str = Field(default="us-east-1", pattern=r"^[a-z0-9-]+$")
    s3_bucket_name: str = Field(default="data-ingestion-bucket", pattern=r"^[a-z0-9.-]{3,63}$")
    sqs_queue_name: QueueName = "data-ingestion-queue"
    sqs_dead_letter_queue_name: Annotated[QueueName | None, BeforeValidator(_blank_to_none)] = None
    """Where messages go that failed for good; empty: a queue of the same name followed by `_dlq`."""
    sqs_large_file_queue_name: Annotated[QueueName | None, BeforeValidator(_blank_to_none)] = None
    """Where a Lambda leaves files that are too large for it; empty where there is no Lambda."""
    lambda_max_file_mb: int = Field(default=100, ge=1, le=5000)
    """The largest file that a Lambda works on."""

    max_upload_mb: int = Field(default=5, ge=1, le=5000)
    direct_upload_above_mb: int = Field(default=50, ge=1, le=5000)
    """Larger files go from the browser straight to S3, past the dashboard's memory."""
    max_xlsx_mb: int = Field(default=50, ge=1, le=64)
    """A workbook cannot be read piece by piece, so it has a limit of its own."""
    uploads_per_hour: int = Field(default=200, ge=1, le=100_000)
    """How many files one account may begin to upload within an hour."""

    registration: Registration = "open"
    """Who may make an account: everybody, who was invited, or nobody."""
    registrations_per_hour: int = Field(default=10, ge=1, le=100_000)
    """How many accounts are asked for from one network address before each further one has to wait."""
    session_hours: int = Field(default=12, ge=1, le=720)
    """How long a sign-in lasts at most."""
    session_idle_minutes: int = Field(default=30, ge=1, le=43_200)
    """A session without anything done in it ends after this long."""
    allowed_hosts: HostNames = ("localhost", "127.0.0.1", "[::1]")
    """Names under which browsers reach the dashboard, without ports; requests for any other are refused."""
    proxy_hops: int = Field(default=0, ge=0, le=10)
    """Proxies between browsers and the dashboard that add to X-Forwarded-For, such as a load balancer."""

    visibility_timeout_seconds: int = Field(default=300, ge=2, le=43200)
    """The queue's own; a running task extends it again and again."""
    sqs_wait_seconds: int = Field(default=10, ge=0, le=20)
    """Long polling: how long a worker waits for a message before it asks again."""
    job_time_limit_minutes: int = Field(default=60, ge=1, le=660)
    job_max_attempts: int = Field(default=5, ge=1, le=100)
    requeue_after_seconds: int = Field(default=300, ge=1, le=86400)
    """A job that waits longer than this without a sign of life is enqueued again."""
    retry_pause_seconds: float = Field(default=10, ge=0.01, le=900)
    """Before the second attempt at a job; each further pause is four times as long, up to 15 minutes."""
    shutdown_seconds: int = Field(default=30, ge=10, le=3600)
    """From SIGTERM to the end of a worker: what runs is finished or handed back by then."""
    retention_days: Annotated[
        Annotated[int, Field(ge=1, le=36500)] | None, BeforeValidator(_blank_to_none)
    ] = None
    """Uploads are deleted so many days after they came; empty: never."""

    log_format: Literal["text", "json"] = "text"
    """For people at a terminal, or one JSON object a line for machines."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_token: OptionalText = None
    """What Prometheus shows to read the dashboard's `/metrics` from another machine; empty: nobody may."""
    worker_metrics_port: Annotated[
        Annotated[int, Field(ge=1, le=65535)] | None, BeforeValidator(_blank_to_none)
    ] = None
    """Where a worker serves its metrics; empty: nowhere."""
    worker_metrics_address: str = Field(default="127.0.0.1", pattern=r"^[0-9A-Za-z.:-]+$")
    metrics_namespace: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]{1,255}$")] | None, BeforeValidator(_blank_to_none)
    ] = None
    """CloudWatch's, for metrics embedded in the log; empty: none are."""
    otel_exporter_otlp_endpoint: Annotated[HttpAddress | None, BeforeValidator(_blank_to_none)] = None
    """Address of an OpenTelemetry collector that traces are sent to; empty: nothing is traced."""

    def as_variables(self) -> dict[str, str]:
        """The environment of a process that is to have the same settings."""
        return {
            name.upper(): _written(value) for name, value in self.model_dump().items() if value is not None
        }

    @property
    def aws_account(self) -> AwsAccount:
        """Whose store and queue they are, as arguments for boto3."""
        return AwsAccount(
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            aws_session_token=self.aws_session_token,
            region_name=self.aws_region,
        )

    @property
    def max_upload_bytes(self) -> int:
        """The largest file taken, in bytes."""
        return self.max_upload_mb * MEGABYTE

    @property
    def max_xlsx_bytes(self) -> int:
        """The largest workbook taken, in bytes."""
        return self.max_xlsx_mb * MEGABYTE

    @property
    def direct_upload_above_bytes(self) -> int:
        """The largest file that goes through the dashboard, in bytes."""
        return self.direct_upload_above_mb * MEGABYTE

    @property
    def dead_letter_queue_name(self) -> str:
        """Where messages go that failed for good."""
        return self.sqs_dead_letter_queue_name or f"{self.sqs_queue_name}_dlq"

    @property
    def is_for_large_files(self) -> bool:
        """Whether the queue worked on is the one of files that are too large for a Lambda."""
        return self.sqs_queue_name == self.sqs_large_file_queue_name

    @property
    def lambda_max_file_bytes(self) -> int:
        """The largest file that a Lambda works on, in bytes."""
        return self.lambda_max_file_mb * MEGABYTE


def load_settings() -> Settings:
    """The settings of this process's environment.

    Raises InvalidSettings with one line for each variable that is missing or malformed.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [_explain(problem["loc"], problem["msg"], problem["type"]) for problem in error.errors()]
        raise InvalidSettings("\n".join(lines)) from None


def _explain(location: tuple[int | str, ...], message: str, kind: str) -> str:
    name = str(location[0]).upper()
    expected = Settings.model_fields[str(location[0])]
    if kind == "missing":
        return f"{name} is not set. Expected: {EXPECTED.get(name, str(expected.annotation))}."
    return f"{name} is malformed: {message}. Expected: {EXPECTED.get(name, f'e.g. {expected.default}')}."


EXPECTED = {
    "DATABASE_URL": "postgresql://user:password@host:5432/ingestion_db",
    "AWS_ENDPOINT_URL": "empty for AWS, or http://host:port of an emulator",
    "AWS_PUBLIC_ENDPOINT_URL": "empty, or http://host:port of the emulator as browsers reach it",
    "SQS_DEAD_LETTER_QUEUE_NAME": "empty, or a name of letters, digits, - and _",
    "SQS_LARGE_FILE_QUEUE_NAME": "empty, or a name of letters, digits, - and _",
    "REGISTRATION": "open, invite or closed",
    "ALLOWED_HOSTS": "names without ports, separated by commas, such as contacts.example.com",
    "LOG_FORMAT": "text or json",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "WORKER_METRICS_PORT": "empty, or a port from 1 to 65535",
    "METRICS_NAMESPACE": "empty, or letters, digits and ./_-",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "empty, or http://host:port of a collector",
    "RETENTION_DAYS": "empty, or a whole number of days from 1 to 36500",
    "MAX_UPLOAD_MB": "a whole number of megabytes from 1 to 5000",
    "MAX_XLSX_MB": "a whole number of megabytes from 1 to 64",
    "DIRECT_UPLOAD_ABOVE_MB": "a whole number of megabytes from 1 to 5000",
}
"""What a variable may be, in words, where its field alone would not say so well."""
