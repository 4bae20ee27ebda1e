"""Who may do what: a table of roles, and of how somebody stands to an upload."""

from enum import StrEnum


class Role(StrEnum):
    """What an account is for."""

    OPERATOR = "operator"
    """Uploads files and takes them to the end."""
    REVIEWER = "reviewer"
    """Settles what others share."""
    ADMINISTRATOR = "administrator"
    """Looks after the installation, and may do everything."""


class Relation(StrEnum):
    """How somebody stands to an upload."""

    OWN = "own"
    SHARED = "shared"
    FOREIGN = "foreign"


class Permission(StrEnum):
    """What somebody may do: with an upload, and further down without one."""

    VIEW = "view"
    """See that there is such an upload, its rows, issues and contacts."""
    EXPORT = "export"
    """Take contacts and rows away as a file."""
    RESOLVE = "resolve"
    """Decide issues, one or many, and take decisions back."""
    FINALIZE = "finalize"
    """Make the contacts, and reopen an upload that has them."""
    MANAGE = "manage"
    """Send its file, say how it is read, have it processed again."""
    SHARE = "share"
    DELETE = "delete"

    UPLOAD = "upload"
    """Begin new uploads."""
    ADMINISTER = "administer"
    """Accounts, the audit log, and the installation's operation."""


_ALL = frozenset(Permission)
_WITHOUT_UPLOAD = frozenset({Permission.UPLOAD, Permission.ADMINISTER})
_LOOK = frozenset({Permission.VIEW, Permission.EXPORT})
_REVIEW = _LOOK | {Permission.RESOLVE}
_OWNER = _ALL - _WITHOUT_UPLOAD
_NOTHING: frozenset[Permission] = frozenset()

_WITH_UPLOAD: dict[tuple[Role, Relation], frozenset[Permission]] = {
    (Role.OPERATOR, Relation.OWN): _OWNER,
    (Role.OPERATOR, Relation.SHARED): _REVIEW | {Permission.FINALIZE, Permission.MANAGE},
    (Role.OPERATOR, Relation.FOREIGN): _NOTHING,
    # What a reviewer uploaded as an operator, earlier, is no more theirs to finish than what others share.
    (Role.REVIEWER, Relation.OWN): _REVIEW,
    (Role.REVIEWER, Relation.SHARED): _REVIEW,
    (Role.REVIEWER, Relation.FOREIGN): _NOTHING,
    (Role.ADMINISTRATOR, Relation.OWN): _OWNER,
    (Role.ADMINISTRATOR, Relation.SHARED): _OWNER,
    (Role.ADMINISTRATOR, Relation.FOREIGN): _OWNER,
}

_WITHOUT: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset({Permission.UPLOAD}),
    Role.REVIEWER: _NOTHING,
    Role.ADMINISTRATOR: _WITHOUT_UPLOAD,
}


def with_upload(role: Role, relation: Relation) -> frozenset[Permission]:
    """What somebody of this role may do with an upload that they stand to in this way."""
    return _WITH_UPLOAD[role, relation]


def to_decide(*, is_completed: bool) -> frozenset[Permission]:
    """What deciding about an upload takes, and taking decisions back: a completed one is reopened by that."""
    return frozenset({Permission.RESOLVE, Permission.FINALIZE} if is_completed else {Permission.RESOLVE})


def without_upload(role: Role) -> frozenset[Permission]:
    """What somebody of this role may do that concerns no single upload."""
    return _WITHOUT[role]
