"""The dashboard's metrics, for Prometheus."""

import functools
import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.downloads import Endpoint
from db.engine import Sessions
from ingestion.queue import make_queue
from ingestion.settings import Settings
from ingestion.telemetry import outlets, prometheus, readings

_THIS_MACHINE = {"127.0.0.1", "::1"}
_OF_A_PROXY = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


def metrics_route(settings: Settings, sessions: Sessions) -> Route:
    """`/metrics`: for whoever has the token, and for this machine where no proxy is known to be in front."""
    return Route("/metrics", _metrics(settings, sessions))


def _metrics(settings: Settings, sessions: Sessions) -> Endpoint:
    from prometheus_client import CollectorRegistry

    queue = functools.cache(lambda: make_queue(settings))  # a start does not wait for its client
    gauges = CollectorRegistry()
    gauges.register(prometheus.StateCollector(readings.of_installation(sessions, queue, settings)))

    def metrics(request: Request) -> Response:
        """404 to anybody else, as if there were none."""
        is_ours = settings.proxy_hops == 0 and _is_from_this_machine(request)
        if not (is_ours or _has_token(request, settings.metrics_token)):
            return PlainTextResponse("Not Found", status_code=404)
        ours = outlets.prometheus()
        content, media_type = prometheus.page([ours.registry, gauges] if ours else [gauges])
        return Response(content, headers={"content-type": media_type, "cache-control": "no-store"})

    return metrics


def _has_token(request: Request, token: str | None) -> bool:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if token is None or scheme.lower() != "bearer":
        return False
    return secrets.compare_digest(shown.strip().encode(), token.encode())


def _is_from_this_machine(request: Request) -> bool:
    """Directly: a proxy on this machine hands on what others ask, and names them, if it is a good one."""
    is_handed_on = any(name in request.headers for name in _OF_A_PROXY)
    return request.client is not None and request.client.host in _THIS_MACHINE and not is_handed_on
