"""infra/release: what it asks of git, docker, terraform and AWS, in which order, and what it does not do."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT

REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
REPOSITORY = f"{REGISTRY}/staging-ingestion"
PRODUCT = {
    "repository_url": REPOSITORY,
    "cluster_name": "staging-data-ingestion-cluster",
    "migration": {
        "task_definition": "staging-ingestion-migrate",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "security_group_id": "sg-1",
    },
    "queue_names": {"jobs": "staging-ingestion-queue", "dead_letters": "staging-ingestion-dlq"},
}
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/staging-data-ingestion-cluster/0123"
STUB = r"""#!/usr/bin/env bash
# Notes how it was called; answers as the files in $ANSWERS say: the first of them whose first line is in the
# call. The second line is the exit code, the rest is said.
call="${0##*/} $*"
echo "$call" >>"$ANSWERS/calls"
[[ "$call" == "docker build"* ]] && ls "${!#}" >"$ANSWERS/context"
for answer in "$ANSWERS"/answer-*; do
  mapfile -t lines <"$answer"
  if [[ "$call" == *"${lines[0]}"* ]]; then
    printf '%s\n' "${lines[@]:2}"
    exit "${lines[1]}"
  fi
done
[[ -t 0 ]] || read -r -d '' -t 5 || true # whatever is piped in
"""
"""Plays aws, docker and terraform."""


@dataclass
class Scene:
    """A repository with two commits, an environment that is applied, and programs that only take notes."""

    project: Path
    answers: Path
    commits: list[str] = field(default_factory=list)
    _answered: int = 0

    def answer(self, words: str, said: str = "", code: int = 0) -> None:
        """What a call with these words in it says, from now on."""
        self._answered += 1
        path = self.answers / f"answer-{1000 - self._answered}"
        path.write_text(f"{words}\n{code}\n{said}" + ("\n" if said else ""))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command."""
        path = f"{self.answers / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [self.project / "infra" / "release", *arguments],
            env={**os.environ, "PATH": path, "ANSWERS": str(self.answers), "PYTHON": sys.executable},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        """How aws, docker and terraform were called, in order; outputs that were read are left out."""
        noted = self.answers / "calls"
        lines = noted.read_text().splitlines() if noted.exists() else []
        return [line for line in lines if " output " not in line]

    def times(self, words: str) -> int:
        """How many calls have these words in them."""
        return sum(words in call for call in self.calls)

    def place(self, words: str) -> int:
        """Where in the order the one call with these words stands."""
        (at,) = (at for at, call in enumerate(self.calls) if words in call)
        return at

    def services_run(self, revision: str) -> None:
        """What ECS says that both services run afterwards."""
        self.answer("ecs describe-services", "arn:aws:ecs:eu-west-1:111122223333:task-definition/x:7")
        self.answer("ecs describe-task-definition", f"{REPOSITORY}:{revision}")


def commit(project: Path, message: str) -> str:
    """Commit all there is; the commit's id."""
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", project, "add", "--all"], check=True)
    subprocess.run(["git", "-C", project, *who, "commit", "--quiet", "--message", message], check=True)
    return subprocess.check_output(["git", "-C", project, "rev-parse", "HEAD"], text=True).strip()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    project, answers = tmp_path / "project", tmp_path / "answers"
    (project / "infra" / "environments" / "staging").mkdir(parents=True)
    (project / "infra" / "environments" / "staging" / "main.tf").write_text("")
    shutil.copy(ROOT / "infra" / "release", project / "infra" / "release")
    (project / "Dockerfile").write_text("FROM scratch\n")
    subprocess.run(["git", "init", "--quiet", project], check=True)
    (answers / "bin").mkdir(parents=True)
    for program in ("aws", "docker", "terraform"):
        (answers / "bin" / program).write_text(STUB)
        (answers / "bin" / program).chmod(0o755)
    scene = Scene(project, answers)
    scene.commits.append(commit(project, "Begin"))
    (project / "later.txt").write_text("later\n")
    scene.commits.append(commit(project, "Go on"))
    (project / "not-committed.txt").write_text("not committed\n")
    scene.answer("output -json product", json.dumps(PRODUCT))
    scene.answer("ecr describe-images", "no such image", code=254)
    scene.answer("ecr get-login-password", "password")
    scene.answer("ecs run-task", TASK)
    scene.answer("ecs describe-tasks", "0\tEssential container in task exited")
    scene.services_run(scene.commits[-1])
    return scene


