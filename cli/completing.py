"""Completion by the shell."""

import click
from click.shell_completion import get_completion_class


@click.command(short_help="What completes commands in a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which a shell completes commands, options, kinds of issues and ids of uploads.

    \b
      eval "$(ingest completion bash)"
    """
    of_shell = get_completion_class(shell)
    assert of_shell is not None, "click has one for each of the choices"
    script = of_shell(ctx.find_root().command, {}, "ingest", "_INGEST_COMPLETE")
    click.echo(script.source())


COMMANDS = [completion]
