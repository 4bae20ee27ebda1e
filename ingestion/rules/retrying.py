"""How long a job waits before it is tried again."""

LONGEST_PAUSE = 900.0
"""In seconds. SQS delays a message by at most 15 minutes; a longer pause would lose it.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""

_GROWTH = 4.0


def pause_after(attempt: int, first: float, chance: float) -> float:
    """The seconds between attempt number `attempt`, from 1, and the next.

    Each is four times the one before, `first` seconds at the beginning, and is shortened by `chance`, from 0
    to 1, to as little as a half: jobs that failed together are not tried again together.
    """
    longest = min(first * _GROWTH ** min(attempt - 1, 32), LONGEST_PAUSE)
    return longest * (1 - chance / 2)
