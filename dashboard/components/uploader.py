"""Choosing files and sending them."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import resources, workers
from dashboard.components import answers, large_files, notices, reading, words
from ingestion import accepted_files, health, uploads
from ingestion.accounts import Account
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.source import Source, examine
from ingestion.errors import IngestionError, RefusedUpload
from ingestion.rules.permissions import Permission, Role, without_upload

_ROUND = "uploader_round"
_SHA256 = "uploader_sha256"
_SENT = "uploader_sent"
"""The ids of files that were uploaded while others chosen with them wait."""


def may_upload(account: Account) -> bool:
    """Whether there is an uploader for the account."""
    return Permission.UPLOAD in without_upload(Role(account.role))


def show(user_id: int) -> None:
    """A drop zone, what is known of each chosen file, and a button that uploads those that can be."""
    settings = resources.settings()
    st.text(
        f"Drop contact lists here, or choose them: {', '.join(accepted_files.EXTENSIONS)}, "
        f"at most {settings.max_upload_mb:,} MB each."
    )
    # A new key is a new, empty widget: files that were sent do not stay in memory.
    chosen = st.file_uploader(
        "Contact lists",
        type=[extension.removeprefix(".") for extension in accepted_files.EXTENSIONS],
        accept_multiple_files=True,
        key=f"files_{st.session_state.setdefault(_ROUND, 0)}",
        label_visibility="collapsed",
    )
    large_files.show(user_id)
    _forget_all_but({file.file_id for file in chosen})
    sent: set[str] = st.session_state[_SENT]
    if chosen and all(file.file_id in sent for file in chosen):
        _start_again()  # what waited beside them was removed
        st.rerun()
    chosen_before: dict[str, str] = {}
    ready: list[tuple[UploadedFile, ParseOptions]] = []
    waiting = 0
    for file in chosen:
        if _is_wanted(user_id, file, chosen_before):
            if options := _options(user_id, file):
                ready.append((file, options))
            else:
                waiting += answers.is_open(file.file_id)
    if not chosen:
        return
    if waiting:
        st.caption("Files with an open question stay here until they are answered or removed.")
    if st.button(
        f"Upload {words.count(len(ready), 'file')}",
        type="primary",
        icon=":material/upload:",
        disabled=not ready,
    ):
        _send(user_id, ready, waiting)


def _forget_all_but(file_ids: set[str]) -> None:
    """Drop what is known of files that were removed."""
    answers.keep_only(file_ids)
    sha256s: dict[str, str] = st.session_state.get(_SHA256, {})
    st.session_state[_SHA256] = {name: sha256 for name, sha256 in sha256s.items() if name in file_ids}
    st.session_state[_SENT] = st.session_state.get(_SENT, set()) & file_ids


def _is_wanted(user_id: int, file: UploadedFile, chosen_before: dict[str, str]) -> bool:
    """Whether to upload the file; `chosen_before` maps the contents of the files above it to their names."""
    if file.file_id in st.session_state[_SENT]:
        st.markdown(f":material/cloud_done: **{words.plain(file.name)}** · uploaded")
        return False
    settings = resources.settings()
    try:
        accepted_files.check(file.name, file.size, settings.max_upload_bytes, settings.max_xlsx_bytes)
    except RefusedUpload as refusal:
        st.error(words.plain(str(refusal)), icon=":material/block:")
        return False
    name = words.plain(file.name)
    sha256 = _sha256(file)
    twin = _twin(user_id, sha256, chosen_before)
    chosen_before.setdefault(sha256, file.name)
    if twin is None:
        return True
    st.warning(f"{name} has the same content as {twin}.", icon=":material/content_copy:")
    return st.checkbox(f"Upload {name} again", key=f"again_{file.file_id}")


def _options(user_id: int, file: UploadedFile) -> ParseOptions | None:
    """How the file is read; None while something is to be asked, or where it is no contact list."""

    def look() -> Source:
        max_bytes = resources.settings().max_upload_bytes
        return examine(file.getvalue(), is_complete=True, max_bytes=max_bytes)

    return reading.settle(user_id, file.name, file.file_id, look)


def _sha256(file: UploadedFile) -> str:
    known: dict[str, str] = st.session_state[_SHA256]
    if file.file_id not in known:
        known[file.file_id] = uploads.sha256_of(file.getvalue())
    return known[file.file_id]


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


def _send(user_id: int, files: list[tuple[UploadedFile, ParseOptions]], waiting: int) -> None:
    # A page cannot take single files out of the widget, so those that are sent stay in it, and are marked,
    # until no other waits: to empty it at once would lose the ones with a question, or that were not stored.
    sent: set[str] = st.session_state[_SENT]
    number = 0
    for file, options in files:
        try:
            with health.answering():
                send(user_id, file.name, file.getvalue(), options)
        except IngestionError as error:
            notices.unavailable(error)
            notices.refused(f"{file.name} was not uploaded. {error}")
        else:
            sent.add(file.file_id)
            number += 1
    if number:
        notices.done(f"{words.count(number, 'file')} uploaded")
    if not waiting and number == len(files):
        _start_again()
    st.rerun()


def _start_again() -> None:
    st.session_state[_ROUND] += 1


def send(user_id: int, filename: str, content: bytes, options: ParseOptions | None = None) -> int:
    """Submit one file; returns the upload's id.

    Without `options` it must be beyond doubt how to read it. Raises RefusedUpload, UnreadableFile,
    StorageUnavailable.
    """
    settings = resources.settings()
    return uploads.submit(
        resources.sessions(),
        resources.bucket(),
        workers.enqueue_process,
        user_id=user_id,
        filename=filename,
        content=content,
        max_bytes=settings.max_upload_bytes,
        max_workbook_bytes=settings.max_xlsx_bytes,
        options=options,
        per_hour=settings.uploads_per_hour,
    )
