"""Sharing an upload: with whom it is shared, sharing it with one more, taking a share back."""

import streamlit as st

from dashboard import auth, resources
from dashboard.components import notices, words
from ingestion import health, sharing
from ingestion.errors import NotAllowed, NotFound
from ingestion.rules.permissions import Permission, Role
from ingestion.sharing import Guest
from ingestion.viewing import Upload

_ADDRESS = "share_with_address"
_MAY = {
    Role.OPERATOR: "decides, and finalizes",
    Role.REVIEWER: "decides",
    Role.ADMINISTRATOR: "sees every upload",
}


def button(user_id: int, upload: Upload) -> None:
    """A quiet button that opens the dialog, for those who may share the upload."""
    if not upload.may(Permission.SHARE):
        return
    label = f"Shared with {upload.shared_with:,} …" if upload.shared_with else "Share …"
    if st.button(label, key="share", icon=":material/group_add:", type="tertiary"):
        _dialog(user_id, upload)


@st.dialog("Share this upload", on_dismiss="rerun")
def _dialog(user_id: int, upload: Upload) -> None:
    manage(user_id, upload)


def manage(user_id: int, upload: Upload) -> None:
    """A field for an address, and those with whom the upload is shared, each with a way to take it back."""
    notices.show()
    try:
        with health.answering():
            guests = sharing.listed(resources.sessions(), user_id, upload.id)
    except (NotFound, NotAllowed) as error:
        st.error(words.plain(str(error)), icon=":material/block:")
        return
    st.text(
        "Whoever you share it with sees its rows, decides about its issues, and downloads what it becomes."
    )
    with st.form("share", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("E-mail address of their account", key=_ADDRESS, placeholder="ana@example.com")
        st.form_submit_button("Share", type="primary", on_click=_share, args=(upload.id,))
    if not guests:
        st.caption("It is shared with nobody yet.")
    for guest in guests:
        _line(upload.id, guest)


def _line(job_id: int, guest: Guest) -> None:
    what = _MAY[guest.role] if guest.is_active else "deactivated"
    # The key is what the style sheet knows such lines by.
    with st.container(horizontal=True, vertical_alignment="center", key=f"in_line_{guest.id}"):
        st.text(f"{guest.name} ({what})\n{guest.email}", width="stretch")
        st.button(
            "Take back",
            key=f"unshare_{guest.id}",
            icon=":material/group_remove:",
            on_click=_take_back,
            args=(job_id, guest),
        )


def _share(job_id: int) -> None:
    with notices.attempt():
        account = auth.current_account()
        if account is not None:
            guest = sharing.share(resources.sessions(), account.id, job_id, st.session_state[_ADDRESS])
            notices.done(f"Shared with {words.plain(guest.name)}")
            st.session_state[_ADDRESS] = ""


def _take_back(job_id: int, guest: Guest) -> None:
    with notices.attempt():
        account = auth.current_account()
        if account is not None:
            sharing.unshare(resources.sessions(), account.id, job_id, guest.id)
            notices.done(f"No longer shared with {words.plain(guest.name)}")
