"""The script that Streamlit runs for every page: who is signed in, and which pages there are.

Each file in `views` has a function `page()`, handed to `st.Page` with its address. A function is imported and
typed like any other code, and tested by calling it, which a script by path is not.
"""

from contextlib import ExitStack
from pathlib import Path

import streamlit as st

from dashboard import auth, links, navigation, resources, tracing
from dashboard.components import outage
from dashboard.views import (
    account,
    audit,
    contacts,
    history,
    operations,
    outcome,
    people,
    review,
    sign_in,
    upload,
    uploads,
)
from ingestion.errors import DatabaseUnavailable
from ingestion.health import Part
from ingestion.telemetry import metrics

_ASSETS = Path(__file__).parent / "assets"

try:
    _account = auth.current_account()
    _is_checked = True
except DatabaseUnavailable:
    # Nobody is signed out by an outage: the frame of the page stays, and what needs the database says so.
    resources.watch().report(Part.DATABASE)
    _account = auth.last_account()
    _is_checked = False
_signed_in = _account is not None

# No icons: Streamlit would fetch each as the browser tab's icon from a host of Google's.
_pages = {
    "uploads": st.Page(uploads.page, title="Uploads", url_path="uploads", default=True),
    "upload": st.Page(upload.page, title="Upload", url_path="upload", visibility="hidden"),
    "review": st.Page(review.page, title="Review", url_path="review"),
    "contacts": st.Page(contacts.page, title="Contacts", url_path="contacts"),
    "outcome": st.Page(outcome.page, title="Outcome", url_path="outcome", visibility="hidden"),
    "history": st.Page(history.page, title="History", url_path="history", visibility="hidden"),
    "operations": st.Page(
        operations.page,
        title="Operations",
        url_path="operations",
        visibility="visible" if _account and _account.is_administrator else "hidden",
    ),
    "people": st.Page(
        people.page,
        title="People",
        url_path="people",
        visibility="visible" if _account and _account.is_administrator else "hidden",
    ),
    "audit": st.Page(
        audit.page,
        title="Audit",
        url_path="audit",
        visibility="visible" if _account and _account.is_administrator else "hidden",
    ),
    "account": st.Page(account.page, title="Account", url_path="account"),
}
navigation.publish(_pages)

# A visitor gets the same pages, hidden: an address that no page has would open the first one instead, and
# the one that was asked for would be lost by signing in.
_page = st.navigation(list(_pages.values()), position="top" if _signed_in else "hidden")

st.set_page_config(
    page_title=f"{_page.title} · Data Ingestion Tool" if _signed_in else "Data Ingestion Tool",
    page_icon=_ASSETS / "icon.svg",
    layout="wide",
)
st.html(_ASSETS / "style.css")

if _account:
    st.logo(_ASSETS / "logo.svg", size="large")
    outage.banner()
    with ExitStack() as _around:
        _around.enter_context(outage.boundary())
        _around.enter_context(tracing.run_of(_page.title, _account.id))
        _around.enter_context(metrics.page(_page.title.lower()))
        _around.enter_context(auth.run_as(_account))
        if not _is_checked:
            _around.enter_context(resources.without_database())
        auth.watch()
        if _link := links.followed():
            sign_in.page_for(_account, _link)
        else:
            _page.run()
        if not _is_checked:
            outage.wait_for(Part.DATABASE)
elif _is_checked:
    sign_in.page()
else:
    outage.wait_for(Part.DATABASE)
