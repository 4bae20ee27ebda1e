"""Becoming somebody who may upload: through the dashboard's own forms, as everybody does."""

import json
import secrets
from collections.abc import Callable

from benchmarks.load.page import Missing
from benchmarks.load.protocol import Refreshed, Tab
from benchmarks.load.web import Web
from benchmarks.load.widgets import click, enter

_BUTTON = "Create account"


async def registered(address: str, email: str, on_refresh: Callable[[Refreshed], None]) -> Tab:
    """The dashboard, open in a tab of somebody who has just registered. Raises Unanswered, Missing."""
    tab = Tab(Web(address), on_refresh)
    await tab.open()
    await _fill_in(tab, email)
    await tab.web.post("/auth/exchange", _ticket(tab))
    await tab.open()  # as the page reloads itself once it has its cookie
    return tab


async def _fill_in(tab: Tab, email: str) -> None:
    password = secrets.token_urlsafe(16)
    answers = {
        "First name": "Load",
        "Last name": "Operator",
        "E-mail": email,
        "Password": password,
        "Repeat the password": password,
    }
    button = tab.page.button(_BUTTON)
    fields = {
        field.label: field.id for field in tab.page.elements("text_input") if field.form_id == button.form_id
    }
    entered = [enter(fields[label], answer) for label, answer in answers.items()]
    await tab.run(*entered, click(button.id))


def _ticket(tab: Tab) -> dict[str, str]:
    """The header that the page would exchange for its cookie."""
    for component in tab.page.elements("bidi_component"):
        data = json.loads(component.json or "{}")
        if "ticket" in data:
            return {data["header"]: data["ticket"]}
    raise Missing(f"no ticket after registering: {'; '.join(tab.page.problems()) or 'no word about why'}")
