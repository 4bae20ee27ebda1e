"""What the dashboard answers beside its pages: health, metrics, the session cookie, downloads, large uploads.

The endpoints are plain functions, which Starlette runs in its thread pool: they read the database, and the
event loop carries every open page. Those of health have threads of their own, because downloads can keep all
of the pool's waiting, and a load balancer that gets no answer takes the dashboard away.
"""

import functools
from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import downloads
from dashboard.auth_routes import auth_routes
from dashboard.direct_routes import direct_routes
from dashboard.downloads import Endpoint
from dashboard.metrics_route import metrics_route
from dashboard.waiting import RETRY_AFTER
from db.engine import Sessions
from ingestion.formats import Format
from ingestion.health import Part
from ingestion.settings import Settings
from ingestion.storage import Bucket
from ingestion.watch import Watch

_PROBES_AT_ONCE = 4


def routes(settings: Settings, sessions: Sessions, bucket: Bucket, watch: Watch) -> list[Route]:
    """Every route beside Streamlit's own."""
    return [
        Route("/livez", _beside_the_pool(_life(watch))),
        Route("/healthz", _beside_the_pool(_health(watch))),
        metrics_route(settings, sessions),
        *auth_routes(settings, sessions),
        Route("/uploads", _first_page),
        *(
            Route(f"/downloads/{{job_id:int}}/contacts.{kind}", downloads.contacts(sessions, kind))
            for kind in Format
        ),
        Route("/downloads/{job_id:int}/contacts-v{number:int}.csv", downloads.version(sessions, bucket)),
        Route("/downloads/{job_id:int}/to-correct.csv", downloads.error_report(sessions)),
        Route("/downloads/{job_id:int}/left-out.csv", downloads.left_out(sessions)),
        Route("/downloads/{job_id:int}/summary.html", downloads.summary(sessions)),
        Route("/downloads/audit.csv", downloads.audit_log(sessions)),
        *direct_routes(settings, sessions, bucket),
    ]


def _first_page(request: Request) -> Response:
    """Streamlit knows its first page as `/` only; people and links know it as `/uploads`."""
    return RedirectResponse(request.url.replace(path="/", scheme="", netloc=""))


def _beside_the_pool(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint in threads that nothing else uses.

    It reads memory only, but the first question of a process waits for the first look, 1.5 s at most: not for
    the event loop to do.
    """
    threads = CapacityLimiter(_PROBES_AT_ONCE)

    @functools.wraps(endpoint)
    async def answer(request: Request) -> Response:
        return await to_thread.run_sync(endpoint, request, limiter=threads)

    return answer


def _life(watch: Watch) -> Endpoint:
    def life(_: Request) -> Response:
        """200 for as long as this process answers, whether the database does or not.

        Except before it has reached the database once: a release that never can must not count as up.
        """
        if watch.has_answered(Part.DATABASE):
            return JSONResponse({"status": "alive"})
        body = {"status": "starting", "unavailable": [Part.DATABASE]}
        return JSONResponse(body, status_code=503, headers=RETRY_AFTER)

    return life


def _health(watch: Watch) -> Endpoint:
    def health(_: Request) -> Response:
        """503 while the database does not answer: without it there is no page.

        Without the file store or the queue there are pages, which say so; a load balancer that took them away
        would make a small outage a large one. The body names whatever does not answer.
        """
        down = watch.down()
        if not down:
            return JSONResponse({"status": "ok"})
        if Part.DATABASE in down:
            body = {"status": "unavailable", "unavailable": list(down)}
            return JSONResponse(body, status_code=503, headers=RETRY_AFTER)
        return JSONResponse({"status": "degraded", "unavailable": list(down)})

    return health
