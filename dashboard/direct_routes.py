"""What the browser asks while it sends a large file straight to the store: `assets/large_files.js`.

Every request and answer is JSON; a refusal is `{"message": …}`, which the page shows as it is.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import security, workers
from dashboard.waiting import RETRY_AFTER
from db.engine import Sessions
from ingestion import direct_uploads, health
from ingestion.direct_uploads import SameContent
from ingestion.errors import Conflict, IngestionError, NotAllowed, NotFound, RefusedUpload, Unavailable
from ingestion.settings import Settings
from ingestion.storage import Bucket

Endpoint = Callable[[Request], Awaitable[Response]]

_SESSION_ENDED = "Your session has ended. Sign in, then choose the same file again to go on."
_STATUS: dict[type[IngestionError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    RefusedUpload: 422,
    Unavailable: 503,
}


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _File(_Body):
    name: Annotated[str, Field(max_length=4096)]
    size: Annotated[int, Field(ge=0, lt=2**63)]
    fingerprint: str
    modified: Annotated[int, Field(ge=-(2**63), lt=2**63)]
    again: bool = False


class _Parts(_Body):
    numbers: Annotated[list[int], Field(max_length=100)]
    sent: Annotated[int, Field(ge=0)]


class _Nothing(_Body):
    pass


B = TypeVar("B", bound=_Body)


def direct_routes(settings: Settings, sessions: Sessions, bucket: Bucket) -> list[Route]:
    """Begin, sign, complete and cancel an upload that goes straight to the store."""

    def begin(user_id: int, _: int, file: _File) -> dict[str, Any]:
        begun = direct_uploads.begin(
            sessions,
            bucket,
            user_id=user_id,
            filename=file.name,
            size=file.size,
            fingerprint=file.fingerprint,
            modified_ms=file.modified,
            max_bytes=settings.max_upload_bytes,
            max_workbook_bytes=settings.max_xlsx_bytes,
            again=file.again,
            per_hour=settings.uploads_per_hour,
        )
        return {"id": begun.job_id, "partBytes": begun.part_bytes, "present": begun.present}

    def sign(user_id: int, job_id: int, parts: _Parts) -> dict[str, Any]:
        addresses = direct_uploads.sign(
            sessions,
            bucket,
            user_id=user_id,
            job_id=job_id,
            numbers=parts.numbers,
            sent_bytes=parts.sent,
        )
        return {"addresses": addresses}

    def complete(user_id: int, job_id: int, _: _Nothing) -> dict[str, Any]:
        direct_uploads.complete(
            sessions,
            bucket,
            workers.enqueue_process,
            user_id=user_id,
            job_id=job_id,
            max_bytes=settings.max_upload_bytes,
        )
        return {}

    def cancel(user_id: int, job_id: int, _: _Nothing) -> dict[str, Any]:
        direct_uploads.cancel(sessions, bucket, user_id=user_id, job_id=job_id)
        return {}

    one = "/direct-uploads/{job_id:int}"
    return [
        Route("/direct-uploads", _endpoint(sessions, _File, begin), methods=["POST"]),
        Route(f"{one}/parts", _endpoint(sessions, _Parts, sign), methods=["POST"]),
        Route(f"{one}/complete", _endpoint(sessions, _Nothing, complete), methods=["POST"]),
        Route(f"{one}/cancel", _endpoint(sessions, _Nothing, cancel), methods=["POST"]),
    ]


def _endpoint(sessions: Sessions, kind: type[B], use: Callable[[int, int, B], dict[str, Any]]) -> Endpoint:
    """Checks who asks and what; `use` gets the user's id, the job's (0 for a new one) and the body."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await request.body())

    def answer(request: Request, body: bytes) -> Response:
        try:
            with health.answering():
                account = security.account_of(request, sessions)
                if account is None:
                    return _refusal(401, _SESSION_ENDED)
                given = kind.model_validate_json(body)
                return JSONResponse(use(account.id, request.path_params.get("job_id", 0), given))
        except ValidationError:
            return _refusal(400, "This page is of another version of the product. Reload it.")
        except IngestionError as error:
            status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
            return _refusal(status, str(error), again=isinstance(error, SameContent))

    return endpoint


def _refusal(status: int, message: str, *, again: bool = False) -> Response:
    """`again`: nothing stands in the way but a question."""
    headers = RETRY_AFTER if status == 503 else None
    return JSONResponse({"message": message, "again": again}, status_code=status, headers=headers)
