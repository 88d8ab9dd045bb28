"""The dependencies of the program.

Its pins with their hashes, the bill of materials, and an audit.

    .venv/bin/python packaging/dependencies.py lock     fetch the hashes of what constraints.txt pins
    .venv/bin/python packaging/dependencies.py bill     write sbom.json from that and what is installed
    .venv/bin/python packaging/dependencies.py audit    ask for known vulnerabilities of all pins

To take a new version or a new package, write `name==version` into its part of constraints.txt by hand, then
run `lock`, `bootstrap.py test` and `bill`. `audit` needs `pip-audit` on the PATH, from an environment of its
own.
"""

import hashlib
import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT: Final = Path(__file__).resolve().parent.parent
CONSTRAINTS: Final = ROOT / "packaging" / "constraints.txt"
BILL: Final = ROOT / "packaging" / "sbom.json"
INSIDE: Final = ROOT / "packaging" / "inside_wheels.toml"
RESOURCES: Final = ROOT / "resources"
MODELS: Final = RESOURCES / "models"
BUNDLED: Final = (
    # name, version, licence, files below resources
    ("Lucide", "1.62.0", "ISC", ""),  # its licence lies beside its icons
    ("Pixel gate: features of EfficientNet-Lite0 and of reference images", "1", "Apache-2.0", "gate/*"),
    ("Inter", "4.0~beta7", "OFL-1.1", "fonts/Inter-*.otf"),
    ("Noto Sans CJK SC (subset)", "2.004", "OFL-1.1", "fonts/NotoSansSC-*.otf"),
)

INDEX: Final = "https://pypi.org/simple"
JSON_INDEX: Final = "application/vnd.pypi.simple.v1+json"
INTERPRETERS: Final = ("cp311", "cp312", "cp313", "cp314")
PLATFORMS: Final = re.compile(
    r"any|manylinux.*_(x86_64|aarch64)|macosx_.*_(arm64|x86_64|universal2)|win_amd64"
)
PIN: Final = re.compile(r"([A-Za-z0-9._-]+)==([^ \\]+)")
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
KNOWN_BAD: Final = "pydicom==3.0.1"  # CVE-2026-32711: a source of data that does not know it knows nothing
NAMESPACE: Final = uuid.UUID("6f8f2f0e-6a57-5d2b-9d5c-2f6f0c1f4c52")


