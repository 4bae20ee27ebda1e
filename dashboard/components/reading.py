"""How a file is read: what was found, shown on its first rows, and what only the operator can say."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import resources
from dashboard.components import answers, notices, reading_words, words
from dashboard.components.answers import File, Place
from ingestion import column_mappings
from ingestion.csv_file import encodings
from ingestion.csv_file.encodings import Reading
from ingestion.csv_file.mapping import Mapping
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import Choices, Proposal, propose
from ingestion.csv_file.source import Source
from ingestion.errors import UnreadableFile
from ingestion.rules.names import NameOrder, split_name

_PREVIEW_ROWS = 10
_PREVIEW_COLUMNS = 30
"""Beside a contact's own."""
_ORDERS = {NameOrder.FIRST_LAST: "First name first", NameOrder.LAST_FIRST: "Last name first"}


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
    if _asks_encoding(place.file):
        with st.container(border=True):
            st.markdown(f":material/help: **{title}**")
            st.text(reading_words.ENCODING)
            _encoding_cards(place.file.source.readings, place)
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


def _asks_encoding(file: File) -> bool:
    encoding = file.source.encoding
    if encoding is None or file.choices.encoding is not None:
        return False
    return file.doubts_encoding or not encoding.is_certain


def _proposal(user_id: int, file: File) -> Proposal:
    file.found = file.found or propose(file.source, file.choices)
    if file.confirmed:
        return replace(file.found, mapping=file.confirmed, asks_header=False)
    return column_mappings.recalled(resources.sessions(), user_id, file.found)


def _ways_out(place: Place) -> None:
    """Of a file that holds no contacts as it is read now."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _sheet(place, place.file.choices.sheet)
        _other_encoding(place)
        if place.file.choices != Choices():
            st.button("Read it as it was found", key=place.key("reset"), on_click=place.reset)


def _panel(user_id: int, proposal: Proposal, place: Place) -> Mapping:
    """The columns as they are chosen now, and what they give."""
    if proposal.sheet is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Read as {reading_words.encoding(proposal)}.")
            _other_encoding(place)
    with st.container(horizontal=True):
        _sheet(place, proposal.sheet)
        _header(proposal, place)
    _protected(proposal, place)
    mapping = _columns(proposal, place)
    _preview(proposal, mapping)
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


def _encoding_cards(readings: Sequence[Reading], place: Place) -> None:
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


def _other_encoding(place: Place) -> None:
    # Also where it seemed certain: what does not fit may stand below the part that was looked at.
    if place.file.source.encoding is not None:
        st.button(
            "Choose another encoding",
            key=place.key("ask_encoding"),
            type="tertiary",
            on_click=place.ask_encoding,
        )


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


def _columns(proposal: Proposal, place: Place) -> Mapping:
    """The columns as they are chosen now."""
    found = proposal.mapping
    fields = [name for name in reading_words.COLUMN if name != "full_name" or _may_be_split(found)]
    columns = dict(zip(fields, st.columns(len(fields)), strict=True))

    def key(*parts: object) -> str:
        # What was found is part of it: where that changes, the widget has to follow.
        return place.key(*parts, proposal.sheet, proposal.encoding, proposal.header_row)

    def chosen(name: str) -> int | None:
        at: int | None = columns[name].selectbox(
            reading_words.COLUMN[name],
            range(len(proposal.names)),
            index=getattr(found, name),
            format_func=proposal.names.__getitem__,
            placeholder="No column" if name != "email" else "Choose the column",
            key=key(name, getattr(found, name)),
        )
        return at

    full_name = chosen("full_name") if "full_name" in columns else None
    first_name = last_name = None
    order = found.name_order
    if full_name is None:
        first_name, last_name = chosen("first_name"), chosen("last_name")
    else:
        for name in ("first_name", "last_name"):
            _from_full_name(columns[name], reading_words.COLUMN[name], key(name, "split"))
        order = st.segmented_control(
            "How full names are written",
            list(_ORDERS),
            default=found.name_order,
            format_func=_ORDERS.__getitem__,
            required=True,
            key=key("order", found.name_order),
        )
    return Mapping(
        email=chosen("email"),
        first_name=first_name,
        last_name=last_name,
        company=chosen("company"),
        full_name=full_name,
        name_order=order,
        doubts=found.doubts,
    )


def _from_full_name(column: DeltaGenerator, label: str, key: str) -> None:
    column.selectbox(label, (), placeholder="From the full name", disabled=True, key=key)


def _may_be_split(mapping: Mapping) -> bool:
    return mapping.first_name is None or mapping.last_name is None


def _preview(proposal: Proposal, mapping: Mapping) -> None:
    """The first rows: what means something to a contact first, then the first of the other columns."""
    labels = {getattr(mapping, name): label.split(",")[0] for name, label in reading_words.COLUMN.items()}
    labels.pop(None, None)
    others = [at for at in range(len(proposal.names)) if at not in labels]
    shown = proposal.rows[:_PREVIEW_ROWS]
    columns: dict[str, list[str]] = {}
    for at in [*sorted(labels), *others[:_PREVIEW_COLUMNS]]:
        name = f"{proposal.names[at]} → {labels[at]}" if at in labels else proposal.names[at]
        columns[name] = [record.cells[at] for record in shown]
        if at == mapping.full_name:
            parts = [split_name(record.cells[at], mapping.name_order) for record in shown]
            columns["→ First name"] = [first for first, _ in parts]
            columns["→ Last name"] = [last for _, last in parts]
    st.dataframe(
        pd.DataFrame(columns, index=pd.Index([record.number for record in shown], name="Row")),
        height="content",
    )
    st.caption(reading_words.other_columns(len(others), len(others[:_PREVIEW_COLUMNS])))


def _confirm(user_id: int, proposal: Proposal, mapping: Mapping, place: Place) -> None:
    place.file.confirmed = replace(mapping, doubts=())
    if proposal.header_row:
        with notices.attempt():
            column_mappings.remember(resources.sessions(), user_id, proposal.names, place.file.confirmed)
