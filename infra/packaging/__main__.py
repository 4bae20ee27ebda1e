"""`python -m infra.packaging`: make build/lambda.zip, and say how large it is and what its hash is."""

import argparse
import sys
import tempfile
from pathlib import Path

from infra.packaging.lambda_package import MOST_SENT_DIRECTLY, PROJECT, PackagingError, build


def main() -> int:
    """Build, and say what came of it; 1 where it cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m infra.packaging", description=__doc__)
    parser.add_argument("target", nargs="?", type=Path, default=PROJECT / "build" / "lambda.zip")
    target = parser.parse_args().target
    try:
        with tempfile.TemporaryDirectory(prefix="lambda-") as folder:
            package = build(target, Path(folder) / "wheels")
    except PackagingError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{package.path}: {package.size:,} bytes, unpacked {package.unpacked:,} in {package.files:,} files")
    print(f"sha256 {package.sha256}")
    if package.goes_by_way_of_s3:
        print(f"More than {MOST_SENT_DIRECTLY:,} bytes: put it into S3 and deploy it from there.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
