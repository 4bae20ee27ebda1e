"""The whole product on this machine: started in order, watched, and stopped in the opposite order."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dotenv import dotenv_values

from local import commands, postgres, replacement, supervisor
from local.aws import AwsAccess, EmulatedAws, answers, create_resources
from local.console import Console, Step
from local.environment import (
    DATABASE,
    addresses_in,
    product_environment,
    shutdown_of,
    visibility_of,
)
from local.errors import StackError
from local.folders import Folders
from local.interruption import Interruption
from local.lock import LauncherLock
from local.ports import LOOPBACK, free_port
from local.postgres import EmbeddedPostgres
from local.processes import Child, Command
from local.supervisor import Service, Supervisor

POSTGRES_PORT = 5432
AWS_PORT = 4566
DASHBOARD_PORT = 8501
DASHBOARD_TIMEOUT = 90.0
SECONDS_BETWEEN_LOOKS = 0.3


class Interrupted(Exception):
    """Somebody asked for an end while the stack was starting."""


def run(folders: Folders, console: Console) -> None:
    """Start everything, keep it running until Ctrl-C or SIGTERM, stop everything.

    Raises StackError where a part does not start, and AlreadyRunning where another launcher is at it; what
    this one had started is stopped by then.
    """
    folders.create()
    lock = LauncherLock(folders.lock)
    lock.acquire()
    replacement.settle(folders, console)
    interruption = Interruption(lambda: console.line("Stopping. Ctrl-C again does not wait."))
    interruption.install()
    watched = Supervisor(folders.records, lambda text: console.line(f"{time.strftime('%H:%M:%S')} {text}"))
    try:
        stack = Stack(folders, console, interruption, watched)
        began = time.monotonic()
        stack.start()
        lock.publish(stack.address, addresses_in(stack.environment))
        console.heading(f"Ready after {time.monotonic() - began:.1f} s: {stack.address}")
        console.line(f"Ctrl-C stops everything. Logs are in {folders.logs}.")
        while not interruption.wait(SECONDS_BETWEEN_LOOKS):
            watched.look()
    except Interrupted:
        pass
    finally:
        stop(watched, interruption, console)
        lock.release()


def reset(folders: Folders, console: Console) -> None:
    """Delete all local data and logs. Raises AlreadyRunning while the product runs."""
    folders.create()
    lock = LauncherLock(folders.lock)
    lock.acquire()
    with console.step("Reset") as step:
        supervisor.end_recorded(folders.records)
        replacement.discard(folders)
        postgres.delete_data(folders.postgres)
        folders.delete()
        step.result = f"{folders.root} is deleted"
    lock.release()


def stop(watched: Supervisor, interruption: Interruption, console: Console) -> None:
    """Stop what was started, in the opposite order."""
    with console.step("Shutdown") as step:
        stopped: list[str] = []
        for name in watched.stopping(interruption.hurried):
            stopped.append(name)
            step.progress(name)
        step.result = ", ".join(stopped)


class Stack:
    """The services of one project folder."""

    def __init__(
        self, folders: Folders, console: Console, interruption: Interruption, watched: Supervisor
    ) -> None:
        self._folders = folders
        self._console = console
        self._interruption = interruption
        self._watched = watched
        self.environment: dict[str, str] = {}
        """What processes of the product run with, once database, S3 and SQS run."""
        self.address = ""
        """The dashboard's, once it answers."""

    def start(self) -> None:
        """Start all services in order. Raises StackError, or Interrupted when asked for an end."""
        self.start_storage()
        with self._step("Migrations"):
            self._run_to_its_end("migrate", commands.MIGRATE)
        with self._step("Queue") as step:
            self._run_to_its_end("requeue", commands.REQUEUE)
            step.result = "what was under way is enqueued again"
        with self._step("Worker") as step:
            count = self.environment["WORKER_PROCESSES"]
            worker = self._start_child("worker", commands.worker(count), shutdown_of(self.environment))
            step.result = f"{count} processes"
        with self._step("Dashboard") as step:
            self._start_dashboard()
            step.result = self.address
        if worker.exit_code is not None:
            raise StackError(_failure("The worker did not start", worker))

    def start_storage(self) -> None:
        """Start only what keeps data: the database, S3 and SQS. Raises as `start` does."""
        self._end_orphans()
        with self._step("Database") as step:
            database_url = self._start_postgres(step)
        with self._step("S3 and SQS") as step:
            self._start_aws(database_url, step)

    def _end_orphans(self) -> None:
        ended = supervisor.end_recorded(self._folders.records)
        if ended:
            self._console.line(f"The last launcher was killed. Ended what it left behind ({ended} running).")

    def _start_postgres(self, step: Step) -> str:
        server = EmbeddedPostgres(self._folders.postgres, self._folders.log("postgres"))
        server.end_orphan()
        port = free_port(POSTGRES_PORT)
        self._watched.start(
            Service(
                name="postgres",
                runnable=server,
                start=lambda: server.start(port, self._interruption.requested),
                log=self._folders.log("postgres"),
                ends_its_own_orphans=True,
            )
        )
        self._check()
        step.result = f"{LOOPBACK}:{port}"
        return server.url(DATABASE)

    def _start_aws(self, database_url: str, step: Step) -> None:
        emulator = EmulatedAws(self._folders.aws, self._folders.log("aws"))
        port = free_port(AWS_PORT)
        access = AwsAccess(f"http://{LOOPBACK}:{port}")
        self.environment = product_environment(
            os.environ,
            dotenv_values(self._folders.project / ".env"),
            database_url,
            access,
            self._folders.root,
        )

        def start() -> None:
            emulator.start(port, self._interruption.requested)
            self._check()
            create_resources(
                access,
                self.environment["S3_BUCKET_NAME"],
                self.environment["SQS_QUEUE_NAME"],
                visibility_of(self.environment),
            )

        def restart() -> None:
            # A killed emulator comes back with the queues of its last orderly stop.
            start()
            self._run_to_its_end("requeue", commands.REQUEUE)

        self._watched.start(Service("aws", emulator, start, self._folders.log("aws"), restart))
        step.result = f"{LOOPBACK}:{port}"

    def _start_child(self, name: str, arguments: Sequence[str], grace: float) -> Child:
        child = Child(self._command(name, arguments, grace))
        self._watched.start(Service(name, child, child.start, self._folders.log(name)))
        return child

    def _start_dashboard(self) -> None:
        port = free_port(DASHBOARD_PORT)
        child = self._start_child("dashboard", commands.dashboard(port), grace=10.0)
        address = f"http://{LOOPBACK}:{port}"
        deadline = time.monotonic() + DASHBOARD_TIMEOUT
        while not answers(f"{address}/healthz"):
            if child.exit_code is not None:
                raise StackError(_failure("The dashboard did not start", child))
            if time.monotonic() > deadline:
                raise StackError(
                    _failure(f"The dashboard does not answer after {DASHBOARD_TIMEOUT:.0f} s", child)
                )
            self._pause()
        self.address = address

    def _run_to_its_end(self, name: str, arguments: Sequence[str]) -> None:
        child = Child(self._command(name, arguments, grace=10.0))
        child.start()
        try:
            while child.exit_code is None:
                self._pause()
        finally:
            child.stop(self._interruption.hurried)
        if child.exit_code != 0:
            raise StackError(_failure(f"'{name}' {supervisor.ending(child.exit_code)}", child))

    def _command(self, name: str, arguments: Sequence[str], grace: float) -> Command:
        return Command(
            name=name,
            arguments=arguments,
            log=self._folders.log(name),
            folder=self._folders.project,
            environment=self.environment,
            grace=grace,
        )

    @contextmanager
    def _step(self, label: str) -> Iterator[Step]:
        self._check()
        with self._console.step(label) as step:
            yield step

    def _pause(self) -> None:
        self._check()
        self._interruption.wait(0.05)

    def _check(self) -> None:
        if self._interruption.requested():
            raise Interrupted


def _failure(what: str, child: Child) -> str:
    why = f" ({child.complaint})" if child.complaint else ""
    return f"{what}{why}: see {child.command.log}"
