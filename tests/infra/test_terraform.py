"""What Terraform says of `infra/`: its form, whether it is valid, and the tests of its plans."""

from pathlib import Path

import pytest

from tests.infra import terraform


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return terraform.copy_of_infra(tmp_path_factory.mktemp("terraform"))


def test_everything_is_formatted(infra: Path) -> None:
    code, said = terraform.run(["fmt", "-check", "-recursive", "-diff", "-no-color"], infra)

    assert code == 0, said


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("root", terraform.ROOTS)
def test_plans_are_as_said(infra: Path, root: str) -> None:
    folder = infra / root
    terraform.initialize(folder)

    code, said = terraform.run(["validate", "-no-color"], folder)
    assert code == 0, said

    code, said = terraform.run(["test", "-no-color"], folder)
    assert code == 0, said
    assert "... pass" in said, f"there are no tests in {root}/tests"
