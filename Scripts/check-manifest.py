#!/usr/bin/env python3
"""The manifest says what the sources import: Scripts/check-manifest.py, in the root of the package.

Every target of Package.swift depends on exactly the modules that its files import, everything that it may
depend on stands in its row of Docs/architecture.md, and the libraries that encode and decode reach no system
library, no package and no Foundation. Prints what is wrong; exit status 1 then.
"""
import json
import pathlib
import re
import subprocess
import sys

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.MULTILINE)
# Files that the C compiler places in a program: part of the target that gives them out.
EMBEDDED = ["CBuiltInModel", "CBuiltInDenoiser", "CChartFont"]
# System modules that are declarations of our own and no library.
HEADERS = ["CNWC"]
# Libraries for other people's programs that must need nothing but the Swift runtime.
LEAN = ["NWC", "NWCRefinement", "nwc-objects"]

package = json.loads(subprocess.run(
    ["swift", "package", "dump-package"], check=True, capture_output=True, text=True).stdout)
targets = {target["name"]: target for target in package["targets"]}
problems = []


def dependencies(target):
    """Names of modules."""
    names = set()
    for dependency in target["dependencies"]:
        (name, *_), = dependency.values()
        names.add(name)
    return names


def folder(target):
    if target.get("path"):
        return pathlib.Path(target["path"])
    return pathlib.Path("Tests" if target["type"] == "test" else "Sources") / target["name"]


everything = set(targets)
for target in targets.values():
    everything |= dependencies(target)

for target in targets.values():
    if target["type"] == "system":
        continue
    excluded = {folder(target) / name for name in target.get("exclude", [])}
    files = [file for file in folder(target).rglob("*.swift")
             if not excluded & {file, *file.parents}]
    if target.get("sources"):
        files = [file for file in files
                 if any(file.is_relative_to(folder(target) / name) for name in target["sources"])]
    if not files:
        continue
    imported = set()
    for file in files:
        imported |= set(IMPORT.findall(file.read_text()))
    wanted = (imported & everything) - {target["name"]}
    declared = dependencies(target)
    for name in sorted(wanted - declared):
        problems.append(f"{target['name']} imports {name}, which is not among its dependencies")
    for name in sorted(declared - wanted):
        problems.append(f"{target['name']} depends on {name}, which no file of it imports")

# Docs/architecture.md: | `target` ... | what it holds | what it may know |
rooms = {}
for line in pathlib.Path("Docs/architecture.md").read_text().splitlines():
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    if len(cells) == 3:
        for name in re.findall(r"`([\w-]+)`", cells[0]):
            rooms[name] = cells[2]
for target in targets.values():
    if target["type"] in ("system", "test") or str(folder(target)).startswith("Tests"):
        continue
    room = rooms.get(target["name"])
    if room is None:
        if target["name"] not in EMBEDDED:
            problems.append(f"{target['name']} has no row in Docs/architecture.md")
        continue
    known = set(re.findall(r"`([\w-]+)`", room))
    uses = {name for name in dependencies(target)
            if name in targets and targets[name]["type"] != "system" and name not in EMBEDDED}
    if room != "everything below":
        for name in sorted(uses - known):
            problems.append(f"{target['name']} may not know {name} (Docs/architecture.md)")
        for name in sorted(known - uses):
            problems.append(f"Docs/architecture.md: {target['name']} does not know {name}")

for product in package["products"]:
    if product["name"] not in LEAN:
        continue
    seen, open_ = set(), list(product["targets"])
    while open_:
        name = open_.pop()
        if name not in seen:
            seen.add(name)
            open_ += dependencies(targets[name]) if name in targets else []
    for name in sorted(seen):
        if name not in targets:
            problems.append(f"product {product['name']} needs {name} of another package")
        elif targets[name]["type"] == "system":
            if name not in HEADERS:
                problems.append(f"product {product['name']} needs the system library {name}")
        else:
            for file in folder(targets[name]).rglob("*.swift"):
                for module in IMPORT.findall(file.read_text()):
                    if module.startswith("Foundation"):
                        problems.append(f"product {product['name']}: {file} imports {module}")

for problem in problems:
    print(f"check-manifest: {problem}", file=sys.stderr)
sys.exit(1 if problems else 0)
