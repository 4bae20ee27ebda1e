"""What Streamlit and the server under it, uvicorn, are to do themselves.

Streamlit starts uvicorn with settings of its own, and has none for these. By the time that it imports the
application, uvicorn's are made up but not used yet.
"""

import uvicorn
from streamlit import config
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes

from dashboard.door.sockets import TRUSTED_HEADERS


def prepare() -> None:
    """To be called while the application is imported.

    Streamlit compares whose a page is; answers do not name the server's software; and what a browser sends on
    a socket is bounded as it comes in, not after all of it was taken into memory.
    """
    config.set_option("server.trustedUserHeaders", TRUSTED_HEADERS)
    _fix("encoded_headers", [])
    _fix("ws_max_size", get_max_widget_state_size_bytes())


def _fix(name: str, value: object) -> None:
    """Let uvicorn's configuration have this value, whatever it was told or will be."""
    setattr(uvicorn.Config, name, property(lambda _: value, lambda _, __: None))
