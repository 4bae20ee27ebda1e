"""One of several processes, for what only one of them should do."""

from typing import Any

import psycopg2
from sqlalchemy import Engine

from db.engine import KEEPALIVES, address_of

_LEADER_LOCK = 7_203_485_004


class Leadership:
    """Of all processes with this database one leads: as long as its connection lasts, then another one.

    The advisory lock is the connection's and not a transaction's, which would be open all the time; so the
    connection is its own, and none of a pool that others use.
    """

    def __init__(self, engine: Engine) -> None:
        self._address = address_of(engine)
        self._connection: Any = None

    def is_ours(self) -> bool:
        """Whether this process leads, which it does from now on where nobody else did.

        Raises psycopg2.Error where the database does not answer.
        """
        connection, self._connection = self._connection or self._connect(), None
        try:
            with connection.cursor() as cursor:
                # The one that has it may take it again.
                cursor.execute("SELECT pg_try_advisory_lock(%s)", (_LEADER_LOCK,))
                is_ours = bool(cursor.fetchone()[0])
        except psycopg2.Error:
            connection.close()
            raise
        if is_ours:
            self._connection = connection
        else:
            connection.close()
        return is_ours

    def _connect(self) -> Any:
        connection: Any = psycopg2.connect(self._address, **KEEPALIVES)
        connection.autocommit = True
        return connection
