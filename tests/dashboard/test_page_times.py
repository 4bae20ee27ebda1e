"""How long pages run, and what ends them, as it is measured around every page."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import auth, resources
from db.engine import Sessions
from ingestion import viewing
from ingestion.accounts import Account
from ingestion.errors import DatabaseUnavailable
from ingestion.settings import Settings
from ingestion.telemetry import metrics
from ingestion.watch import Watch
from tests.dashboard.test_sign_in import APP
from tests.recorder import Recorder


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions, user_id: int) -> AppTest:
    account = Account(user_id, "ana@example.com", "Ana", "López", "operator")
    monkeypatch.setattr(auth, "current_account", lambda **_: account)
    monkeypatch.setattr(resources, "settings", lambda: settings)
    monkeypatch.setattr(resources, "sessions", lambda: sessions)
    monkeypatch.setattr(resources, "watch", lambda: Watch({}))
    return AppTest.from_file(APP, default_timeout=30)


def test_a_page_is_timed_by_its_name(app: AppTest, recorder: Recorder) -> None:
    app.run()
    assert not app.exception
    assert [page for _, page in recorder.of(metrics.PAGE_SECONDS)] == ["uploads"]
    assert not recorder.of(metrics.PAGE_ERRORS)
    names = [page.title.lower() for page in app.session_state["pages"].values()]
    assert sorted(names) == sorted(metrics.PAGES), "a page that is not listed has no 0 to rise from"


@pytest.mark.parametrize("error", [KeyError("x"), DatabaseUnavailable("The database did not answer.")])
def test_an_error_that_ends_a_page_is_counted_also_where_the_page_says_so(
    app: AppTest, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(viewing, "listed", broken)
    app.run()
    assert recorder.of(metrics.PAGE_ERRORS) == [(1, "uploads")]
    assert [page for _, page in recorder.of(metrics.PAGE_SECONDS)] == ["uploads"]
