"""What a person does to a widget, as the page reports it to the server."""

import json
from collections.abc import Sequence

from streamlit.proto.Common_pb2 import FileUploaderState, FileURLs, UploadedFileInfo
from streamlit.proto.WidgetStates_pb2 import WidgetState


def click(widget_id: str) -> WidgetState:
    """Of a button. It holds for one run of the script."""
    return WidgetState(id=widget_id, trigger_value=True)


def enter(widget_id: str, text: str) -> WidgetState:
    """Into a field."""
    return WidgetState(id=widget_id, string_value=text)


def choose_cell(widget_id: str, row: int, column: str) -> WidgetState:
    """Of a table."""
    selection = {"rows": [], "columns": [], "cells": [[row, column]]}
    return WidgetState(id=widget_id, string_value=json.dumps({"selection": selection}))


def choose_files(widget_id: str, files: Sequence[tuple[str, int, FileURLs]]) -> WidgetState:
    """Files that were sent: the name, the size in bytes, and where each went."""
    sent = [
        UploadedFileInfo(name=name, size=size, file_id=urls.file_id, file_urls=urls)
        for name, size, urls in files
    ]
    state = FileUploaderState(uploaded_file_info=sent)
    return WidgetState(id=widget_id, file_uploader_state_value=state)


def is_momentary(state: WidgetState) -> bool:
    """Whether it is gone after one run of the script."""
    return state.WhichOneof("value") == "trigger_value"
