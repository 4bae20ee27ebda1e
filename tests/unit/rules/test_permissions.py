"""What the documentation says about roles is what the rule says."""

from pathlib import Path

import pytest

from ingestion.rules.permissions import Permission, Relation, Role, to_decide, with_upload, without_upload

_DOCS = Path(__file__).resolve().parents[3] / "docs" / "roles.md"


def tables() -> list[dict[str, dict[str, bool]]]:
    """The tables of the page: by the first word of a line and the head of a column."""
    found: list[dict[str, dict[str, bool]]] = []
    head: list[str] = []
    for line in _DOCS.read_text(encoding="utf-8").splitlines():
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or name.startswith("---"):
            continue
        if not name:
            head = cells
            found.append({})
        else:
            answers = [{"yes": True, "no": False}[cell] for cell in cells]
            found[-1][name.partition(":")[0]] = dict(zip(head, answers, strict=True))
    return found


def test_the_documented_tables_are_the_rule() -> None:
    about_an_upload, without_one = tables()
    assert about_an_upload == {
        permission: {
            f"{role}, {relation}": permission in with_upload(role, relation)
            for role in Role
            for relation in Relation
        }
        for permission in Permission
        if permission not in without_upload(Role.ADMINISTRATOR)
    }
    assert without_one == {
        permission: {role: permission in without_upload(role) for role in Role}
        for permission in Permission
        if permission in without_upload(Role.ADMINISTRATOR)
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("relation", Relation)
def test_who_may_do_anything_with_an_upload_may_see_it(role: Role, relation: Relation) -> None:
    granted = with_upload(role, relation)
    assert not granted or Permission.VIEW in granted


def test_deciding_about_a_completed_upload_takes_the_permission_to_finalize() -> None:
    assert to_decide(is_completed=False) == {Permission.RESOLVE}
    assert to_decide(is_completed=True) == {Permission.RESOLVE, Permission.FINALIZE}
