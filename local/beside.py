"""What a command of the product runs with that is started beside the launcher."""

import os

from dotenv import dotenv_values

from local.environment import environment_over
from local.folders import Folders
from local.lock import AlreadyRunning


def environment(folders: Folders, running: AlreadyRunning) -> dict[str, str]:
    """The variables for a command that works on what runs.

    Those of whoever types the command win over the project's `.env`.
    """
    chosen = {name: value for name, value in dotenv_values(folders.project / ".env").items() if value}
    return environment_over(chosen | dict(os.environ), running.services)
