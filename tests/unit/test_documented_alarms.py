"""Every alarm that there is has a section in docs/operations.md that says what to do."""

import re

import yaml  # type: ignore[import-untyped]

from tests.conftest import ROOT
from tests.pages import DOCS, Section, sections

PARTS = ["Means", "Look", "Do", "Over"]
RAISED_BY = "Raised by: "
_FAMILIES = {
    "${what}-waiting": ("jobs-waiting", "large-files-waiting"),
    "${what}-oldest": ("jobs-oldest", "large-files-oldest"),
    "function-${role}-errors": ("function-process-errors", "function-upkeep-errors"),
}
"""Alarms that Terraform makes for each of several things, by the pattern of their names."""


def alarms() -> set[str]:
    """The names of CloudWatch's alarms, without what all of an environment begin with."""
    monitoring = (ROOT / "infra/modules/monitoring/alarms.tf").read_text(encoding="utf-8")
    single = re.findall(r"^ {4}([a-z]+(?:-[a-z0-9]+)+) += \{", monitoring, re.MULTILINE)
    patterns = re.findall(r'"([a-z-]*\$\{\w+\}[a-z-]*)" => \{', monitoring)
    scaling = (ROOT / "infra/modules/worker_scaling/main.tf").read_text(encoding="utf-8")
    [by_age] = re.findall(r'alarm_name += "\S*-(scale-by-age)"', scaling)
    return {*single, by_age, *(name for pattern in patterns for name in _FAMILIES[pattern])}


def alerts() -> set[str]:
    """The names of the rules for Prometheus."""
    rules = yaml.safe_load((DOCS / "prometheus/alerts.yml").read_text(encoding="utf-8"))
    return {rule["alert"] for group in rules["groups"] for rule in group["rules"]}


def raised_by(section: Section) -> list[str]:
    """What a section is about."""
    lines = [line for line in section.text if line.startswith(RAISED_BY)]
    return re.findall(r"`([\w-]+)`", "\n".join(lines))


def test_every_alarm_has_its_section_and_no_other_is_told_of() -> None:
    told = [name for section in sections(DOCS / "operations.md") for name in raised_by(section)]
    assert len(told) == len(set(told))
    assert set(told) == alarms() | alerts()


def test_alarms_are_made_where_they_are_looked_for() -> None:
    resources = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "infra").rglob("*.tf"))
        if 'resource "aws_cloudwatch_metric_alarm"' in path.read_text(encoding="utf-8")
    ]
    assert resources == ["infra/modules/monitoring/main.tf", "infra/modules/worker_scaling/main.tf"]


def test_a_section_says_what_it_means_where_to_look_what_to_do_and_when_it_is_over() -> None:
    for section in sections(DOCS / "operations.md"):
        if raised_by(section):
            parts = re.findall(r"^- \*\*(\w+)", "\n".join(section.text), re.MULTILINE)
            assert parts == PARTS, section.heading
