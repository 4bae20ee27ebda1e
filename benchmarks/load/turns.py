"""Whose turn it is to upload."""

import time
from dataclasses import dataclass, field


@dataclass
class Turns:
    """So many uploads a minute, shared among all operators: whoever comes first when one is due takes it."""

    a_minute: float = 0.0
    began: float = field(default_factory=time.monotonic)
    taken: int = 0

    def take(self) -> bool:
        """Take an upload, if one is due."""
        if self.taken > (time.monotonic() - self.began) * self.a_minute / 60 or not self.a_minute:
            return False
        self.taken += 1
        return True
