"""The dashboard's process: Streamlit's pages, and routes and middleware beside them.

Start it from the project's folder: `python -m streamlit run dashboard/asgi.py`.
"""

import sys

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from dashboard import door, resources, streamlit_logs
from dashboard.components import outage
from dashboard.door import server
from dashboard.request_log import RequestLog
from dashboard.routes import routes
from dashboard.tracing import TracedRoutes
from ingestion.errors import InvalidSettings
from ingestion.storage import make_bucket
from ingestion.telemetry import process

try:
    settings = resources.settings()
except InvalidSettings as error:
    sys.exit(f"The dashboard cannot start. {error}")
process.start(settings, "dashboard")
streamlit_logs.hand_over()

# Streamlit refuses what is larger without a word about our limit, so it takes twice as much, and no more: a
# file between the two reaches the page, which says what the limit is. What goes straight to the store is no
# concern of Streamlit's, which would hold it in memory.
config.set_option("server.maxUploadSize", 2 * min(settings.max_upload_mb, settings.direct_upload_above_mb))

server.prepare()

our_routes = routes(settings, resources.database(), make_bucket(settings), resources.watch())
app = st.App(
    "app.py",
    routes=our_routes,
    middleware=[
        Middleware(TracedRoutes),
        Middleware(RequestLog),
        *door.middleware(settings, resources.database(), our_routes),
    ],
    on_script_error=outage.is_told,  # in a callback, which no page's boundary is around
)
