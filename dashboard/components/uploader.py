"""Choosing files and sending them."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import resources, workers
from dashboard.components import notices, words
from ingestion import uploads
from ingestion.errors import IngestionError, RefusedUpload

_ROUND = "uploader_round"


def show(user_id: int) -> None:
    """A drop zone, what is known of each chosen file, and a button that uploads those that can be."""
    settings = resources.settings()
    st.text(f"Drop contact lists here, or choose them: .csv, at most {settings.max_upload_mb} MB each.")
    # A new key is a new, empty widget: files that were sent do not stay in memory.
    chosen = st.file_uploader(
        "Contact lists",
        type="csv",
        accept_multiple_files=True,
        key=f"files_{st.session_state.setdefault(_ROUND, 0)}",
        label_visibility="collapsed",
    )
    chosen_before: dict[str, str] = {}
    wanted = [file for file in chosen if _is_wanted(user_id, file, settings.max_upload_bytes, chosen_before)]
    if chosen and st.button(
        f"Upload {words.count(len(wanted), 'file')}",
        type="primary",
        icon=":material/upload:",
        disabled=not wanted,
    ):
        _send(user_id, wanted, settings.max_upload_bytes)


def _is_wanted(user_id: int, file: UploadedFile, max_bytes: int, chosen_before: dict[str, str]) -> bool:
    """Whether to upload the file; `chosen_before` maps the contents of the files above it to their names."""
    try:
        uploads.check(file.name, file.size, max_bytes)
    except RefusedUpload as refusal:
        st.error(words.plain(str(refusal)), icon=":material/block:")
        return False
    name = words.plain(file.name)
    sha256 = uploads.sha256_of(file.getvalue())
    twin = _twin(user_id, sha256, chosen_before)
    chosen_before.setdefault(sha256, file.name)
    if twin is None:
        return True
    st.warning(f"{name} has the same content as {twin}.", icon=":material/content_copy:")
    return st.checkbox(f"Upload {name} again", key=f"again_{file.file_id}")


def _twin(user_id: int, sha256: str, chosen_before: dict[str, str]) -> str | None:
    """The file with the same content, in words, if there is one."""
    if same := chosen_before.get(sha256):
        return f"{words.plain(same)}, which you chose as well"
    earlier = uploads.earlier_with_content(resources.sessions(), user_id, sha256)
    if earlier is None:
        return None
    return (
        f"{words.plain(earlier.filename)}, which you uploaded on {words.moment(earlier.created_at)} "
        f"(upload {earlier.id}, {words.STATUS[earlier.status].lower()})"
    )


def _send(user_id: int, files: list[UploadedFile], max_bytes: int) -> None:
    sent = 0
    for file in files:
        try:
            send(user_id, file.name, file.getvalue(), max_bytes)
            sent += 1
        except IngestionError as error:
            notices.refused(f"{file.name} was not uploaded. {error}")
    if sent:
        notices.done(f"{words.count(sent, 'file')} uploaded")
        st.session_state[_ROUND] += 1
    st.rerun()


def send(user_id: int, filename: str, content: bytes, max_bytes: int) -> int:
    """Submit one file; returns the upload's id. Raises RefusedUpload, StorageUnavailable."""
    return uploads.submit(
        resources.sessions(),
        resources.bucket(),
        workers.enqueue_process,
        user_id=user_id,
        filename=filename,
        content=content,
        max_bytes=max_bytes,
    )
