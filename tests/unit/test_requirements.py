"""The two lists of packages name the same versions; only where torch comes from differs."""

import json
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
MACHINES = {
    "linux": ("x86_64", "aarch64"),
    "darwin": ("arm64",),
    "win32": ("AMD64",),
}
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
ENVIRONMENTS = [
    {"sys_platform": system, "platform_machine": machine, "python_version": version}
    for (system, machines), version in product(MACHINES.items(), VERSIONS)
    for machine in machines
]


def _listed(path: str) -> list[Requirement]:
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


def _pins(path: str) -> dict[str, str]:
    return {found.name: str(found.specifier) for found in _listed(path) if found.url is None}


def test_the_list_at_the_root_is_plain_pins():
    listed = _listed("requirements.txt")
    assert [found.name for found in listed if found.url or found.marker] == []
    assert all([one.operator for one in found.specifier] == ["=="] for found in listed)


def test_both_lists_name_the_same_versions():
    assert _pins("explainer/requirements.txt") == _pins("requirements.txt")


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda found: "-".join(found.values()))
def test_linux_gets_the_cpu_wheel_of_the_same_torch_and_others_the_pin(environment):
    listed = _listed("explainer/requirements.txt")
    [torch] = [f for f in listed if f.name == "torch" and f.marker.evaluate(environment)]
    if environment["sys_platform"] != "linux":
        assert torch.url is None
        return
    _, version, _, tags = parse_wheel_filename(torch.url.rpartition("/")[2].replace("%2B", "+"))
    [tag] = tags
    assert (version.local, f"=={version.public}") == ("cpu", _pins("requirements.txt")["torch"])
    assert tag.interpreter == tag.abi == f"cp{environment['python_version'].replace('.', '')}"
    assert tag.platform.endswith(environment["platform_machine"])


def test_the_scripts_checks_are_pinned_and_name_no_registry():
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert all(version[0].isdigit() for version in package["devDependencies"].values())
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert lock[""]["devDependencies"] == package["devDependencies"]
    assert [name for name, found in lock.items() if "resolved" in found] == []
