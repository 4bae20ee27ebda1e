"""Having the workers go on with an upload: make its contacts, or try again what failed."""

import click

from cli import options, uploads_shown, watching
from cli.installation import Installation, pass_installation
from cli.showing import document, line
from ingestion import finalization, uploads, viewing

_watch = click.option("--watch", is_flag=True, help="Wait until it is done, as ingest watch does.")


@click.command(short_help="Make the final contacts.")
@options.job
@_watch
@options.as_json
@pass_installation
def finalize(at: Installation, job: int, watch: bool, as_json: bool) -> None:
    """Make the final contacts of an upload whose issues are all settled.

    \b
      ingest finalize 12 --watch
    """
    finalization.request(at.sessions, at.enqueue_finalize, at.account().id, job)
    _tell(at, job, watch=watch, as_json=as_json)


@click.command(short_help="Try a failed upload again.")
@options.job
@_watch
@options.as_json
@pass_installation
def retry(at: Installation, job: int, watch: bool, as_json: bool) -> None:
    """Have a failed upload processed again from its stored file, read as before.

    \b
      ingest retry 12 --watch
    """
    uploads.retry(at.sessions, at.enqueue_process, at.account().id, job)
    _tell(at, job, watch=watch, as_json=as_json)


def _tell(at: Installation, job: int, *, watch: bool, as_json: bool) -> None:
    if watch:
        watching.end(watching.until_settled(at, [job], quiet=as_json), as_json=as_json)
        return
    upload = viewing.get(at.sessions, at.account().id, job)
    if as_json:
        document(uploads_shown.as_data(upload))
    else:
        line(uploads_shown.line_of(upload))


COMMANDS = [finalize, retry]
