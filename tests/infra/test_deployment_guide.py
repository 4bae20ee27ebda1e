"""What docs/deployment.md and infra/release name is there in Terraform, and the other way round."""

import re

import pytest

from tests.conftest import ROOT

INFRA = ROOT / "infra"
GUIDE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
RELEASE = (INFRA / "release").read_text(encoding="utf-8")


def terraform(folder: str) -> str:
    """All of a folder's Terraform."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((INFRA / folder).rglob("*.tf")))


def test_every_alarm_has_a_line_of_what_to_do() -> None:
    monitoring = terraform("modules/monitoring")
    singles = set(re.findall(r"^ {4}([a-z0-9-]+) +=> *\{|^ {4}([a-z0-9-]+) += *\{", monitoring, re.MULTILINE))
    names = {name for pair in singles for name in pair if "-" in name}
    section = GUIDE.split("## When an alarm comes")[1].split("\n## ")[0]

    assert {"dead-letters", "worker-errors", "database-storage"} <= names
    assert {name for name in names if f"`{name}`" not in section} == set()
    assert "`jobs-waiting`" in section
    assert "`jobs-oldest`" in section


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_variables_that_the_guide_sets_are_there(environment: str) -> None:
    declared = set(re.findall(r'^variable "(\w+)"', terraform(f"environments/{environment}"), re.MULTILINE))
    wanted = {
        *("image_tag", "deploy_services", "allowed_cidrs", "alarm_emails", "hosted_zone_id", "settings"),
        *("worker", "lambda_package", "tracing", "database_password_version"),
    }

    assert {name for name in wanted if name not in GUIDE} == set()
    assert wanted <= declared


def test_the_release_reads_outputs_that_there_are() -> None:
    outputs = terraform("product")
    for name in ("repository_url", "cluster_name", "migration", "queue_names"):
        assert f".{name}" in RELEASE
        assert f'output "{name}"' in outputs
    for name in ("task_definition", "subnet_ids", "security_group_id"):
        assert f".{name}" in RELEASE
        assert re.search(rf"^ +{name} +=", outputs, re.MULTILINE)
    for environment in ("staging", "production"):
        assert re.search(r'output "product"', terraform(f"environments/{environment}"))


def test_the_release_names_what_terraform_makes() -> None:
    product = terraform("product")

    assert "-target=module.product.module.migrate_task" in RELEASE
    assert 'module "migrate_task"' in product
    assert "dashboard-service worker-service" in RELEASE
    assert re.search(
        r'services += +\{ dashboard = "dashboard-service", worker = "worker-service" \}', product
    )
    assert '"/ecs/${local.name}/${task}"' in product
    assert 'name                = "migrate"' in product
