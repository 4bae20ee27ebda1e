"""Saying how a file is read that is in the store already."""

import streamlit as st

from dashboard import resources, workers
from dashboard.components import answers, notices, reading, words
from ingestion import intake
from ingestion.csv_file.source import Source
from ingestion.errors import IngestionError
from ingestion.rules.permissions import Permission
from ingestion.viewing import Upload


def ask(user_id: int, upload: Upload) -> None:
    """Ask what is open about a file that waits for it; tell those who may not say so who has to."""
    if not upload.may(Permission.MANAGE):
        st.info(
            f"The file is stored, and waits for {words.plain(upload.owner)} to say how it is read.",
            icon=":material/hourglass_empty:",
        )
        return
    st.info("The file is stored. Say how it is read, and it is processed.", icon=":material/help:")
    read_as(user_id, upload)


def read_as(user_id: int, upload: Upload) -> None:
    """Have the file read as it is settled here."""
    name = f"job{upload.id}"
    answers.keep_only([name])

    def look() -> Source:
        return intake.look(
            resources.sessions(),
            resources.bucket(),
            user_id=user_id,
            job_id=upload.id,
            max_bytes=resources.settings().max_upload_bytes,
        )

    try:
        options = reading.settle(user_id, upload.filename, name, look)
    except IngestionError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return
    if options is not None and st.button("Process it", type="primary", icon=":material/play_arrow:"):
        with notices.attempt():
            intake.confirm(
                resources.sessions(),
                workers.enqueue_process,
                user_id=user_id,
                job_id=upload.id,
                options=options,
            )
            answers.keep_only([])
        st.rerun()
