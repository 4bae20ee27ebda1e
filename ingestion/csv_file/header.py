"""What the header of a file says: the names of its columns, and which of them are a contact's own."""

import re
from collections.abc import Sequence

from ingestion.errors import UnreadableFile
from ingestion.rules.cells import trim
from ingestion.rules.validation import ContactColumns

MAX_COLUMNS = 1000

_NAMES = {
    "email": "email emailaddress mail mailaddress emailadress",
    "first_name": "firstname givenname forename first",
    "last_name": "lastname surname familyname last",
    "company": "company companyname organization organisation organizationname employer account accountname",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}

_NOT_A_LETTER = re.compile(r"[\W_]+")


def field_of(name: str) -> str | None:
    """Which of a contact's own fields a header names (`E-Mail Address` → `email`), if any."""
    return _FIELD_OF.get(_NOT_A_LETTER.sub("", name.casefold()))


def distinct_names(header: Sequence[str]) -> list[str]:
    """The header's names, trimmed; a missing one becomes `column_3`, a repeated one `phone_2`."""
    taken: set[str] = set()
    names = []
    for position, cell in enumerate(header, start=1):
        wanted = trim(cell) or f"column_{position}"
        name, copy = wanted, 1
        while name in taken:
            copy += 1
            name = f"{wanted}_{copy}"
        taken.add(name)
        names.append(name)
    return names


def contact_columns(header: Sequence[str]) -> ContactColumns | None:
    """Where the contact's own fields stand; of two columns that name one field the first. None: no e-mail."""
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        field = field_of(name)
        if field:
            found.setdefault(field, index)
    return ContactColumns(**found) if "email" in found else None


def refuse_unusable_header(header: Sequence[str]) -> None:
    """Raise UnreadableFile when the header cannot be the header of a contact list that we can hold."""
    if any("\0" in name for name in header):
        raise UnreadableFile(
            "The first line holds NUL characters: the file is most likely text in UTF-16. "
            "Save it as “CSV UTF-8 (comma delimited)” and upload it again."
        )
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile(
            f"The first line has {len(header):,} columns; at most {MAX_COLUMNS:,} are taken. Delete the "
            "columns that are not needed, also empty ones to the right, and upload the file again."
        )


def require_contact_columns(header: Sequence[str]) -> ContactColumns:
    """As `contact_columns`. Raises UnreadableFile, naming the columns found, when none is the e-mail."""
    columns = contact_columns(header)
    if columns is None:
        found = ", ".join(f"“{name[:60]}”" for name in distinct_names(header)[:12])
        raise UnreadableFile(
            f"No e-mail column was found. The first line reads: {found}. "
            "Name the column with the addresses “email” in the first line and upload the file again."
        )
    return columns
