"""One trial, step by step."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trials.aws import asking, journey, server
from trials.aws.left_out import explained, left_out_of, taken, unexplained
from trials.aws.questions import Answer, Asking
from trials.aws.report import Report, Step
from trials.aws.server import Account
from trials.aws.terraform import Terraform, TerraformFailed
from trials.aws.variables import variables

Say = Callable[[str], None]

ROOT = "product"
_APPLY_SECONDS = 1200.0
_DESTROY_SECONDS = 900.0
_TRIED_SECONDS = 300.0


def run(folder: Path, plugins: Path | None, say: Say, *, tries_left_out: bool) -> Report:
    """Carry a trial out in a folder of its own; a step that Terraform fails at is the last one.

    Raises TerraformFailed and StackError where there is nothing to begin with.
    """
    with server.running(folder) as account:
        trial = Trial(folder, account, plugins, say)
        with suppress(TerraformFailed):  # which the report has by then
            trial.apply("ecs")
            trial.ask("production's default", asking.DEFAULT)
            trial.work()
            trial.apply("lambda")
            trial.ask("the Lambda worker", asking.WITH_LAMBDA)
            trial.destroy()
    for left, addresses in trial.report.left_out if tries_left_out else []:
        apart = folder / f"left-out-{len(trial.report.tried)}"
        apart.mkdir()
        happened = _tried(apart, plugins, addresses)
        say(f"{left.pattern}: {happened}")
        trial.report.tried.append((left, happened))
    return trial.report


def _tried(folder: Path, plugins: Path | None, addresses: Collection[str]) -> str:
    """What happens when some resources and all that they need are applied to a server of their own."""
    began = time.monotonic()
    with server.running(folder) as account:
        terraform = Terraform(folder, account.access, ROOT)
        terraform.set(variables(account, folder, "ecs"))
        terraform.init(plugins)
        try:
            terraform.apply(terraform.plan(addresses), _TRIED_SECONDS)
            changes = terraform.plan(addresses).changes
        except TerraformFailed as error:
            return str(error)
    changed = ", ".join(change.address for change in changes) or "nothing"
    return f"applied in {time.monotonic() - began:.0f} s; a second plan would change {changed}"


class Trial:
    """The steps, in order, and the report that they make."""

    def __init__(self, folder: Path, account: Account, plugins: Path | None, say: Say) -> None:
        self._folder = folder
        self._account = account
        self._say = say
        self._outputs: dict[str, Any] = {}
        self._worker = ""
        self._terraform = Terraform(folder, account.access, ROOT)
        self._terraform.set(variables(account, folder, "ecs"))
        self._terraform.init(plugins)
        self.report = Report(f"Terraform {self._terraform.versions()}, moto {version('moto')}")
        say(self.report.versions)

    def apply(self, worker: str) -> None:
        """Apply what moto takes with that worker, then see whether a second plan is quiet.

        Raises TerraformFailed.
        """
        terraform, self._worker = self._terraform, worker
        terraform.set(variables(self._account, self._folder, worker))
        with self._step(f'plan of everything with worker = "{worker}"') as step:
            addresses = terraform.plan(refreshes=False).addresses
            targets = taken(addresses)
            self.report.left_out = left_out_of(addresses)
            step.outcome = f"{len(addresses)} resources, {len(addresses) - len(targets)} left out"
        with self._step("apply") as step:
            plan = terraform.plan(targets)
            if dragged := sorted(set(plan.addresses).difference(targets)):
                raise TerraformFailed(f"what is applied needs what is left out: {', '.join(dragged)}")
            with self._at_the_package():
                terraform.apply(plan, _APPLY_SECONDS)
            self._outputs = terraform.outputs()
            step.outcome = f"{len(plan.changes)} resources made or changed"
        with self._step("second plan") as step:
            with self._at_the_package():
                changes = terraform.plan(targets).changes
            self.report.note_drift(explained(changes))
            step.findings += [
                f"would {' and '.join(one.actions)} {one.address} ({', '.join(one.attributes)})"
                for one in unexplained(changes)
            ]
            step.outcome = f"{len(changes)} changes" if changes else "no changes"

    def _at_the_package(self) -> AbstractContextManager[None]:
        # The function's package is an object in the store, which there is from the first apply on.
        if self._worker == "lambda":
            return self._account.without_bucket_policy(self._outputs["bucket_name"])
        return nullcontext()

    def ask(self, about: str, asking: Collection[Asking]) -> None:
        """Ask the server what it has."""
        answers = (answer for ask in asking for answer in ask(self._account, self._outputs))
        self._answered(f"questions about {about}", answers)

    def work(self) -> None:
        """Send the product's own work over what was made."""
        self._answered("the product's journey", journey.travel(self._account, self._folder))

    def destroy(self) -> None:
        """Destroy all that was made, and look what is left. Raises TerraformFailed."""
        with self._step("destroy") as step:
            before = len(asking.all_there_is(self._account))
            # As in _at_the_package: Terraform looks at the package before it deletes it.
            self._account.ask("s3").delete_bucket_policy(Bucket=self._outputs["bucket_name"])
            self._terraform.destroy(_DESTROY_SECONDS)
            left = asking.all_there_is(self._account)
            step.findings += [f"left: {what}" for what in left]
            step.outcome = f"of {before} queues, buckets, alarms, roles and the like {len(left)} are left"

    def _answered(self, name: str, answers: Iterator[Answer]) -> None:
        with self._step(name) as step:
            found = list(answers)
            self.report.answers += found
            step.outcome = f"{sum(one.holds for one in found)} of {len(found)} answers as expected"

    @contextmanager
    def _step(self, name: str) -> Iterator["_Outcome"]:
        began, outcome = time.monotonic(), _Outcome()
        try:
            yield outcome
        except TerraformFailed as error:
            outcome.findings.append(str(error))
            raise
        finally:
            step = Step(name, outcome.outcome, time.monotonic() - began, tuple(outcome.findings))
            self.report.steps.append(step)
            self._say(f"{step.seconds:6.0f} s  {name}: {step.outcome}")
            for finding in step.findings:
                self._say(f"          VIOLATED: {finding}")


@dataclass
class _Outcome:
    outcome: str = ""
    findings: list[str] = field(default_factory=list)