def test_image_then_migration_then_services(scene: Scene) -> None:
    done = scene.run("--yes", "staging")

    assert done.returncode == 0, done.stderr
    image = f"{REPOSITORY}:{scene.commits[-1]}"
    in_order = [
        f"docker login --username AWS --password-stdin {REGISTRY}",
        f"docker build --platform linux/amd64 --build-arg VERSION={scene.commits[-1]} --tag {image}",
        f"docker push {image}",
        "-target=module.product.module.migrate_task",
        "aws ecs run-task",
        f"aws ecs wait tasks-stopped --cluster staging-data-ingestion-cluster --tasks {TASK}",
        f"apply -input=false -auto-approve -var image_tag={scene.commits[-1]}",
        "wait services-stable --cluster staging-data-ingestion-cluster --services dashboard-service",
        "wait services-stable --cluster staging-data-ingestion-cluster --services worker-service",
    ]
    places = [scene.place(words) for words in in_order]
    assert places == sorted(places)
    assert f"worker-service runs {scene.commits[-1][:12]}." in done.stdout


def test_the_migration_runs_where_terraform_says(scene: Scene) -> None:
    scene.run("--yes", "staging")

    call = scene.calls[scene.place("aws ecs run-task")]
    assert "--cluster staging-data-ingestion-cluster" in call
    assert "--task-definition staging-ingestion-migrate" in call
    assert '{"awsvpcConfiguration":{"subnets":["subnet-1","subnet-2"],"securityGroups":["sg-1"]}}' in call


def test_an_image_is_built_of_what_was_committed(scene: Scene) -> None:
    scene.services_run(scene.commits[0])

    done = scene.run("--yes", "staging", scene.commits[0][:10])

    assert done.returncode == 0, done.stderr
    assert (scene.answers / "context").read_text().split() == ["Dockerfile", "infra"]
    assert scene.times(f"docker push {REPOSITORY}:{scene.commits[0]}") == 1


def test_an_image_that_is_there_is_not_built_again(scene: Scene) -> None:
    scene.answer("ecr describe-images", "{}")

    assert scene.run("--yes", "staging").returncode == 0
    assert scene.times("docker ") == 0
    assert scene.times("ecs run-task") == 1


@pytest.mark.parametrize(
    "ended", ["1\tEssential container in task exited", "None\tCannotPullContainerError", "137\tOutOfMemory"]
)
def test_a_migration_that_fails_stops_before_the_services(scene: Scene, ended: str) -> None:
    scene.answer("ecs describe-tasks", ended)

    done = scene.run("--yes", "staging")

    assert done.returncode == 1
    assert scene.times("terraform") == scene.times("-target=module.product.module.migrate_task") == 1
    assert scene.times("services-stable") == 0
    code, _, reason = ended.partition("\t")
    assert f"The migration ended with {code}: {reason}" in done.stderr
    assert "stopped while migrating the database" in done.stderr
    assert "The services run what they ran before." in done.stderr
    assert (
        scene.times("aws logs tail /ecs/staging-ingestion/migrate --log-stream-names migrate/migrate/0123")
        == 1
    )


def test_a_migration_that_never_begins_stops_too(scene: Scene) -> None:
    scene.answer("ecs run-task", "None")

    done = scene.run("--yes", "staging")

    assert done.returncode == 1
    assert "ECS started no task: None" in done.stderr
    assert scene.times("services-stable") == 0


