"""What takes the program elsewhere: the image, compose, the unit of systemd, the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from rag_app.cli.main import _parser
from tests.conftest import REPOSITORY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"] == "rag-app"}
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def copied() -> set[str]:
    lines = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    return {name for line in lines if not line[0].startswith("--") for name in line}


def test_the_image_is_of_what_is_there_and_let_in() -> None:
    let_in = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in copied():
        assert (REPOSITORY / name).exists(), name
        assert any(line == f"!{name}" or line.startswith(f"!{name.rstrip('/')}/")
                   for line in let_in), f"{name} is ignored"  # fmt: skip
    assert let_in[0] == "*"


def test_the_image_runs_without_rights() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert "USER 10001:10001" in last and "RAG_STORE=/data/" in last
    assert "http" not in DOCKERFILE, "no host of a registry"


def test_what_the_image_installs_is_in_pyproject() -> None:
    printed = subprocess.run(
        [sys.executable, "packaging/image_requirements.py"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert {Requirement(line).name for line in printed} >= {"mcp", "opentelemetry-sdk", "authlib"}
    assert set(printed) <= {
        one for extra in PROJECT["optional-dependencies"].values() for one in extra
    }


@pytest.mark.parametrize("name", OURS)
def test_services_are_shut_in(name: str) -> None:
    service: dict[str, Any] = OURS[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    [port] = service["ports"]
    assert port.startswith("127.0.0.1:") and "healthcheck" in service
    assert "--without-login" not in service["command"]
    if name == "page":
        assert _parser().parse_args(service["command"]).address == "0.0.0.0"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_the_unit_is_one(tmp_path: Path) -> None:
    text = (REPOSITORY / "packaging" / "rag-app.service").read_text(encoding="utf-8")
    unit = tmp_path / "rag-app.service"
    unit.write_text(text.replace("/opt/rag-app/bin/rag-app", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    assert "rag-app.service" not in done.stderr, done.stderr


@pytest.mark.long
def test_the_wheel_answers_from_an_environment_of_its_own() -> None:
    uv = Path(sys.executable).parent / "uv"
    done = subprocess.run(
        [REPOSITORY / "scripts" / "try_wheel.sh"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LOCKED": "1", "UV": str(uv), "PYTHON": sys.executable},
    )
    assert done.returncode == 0, done.stderr
    assert "The first answer took" in done.stdout
