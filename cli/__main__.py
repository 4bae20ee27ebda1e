"""python -m cli: the command line as a process."""

from cli.main import ingest

if __name__ == "__main__":
    ingest()
