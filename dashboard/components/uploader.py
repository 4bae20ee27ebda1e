"""Choosing files and sending them."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import resources, workers
from dashboard.components import large_files, notices, reading, words
from ingestion import accepted_files, uploads
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.source import Source, examine
from ingestion.errors import IngestionError, RefusedUpload, UnreadableFile

_ROUND = "uploader_round"


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
    chosen_before: dict[str, str] = {}
    ready = {
        place: options
        for place, file in enumerate(chosen)
        if _is_wanted(user_id, file, chosen_before) and (options := _options(user_id, file))
    }
    if chosen and st.button(
        f"Upload {words.count(len(ready), 'file')}" if ready else "Upload",
        type="primary",
        icon=":material/upload:",
        disabled=not ready,
        help=None if ready else "Answer what is asked about the files first.",
    ):
        _send(user_id, [(chosen[place], options) for place, options in ready.items()])


def _is_wanted(user_id: int, file: UploadedFile, chosen_before: dict[str, str]) -> bool:
    """Whether to upload the file; `chosen_before` maps the contents of the files above it to their names."""
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
    try:
        source = _examined(file)
    except UnreadableFile as error:
        st.error(f"{words.plain(file.name)}: {words.plain(str(error))}", icon=":material/block:")
        return None
    return reading.settle(user_id, file.name, source, file.file_id)


def _examined(file: UploadedFile) -> Source:
    # Once for each file: the page runs again with every click. What is kept is a megabyte at most of a text.
    key = f"source_{file.file_id}"
    if key not in st.session_state:
        max_bytes = resources.settings().max_upload_bytes
        st.session_state[key] = examine(file.getvalue(), is_complete=True, max_bytes=max_bytes)
    source: Source = st.session_state[key]
    return source


def _sha256(file: UploadedFile) -> str:
    key = f"sha256_{file.file_id}"
    if key not in st.session_state:
        st.session_state[key] = uploads.sha256_of(file.getvalue())
    return str(st.session_state[key])


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


def _send(user_id: int, files: list[tuple[UploadedFile, ParseOptions]]) -> None:
    sent = 0
    for file, options in files:
        try:
            send(user_id, file.name, file.getvalue(), options)
            sent += 1
        except IngestionError as error:
            notices.refused(f"{file.name} was not uploaded. {error}")
    if sent:
        notices.done(f"{words.count(sent, 'file')} uploaded")
        st.session_state[_ROUND] += 1
        for key in [
            key for key in st.session_state if str(key).startswith(("source_", "sha256_", "reading_"))
        ]:
            del st.session_state[key]
    st.rerun()


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
    )
