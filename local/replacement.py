"""New data in place of the present: made beside it, and put in its place at one moment.

`.local/restoring` is unfinished and worth nothing. Once it stands it is renamed to `.local/restored`: that is
the moment. From then on it takes the present data's place, by whoever comes next if this process does not get
to it.
"""

import dataclasses
import shutil
from pathlib import Path

from local import postgres, supervisor
from local.console import Console
from local.folders import Folders


def begin(folders: Folders) -> Folders:
    """Where to make the new data. Only for whoever holds the launcher's lock and has settled."""
    beside = dataclasses.replace(folders, data=_unfinished(folders))
    beside.create()
    return beside


def commit(folders: Folders) -> None:
    """Put the new data in the present data's place. Nothing may run over either."""
    _unfinished(folders).rename(_finished(folders))
    _take_place(folders)


def settle(folders: Folders, console: Console) -> None:
    """Finish what was committed and remove what was not, where an earlier process was killed in between."""
    if _finished(folders).exists():
        supervisor.end_recorded(folders.records)
        _take_place(folders)
        console.line("A restore was stopped at its very end. It is finished now.")
    if _unfinished(folders).exists():
        supervisor.end_recorded(folders.records)
        discard(folders)
        console.line(
            "A restore was stopped half-way. The data is as before it; restore again if you want to."
        )


def abandon(folders: Folders) -> None:
    """Remove new data that was not committed."""
    _remove(_unfinished(folders))


def discard(folders: Folders) -> None:
    """Remove new data, committed or not: for a reset, which removes the present data as well."""
    _remove(_unfinished(folders))
    _remove(_finished(folders))


def _take_place(folders: Folders) -> None:
    """May be repeated: what has been moved is not there to be moved again."""
    new = _finished(folders)
    for present in (folders.postgres, folders.aws):
        if (new / present.name).exists():
            postgres.delete_data(present)
            (new / present.name).rename(present)
    shutil.rmtree(new)


def _remove(new: Path) -> None:
    postgres.delete_data(new / "postgres")
    shutil.rmtree(new, ignore_errors=True)


def _unfinished(folders: Folders) -> Path:
    return folders.root / "restoring"


def _finished(folders: Folders) -> Path:
    return folders.root / "restored"
