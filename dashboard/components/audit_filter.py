"""What somebody looks for in the audit log."""

import datetime as dt

import streamlit as st

from dashboard import resources
from dashboard.components import audit_words, words
from ingestion import audit
from ingestion.audit import Group, Wanted


def show(user_id: int) -> Wanted | None:
    """Ask for groups, a period, a person and an upload; None where what is given cannot be looked for yet."""
    groups, period, person, upload = st.columns([3, 2, 2, 1])
    chosen = groups.multiselect(
        "What", list(Group), format_func=audit_words.GROUP.__getitem__, placeholder="Everything"
    )
    days = period.date_input("When", value=[], help="From one day to another. Days are those of your zone.")
    email = person.text_input(
        "Who", placeholder="E-mail address", help="Everything by this account and about it."
    )
    job_id = upload.number_input("Upload", min_value=1, max_value=10**15, value=None, placeholder="Number")
    since, until = _period(days)
    wanted = Wanted(frozenset(chosen), since, until, job_id=job_id)
    return _about(user_id, email.strip(), wanted) if email.strip() else wanted


def _period(days: tuple[dt.date, ...]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From the first day's beginning to the last one's end; of a single day nobody has chosen the end yet."""
    if not days:
        return None, None
    until = words.midnight(days[1] + dt.timedelta(days=1)) if len(days) == 2 else None
    return words.midnight(days[0]), until


def _about(user_id: int, email: str, wanted: Wanted) -> Wanted | None:
    account_id = audit.account_id(resources.sessions(), user_id, email)
    if account_id is None:
        st.info("No account has this e-mail address. Enter the whole address.")
        return None
    return Wanted(wanted.groups, wanted.since, wanted.until, account_id, wanted.job_id)
