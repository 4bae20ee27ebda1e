"""The shell and the Python in which a page's blocks are run, as a reader would run them."""

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from documentation.blocks import expected_exit_code
from documentation.pages import Block, Page

_END = "-- this block has ended with "
_ADDRESS = "http://127.0.0.1:8501"
"""Where pages say the dashboard is."""
_PYTHON = f"""
import sys, traceback
names = {{"__name__": "__main__"}}
for line in sys.stdin:
    code = 0
    try:
        with open(line.strip()) as file:
            exec(compile(file.read(), line.strip(), "exec"), names)
    except BaseException:
        traceback.print_exc()
        code = 1
    print("\\n{_END}" + str(code), flush=True)
"""
ANYTHING = "…"


@dataclass(frozen=True)
class Ended:
    """How a block ended and what it said, on both streams."""

    code: int
    output: str


class PageSession:
    """What runs a page's blocks in a project; what a block sets or imports is there for the next one."""

    def __init__(self, project: Path, folder: Path, address: str) -> None:
        self._project, self._folder, self._address = project, folder, address
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def run(self, block: Block) -> Ended:
        """Run a block to its end. One that is to end well stops at the first command that fails."""
        file = self._folder / f"line-{block.line}"
        file.write_text(block.text.replace(_ADDRESS, self._address))
        language = "python" if block.language == "python" else "sh"
        process = self._processes.get(language) or self._start(language)
        assert process.stdin
        process.stdin.write(f"{file}\n" if language == "python" else self._sourced(file, block))
        process.stdin.flush()
        return self._ended(process)

    def close(self) -> None:
        """End what still runs, with what it started."""
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def _start(self, language: str) -> subprocess.Popen[str]:
        programs = self._project / ".venv" / "bin"
        command = (
            [str(programs / "python"), "-c", _PYTHON]
            if language == "python"
            else ["bash", "--norc", "--noprofile"]
        )
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        process = subprocess.Popen(
            command,
            cwd=self._project,
            env={**os.environ, "PATH": path, "COLUMNS": "100", "PYTHONPATH": str(self._project)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._processes[language] = process
        return process

    def _sourced(self, file: Path, block: Block) -> str:
        careful = "set -e" if expected_exit_code(block) == 0 else "set +e"
        return f"{careful}; source {file} </dev/null; printf '\\n{_END}%s\\n' $?\n"

    def _ended(self, process: subprocess.Popen[str]) -> Ended:
        said: list[str] = []
        assert process.stdout
        for line in process.stdout:
            if line.startswith(_END):
                return Ended(int(line.removeprefix(_END)), self._as_shown(said))
            said.append(line)
        return Ended(process.wait(), self._as_shown(said))

    def _as_shown(self, said: list[str]) -> str:
        return "".join(said).rstrip().replace(self._address, _ADDRESS)


def steps(page: Page) -> list[tuple[Block, Block | None]]:
    """The blocks of a page that are to be run, each with what the page says that it prints."""
    following = [*page.blocks[1:], None]
    return [
        (block, after if after and after.mark == "output" else None)
        for block, after in zip(page.blocks, following, strict=False)
        if expected_exit_code(block) is not None
    ]


def says(output: str, shown: str) -> bool:
    """Whether output is what a page shows, in which `…` stands for anything, and alone for any lines."""
    lines = (
        r"(?:[^\n]*\n)*?" if line.strip() == ANYTHING else re.escape(line).replace(ANYTHING, r"[^\n]*") + "\n"
        for line in shown.rstrip().splitlines()
    )
    return re.fullmatch("".join(lines), output.rstrip() + "\n") is not None
