"""How a file is read: what was found, shown on its first rows, and what only the operator can say."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard import resources
from dashboard.components import answers, notices, reading_columns, reading_encoding, words
from dashboard.components.answers import File, Place
from ingestion import column_mappings
from ingestion.csv_file import reading_words
from ingestion.csv_file.mapping import Mapping
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import Choices, Proposal, propose
from ingestion.csv_file.source import Source
from ingestion.errors import UnreadableFile


def settle(user_id: int, filename: str, name: str, examine: Callable[[], Source]) -> ParseOptions | None:
    """Show how the file would be read and ask what is to be asked. Its options; None while that is open.

    `name` is the file's in this session until `keep_only` drops it, and `examine` looks at it, once. Raises
    what `examine` does, but for UnreadableFile, which is shown.
    """
    place = Place(name)
    title = words.plain(filename)
    try:
        answers.begin(name, examine)
    except UnreadableFile as error:
        st.error(f"{title}: {words.plain(str(error))}", icon=":material/block:")
        return None
    if reading_encoding.is_asked(place.file):
        with st.container(border=True):
            st.markdown(f":material/help: **{title}**")
            reading_encoding.ask(place)
        return None
    try:
        proposal = _proposal(user_id, place.file)
    except UnreadableFile as error:
        st.error(f"{title}: {words.plain(str(error))}", icon=":material/block:")
        _ways_out(place)
        return None
    if not proposal.is_certain:
        with st.container(border=True):
            st.markdown(f":material/help: **{title}**")
            for question in reading_words.questions(proposal):
                st.text(question)
            _panel(user_id, proposal, place)
        return None
    st.markdown(f":material/check_circle: **{title}** · {words.plain(reading_words.summary(proposal))}")
    with st.expander("Columns and preview", icon=":material/table_chart:"):
        mapping = _panel(user_id, proposal, place)
    if mapping != proposal.mapping:
        st.warning("You chose other columns: use them, or choose these again.", icon=":material/help:")
        return None
    return proposal.options()


def _proposal(user_id: int, file: File) -> Proposal:
    file.found = file.found or propose(file.source, file.choices)
    if file.confirmed:
        return replace(file.found, mapping=file.confirmed, asks_header=False)
    return column_mappings.recalled(resources.sessions(), user_id, file.found)


def _ways_out(place: Place) -> None:
    """Of a file that holds no contacts as it is read now."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _sheet(place, place.file.choices.sheet)
        reading_encoding.ask_again(place)
        if place.file.choices != Choices():
            st.button("Read it as it was found", key=place.key("reset"), on_click=place.reset)


def _panel(user_id: int, proposal: Proposal, place: Place) -> Mapping:
    """The columns as they are chosen now, and what they give."""
    if proposal.sheet is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Read as {reading_words.encoding(proposal)}.")
            reading_encoding.ask_again(place)
    with st.container(horizontal=True):
        _sheet(place, proposal.sheet)
        _header(proposal, place)
    _protected(proposal, place)
    mapping = reading_columns.choose(proposal, place)
    reading_columns.preview(proposal, mapping)
    flaw = reading_words.flaw(proposal, mapping)
    if flaw:
        st.caption(words.plain(flaw))
    st.button(
        "Use these columns",
        key=place.key("confirm"),
        type="secondary" if proposal.is_certain and mapping == proposal.mapping else "primary",
        icon=":material/check:",
        disabled=bool(flaw),
        on_click=_confirm,
        args=(user_id, proposal, mapping, place),
    )
    return mapping


def _sheet(place: Place, shown: str | None) -> None:
    sheets = place.file.source.sheets
    if len(sheets) < 2:
        return
    sheet = st.selectbox(
        "Sheet",
        sheets,
        index=None if shown is None else sheets.index(shown),
        placeholder="Choose another sheet",
        key=place.key("sheet", shown),
        width=260,
    )
    if sheet is not None and sheet != shown:
        place.choose(sheet=sheet, header_row=None)
        st.rerun()


def _header(proposal: Proposal, place: Place) -> None:
    rows = reading_words.header_rows(proposal)
    row = st.selectbox(
        "The row with the names of the columns",
        list(rows),
        index=list(rows).index(proposal.header_row),
        format_func=rows.__getitem__,
        key=place.key("header", proposal.sheet, proposal.encoding, proposal.header_row),
        width=560,
    )
    if row != proposal.header_row:
        place.choose(header_row=row)
        st.rerun()


def _protected(proposal: Proposal, place: Place) -> None:
    if not proposal.has_protected:
        return
    is_protected = st.toggle(
        "Take off the apostrophe that an export puts in front of cells such as '=A1",
        value=proposal.is_protected,
        key=place.key("protected", proposal.is_protected),
        help="Exports put it there so that no spreadsheet takes the cell for a formula. Switch this off for "
        "a file in which such apostrophes belong to the cells, for example an export with exact cells.",
    )
    if is_protected != proposal.is_protected:
        place.choose(is_protected=is_protected)
        st.rerun()


def _confirm(user_id: int, proposal: Proposal, mapping: Mapping, place: Place) -> None:
    place.file.confirmed = replace(mapping, doubts=())
    if proposal.header_row:
        with notices.attempt():
            column_mappings.remember(resources.sessions(), user_id, proposal.names, place.file.confirmed)
