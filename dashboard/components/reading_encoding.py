"""In which encoding a file is written, where only the operator can say."""

import streamlit as st

from dashboard.components import words
from dashboard.components.answers import File, Place
from ingestion.csv_file import encodings, reading_words


def is_asked(file: File) -> bool:
    """Whether the operator has to say it, because it is in doubt or they doubt it."""
    encoding = file.source.encoding
    if encoding is None or file.choices.encoding is not None:
        return False
    return file.doubts_encoding or not encoding.is_certain


def ask(place: Place) -> None:
    """The ways in which the file's first lines may read, to choose one of, and every other encoding."""
    readings = place.file.source.readings
    st.text(reading_words.ENCODING)
    st.text("Choose the one that spells the names right.")
    for number, (column, reading) in enumerate(zip(st.columns(3), readings, strict=False)):
        with column.container(border=True):
            st.markdown(f"**{words.plain(reading.label)}**")
            for excerpt in reading.excerpts:
                st.text(excerpt)
            st.button(
                "This reads right",
                key=place.key("encoding", number),
                on_click=place.choose_encoding,
                args=(reading.encoding,),
            )
    other = st.selectbox(
        "None of them",
        [name for name in encodings.OFFERED if name not in {reading.encoding for reading in readings}],
        index=None,
        placeholder="Choose another encoding",
        format_func=encodings.ALL.__getitem__,
        key=place.key("other_encoding"),
        width=420,
    )
    if other is not None:
        place.choose_encoding(other)
        st.rerun()


def ask_again(place: Place) -> None:
    """A button for those who see that the encoding is another one."""
    # Also where it seemed certain: what does not fit may stand below the part that was looked at.
    if place.file.source.encoding is not None:
        st.button(
            "Choose another encoding",
            key=place.key("ask_encoding"),
            type="tertiary",
            on_click=place.ask_encoding,
        )
