"""Where the launcher keeps things inside the project folder. Standard library only."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folders:
    """The paths below one project folder."""

    project: Path
    data: Path | None = None
    """Where database, objects and queues are, if not in `root`."""

    @property
    def root(self) -> Path:
        """Everything that is not part of the repository, except the environments."""
        return self.project / ".local"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        """The database."""
        return (self.data or self.root) / "postgres"

    @property
    def aws(self) -> Path:
        """Objects and queues."""
        return (self.data or self.root) / "aws"

    @property
    def lock(self) -> Path:
        """Held by the launcher that runs."""
        return self.root / "launcher.lock"

    @property
    def records(self) -> Path:
        """Names the processes that the launcher started."""
        return self.root / "processes.json"

    @property
    def environment(self) -> Path:
        """The product's own Python environment."""
        return self.project / ".venv"

    @property
    def emulator_environment(self) -> Path:
        """The Python environment of the S3 and SQS emulator."""
        return self.project / ".venv-aws"

    @property
    def checks_environment(self) -> Path:
        """The Python environment of the analysers."""
        return self.project / ".venv-checks"

    def log(self, name: str) -> Path:
        """The log file of the process `name`."""
        return self.logs / f"{name}.log"

    def create(self) -> None:
        """Make `.local` and its logs folder, closed to other users.

        Root's database server runs as an ordinary user and passes through `.local`, but cannot list it.
        """
        for folder in (self.root, self.data or self.root):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def delete(self) -> None:
        """Remove `.local` with everything in it."""
        shutil.rmtree(self.root, ignore_errors=True)
