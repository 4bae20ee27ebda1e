"""The pages with a user signed in, and the routes, over real tables and a real bucket."""

import functools
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard import auth, navigation, resources, workers
from db.engine import Sessions
from ingestion.accounts import Account
from ingestion.settings import Settings
from ingestion.storage import Bucket
from ingestion.watch import Watch
from tests.dashboard.served import Browser, served


def uploads_page() -> None:
    from dashboard.views import uploads

    uploads.page()


def upload_page() -> None:
    from dashboard.views import upload

    upload.page()


def contacts_page() -> None:
    from dashboard.views import contacts

    contacts.page()


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever visits comes from this machine, for which Streamlit names no address, and has no cookie."""
    monkeypatch.setattr(type(st.context), "ip_address", None)
    monkeypatch.setattr(type(st.context), "cookies", {})


_components = functools.cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def components_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit looks through all installed packages for some with each page: most of the time of a test."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", _components)


@pytest.fixture
def browser(settings: Settings, sessions: Sessions) -> Iterator[Browser]:
    """A browser that asks our routes, and nobody is signed in by it."""
    with served(settings, sessions) as host:
        browser = Browser(host)
        yield browser
        browser.close()


Visit = Callable[..., AppTest]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None]]:
    """The pages that were gone to."""
    opened: list[tuple[str, int | None]] = []

    def open_page(name: str, *, job_id: int | None = None) -> None:
        opened.append((name, job_id))

    monkeypatch.setattr(navigation, "open_page", open_page)
    return opened


@pytest.fixture
def visit(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    opened: list[tuple[str, int | None]],  # noqa: ARG001
) -> Visit:
    """Opens a page as the user, about a job if one is given."""
    account = Account(user_id, "ana@example.com", "Ana", "López", "operator")
    monkeypatch.setattr(auth, "current_account", lambda **_: account)
    monkeypatch.setattr(resources, "settings", lambda: settings)
    monkeypatch.setattr(resources, "sessions", lambda: sessions)
    monkeypatch.setattr(resources, "bucket", lambda: bucket)
    monkeypatch.setattr(resources, "watch", lambda: Watch({}))
    monkeypatch.setattr(workers, "enqueue_process", lambda _job, _key: None)
    monkeypatch.setattr(workers, "enqueue_finalize", lambda _job: None)

    def visit(page: Callable[[], None], job_id: int | None = None) -> AppTest:
        app = AppTest.from_function(page, default_timeout=20)
        if job_id is not None:
            app.query_params["job"] = str(job_id)
        app.run()
        assert not app.exception
        return app

    return visit


def texts(app: AppTest) -> str:
    """All words on the page that are not in a table."""
    kinds = (app.title, app.text, app.caption, app.markdown, app.error, app.info, app.success, app.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def bars(app: AppTest) -> str:
    """The words at the progress bars of the page."""
    return "\n".join(bar.proto.text for bar in app.get("progress"))


def links(app: AppTest) -> dict[str, str]:
    """The addresses of the buttons that are links, by their labels; of equal ones the last."""
    return {link.proto.label: link.proto.url for link in app.get("link_button")}


def rows(app: AppTest) -> str:
    """The HTML of the rows on the page."""
    return "".join(element.proto.body for element in app.get("html"))


def click(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


def chosen(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files])
    app.run()
    assert not app.exception
    return app
