"""The image without Docker: the Dockerfile's steps in a bare Debian, its processes as its user, read-only.

`.venv/bin/python -m trials.image [--keep FOLDER]`, as root on Linux with debootstrap and a connection.
Debian's own Python stands for the base image's. What `docker build` does itself, like layers, is not tried.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from db.engine import make_engine, make_sessions
from db.models import Job
from ingestion import uploads
from ingestion.settings import Settings
from ingestion.storage import make_bucket
from local.aws import AwsAccess, EmulatedAws, create_resources
from local.ports import free_port
from local.postgres import EmbeddedPostgres
from tests import compose
from tests.conftest import add_user, as_found
from trials.image.containers import Container
from trials.image.steps import Builder, Image, base_release

PROJECT = Path(__file__).resolve().parents[2]
BASE_PACKAGES = "ca-certificates,python3,python3-venv,python3-pip,python-is-python3"
"""What the base image has and a bare Debian has not."""
COMPILERS = ("cc", "gcc", "g++", "clang", "make")
_PATIENCE_SECONDS = 120.0


def main(arguments: list[str]) -> int:
    """Build and run; 0 when everything was as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m trials.image", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--keep", type=Path, help="leave the folders that stand for images here")
    options = parser.parse_args(arguments)
    if missing := [name for name in ("debootstrap", "unshare", "nsenter") if not shutil.which(name)]:
        sys.exit(f"Not to be found: {', '.join(missing)}. On Debian: apt-get install debootstrap util-linux")
    with _folder(options.keep) as folder:
        image = _built(folder)
        _inspect(image)
        with _servers(folder) as (database_url, access):
            _run(image, database_url, access, folder)
    print("everything held")
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    # Nothing is mounted below it outside of namespaces that have ended by then.
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        yield Path(folder)


def _built(folder: Path) -> Image:
    release = base_release((PROJECT / "Dockerfile").read_text())
    base = folder / "base"
    if not base.exists():
        began = time.monotonic()
        command = ["debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", release, str(base)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        _say(f"Debian {release} with its Python", began)
    began = time.monotonic()
    for stage in folder.glob("[!b]*"):
        if (stage / "etc").is_dir():
            shutil.rmtree(stage)
    image = Builder(PROJECT, base, folder).build()
    _say("the Dockerfile's steps", began)
    return image


def _inspect(image: Image) -> None:
    """What is in the image, and what must not be."""
    app = image.root / image.folder.lstrip("/")
    print("  in the image:", ", ".join(sorted(path.name for path in app.iterdir())))
    for name in ("tests", ".git", ".env", "infra", "docs", "local", "trials"):
        assert not (app / name).exists(), f"{name} is in the image"
    for folder in ("opt/venv", image.folder.lstrip("/")):
        size = subprocess.run(["du", "-sm", image.root / folder], capture_output=True, text=True, check=True)
        print(f"  /{folder}: {size.stdout.split()[0]} MB")
    found = [name for name in COMPILERS for path in image.root.glob(f"*/bin/{name}") if path.exists()]
    assert not found, f"compilers in the image: {found}"
    assert image.user == "10001:10001"
    find = ["find", str(app), str(image.root / "opt/venv"), "!", "-user", "root"]
    owned = subprocess.run(find, capture_output=True, text=True, check=True).stdout
    assert not owned, f"the image's user may change {owned.splitlines()[0]}"


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[str, AwsAccess]]:
    """Postgres, S3 and SQS on loopback."""
    data = folder / "servers"
    postgres = EmbeddedPostgres(data / "postgres", data / "postgres.log")
    emulator = EmulatedAws(data / "aws", data / "aws.log")
    data.mkdir()
    try:
        postgres.start(free_port())
        emulator.start(free_port())
        yield postgres.url("ingestion_db"), emulator.access
    finally:
        emulator.stop()
        postgres.delete()
        shutil.rmtree(data)


def _run(image: Image, database_url: str, access: AwsAccess, folder: Path) -> None:
    """Every service of docker-compose.yml, and one file from its upload to its contacts."""
    services = compose.services()
    variables = {name: str(value) for name, value in services["worker"]["environment"].items()}
    variables |= {"DATABASE_URL": database_url, "AWS_ENDPOINT_URL": access.endpoint}
    variables |= {"AWS_PUBLIC_ENDPOINT_URL": access.endpoint}
    create_resources(access, variables["S3_BUCKET_NAME"], variables["SQS_QUEUE_NAME"])
    port = str(free_port())

    def container(name: str) -> Container:
        words = [port if word == "8501" else word for word in services[name]["command"]]
        return Container(image, words, variables, folder / f"{name}.log")

    def check(words: list[str] | tuple[str, ...]) -> list[str]:
        return [word.replace(":8501/", f":{port}/") for word in words]

    _ends_well(container("migrate"), "migrate")
    running = {name: container(name) for name in ("worker", "dashboard")}
    try:
        for name, process in running.items():
            took = process.wait_until(check(services[name]["healthcheck"]["test"][1:]))
            print(f"  {name}: healthy by the file's own check after {took:.1f} s")
        assert running["dashboard"].ask(check(image.health_check)) == 0, "the image's own health check fails"
        assert running["dashboard"].ask(["touch", "/app/file"]) != 0, "the root file system may be written to"
        assert running["worker"].ask(["pg_dump", "--version"]) == 0
        _process_a_file(variables, container)
        codes = {name: process.stop() for name, process in running.items()}
        print(f"  told to stop, they ended with {codes}")
        assert codes["worker"] == 0
    finally:
        for process in running.values():
            process.kill()
    for name, process in running.items():
        assert "Read-only file system" not in process.log, f"{name} wanted to write: {process.log}"


def _process_a_file(variables: dict[str, str], container: Callable[[str], Container]) -> None:
    """Upload a file whose message is lost; `requeue` sends it again, the worker makes its contacts."""
    settings = Settings.model_validate({name.lower(): value for name, value in variables.items()})
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)
    content = (PROJECT / "samples" / "clean.csv").read_bytes()
    job_id = uploads.submit(
        sessions,
        make_bucket(settings),
        lambda _job, _key: None,
        user_id=add_user(sessions),
        filename="clean.csv",
        content=content,
        max_bytes=settings.max_upload_bytes,
        options=as_found(content),
    )
    time.sleep(1.5)  # what waits for a second is lost
    _ends_well(container("requeue"), "requeue")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with sessions() as session:
            job = session.get_one(Job, job_id)
            status, valid_rows = job.status, job.valid_rows
        if status == "COMPLETED":
            break
        assert time.monotonic() < deadline, f"the file is {status}"
        time.sleep(0.5)
    engine.dispose()
    print(f"  clean.csv is {status} with {valid_rows} valid rows")


def _ends_well(process: Container, name: str) -> None:
    code = process.wait()
    assert code == 0, f"{name} ended with {code}: {process.log}"
    print(f"  {name}: {process.log.splitlines()[-1]}")


def _say(what: str, began: float) -> None:
    print(f"{what}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
