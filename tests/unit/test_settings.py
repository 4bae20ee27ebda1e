"""Settings: read from the environment, and named when they are wrong."""

import os
import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from ingestion.errors import InvalidSettings
from ingestion.settings import Settings, load_settings
from local import environment

ROOT = Path(__file__).resolve().parents[2]
VARIABLES = {name.upper() for name in Settings.model_fields}
DATABASE_URL = "postgresql://ana:secret@db.example.com:5432/ingestion_db"


@pytest.fixture(autouse=True)
def only_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which the one required variable is set, and no other."""
    for name in VARIABLES & set(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", DATABASE_URL)


def refusal() -> str:
    with pytest.raises(InvalidSettings) as refused:
        load_settings()
    return str(refused.value)


def test_the_database_is_enough_and_everything_else_has_a_default() -> None:
    settings = load_settings()

    assert settings == Settings(
        database_url=DATABASE_URL,
        aws_endpoint_url=None,
        aws_public_endpoint_url=None,
        aws_access_key_id=None,
        aws_secret_access_key=None,
        aws_session_token=None,
        aws_region="us-east-1",
        s3_bucket_name="data-ingestion-bucket",
        sqs_queue_name="data-ingestion-queue",
        max_upload_mb=5,
        direct_upload_above_mb=50,
        max_xlsx_mb=50,
        uploads_per_hour=200,
        registration="open",
        registrations_per_hour=10,
        session_hours=12,
        session_idle_minutes=30,
        allowed_hosts=("localhost", "127.0.0.1", "[::1]"),
        proxy_hops=0,
        visibility_timeout_seconds=300,
        sqs_wait_seconds=10,
        job_time_limit_minutes=60,
        job_max_attempts=5,
        requeue_after_seconds=300,
    )
    assert settings.dead_letter_queue_name == "data-ingestion-queue_dlq"
    assert settings.max_upload_bytes == 5 * 1024 * 1024
    assert settings.direct_upload_above_bytes == 50 * 1024 * 1024


@pytest.mark.parametrize(
    ("variable", "given", "attribute", "read"),
    [
        ("DATABASE_URL", "postgres://a:p%40ss@h/db", "database_url", "postgres://a:p%40ss@h/db"),
        ("AWS_ENDPOINT_URL", "http://localstack:4566", "aws_endpoint_url", "http://localstack:4566"),
        ("AWS_ENDPOINT_URL", "", "aws_endpoint_url", None),
        (
            "AWS_PUBLIC_ENDPOINT_URL",
            "http://127.0.0.1:4566",
            "aws_public_endpoint_url",
            "http://127.0.0.1:4566",
        ),
        ("AWS_PUBLIC_ENDPOINT_URL", "", "aws_public_endpoint_url", None),
        ("AWS_ACCESS_KEY_ID", "test", "aws_access_key_id", "test"),
        ("AWS_ACCESS_KEY_ID", "", "aws_access_key_id", None),
        ("AWS_SECRET_ACCESS_KEY", "s/+=", "aws_secret_access_key", "s/+="),
        ("AWS_SESSION_TOKEN", "s/+=", "aws_session_token", "s/+="),
        ("AWS_SESSION_TOKEN", "", "aws_session_token", None),
        ("AWS_SECRET_ACCESS_KEY", "", "aws_secret_access_key", None),
        ("AWS_REGION", "eu-central-1", "aws_region", "eu-central-1"),
        ("S3_BUCKET_NAME", "contacts.example.com", "s3_bucket_name", "contacts.example.com"),
        ("SQS_QUEUE_NAME", "Contacts_1", "sqs_queue_name", "Contacts_1"),
        ("MAX_UPLOAD_MB", "5000", "max_upload_mb", 5000),
        ("DIRECT_UPLOAD_ABOVE_MB", "1", "direct_upload_above_mb", 1),
        ("MAX_XLSX_MB", "64", "max_xlsx_mb", 64),
        ("UPLOADS_PER_HOUR", "100000", "uploads_per_hour", 100_000),
        ("REGISTRATION", "invite", "registration", "invite"),
        ("REGISTRATIONS_PER_HOUR", "100000", "registrations_per_hour", 100_000),
        ("SESSION_HOURS", "720", "session_hours", 720),
        ("SESSION_IDLE_MINUTES", "43200", "session_idle_minutes", 43_200),
        ("ALLOWED_HOSTS", "Contacts.example.com, [::1]", "allowed_hosts", ("contacts.example.com", "[::1]")),
        ("PROXY_HOPS", "1", "proxy_hops", 1),
        ("VISIBILITY_TIMEOUT_SECONDS", "2", "visibility_timeout_seconds", 2),
        ("SQS_WAIT_SECONDS", "0", "sqs_wait_seconds", 0),
        ("JOB_TIME_LIMIT_MINUTES", "660", "job_time_limit_minutes", 660),
        ("JOB_MAX_ATTEMPTS", "1", "job_max_attempts", 1),
        ("REQUEUE_AFTER_SECONDS", "86400", "requeue_after_seconds", 86400),
        ("RETRY_PAUSE_SECONDS", "0.5", "retry_pause_seconds", 0.5),
        ("SHUTDOWN_SECONDS", "60", "shutdown_seconds", 60),
        ("RETENTION_DAYS", "90", "retention_days", 90),
        ("RETENTION_DAYS", "", "retention_days", None),
        ("SQS_DEAD_LETTER_QUEUE_NAME", "prod-ingestion-dlq", "dead_letter_queue_name", "prod-ingestion-dlq"),
        ("SQS_DEAD_LETTER_QUEUE_NAME", "", "dead_letter_queue_name", "data-ingestion-queue_dlq"),
        ("SQS_LARGE_FILE_QUEUE_NAME", "large", "sqs_large_file_queue_name", "large"),
        ("SQS_LARGE_FILE_QUEUE_NAME", "", "sqs_large_file_queue_name", None),
        ("LAMBDA_MAX_FILE_MB", "1", "lambda_max_file_bytes", 1024 * 1024),
        ("LOG_FORMAT", "json", "log_format", "json"),
        ("LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
        ("METRICS_TOKEN", "", "metrics_token", None),
        ("WORKER_METRICS_PORT", "9191", "worker_metrics_port", 9191),
        ("WORKER_METRICS_PORT", "", "worker_metrics_port", None),
        ("WORKER_METRICS_ADDRESS", "0.0.0.0", "worker_metrics_address", "0.0.0.0"),  # noqa: S104
        ("METRICS_NAMESPACE", "DataIngestion/staging", "metrics_namespace", "DataIngestion/staging"),
        ("METRICS_NAMESPACE", "", "metrics_namespace", None),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://127.0.0.1:4318",
            "otel_exporter_otlp_endpoint",
            "http://127.0.0.1:4318",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "", "otel_exporter_otlp_endpoint", None),
    ],
)
def test_a_variable_is_read(
    variable: str, given: str, attribute: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, given)

    assert getattr(load_settings(), attribute) == read


MALFORMED = [
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "mysql://ana:secret@db.example.com/ingestion_db"),
    ("DATABASE_URL", "postgresql://ana:secret@db.example.com:99999/ingestion_db"),
    ("DATABASE_URL", "postgresql://"),
    ("AWS_ENDPOINT_URL", "localhost:4566"),
    ("AWS_ENDPOINT_URL", "http://localhost:4566/path"),
    ("AWS_PUBLIC_ENDPOINT_URL", "localhost:4566"),
    ("AWS_REGION", ""),
    ("AWS_REGION", "US East"),
    ("S3_BUCKET_NAME", ""),
    ("S3_BUCKET_NAME", "Capital-Letters"),
    ("S3_BUCKET_NAME", "ab"),
    ("S3_BUCKET_NAME", "a" * 64),
    ("SQS_QUEUE_NAME", ""),
    ("SQS_QUEUE_NAME", "queue.fifo"),
    ("SQS_QUEUE_NAME", "a" * 77),
    *(
        (variable, value)
        for variable, below, above in [
            ("MAX_UPLOAD_MB", 0, 5001),
            ("DIRECT_UPLOAD_ABOVE_MB", 0, 5001),
            ("MAX_XLSX_MB", 0, 65),
            ("UPLOADS_PER_HOUR", 0, 100_001),
            ("REGISTRATIONS_PER_HOUR", 0, 100_001),
            ("SESSION_HOURS", 0, 721),
            ("SESSION_IDLE_MINUTES", 0, 43_201),
            ("PROXY_HOPS", -1, 11),
            ("VISIBILITY_TIMEOUT_SECONDS", 1, 43201),
            ("SQS_WAIT_SECONDS", -1, 21),
            ("JOB_TIME_LIMIT_MINUTES", 0, 661),
            ("JOB_MAX_ATTEMPTS", 0, 101),
            ("REQUEUE_AFTER_SECONDS", 0, 86401),
            ("SHUTDOWN_SECONDS", 9, 3601),
        ]
        for value in ("", "five", "2.5", str(below), str(above))
    ),
    *(("RETRY_PAUSE_SECONDS", value) for value in ("", "ten", "nan", "0", "901")),
    *(("RETENTION_DAYS", value) for value in ("ninety", "2.5", "0", "36501")),
    ("SQS_DEAD_LETTER_QUEUE_NAME", "queue.fifo"),
    ("SQS_LARGE_FILE_QUEUE_NAME", "a" * 77),
    *(("LAMBDA_MAX_FILE_MB", value) for value in ("", "0", "5001")),
    *(("REGISTRATION", value) for value in ("", "shut", "OPEN")),
    *(("ALLOWED_HOSTS", value) for value in ("", "a,,b", "https://a", "a:80", "*")),
    *(("LOG_FORMAT", value) for value in ("", "xml", "JSON")),
    *(("LOG_LEVEL", value) for value in ("", "loud")),
    *(("WORKER_METRICS_PORT", value) for value in ("0", "65536", "http")),
    ("WORKER_METRICS_ADDRESS", ""),
    ("METRICS_NAMESPACE", "Data Ingestion"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
]


@pytest.mark.parametrize(("variable", "given"), MALFORMED)
def test_a_malformed_variable_is_named_in_one_line_with_what_is_expected(
    variable: str, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, given)

    said = refusal()

    assert re.fullmatch(rf"{variable} is malformed: [^\n]+ Expected: [^\n]+\.", said)
    assert "secret" not in said


def test_a_process_with_the_same_variables_has_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "contacts.example.com,[::1]")
    settings = load_settings()
    for name, value in settings.as_variables().items():
        monkeypatch.setenv(name, value)

    assert load_settings() == settings


def test_every_variable_that_can_be_malformed_is_in_the_table() -> None:
    any_text = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "METRICS_TOKEN"}

    assert {variable for variable, _ in MALFORMED} == VARIABLES - any_text


def test_a_missing_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")

    assert refusal() == (
        "DATABASE_URL is not set. Expected: postgresql://user:password@host:5432/ingestion_db."
    )


def test_everything_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("MAX_UPLOAD_MB", "five")
    monkeypatch.setenv("AWS_REGION", "?")

    assert [line.split(" ", 1)[0] for line in refusal().splitlines()] == [
        "DATABASE_URL",
        "AWS_REGION",
        "MAX_UPLOAD_MB",
    ]


def example() -> dict[str, str]:
    values = dotenv_values(ROOT / ".env.example", interpolate=False)
    assert None not in values.values()
    return {name: value or "" for name, value in values.items()}


def compose_defaults() -> dict[str, str]:
    """The variables that docker compose puts in, and what it takes where one is not set."""
    found = re.findall(r"(?<!\$)\$\{([A-Z0-9_]+):?-([^}]*)\}", (ROOT / "docker-compose.yml").read_text())
    assert len(set(found)) == len(dict(found)), "one variable has two defaults"
    return dict(found)


def test_the_example_lists_exactly_the_variables_that_something_reads() -> None:
    assert set(example()) == VARIABLES | set(compose_defaults()) | set(environment.DEFAULTS)


def test_the_example_gives_the_defaults() -> None:
    settings = {
        name.upper(): str(info.default)
        for name, info in Settings.model_fields.items()
        if not info.is_required() and info.default is not None
    }

    assert environment.DEFAULTS | settings | compose_defaults() == example()


def test_what_reads_a_variable_agrees_on_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    compose = compose_defaults()
    for name, info in Settings.model_fields.items():
        if not info.is_required() and info.default is not None and name.upper() in compose:
            monkeypatch.setenv(name.upper(), compose[name.upper()])
            assert getattr(load_settings(), name) == info.default, name
    # On one machine Ctrl-C waits for a worker: it asks the queue more often, and hands back sooner.
    for name in (compose.keys() & environment.DEFAULTS) - {"SQS_WAIT_SECONDS", "SHUTDOWN_SECONDS"}:
        assert compose[name] == environment.DEFAULTS[name], name


def test_every_variable_of_the_example_is_explained() -> None:
    unexplained = []
    explained = False
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, is_variable, _ = line.partition("=")
        if line.startswith("#"):
            explained = True
        elif not line:
            explained = False
        elif is_variable and not explained:
            unexplained.append(name)

    assert unexplained == []


def test_the_settings_take_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in example().items():
        monkeypatch.setenv(name, value)

    settings = load_settings()

    assert settings.aws_endpoint_url == "http://localstack:4566"
    assert settings.database_url == "postgresql://user:password@db:5432/ingestion_db"
