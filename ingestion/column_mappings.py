"""Which columns a user confirmed for a header, offered again for every file with the same columns."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from db.engine import Sessions
from db.queries import column_mappings
from ingestion.access import require_without_upload
from ingestion.csv_file.mapping import Mapping
from ingestion.csv_file.proposal import Proposal
from ingestion.rules.names import NameOrder
from ingestion.rules.permissions import Permission

_COLUMNS = ("email", "first_name", "last_name", "company", "full_name")


def recalled(sessions: Sessions, user_id: int, proposal: Proposal) -> Proposal:
    """The proposal with the columns that the user confirmed for these names, if they ever did.

    Columns without names are none: any other file with as many would be taken for the same. Raises
    NotAllowed for those who say of no file how it is read.
    """
    with sessions() as session:
        require_without_upload(session, user_id, Permission.UPLOAD)
        if proposal.header_row == 0:
            return proposal
        found = column_mappings.find(session, user_id, _digest(proposal.names))
    if found is None:
        return proposal
    at = {name: index for index, name in enumerate(proposal.names)}
    columns = {field: at[name] for field, name in found.items() if field in _COLUMNS}
    mapping = Mapping(
        **{field: columns.get(field) for field in _COLUMNS},
        name_order=NameOrder(found["name_order"]),
        doubts=(),
    )
    # Names that were confirmed are names: the header is found.
    return replace(proposal, mapping=mapping, asks_header=False, is_recalled=True)


def remember(sessions: Sessions, user_id: int, names: Sequence[str], mapping: Mapping) -> None:
    """Keep what the user confirmed for a file with these columns, in place of what they confirmed before.

    Raises NotAllowed.
    """
    named = {field: getattr(mapping, field) for field in _COLUMNS}
    values = {field: names[index] for field, index in named.items() if index is not None}
    with sessions.begin() as session:
        require_without_upload(session, user_id, Permission.UPLOAD)
        column_mappings.put(
            session, user_id, _digest(names), {**values, "name_order": mapping.name_order.value}
        )


def _digest(names: Sequence[str]) -> str:
    """The name of a set of columns, whatever their order. Names of one file are distinct."""
    return hashlib.sha256(json.dumps(sorted(names)).encode()).hexdigest()
