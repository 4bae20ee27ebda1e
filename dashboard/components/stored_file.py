"""Saying how a file is read that is in the store already."""

import streamlit as st

from dashboard import resources, workers
from dashboard.components import notices, reading, words
from ingestion import intake
from ingestion.csv_file.source import Source
from ingestion.errors import IngestionError
from ingestion.uploads import Upload


def ask(user_id: int, upload: Upload) -> None:
    """Ask what is open about a file that waits for it."""
    st.info("The file is stored. Say how it is read, and it is processed.", icon=":material/help:")
    read_as(user_id, upload)


def read_as(user_id: int, upload: Upload) -> None:
    """Have the file read as it is settled here."""
    try:
        source = _source(user_id, upload.id)
    except IngestionError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return
    options = reading.settle(user_id, upload.filename, source, f"job{upload.id}")
    if options is not None and st.button("Process it", type="primary", icon=":material/play_arrow:"):
        with notices.attempt():
            intake.confirm(
                resources.sessions(),
                workers.enqueue_process,
                user_id=user_id,
                job_id=upload.id,
                options=options,
            )
            st.session_state.pop(_key(upload.id), None)
        st.rerun()


def _source(user_id: int, job_id: int) -> Source:
    # Fetched once: the page runs again with every click.
    if _key(job_id) not in st.session_state:
        st.session_state[_key(job_id)] = intake.look(
            resources.sessions(), resources.bucket(), user_id=user_id, job_id=job_id
        )
    source: Source = st.session_state[_key(job_id)]
    return source


def _key(job_id: int) -> str:
    return f"source_job{job_id}"
