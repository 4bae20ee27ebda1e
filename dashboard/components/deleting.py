"""Deleting an upload: what will be gone, then doing it."""

import streamlit as st

from dashboard import auth, navigation, resources
from dashboard.components import notices, words
from ingestion import deletion
from ingestion.deletion import Extent
from ingestion.errors import NotAllowed, NotFound
from ingestion.rules.permissions import Permission
from ingestion.viewing import Upload


def button(user_id: int, upload: Upload) -> None:
    """A quiet button that opens the dialog, for those who may delete the upload."""
    if upload.may(Permission.DELETE) and st.button(
        "Delete …", key="delete", icon=":material/delete:", type="tertiary"
    ):
        _dialog(user_id, upload)


@st.dialog("Delete this upload?")
def _dialog(user_id: int, upload: Upload) -> None:
    confirm(user_id, upload)


def confirm(user_id: int, upload: Upload) -> None:
    """What will be gone, and a button that deletes it; then the page of uploads, or a word why not."""
    try:
        extent = deletion.extent(resources.sessions(), user_id, upload.id)
    except (NotFound, NotAllowed) as error:
        st.error(words.plain(str(error)), icon=":material/search_off:")
        return
    st.text(f"{upload.filename}, and everything made of it, will be gone:")
    st.text("\n".join(f"• {line}" for line in lines(upload, extent)))
    if upload.in_flight:
        st.text("It is still under way: that ends too.")
    st.warning("This cannot be undone.", icon=":material/warning:")
    if st.button("Delete for good", key="delete_for_good", type="primary", icon=":material/delete_forever:"):
        _delete(upload)


def lines(upload: Upload, extent: Extent) -> list[str]:
    """What an upload has, a line for each kind of thing that there is."""
    counted = [
        (extent.rows or upload.processed_rows, "row", "rows"),
        (extent.decisions, "decision", "decisions"),
        (extent.contacts, "final contact", "final contacts"),
        (extent.versions, "version of the contacts", "versions of the contacts"),
    ]
    size = words.size(upload.file_size)
    return [
        f"the stored file ({size})",
        *(words.count(number, one, many) for number, one, many in counted if number),
    ]


def _delete(upload: Upload) -> None:
    account = auth.current_account()
    if account is not None:
        with notices.attempt():
            deletion.request(resources.sessions(), account.id, upload.id)
            notices.done(f"{words.plain(upload.filename)} is deleted.")
    navigation.open_page("uploads")
