"""Messages as Dramatiq writes them."""

import json
from base64 import b64encode


def message(job_id: int | None = 1, actor: str = "process_job", error: str = "OSError: disk full") -> str:
    """The body of a message about a job that failed so."""
    return b64encode(
        json.dumps(
            {
                "queue_name": "tests",
                "actor_name": actor,
                "args": [],
                "kwargs": {"job_id": job_id, "file_key": f"uploads/u1/job-{job_id}.csv"},
                "options": {"retries": 4, "traceback": f"Traceback (most recent call last):\n{error}\n"},
                "message_id": "11111111-2222-3333-4444-555555555555",
                "message_timestamp": 1_795_000_000_000,
            }
        ).encode()
    ).decode()