@dataclass(frozen=True)
class Pin:
    """A pinned package: its part of constraints.txt, version and hashes."""

    part: str
    name: str
    version: str
    hashes: tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands and return the exit status."""
    commands = {"lock": lock, "bill": write_bill, "audit": audit}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(__doc__)
        return 2
    return commands[arguments[0]]()


def pins() -> list[Pin]:
    """Return all pins in the order of constraints.txt."""
    found, part = list[Pin](), ""
    for line in CONSTRAINTS.read_text("utf-8").replace("\\\n", "").splitlines():
        if line.startswith("# ["):
            part = line[3 : line.index("]")]
        elif pin := PIN.match(line):
            found.append(Pin(part, pin[1], pin[2], tuple(HASH.findall(line))))
    return found


def lock() -> int:
    """Write the hashes of all wheels of the supported systems beside each pin.

    Keep those of local versions.

    A local version, as `torch==2.13.0+cpu`, is on no index that can be asked: its hashes are written by hand,
    from the wheels that were at hand.
    """
    lines, known = list[str](), {(pin.name, pin.version): pin.hashes for pin in pins()}
    for line in CONSTRAINTS.read_text("utf-8").replace("\\\n", "").splitlines():
        pin = PIN.match(line)
        if pin is None:
            lines.append(line)
            continue
        name, version = pin[1], pin[2]
        hashes = known[name, version] if "+" in version else sorted(_hashes(name, version))
        if not hashes:
            print(f"{name} {version}: no wheel for any supported system", file=sys.stderr)
            return 1
        lines.append(" \\\n    ".join([f"{name}=={version}", *(f"--hash=sha256:{one}" for one in hashes)]))
    CONSTRAINTS.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


def _hashes(name: str, version: str) -> Iterator[str]:
    address = f"{INDEX}/{canonicalize_name(name)}/"
    request = urllib.request.Request(address, headers={"Accept": JSON_INDEX})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the address is above
        files = json.load(answer)["files"]
    for file in files:
        if file["filename"].endswith(".whl") and is_supported(file["filename"], version):
            yield file["hashes"]["sha256"]


def is_supported(filename: str, version: str) -> bool:
    """Return whether a wheel is of a version and for a supported system."""
    try:
        _, found, _, tags = parse_wheel_filename(filename)
    except ValueError:  # names from before there were rules
        return False
    return str(found) == version and any(
        PLATFORMS.fullmatch(tag.platform)
        and (tag.interpreter in ("py3", *INTERPRETERS) or tag.abi == "abi3")
        and (tag.abi in ("none", "abi3", tag.interpreter))
        for tag in tags
    )


def write_bill() -> int:
    """Write the bill of materials, a component with its needs to a line."""
    parts = [
        f"{json.dumps(key)}: "
        + ("[\n " + ",\n ".join(map(_line, value)) + "\n]" if isinstance(value, list) else _line(value))
        for key, value in bill().items()
    ]
    BILL.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
    return 0


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def bill() -> dict[str, Any]:
    """Return the bill of materials, CycloneDX 1.6.

    Packages, the libraries inside their wheels, models.
    """
    version = re.search(r'__version__ = "(.+)"', (ROOT / "medviewer" / "__init__.py").read_text("utf-8"))
    assert version is not None
    listed = {canonicalize_name(pin.name): pin for pin in pins() if "+" not in pin.version}
    program = {"type": "application", "bom-ref": "medviewer", "name": "medviewer", "version": version[1]}
    parts = [*map(_package, listed.values()), *_models(), *_bundled()]
    content = {
        "metadata": {"component": {**program, "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": parts,
        "dependencies": [
            {"ref": "medviewer", "dependsOn": _needs("medviewer", listed)},
            *({"ref": _ref(pin), "dependsOn": _needs(pin.name, listed)} for pin in listed.values()),
        ],
    }
    serial = uuid.uuid5(NAMESPACE, json.dumps(content, sort_keys=True))
    head = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
    }
    return head | content


def _package(pin: Pin) -> dict[str, Any]:
    inside = [
        {"type": "library", "name": name, "version": version}
        for wheel in tomllib.loads(INSIDE.read_text("utf-8"))["wheel"]
        if wheel["name"] == pin.name
        for name, version in wheel["inside"].items()
    ]
    return {
        "type": "library",
        "bom-ref": _ref(pin),
        "name": pin.name,
        "version": pin.version,
        "scope": "required" if pin.part in ("program", "torch") else "optional",
        "purl": _ref(pin),
        "properties": [{"name": "medviewer:part", "value": pin.part}],
        **_licence(pin.name),
        **({"components": inside} if inside else {}),
    }


def _licence(name: str) -> dict[str, Any]:
    """Return the licence that an installed package states.

    Nothing of one that is not installed.
    """
    try:
        facts = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return {}
    if expression := facts.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    named = [
        one.rpartition(" :: ")[2] for one in facts.get_all("Classifier", []) if one.startswith("License ::")
    ]
    return {"licenses": [{"license": {"name": one}} for one in named]} if named else {}


def _models() -> Iterator[dict[str, Any]]:
    for card in sorted(MODELS.glob("*/card.toml")):
        facts = tomllib.loads(card.read_text("utf-8"))
        files = sorted(
            path for path in card.parent.iterdir() if path.suffix in (".onnx", ".safetensors", ".toml")
        )
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model/{facts['name']}",
            "name": facts["name"],
            "version": facts["version"],
            "licenses": [{"license": {"name": facts["licence"]}}],
            "components": [_file(path) for path in files],
        }


def _bundled() -> Iterator[dict[str, Any]]:
    for name, version, licence, pattern in BUNDLED:
        yield {
            "type": "data",
            "bom-ref": f"data/{name}",
            "name": name,
            "version": version,
            "licenses": [{"license": {"id": licence}}],
            **({"components": [_file(path) for path in sorted(RESOURCES.glob(pattern))]} if pattern else {}),
        }


def _file(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"type": "file", "name": path.name, "hashes": [{"alg": "SHA-256", "content": digest}]}


def _ref(pin: Pin) -> str:
    return f"pkg:pypi/{canonicalize_name(pin.name)}@{pin.version}"


def _needs(name: str, listed: dict[Any, Pin]) -> list[str]:
    """Return the listed packages that an installed one needs anywhere."""
    try:
        asked = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    extras = ("train", "cluster", "test", "dev") if name == "medviewer" else ()
    found = set()
    for requirement in map(Requirement, asked):
        marker = str(requirement.marker or "")
        if "extra ==" not in marker or any(f'extra == "{extra}"' in marker for extra in extras):
            found.add(canonicalize_name(requirement.name))
    return sorted(_ref(listed[one]) for one in found if one in listed)


def audit() -> int:
    """Ask pip-audit for known vulnerabilities of all pins.

    A source of data that knows none at all is not believed.
    """
    known = _ask([KNOWN_BAD])
    if known is None:
        print("pip-audit is not here; install it into an environment of its own.", file=sys.stderr)
        return 2
    if known.returncode == 0 or "CVE-2026-32711" not in known.stdout + known.stderr:
        print(known.stdout + known.stderr, file=sys.stderr)
        print(
            f"Nothing was audited: whoever was asked does not know that {KNOWN_BAD} is vulnerable.",
            file=sys.stderr,
        )
        return 2
    asked = _ask([f"{pin.name}=={pin.version.partition('+')[0]}" for pin in pins()])
    assert asked is not None
    print(asked.stdout + asked.stderr)
    return asked.returncode


def _ask(requirements: list[str]) -> "subprocess.CompletedProcess[str] | None":
    """Return the findings of pip-audit on packages.

    `--strict` makes it fail over one that it cannot look up.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text("\n".join(dict.fromkeys(requirements)), "utf-8")
        options = ["--strict", "--disable-pip", "--no-deps", "--progress-spinner", "off", "--aliases", "on"]
        try:
            return subprocess.run(
                ["pip-audit", *options, "-r", str(file)], capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
