"""How a file is read: what was found, shown on its first rows, and what only the operator can say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard import resources
from dashboard.components import reading_words, words
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
_ORDERS = {NameOrder.FIRST_LAST: "First name first", NameOrder.LAST_FIRST: "Last name first"}


@dataclass(frozen=True)
class _Place:
    """Where this file's answers are kept in the session."""

    name: str

    @property
    def choices(self) -> Choices:
        choices: Choices = st.session_state.get(f"{self.name}_choices", Choices())
        return choices

    def choose(self, **chosen: object) -> None:
        st.session_state[f"{self.name}_choices"] = replace(self.choices, **chosen)  # type: ignore[arg-type]

    def key(self, *parts: object) -> str:
        return "_".join(map(str, (self.name, *parts)))


def settle(user_id: int, filename: str, source: Source, key: str) -> ParseOptions | None:
    """Show how the file would be read and ask what is to be asked. Its options; None while that is open.

    `key` names the file in this session.
    """
    place = _Place(f"reading_{key}")
    name = words.plain(filename)
    try:
        proposal = column_mappings.recalled(resources.sessions(), user_id, propose(source, place.choices))
    except UnreadableFile as error:
        st.error(f"{name}: {words.plain(str(error))}", icon=":material/block:")
        if place.choices != Choices():
            st.button("Read it as it was found", key=place.key("reset"), on_click=_reset, args=(place,))
        return None
    if proposal.is_certain:
        st.markdown(f":material/check_circle: **{name}** · {words.plain(reading_words.summary(proposal))}")
        with st.expander("Columns and preview", icon=":material/table_chart:"):
            _panel(user_id, source, proposal, place)
        return proposal.options()
    with st.container(border=True):
        st.markdown(f":material/help: **{name}**")
        for question in reading_words.questions(proposal):
            st.text(question)
        _panel(user_id, source, proposal, place)
    return None


def _panel(user_id: int, source: Source, proposal: Proposal, place: _Place) -> None:
    if source.encoding is not None:
        if proposal.asks_encoding:
            _encoding_cards(source.readings, place)
            return  # names and columns are worth a look once they can be read
        _other_encoding(source, proposal, place)
    _header_and_sheet(source, proposal, place)
    mapping = _columns(proposal, place)
    _preview(proposal, mapping)
    st.button(
        "Use these columns",
        key=place.key("confirm"),
        type="secondary" if proposal.is_certain else "primary",
        icon=":material/check:",
        disabled=mapping.email is None,
        on_click=_confirm,
        args=(user_id, proposal, mapping, place),
    )


def _encoding_cards(readings: Sequence[Reading], place: _Place) -> None:
    st.text(
        "The file does not say in which encoding it was saved. Choose the one that spells the names right."
    )
    for number, (column, reading) in enumerate(zip(st.columns(3), readings, strict=False)):
        with column.container(border=True):
            st.markdown(f"**{words.plain(reading.label)}**")
            for excerpt in reading.excerpts:
                st.text(excerpt)
            st.button(
                "This reads right",
                key=place.key("encoding", number),
                on_click=place.choose,
                kwargs={"encoding": reading.encoding},
            )
    other = st.selectbox(
        "None of them",
        [name for name in encodings.ALL if name not in {reading.encoding for reading in readings}],
        index=None,
        placeholder="Choose another encoding",
        format_func=encodings.ALL.__getitem__,
        key=place.key("other_encoding"),
        width=420,
    )
    if other is not None:
        place.choose(encoding=other)
        st.rerun()


def _other_encoding(source: Source, proposal: Proposal, place: _Place) -> None:
    if source.encoding is not None and source.encoding.is_certain and place.choices.encoding is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Read as {encodings.ALL.get(proposal.encoding, proposal.encoding)}.")
        st.button(
            "Choose another encoding",
            key=place.key("reset_encoding"),
            type="tertiary",
            on_click=place.choose,
            kwargs={"encoding": None},
        )


def _header_and_sheet(source: Source, proposal: Proposal, place: _Place) -> None:
    with st.container(horizontal=True):
        if len(source.sheets) > 1:
            sheet = st.selectbox(
                "Sheet",
                source.sheets,
                index=source.sheets.index(str(proposal.sheet)),
                key=place.key("sheet", proposal.sheet),
                width=260,
            )
            if sheet != proposal.sheet:
                place.choose(sheet=sheet, header_row=None)
                st.rerun()
        rows = {0: "None: the first row is a contact"}
        rows |= {
            record.number: f"Row {record.number}: {', '.join(filter(None, record.cells))[:80]}"
            for record in proposal.above
            if any(record.cells)
        }
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


def _columns(proposal: Proposal, place: _Place) -> Mapping:
    """The columns as they are chosen now."""
    found = proposal.mapping
    fields = [field for field in reading_words.COLUMN if field != "full_name" or _may_be_split(proposal)]
    chosen: dict[str, int | None] = {"full_name": None}
    for column, field in zip(st.columns(len(fields)), fields, strict=True):
        chosen[field] = column.selectbox(
            reading_words.COLUMN[field],
            range(len(proposal.names)),
            index=getattr(found, field),
            format_func=proposal.names.__getitem__,
            placeholder="No column" if field != "email" else "Choose the column",
            key=place.key(field, proposal.sheet, proposal.encoding, proposal.header_row),
        )
    order = found.name_order
    if chosen["full_name"] is not None:
        order = st.segmented_control(
            "How full names are written",
            list(_ORDERS),
            default=found.name_order,
            format_func=_ORDERS.__getitem__,
            required=True,
            key=place.key("order", proposal.sheet, proposal.encoding, proposal.header_row),
        )
        chosen |= {"first_name": None, "last_name": None}
    return Mapping(**chosen, name_order=order, doubts=())


def _may_be_split(proposal: Proposal) -> bool:
    return proposal.mapping.first_name is None or proposal.mapping.last_name is None


def _preview(proposal: Proposal, mapping: Mapping) -> None:
    """The first rows: what means something to a contact first, then the other columns in their order."""
    labels = {getattr(mapping, field): label.split(",")[0] for field, label in reading_words.COLUMN.items()}
    shown = proposal.rows[:_PREVIEW_ROWS]
    columns: dict[str, list[str]] = {}
    for at in sorted(range(len(proposal.names)), key=lambda at: at not in labels):
        name = proposal.names[at]
        columns[f"{name} → {labels[at]}" if at in labels else name] = [record.cells[at] for record in shown]
        if at == mapping.full_name:
            parts = [split_name(record.cells[at], mapping.name_order) for record in shown]
            columns["→ First name"] = [first for first, _ in parts]
            columns["→ Last name"] = [last for _, last in parts]
    st.dataframe(
        pd.DataFrame(columns, index=pd.Index([record.number for record in shown], name="Row")),
        height="content",
    )
    st.caption("Columns that are none of these are kept as they are.")


def _confirm(user_id: int, proposal: Proposal, mapping: Mapping, place: _Place) -> None:
    column_mappings.remember(resources.sessions(), user_id, proposal.names, mapping)
    place.choose(header_row=proposal.header_row)


def _reset(place: _Place) -> None:
    st.session_state.pop(place.key("choices"), None)
