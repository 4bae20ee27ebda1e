"""The versions of the schema, as the migrations make them."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def is_known(revision: str) -> bool:
    """Whether there is a migration that leads to this revision: not where a later release made it."""
    script = ScriptDirectory.from_config(_config())
    return revision in {migration.revision for migration in script.walk_revisions()}


def upgrade(database_url: str) -> None:
    """Bring a database to the newest version, as `python -m alembic upgrade head` does."""
    config = _config()
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")


def _config() -> Config:
    return Config(toml_file="pyproject.toml")  # of the project's folder, which every process works in
