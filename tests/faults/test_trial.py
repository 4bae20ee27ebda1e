"""The trial in a short form: every kind of fault at least once, over some uploads of every kind."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from local.aws import emulator_python
from tests.faults import schedule
from tests.faults.schedule import Kind

PROJECT = Path(__file__).resolve().parent.parent.parent
SEED = 5
UPLOADS = 12
FAULTS = 28
PATIENCE_SECONDS = 2_000
"""It takes a minute or two; it has deadlines of its own."""


@pytest.mark.timeout(2 * PATIENCE_SECONDS)
@pytest.mark.skipif(not emulator_python().exists(), reason="needs the emulator's environment (run.py test)")
def test_nothing_is_lost_or_doubled_whatever_fails() -> None:
    # In a process of its own: the actors are bound to one queue for as long as a process lives.
    command = f"-m trials.faults --seed {SEED} --uploads {UPLOADS} --faults {FAULTS} --minutes 0.5"
    trial = subprocess.Popen([sys.executable, *command.split()], cwd=PROJECT)
    try:
        code = trial.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        trial.terminate()  # it ends what it started
        code = trial.wait(PATIENCE_SECONDS)
    assert code == 0


def test_one_seed_gives_one_schedule_with_every_kind_of_fault() -> None:
    planned = schedule.faults(random.Random(SEED), count=FAULTS, seconds=30)  # noqa: S311
    assert planned == schedule.faults(random.Random(SEED), count=FAULTS, seconds=30)  # noqa: S311
    assert {fault.kind for fault in planned} == set(Kind)
    assert all(0 <= fault.at < 30 for fault in planned)
    assert planned == sorted(planned, key=lambda fault: fault.at)
