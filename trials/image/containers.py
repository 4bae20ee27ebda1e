"""Processes in an image's folder as an engine runs them: read-only, as its user, without privileges."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from trials.image.steps import Image

# The mounts are in a namespace of the container's own, so they end with its processes. On /tmp is what
# an empty volume would be; /dev/shm, which Dramatiq needs, is mounted by every engine. The shell that stays
# is the first process and hands signals on, as `init: true` has it.
_CONTAINER = """
root=$1; user=$2; group=$3; folder=$4; shift 4
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/dev/shm"
mount -t proc proc "$root/proc"
cd /
exec chroot "$root" setpriv --reuid "$user" --regid "$group" --clear-groups \\
    --no-new-privs --bounding-set=-all --inh-caps=-all sh -c '
        cd "$1"; shift
        "$@" & child=$!
        trap "kill -TERM $child" TERM
        wait $child; code=$?
        while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
        exit $code
    ' sh "$folder" "$@"
"""
_PATIENCE_SECONDS = 180.0


class Container:
    """One service's process, and what runs beside it in the same container."""

    def __init__(self, image: Image, command: Sequence[str], variables: Mapping[str, str], log: Path) -> None:
        user, group = image.user.split(":")
        self._image, self._log = image, log
        self._variables = {**image.variables, **variables}
        self._ids = ["--setuid", user, "--setgid", group]
        with log.open("wb") as output:
            self._outside = subprocess.Popen(
                [
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"),
                    *("sh", "-ec", _CONTAINER, "sh", str(image.root), user, group, image.folder, *command),
                ],
                env=self._variables,
                stdout=output,
                stderr=output,
            )

    @property
    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text()

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        return self._outside.wait(_PATIENCE_SECONDS)

    def stop(self) -> int:
        """Its exit code after SIGTERM to its first process."""
        subprocess.run(["kill", "-TERM", str(self._first_process())], check=True)
        return self.wait()

    def kill(self) -> None:
        """End it at once, with all of its processes."""
        self._outside.kill()
        self._outside.wait()

    def ask(self, command: Sequence[str]) -> int:
        """The exit code of a command beside it, such as its health check."""
        entered = ["nsenter", "--target", str(self._first_process()), "--mount", "--pid", "--root", "--wd"]
        return subprocess.run(
            [*entered, *self._ids, "--", *command], env=self._variables, capture_output=True, check=False
        ).returncode

    def wait_until(self, command: Sequence[str]) -> float:
        """Wait until the health check passes; the seconds that it took."""
        began = time.monotonic()
        while self.ask(command) != 0:
            assert self._outside.poll() is None, self.log
            assert time.monotonic() - began < _PATIENCE_SECONDS, self.log
            time.sleep(0.5)
        return time.monotonic() - began

    def _first_process(self) -> int:
        """The number, outside, of the container's first process; waits until there is one."""
        children = Path(f"/proc/{self._outside.pid}/task/{self._outside.pid}/children")
        while not (found := children.read_text().split()):
            assert self._outside.poll() is None, self.log
            time.sleep(0.05)
        return int(found[0])
