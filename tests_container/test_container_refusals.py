"""--server container: what cannot be used is refused at once, in one line. Run by tools/container_lab.sh."""

# ruff: noqa: F811  # fixtures are imported
import time

import pytest

from support.binaries import NoServerError
from support.container import start_container
from tests_container.docker_lab import DYING, IMAGE, OTHER, _leaves_nothing, guard, start  # noqa: F401


def refusal(image, guard):
    before = time.monotonic()
    with pytest.raises(NoServerError) as caught:
        start_container(image, guard)
    assert time.monotonic() - before < 15
    text = str(caught.value)
    assert "\n" not in text
    assert image in text
    return text


def test_a_container_that_dies_while_starting_is_told_at_once_with_its_log(guard):
    before = time.monotonic()
    text = refusal(DYING, guard)
    assert time.monotonic() - before < 5
    assert "exit code 3" in text
    assert "PANIC: the disk is on fire" in text


def test_another_major_version_is_refused(guard):
    assert "holds PostgreSQL 16." in refusal(OTHER, guard)


def test_an_image_that_cannot_be_had_is_refused(guard):
    assert "cannot be pulled" in refusal("localhost:1/no-such-image:15", guard)


def run_that_is_refused(image, **environment):
    process = start(image=image, **environment)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 10, output
    assert "no usable PostgreSQL 15: " in output
    for noise in ("Traceback", "Warning", "Error:"):
        assert noise not in output
    return output


def test_a_refusal_is_exit_code_10_and_one_line():
    assert "the disk is on fire" in run_that_is_refused(DYING)


def test_no_docker_is_exit_code_10_and_one_line():
    output = run_that_is_refused(IMAGE, DOCKER_HOST="unix:///nonexistent/docker.sock")
    assert "no Docker daemon answers" in output
