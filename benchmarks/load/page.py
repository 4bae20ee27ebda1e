"""A page as the browser holds it: the elements that the server sent, by their places."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.Button_pb2 import Button
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN
"""The script ends only to begin again: the page is not there yet."""


class Missing(Exception):
    """The page lacks what somebody would click; the message says what, and what is there instead."""


@dataclass(frozen=True)
class _Placed:
    element: Element
    run: int
    fragment: str


@dataclass
class Page:
    """What is on screen. It takes the server's messages in their order."""

    script_hash: str = ""
    """Which page it is."""
    session_id: str = ""
    """Streamlit's, of this page."""
    query: str = ""
    """Of its address, without the question mark."""
    hashes: dict[str, str] = field(default_factory=dict)
    """Of every page, by the last part of its address."""
    _placed: dict[tuple[int, ...], _Placed] = field(default_factory=dict)
    _run: int = 0
    _fragments: tuple[str, ...] = ()

    def take(self, message: ForwardMsg) -> None:
        """Show what the server sent."""
        match message.WhichOneof("type"):
            case "new_session":
                self._run += 1
                self.session_id = message.new_session.initialize.session_id or self.session_id
                self._fragments = tuple(message.metadata.run.fragment_ids)
                self.script_hash = message.new_session.page_script_hash or self.script_hash
            case "navigation":
                self.script_hash = message.navigation.page_script_hash
                self.hashes = {
                    page.url_pathname: page.page_script_hash for page in message.navigation.app_pages
                }
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                placed = _Placed(message.delta.new_element, self._run, message.delta.fragment_id)
                self._placed[tuple(message.metadata.delta_path)] = placed
            case "script_finished" if message.script_finished != EARLY:
                self._drop_stale()

    def _drop_stale(self) -> None:
        """What the script did not draw again is gone; a fragment's run speaks for the fragment only."""
        self._placed = {
            place: placed
            for place, placed in self._placed.items()
            if placed.run == self._run or (self._fragments and placed.fragment not in self._fragments)
        }

    def elements(self, kind: str) -> Iterator[Any]:
        """Those of a kind, from the top of the page."""
        for _, placed in sorted(self._placed.items()):
            if placed.element.WhichOneof("type") == kind:
                yield getattr(placed.element, kind)

    def is_there(self, widget_id: str) -> bool:
        """Whether the page has a widget."""
        kinds = ((placed.element, placed.element.WhichOneof("type")) for placed in self._placed.values())
        return any(getattr(getattr(element, kind), "id", "") == widget_id for element, kind in kinds if kind)

    def problems(self) -> list[str]:
        """What the page says went wrong: exceptions and errors in red."""
        raised = [f"{found.type}: {found.message}" for found in self.elements("exception")]
        red = [found.body for found in self.elements("alert") if found.format == Alert.ERROR]
        return raised + red

    def buttons(self, *beginnings: str) -> list[Button]:
        """Those that can be clicked, of one beginning of their label after the other."""
        found = [button for button in self.elements("button") if not button.disabled]
        return [button for begins in beginnings for button in found if button.label.startswith(begins)]

    def button(self, *beginnings: str) -> Button:
        """The first of these. Raises Missing."""
        found = self.buttons(*beginnings)
        if not found:
            there = ", ".join(button.label for button in self.elements("button"))
            raise Missing(f"no button {' or '.join(beginnings)}; there are: {there or 'none'}")
        return found[0]

    def only(self, kind: str) -> Any:
        """The first element of a kind. Raises Missing."""
        found = next(self.elements(kind), None)
        if found is None:
            said = [element.body for element in self.elements("text")]
            raise Missing(f"no {kind} on the page, which says: {' / '.join(said)[:300]}")
        return found

    def column(self, name: str) -> tuple[str, list[Any]]:
        """The values of a column, and the id of the first table that has it. Raises Missing."""
        for element in self.elements("dataframe"):
            table = pa.ipc.open_stream(io.BytesIO(element.arrow_data.data)).read_all()
            if name in table.column_names:
                return element.id, table.column(name).to_pylist()
        raise Missing(f"no table with {name} on the page")
