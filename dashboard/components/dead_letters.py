"""The dead letters as a table, and the answers to them."""

import datetime as dt
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import auth, resources, workers
from dashboard.components import notices, tables, words
from ingestion import dead_letters
from ingestion.dead_letters import LONGEST_REASON, DeadLetter
from ingestion.errors import IngestionError, QueueUnavailable
from ingestion.letters import Letter
from ingestion.queue import MOST_LETTERS
from ingestion.rules.letters import ACTS, SETTLED, Answer
from ingestion.senders import Senders

_BOARD = "dead_letters"
_TO_DISCARD = "dead_letters_to_discard"
_LOOK_AGAIN_SECONDS = 30

_WOULD = {
    Answer.PROCESS: "It is processed again",
    Answer.FINALIZE: "It is finalized again",
    Answer.SEND: "A worker is asked again",
    Answer.DONE: "Nothing to do: it is done",
    Answer.DELETED: "Nothing to do: it is deleted",
    Answer.WORKED_ON: "Not now: a worker has it",
    Answer.ARRIVING: "Not yet: its file is coming",
    Answer.UNREAD: "Not possible: ask its owner",
    Answer.NO_JOB: "Not possible: discard it",
}
_NOT_SENT = {
    Answer.WORKED_ON: "Not sent back: a worker has {} right now. Look again when that is over.",
    Answer.ARRIVING: "Not sent back: the file of {} is still on its way.",
    Answer.UNREAD: "Not sent back: for {} the owner has to say how the file is read.",
    Answer.NO_JOB: "Not sent back: {} cannot be read. Discard what nobody needs.",
}


@dataclass
class _Board:
    """The letters that one person looks at, in an order that new ones do not change."""

    letters: list[Letter] = field(default_factory=list)
    generation: int = 0
    """Raised when letters are gone: lines are chosen by their place."""
    counted: int = 0
    looked_at: float = -math.inf

    def update(self, count: int) -> None:
        """Look again when there is another number of letters, or after a while. Raises QueueUnavailable."""
        now = time.monotonic()
        if count == self.counted and now - self.looked_at < _LOOK_AGAIN_SECONDS:
            return
        found = {letter.message_id: letter for letter in (_received() if count else [])}
        known = {letter.message_id for letter in self.letters}
        kept = [letter for letter in self.letters if letter.message_id in found]
        self.generation += len(kept) < len(self.letters)
        self.letters = kept + [letter for key, letter in found.items() if key not in known]
        self.counted, self.looked_at = count, now

    def look_again(self) -> None:
        """Something was done about letters: look again, whatever their number."""
        self.looked_at = -math.inf


def _received() -> list[Letter]:
    account = auth.require_account()
    return dead_letters.received(resources.sessions(), resources.queue(), account.id)


def show(count: int | None) -> None:
    """The letters and what can be done about them; `count` is how many there are, None: nobody knows."""
    st.subheader("Dead letters")
    board = _board()
    if count is None or not _is_updated(board, count):
        st.caption("They cannot be listed while the queue does not answer.")
        return
    if not board.letters:
        st.caption(
            "Somebody else looks at the dead letters right now; they come up in a moment."
            if count
            else "No dead letters. Nothing failed for good."
        )
        return
    described = dead_letters.listed(resources.sessions(), auth.require_account().id, board.letters)
    chosen = _table(board, described)
    _actions(chosen or described, is_all=not chosen)
    if len(board.letters) >= MOST_LETTERS:
        st.caption(f"The list ends at {MOST_LETTERS:,} letters; others come up when these are gone.")
    if len(chosen) == 1:
        _details(chosen[0])


def _board() -> _Board:
    board: _Board = st.session_state.setdefault(_BOARD, _Board())
    return board


def open_dialog() -> None:
    """Ask why letters are discarded, if somebody is about to: outside of what refreshes by itself."""
    letters = st.session_state.pop(_TO_DISCARD, None)
    if letters:
        _discard(letters)


def _is_updated(board: _Board, count: int) -> bool:
    try:
        board.update(count)
    except QueueUnavailable:
        return False
    return True