def test_a_long_migration_is_waited_for(scene: Scene) -> None:
    scene.answer("ecs wait tasks-stopped", "Max attempts exceeded", code=255)

    assert scene.run("--yes", "staging").returncode == 0
    assert scene.times("ecs wait tasks-stopped") == 6


def test_a_build_that_fails_changes_nothing(scene: Scene) -> None:
    scene.answer("docker build", "no space left", code=1)

    done = scene.run("--yes", "staging")

    assert done.returncode == 1
    assert scene.times("terraform") == scene.times("docker push") == scene.times("ecs ") == 0
    assert "Nothing was changed in the environment." in done.stderr


def test_services_that_ecs_took_back_are_told(scene: Scene) -> None:
    scene.services_run("0ld")

    done = scene.run("--yes", "staging")

    assert done.returncode == 1
    assert f"ECS went back to {REPOSITORY}:0ld" in done.stderr
    assert "infra/release --back staging 0ld" in done.stderr
    assert "/ecs/staging-ingestion/dashboard" in done.stderr


def test_going_back_takes_an_image_that_is_there_and_leaves_the_database(scene: Scene) -> None:
    scene.answer("ecr describe-images", "{}")
    scene.services_run(scene.commits[0])

    done = scene.run("--yes", "--back", "staging", scene.commits[0])

    assert done.returncode == 0, done.stderr
    assert scene.times("docker ") == scene.times("run-task") == scene.times("-target") == 0
    assert scene.times(f"-var image_tag={scene.commits[0]}") == 1


def test_going_back_to_an_image_that_is_gone_changes_nothing(scene: Scene) -> None:
    done = scene.run("--yes", "--back", "staging", scene.commits[0])

    assert done.returncode == 1
    assert "has no image of that commit any more" in done.stderr
    assert scene.times("terraform") == scene.times("docker ") == 0


def test_terraform_asks_unless_told_otherwise(scene: Scene) -> None:
    scene.run("staging")

    assert scene.times("-auto-approve") == 0
    assert scene.times("apply -input=true") == 2


def test_beside_a_lambda_its_package_is_built_of_the_same_commit(scene: Scene) -> None:
    queues = {**PRODUCT["queue_names"], "large_files": "staging-ingestion-large-queue"}  # type: ignore[dict-item]
    scene.answer("output -json product", json.dumps({**PRODUCT, "queue_names": queues}))
    packaging = scene.project / "infra" / "packaging"
    packaging.mkdir()
    (packaging / "__main__.py").write_text(
        "import pathlib, sys\n"
        "target = pathlib.Path(sys.argv[1])\n"
        "target.parent.mkdir(exist_ok=True)\n"
        "target.write_text('not committed' if pathlib.Path('not-committed.txt').exists() else 'committed')\n"
    )
    (scene.project / "not-committed.txt").unlink()
    revision = commit(scene.project, "Package")
    (scene.project / "not-committed.txt").write_text("")
    scene.services_run(revision)

    done = scene.run("--yes", "staging")

    assert done.returncode == 0, done.stderr
    assert (scene.project / "build" / "lambda.zip").read_text() == "committed"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "infra/release [--yes] ENVIRONMENT [REVISION]"),
        (["--back", "staging"], "infra/release [--yes] --back ENVIRONMENT REVISION"),
        (["--faster", "staging"], "infra/release [--yes] ENVIRONMENT [REVISION]"),
        (["moon"], "Environments: staging."),
        (["staging", "no-such-commit"], "no-such-commit is no commit of"),
    ],
)
def test_what_it_does_not_understand_it_does_not_do(scene: Scene, arguments: list[str], said: str) -> None:
    done = scene.run(*arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert scene.calls == []


def test_an_environment_that_is_not_applied_is_told(scene: Scene) -> None:
    scene.answer("output -json product", "No outputs found", code=1)

    done = scene.run("staging")

    assert done.returncode == 1
    assert "Is the environment applied, and are you signed in to its account?" in done.stderr
    assert scene.calls == []


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_script_is_sound() -> None:
    checked = subprocess.run(
        ["shellcheck", ROOT / "infra" / "release"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout
