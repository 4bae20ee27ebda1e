"""The dashboard as a process of its own, in which somebody uploads a file by a click.

`python -m tests.integration.traced_click USER_ID FILE`, with the product's variables. No browser: Streamlit's
own test client runs the very script that browsers are served, over the real database, bucket and queue.
"""

import sys
from pathlib import Path
from unittest import mock

from streamlit.testing.v1 import AppTest

from dashboard import auth, resources
from ingestion.accounts import Account
from ingestion.telemetry import process

ROOT = Path(__file__).resolve().parent.parent.parent


def main(user_id: int, file: Path) -> None:
    """Open the first page, choose the file, press the button."""
    process.start(resources.settings(), "dashboard")
    account = Account(user_id, "ana@example.com", "Ana", "López", "operator")
    with mock.patch.object(auth, "current_account", return_value=account):
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        app.run()
        app.file_uploader[0].set_value([(file.name, file.read_bytes(), "text/csv")])
        app.run()
        next(button for button in app.button if button.label == "Upload 1 file").click()
        app.run()
    if app.exception:
        raise SystemExit(str(app.exception))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
