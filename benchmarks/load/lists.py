"""The contact lists that operators upload."""

import csv
import io
import random
import tempfile
from pathlib import Path

from tests.contacts import COMPANIES, FIRST_NAMES, LAST_NAMES, write_contacts


def with_issues(rows: int, seed: int) -> bytes:
    """A list as people send it: about every ninth row is asked about."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_contacts(path, rows=rows, seed=seed)
        return path.read_bytes()


def without_issues(rows: int, seed: int) -> bytes:
    """A list that becomes contacts without a question."""
    chance = random.Random(seed)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("email", "first_name", "last_name", "company"))
    for number in range(rows):
        names = (chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES), chance.choice(COMPANIES))
        writer.writerow((f"contact{seed}.{number}@acornlabs.io", *names))
    return file.getvalue().encode()
