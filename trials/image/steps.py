"""The Dockerfile's own instructions, followed in folders that stand for images."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

_FROM = re.compile(r"^(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?$", re.IGNORECASE)
_ASSIGNMENT = re.compile(r'(\w+)=("[^"]*"|\S+)')
_NEEDED_TO_DOWNLOAD = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_IN_NAMESPACE = """
mount -t proc proc "$1/proc"
mount -t devpts devpts "$1/dev/pts"
cd /
exec chroot "$1" /bin/sh -c "$2"
"""


@dataclass(frozen=True)
class Image:
    """A root folder, and what the instructions said of its processes."""

    root: Path
    folder: str = "/"
    user: str = "0:0"
    variables: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    health_check: tuple[str, ...] = ()


def instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Each instruction in upper case with its text, on one line."""
    kept = "\n".join(line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    for line in kept.replace("\\\n", " ").splitlines():
        if line.strip():
            word, text = line.strip().split(maxsplit=1)
            yield word.upper(), " ".join(text.split())


def base_release(dockerfile: str) -> str:
    """The Debian release that the base image's tag names, such as trixie."""
    found = re.search(r"^ARG PYTHON_IMAGE=python:[\d.]+-slim-(\w+)", dockerfile, re.MULTILINE)
    assert found is not None, "the Dockerfile's ARG PYTHON_IMAGE names no release of Debian"
    return found[1]


def in_context(project: Path) -> Iterator[Path]:
    """The files that .dockerignore leaves in the build's context, relative to the project."""
    rules = [
        (not line.startswith("!"), re.compile(_pattern(line.removeprefix("!"))))
        for line in (project / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    for folder, names, files in os.walk(project):
        names[:] = [name for name in names if not name.startswith((".venv", ".git", ".local"))]  # for speed
        for name in files:
            path = (Path(folder) / name).relative_to(project)
            parts = [str(path), *map(str, path.parents)]
            ignored = [ignores for ignores, rule in rules if any(rule.fullmatch(part) for part in parts)]
            if not (ignored and ignored[-1]):
                yield path


def _pattern(rule: str) -> str:
    """A rule of .dockerignore as a regular expression for paths; `**/` is any depth, `*` any name."""
    anything, name = "(?:.*/)?", "[^/]*"
    return re.escape(rule).replace(r"\*\*/", anything).replace(r"\*", name)


class Builder:
    """Follows a Dockerfile's instructions; `base` is the root folder that stands for its base image."""

    def __init__(self, project: Path, base: Path, folder: Path) -> None:
        self._project, self._base, self._folder = project, base, folder
        self._stages: dict[str, Image] = {}

    def build(self) -> Image:
        """The last stage's image."""
        image = Image(self._base)
        for word, text in instructions((self._project / "Dockerfile").read_text()):
            match word:
                case "ARG" | "EXPOSE" | "LABEL" | "VOLUME":  # for what only an engine does
                    continue
                case "FROM":
                    image = self._begin(text)
                case "RUN":
                    run(image, text)
                case "COPY":
                    self._copy(image, shlex.split(text))
                case _:
                    image = _said(image, word, text)
        return image

    def _begin(self, text: str) -> Image:
        found = _FROM.match(text)
        assert found is not None, text
        name = found["name"] or "final"
        root = self._folder / name
        subprocess.run(["cp", "--archive", "--reflink=auto", self._base, root], check=True)
        self._stages[name] = Image(root, variables={"PATH": _PATH})
        return self._stages[name]

    def _copy(self, image: Image, words: list[str]) -> None:
        if words[0].startswith("--from="):
            source = self._stages[words[0].removeprefix("--from=")].root / words[1].lstrip("/")
            target = image.root / words[2].lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "--archive", source, target], check=True)
            return
        named, folder = words[0], image.root / image.folder.lstrip("/")
        for path in in_context(self._project):
            if named in (".", str(path)):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self._project / path, folder / path)


def _said(image: Image, word: str, text: str) -> Image:
    """The image with what the instruction says of its processes."""
    match word:
        case "ENV":
            given = {name: value.strip('"') for name, value in _ASSIGNMENT.findall(text)}
            path = given.pop("PATH", "$PATH").replace("$PATH", image.variables["PATH"])
            return replace(image, variables={**image.variables, **given, "PATH": path})
        case "WORKDIR":
            (image.root / text.lstrip("/")).mkdir(parents=True, exist_ok=True)
            return replace(image, folder=text)
        case "USER":
            return replace(image, user=text)
        case "HEALTHCHECK":
            return replace(image, health_check=tuple(json.loads(text.partition(" CMD ")[2])))
        case "CMD":
            return replace(image, command=tuple(json.loads(text)))
    raise ValueError(f"The Dockerfile's instruction {word} is not understood here: add it.")


def run(image: Image, command: str) -> None:
    """Run a shell command in the image as root, with the machine's network; its mounts end with it."""
    for name in _NEEDED_TO_DOWNLOAD:
        shutil.copy(name, image.root / name.lstrip("/"))
    script = f"cd {shlex.quote(image.folder)} && {command}"
    subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "sh", "-ec", _IN_NAMESPACE, "sh", image.root, script],
        env={**image.variables, "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
