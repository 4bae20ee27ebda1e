"""Which jobs are too large for a Lambda, told before they are begun.

A Lambda has 300 seconds and 1,024 MB, which comes with a little more than half a core.
"""

from dataclasses import dataclass

from ingestion.rules.lifecycle import FINALIZE, Step

UNPACKED_TIMES = 10
"""So much larger is what a packed file holds, at most as a rule: gzip packs contact lists to a fifth. A
workbook is packed as well, and all of it is held in memory, 18 MB for each of its megabytes."""
BYTES_A_ROW = 100
"""Of a contact list, rather few: what is reviewed is measured by its rows."""
LONG_SECONDS = 120.0
"""What was read for so long and is not done needs more time than a Lambda has."""


@dataclass(frozen=True)
class Load:
    """What is known of a job that waits for a worker."""

    file_bytes: int
    """As it is stored."""
    is_packed: bool = False
    """A workbook, or a text packed by gzip."""
    total_rows: int = 0
    """0 until they were read."""
    has_stopped: bool = False
    """Whether a worker took it up before and ended without a word, as one does that runs out of memory."""
    seconds_read: float = 0.0
    """How long an earlier attempt read the file before it came to nothing."""


def is_too_large(step: Step, load: Load, max_bytes: int) -> bool:
    """Whether a Lambda that takes files of text up to `max_bytes` should leave this step to a worker."""
    if load.has_stopped or load.seconds_read >= LONG_SECONDS:
        return True
    return size_of(step, load) > max_bytes


def size_of(step: Step, load: Load) -> int:
    """How much work a step is, in bytes of text. Below the limit it orders a batch: short jobs come first."""
    if step is FINALIZE:
        return load.total_rows * BYTES_A_ROW
    return load.file_bytes * UNPACKED_TIMES if load.is_packed else load.file_bytes
