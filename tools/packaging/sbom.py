#!/usr/bin/env python3
"""Prints a CycloneDX SBOM of what the library links: sbom.py SOURCES TARGET RUSTC-VERSION."""

import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sources, target, rustc = sys.argv[1:]
metadata = json.loads(
    subprocess.run(
        [
            os.environ.get("CARGO", "cargo"),
            *("metadata", "--format-version=1", "--locked", "--offline"),
            *("--filter-platform", target, "--manifest-path", f"{sources}/Cargo.toml"),
        ],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
checksums = {
    (name, version): checksum
    for name, version, checksum in re.findall(
        r'name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"',
        Path(sources, "Cargo.lock").read_text(),
    )
}


def is_macro(package):
    return any("proc-macro" in part["kind"] for part in package["targets"])


def linked(node):
    """Returns the crates that a crate is linked with, without build dependencies and macros."""
    return [
        dep["pkg"]
        for dep in node["deps"]
        if any(kind["kind"] is None for kind in dep["dep_kinds"])
        and not is_macro(packages[dep["pkg"]])
    ]


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, kind="library"):
    entry = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "licenses": [{"expression": package["license"].replace("/", " OR ")}],
        "purl": purl(package),
    }
    checksum = checksums.get((package["name"], package["version"]))
    if checksum:
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return entry


root = metadata["resolve"]["root"]
found, waiting = {root}, [root]
while waiting:
    for name in linked(nodes[waiting.pop()]):
        if name not in found:
            found.add(name)
            waiting.append(name)
crates = sorted(found - {root}, key=lambda name: purl(packages[name]))

std = {
    "type": "library",
    "bom-ref": "rust-std",
    "name": "Rust standard library",
    "version": rustc.split()[1],
    "licenses": [{"expression": "MIT OR Apache-2.0"}],
}
sbom = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "version": 1,
    "metadata": {
        "timestamp": datetime.datetime.fromtimestamp(
            int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc
        ).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "component": component(packages[root]),
        "properties": [{"name": "target", "value": target}],
    },
    "components": [component(packages[name]) for name in crates] + [std],
    "dependencies": [
        {
            "ref": purl(packages[name]),
            "dependsOn": sorted(purl(packages[dep]) for dep in linked(nodes[name]))
            + (["rust-std"] if name == root else []),
        }
        for name in [root, *crates]
    ],
}
print(json.dumps(sbom, indent=2))
