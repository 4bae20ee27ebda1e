"""What the server does for each key that settles an issue: the decision, and the page with the next issue."""

import time
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from db.engine import Sessions
from ingestion.accounts import Account
from ingestion.settings import Settings


def seconds_by_decision(
    sessions: Sessions, settings: Settings, user_id: int, job_id: int, times: int
) -> list[float]:
    """Keep the first row of so many groups, one after the other, on the review page; what each took."""
    account = Account(user_id, "nobody@example.com", "No", "Body", "operator")
    with (
        patch("dashboard.auth.current_account", lambda **_: account),
        patch("dashboard.resources.sessions", lambda: sessions),
        patch("dashboard.resources.settings", lambda: settings),
    ):
        app = AppTest.from_function(_page, default_timeout=60)
        app.query_params["job"] = str(job_id)
        app.run()
        return [_decide(app) for _ in range(times)]


def _page() -> None:
    from dashboard.views import review

    review.page()


def _decide(app: AppTest) -> float:
    next(button for button in app.button if button.label.startswith("Keep row")).click()
    began = time.perf_counter()
    app.run()
    if app.exception:
        raise RuntimeError(app.exception[0].value)
    return time.perf_counter() - began
