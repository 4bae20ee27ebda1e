"""The address that a link has in a browser: an invitation, or a way to a new password."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from ingestion.access_links import LinkKind, NewLink, path_of


@dataclass(frozen=True)
class Followed:
    """A link that somebody opened, good or not."""

    kind: LinkKind
    token: str

    @property
    def address(self) -> str:
        """Where it is, on this server."""
        return path_of(self.kind, self.token)


def followed() -> Followed | None:
    """The link that the address of this page is, if it is one."""
    for kind in LinkKind:
        if token := st.query_params.get(kind, ""):
            return Followed(kind, token)
    return None


def leave() -> None:
    """Take the link out of the browser's address: it is used, or nobody wants to."""
    for kind in LinkKind:
        if kind in st.query_params:
            del st.query_params[kind]


def address_of(link: NewLink) -> str:
    """The address to pass on: of this server as this browser reaches it."""
    here = urlsplit(st.context.url or "")
    return link.at(f"{here.scheme}://{here.netloc}" if here.netloc else "")
