"""One answer to many issues: what it would do, then doing it."""

from dataclasses import dataclass

import streamlit as st

from dashboard import auth, resources
from dashboard.components import comparison, keyboard, notices, words
from dashboard.components.comparison import Column
from ingestion import bulk, health
from ingestion.bulk import Example, Outcome, Request
from ingestion.bulk_plan import LONGEST_VALUE
from ingestion.errors import IngestionError
from ingestion.rules.bulk import ACTION, BulkAnswer, answers_to
from ingestion.rules.issues import KINDS, IssueType

_PREVIEW = "bulk_preview"


@dataclass(frozen=True)
class About:
    """The open issues of some kinds that a search finds, or some that were chosen."""

    types: tuple[IssueType, ...]
    """None means all."""
    search: str = ""
    issue_ids: tuple[int, ...] = ()


def button(user_id: int, job_id: int, about: About) -> None:
    """A button that opens the dialog about some issues."""
    chosen = len(about.issue_ids)
    label = f"Answer {words.count(chosen, 'chosen issue')} …" if chosen else "Answer many at once …"
    if st.button(label, key="many", icon=":material/checklist:", shortcut=keyboard.MANY, width="stretch"):
        st.session_state.pop(_PREVIEW, None)
        _dialog(user_id, job_id, about)


@st.dialog("Answer many issues at once", width="large")
def _dialog(user_id: int, job_id: int, about: About) -> None:
    types = about.types
    st.text(_scope(about))
    answer = st.selectbox(
        "Answer",
        [answer for answer in BulkAnswer if answers_to(answer) & set(types or IssueType)],
        index=None,
        format_func=lambda answer: words.ANSWER[answer],
        placeholder="Choose an answer",
    )
    if answer is None:
        return
    value = ""
    if answer is BulkAnswer.SET_VALUE:
        field = _field(types)
        if field is None:
            return
        types = (field,)
        value = st.text_input("Value", max_chars=LONGEST_VALUE)
    _show(user_id, job_id, Request(answer, types, about.search, about.issue_ids, value))


def repeats_button(user_id: int, job_id: int) -> None:
    """A button that opens the dialog about rows that repeat each other, about which nobody is asked."""
    if st.button("Fill blanks from repeats …", key="fill_repeats", icon=":material/merge:"):
        st.session_state.pop(_PREVIEW, None)
        _repeats_dialog(user_id, job_id)


@st.dialog(words.ANSWER[BulkAnswer.FILL_REPEATS], width="large")
def _repeats_dialog(user_id: int, job_id: int) -> None:
    st.text(
        "Where the row that is kept is blank and a row that repeats it is not, the contact gets its value."
    )
    _show(user_id, job_id, Request(BulkAnswer.FILL_REPEATS))


def _show(user_id: int, job_id: int, request: Request) -> None:
    """What a request would do, and a button that has it done."""
    try:
        with st.spinner("Looking at what this does"), health.answering():
            told = _preview(user_id, job_id, request)
    except IngestionError as error:
        st.error(words.plain(str(error)))
        if health.is_outage(error):
            st.button("Look again", icon=":material/refresh:")
        return
    _outcome(request, told)
    decided = told.decided.total()
    if st.button(f"Decide {_number(request, decided)}", type="primary", disabled=not decided):
        _carry_out(job_id, request, decided)


def _scope(about: About) -> str:
    kinds = ", ".join(KINDS[kind].title for kind in about.types) or "all kinds"
    if about.issue_ids:
        return f"About the {words.count(len(about.issue_ids), 'issue')} that you chose: {kinds}."
    found = f" that “{about.search}” is found in" if about.search else ""
    return f"About the open issues of this upload{found}: {kinds}."


def _field(types: tuple[IssueType, ...]) -> IssueType | None:
    kinds = sorted(answers_to(BulkAnswer.SET_VALUE) & (set(types) or set(IssueType)))
    return st.selectbox("For", kinds, format_func=lambda kind: KINDS[kind].title)


def _preview(user_id: int, job_id: int, request: Request) -> Outcome:
    """What the request would do; of the same one it is worked out once while the dialog is open."""
    seen = st.session_state.get(_PREVIEW)
    if seen is None or seen[0] != (job_id, request):
        told = bulk.preview(resources.sessions(), user_id, job_id, request)
        st.session_state[_PREVIEW] = seen = ((job_id, request), told)
    outcome: Outcome = seen[1]
    return outcome


def _number(request: Request, decided: int) -> str:
    if request.answer is BulkAnswer.FILL_REPEATS:
        return words.count(decided, "group of repeats", "groups of repeats")
    return words.count(decided, "issue")


def _outcome(request: Request, told: Outcome) -> None:
    if request.answer is BulkAnswer.FILL_REPEATS and told.decided:
        become = "becomes one record" if told.decided.total() == 1 else "become one record each"
        st.text(f"{_number(request, told.decided.total())} {become}")
    else:
        for kind, number in told.decided.items():
            st.text(f"{KINDS[kind].title}: {words.count(number, 'issue')} decided")
    if told.rows:
        st.text(f"{words.ROWS[ACTION[request.answer]]}: {told.rows:,}")
    if not told.decided and not told.refused:
        st.info("There is nothing that this would decide.", icon=":material/inbox:")
    for reason, number in told.refused.items():
        st.warning(f"Left open, {words.count(number, 'issue')}: {words.plain(reason)}")
    if told.examples:
        st.caption(f"{words.count(len(told.examples), 'example')} of what becomes of them")
        with st.container(height=340):
            for example in told.examples:
                _example(request, told, example)


def _example(request: Request, told: Outcome, example: Example) -> None:
    about_group = example.type is IssueType.DUPLICATE_EMAIL
    subject = example.subject if about_group else "row " + example.subject
    becomes = ": left out" if example.after is None else ""
    kind = "Repeats" if request.answer is BulkAnswer.FILL_REPEATS else KINDS[example.type].title
    st.text(f"{kind} · {subject}{becomes}")
    rows = [
        Column(f"Row {number:,}", row)
        for number, row in zip(example.row_numbers, example.before, strict=True)
    ]
    if example.after is not None:
        rows.append(Column("What is kept", example.after, is_result=True))
    st.html(comparison.side_by_side(told.columns, sorted({*told.own_columns, *example.differing}), rows))


def _carry_out(job_id: int, request: Request, expected: int) -> None:
    st.session_state.pop(_PREVIEW, None)
    with notices.attempt(), st.spinner("Deciding"):
        account = auth.current_account()
        if account is not None:
            done = bulk.carry_out(resources.sessions(), account.id, job_id, request, expected=expected)
            number = _number(request, done.decided.total())
            notices.done(f"{number} decided. The history can undo it.")
    st.rerun()