def _table(board: _Board, described: Sequence[DeadLetter]) -> list[DeadLetter]:
    chosen = st.dataframe(
        pd.DataFrame([_line(dead) for dead in described]),
        key=f"dead_letters_{board.generation}",
        hide_index=True,
        height=tables.height(len(described), most=8, pixels=316),
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="–",
        column_config={
            "File": st.column_config.TextColumn(width=180),
            "Owner": st.column_config.TextColumn(width=105),
            "Failed at": st.column_config.TextColumn(width=90),
            "Error": st.column_config.TextColumn(width=410),
            "If sent back": st.column_config.TextColumn(width=195),
            "Age": st.column_config.TextColumn(width=70),
        },
    ).selection.rows
    return [described[at] for at in chosen if at < len(described)]


def _line(dead: DeadLetter) -> dict[str, Any]:
    return {
        "File": dead.filename or _nameless(dead.letter),
        "Owner": dead.owner,
        "Failed at": words.TASK.get(dead.letter.actor, dead.letter.actor) or None,
        "Error": dead.error or None,
        "If sent back": _WOULD[dead.answer],
        "Age": words.duration((dt.datetime.now(dt.UTC) - dead.letter.sent_at).total_seconds()),
    }


def _nameless(letter: Letter) -> str:
    return "A message that cannot be read" if letter.job_id is None else f"Upload {letter.job_id}, deleted"


def _actions(about: Sequence[DeadLetter], *, is_all: bool) -> None:
    number = "all" if is_all else words.count(len(about), "letter")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Send back {number}", icon=":material/reply:", type="primary", key="letters_send_back"):
            _send_back([dead.letter for dead in about])
            st.rerun()
        if not is_all and st.button(f"Discard {number} …", icon=":material/delete:", key="letters_discard"):
            st.session_state[_TO_DISCARD] = [dead.letter for dead in about]
            st.rerun()
        if is_all:
            st.caption("Choose letters to see one in full, or to send back or discard only these.")


def _send_back(letters: Sequence[Letter]) -> None:
    _board().look_again()
    account = auth.require_account()
    senders = Senders(workers.enqueue_process, workers.enqueue_finalize)
    with notices.attempt(), st.spinner("Sending back"):
        answers = dead_letters.send_back(
            resources.sessions(), resources.queue(), senders, account.id, letters
        )
        _tell(Counter(answers))


def _tell(answers: Counter[Answer]) -> None:
    for answer, words_for_it in _NOT_SENT.items():
        if number := answers[answer]:
            noun = "message" if answer is Answer.NO_JOB else "upload"
            notices.refused(words_for_it.format(words.count(number, noun)))
    told = []
    if sent := sum(answers[answer] for answer in ACTS):
        told.append(f"{words.count(sent, 'upload')} sent back")
    if needless := sum(answers[answer] for answer in SETTLED - ACTS):
        told.append(f"{words.count(needless, 'letter')} put away: nothing was left to do")
    if told:
        notices.done(". ".join(told))


def _details(dead: DeadLetter) -> None:
    letter = dead.letter
    with st.container(border=True):
        upload = "No upload" if letter.job_id is None else f"Upload {letter.job_id}"
        status = words.STATUS[dead.status] if dead.status else "not there"
        st.caption(f"{upload}: {status} · message {letter.message_id}")
        st.text(dead.error or "The message carries no error.")
        if letter.traceback:
            with st.expander("What the worker reported"):
                st.code(letter.traceback, language=None, wrap_lines=True)
        elif letter.job_id is None:
            with st.expander("The message as it came"):
                st.code(letter.body or "(empty)", language=None, wrap_lines=True)


@st.dialog("Discard dead letters")
def _discard(letters: Sequence[Letter]) -> None:
    st.text(
        f"{words.count(len(letters), 'letter')} will be gone for good. The uploads stay as they are. "
        "Your name and the reason are kept."
    )
    reason = st.text_input("Reason", max_chars=LONGEST_REASON, placeholder="Why nobody needs them")
    if st.button("Discard", type="primary", icon=":material/delete:"):
        account = auth.require_account()
        try:
            dead_letters.discard(resources.sessions(), resources.queue(), account.id, letters, reason)
        except IngestionError as error:
            st.error(words.plain(str(error)))
            return
        _board().look_again()
        notices.done(f"{words.count(len(letters), 'letter')} discarded")
        st.rerun()
