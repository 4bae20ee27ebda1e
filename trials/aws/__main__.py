"""The Terraform modules against stock moto: applied, planned again, asked about, worked with, destroyed.

`.venv/bin/python -m trials.aws [--report FILE] [--logs FOLDER] [--try-left-out]` starts a moto server of its
own, applies from infra/product what moto takes, says what a second plan would change, asks the server through
boto3 whether everything is as the customer's description has it, sends the samples through the product over
the bucket and the queue so made, applies the Lambda worker and asks again, destroys all, and looks at what is
left. It needs terraform with the provider for AWS, and exits with 1 where something is not as it should be.
"""

import argparse
import logging
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from local.errors import StackError
from tests.infra.terraform import provider_folder
from trials.aws import trial
from trials.aws.terraform import TerraformFailed


def main(arguments: list[str]) -> int:
    """Run one trial; 0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m trials.aws", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--report", type=Path, help="write what came of it as Markdown")
    parser.add_argument("--try-left-out", action="store_true", help="also try what moto is known not to take")
    parser.add_argument(
        "--logs", type=Path, help="folder to keep the logs of Terraform, moto and the worker in"
    )
    options = parser.parse_args(arguments)
    if shutil.which("terraform") is None:
        print("Nothing was tried: terraform is not installed. Put it on PATH and run this again.")
        return 1
    plugins = provider_folder()
    print(f"providers: {plugins or 'from the registry of Terraform'}", flush=True)
    signal.signal(signal.SIGTERM, _stop)
    logging.disable(logging.ERROR)  # of the migrations and use-cases
    with tempfile.TemporaryDirectory(prefix="aws-trial-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)  # Postgres runs as nobody where root starts it
        try:
            report = trial.run(folder, plugins, _say, tries_left_out=options.try_left_out)
        except (TerraformFailed, StackError) as error:
            print(f"The trial broke off: {error}")
            return 1
        finally:
            if options.logs:
                _keep_logs(folder, options.logs)
    if options.report:
        options.report.write_text(report.markdown(), encoding="utf-8")
    print(*report.last_lines(), sep="\n")
    return 0 if report.holds else 1


def _keep_logs(folder: Path, kept: Path) -> None:
    for log in folder.rglob("*.log"):
        place = kept / log.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, place)


def _say(line: str) -> None:
    print(line, flush=True)


def _stop(*_: object) -> None:
    """Told to stop: end the server and Terraform first, undisturbed by being told again."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit("Told to stop.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
