"""The commands in a piece of shell, near enough to check ours: words, without what the shell would put in."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

_HEREDOC = re.compile(r"(?<!<)<<-?\s*(['\"]?)(\w+)\1")
_INSIDE = re.compile(r"\$\(([^()]*)\)")
_BETWEEN = frozenset("();<>|&")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=.*", re.DOTALL)
_BEFORE = frozenset(
    {"{", "}", "!", "if", "then", "else", "do", "while", "until", "exec", "time", "sudo", "env"}
)


@dataclass(frozen=True)
class Command:
    """The words of one command and the line of the piece on which it begins, from 0."""

    line: int
    words: list[str]


def syntax_error(script: str) -> str:
    """What bash says against a script, without running it; nothing where it can be read."""
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    return done.stderr.strip().partition("\n")[0]


def commands(script: str) -> Iterator[Command]:
    """Every command of a script, those within `$(…)` as well, in order."""
    for line, text in _statements(script):
        found = [words for part in (text, *_INSIDE.findall(text)) for words in _split(part)]
        for words in map(list, dict.fromkeys(map(tuple, found))):  # what is not in quotes is found twice
            yield Command(line, words)


def _statements(script: str) -> Iterator[tuple[int, str]]:
    """Lines, joined where a quote or a backslash leads on; without what is in here-documents."""
    lines = iter(enumerate(script.splitlines()))
    for number, line in lines:
        statement = line
        while (joined := _unfinished(statement)) is not None:
            following = next(lines, None)
            if following is None:
                break
            statement = joined + following[1]
        for _, end in _HEREDOC.findall(statement):
            for _, inside in lines:
                if inside.strip() == end:
                    break
        yield number, statement


def _unfinished(statement: str) -> str | None:
    """The beginning of a statement that goes on in the next line; None where it is whole."""
    if statement.endswith("\\"):
        return statement[:-1] + " "
    try:
        shlex.split(statement, comments=True)
    except ValueError:
        return statement + "\n"
    return None


def _split(statement: str) -> Iterator[list[str]]:
    """The commands of a statement, each without what stands before its program."""
    lexer = shlex.shlex(statement, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    words: list[str] = []
    try:
        for token in lexer:
            if set(token) <= _BETWEEN and not set(token) <= {"<", ">"}:
                yield from _command(words)
                words = []
            else:
                words.append(token)
    except ValueError:  # a quote within quotes, as in "$(jq '…')": bash -n has read it already
        pass
    yield from _command(words)


def _command(words: list[str]) -> Iterator[list[str]]:
    while words and (_ASSIGNMENT.fullmatch(words[0]) or words[0] in _BEFORE):
        words = words[1:]
    if kept := _without_redirections(words):
        yield kept


def _without_redirections(words: list[str]) -> list[str]:
    kept = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif set(word) <= {"<", ">"}:
            skip = True
        else:
            kept.append(word)
    return kept
