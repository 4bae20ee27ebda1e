"""The door: what every request and every socket passes before a route or a page sees it.

Streamlit serves its pages, its files and its socket to whoever asks, from wherever. Each module here is one
concern, as ASGI middleware around all of it. `docs/front-door.md` says what is refused, and how.
"""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from dashboard.door.answers import Answers
from dashboard.door.belongings import Belongings
from dashboard.door.callers import Callers
from dashboard.door.entrances import Entrances
from dashboard.door.sizes import Sizes
from dashboard.door.sockets import Sockets
from db.engine import Sessions
from ingestion.settings import Settings
from ingestion.storage import browser_source


def middleware(settings: Settings, sessions: Sessions, routes: Sequence[BaseRoute]) -> list[Middleware]:
    """What stands around Streamlit and `routes`, our own, from the outside in.

    What costs the least is asked first; only the last of them reads the database.
    """
    return [
        Middleware(Answers, store=browser_source(settings), proxy_hops=settings.proxy_hops),
        Middleware(Callers, allowed_hosts=settings.allowed_hosts),
        Middleware(Sizes),
        Middleware(Entrances, routes=routes),
        Middleware(Sockets),
        Middleware(Belongings, sessions=sessions),
    ]
