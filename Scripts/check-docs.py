#!/usr/bin/env python3
"""The documents point at what is there: Scripts/check-docs.py, in the root of the package.

Relative links of all Markdown files lead to files and headings of the repository; the documentation
catalogue of the library names exactly the types that it exports, members that exist and its own
articles. What `make docs` would only warn of, in a moment. Prints what is wrong; exit status 1 then.
"""
import pathlib
import re
import subprocess
import sys

problems = []
documents = subprocess.run(
    ["git", "ls-files", "--", "*.md"], check=True, capture_output=True, text=True).stdout.split()


def unfenced(text):
    """Without blocks of code."""
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def prose(text):
    """Without blocks of code and, in lines, code."""
    return re.sub(r"`[^`\n]*`", "", unfenced(text))


def anchors(path):
    """Of the headings, as GitHub makes them."""
    found = set()
    text = path.read_text()
    for heading in re.findall(r"^#+ +(.*?)\s*#*$", unfenced(text), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.lower())
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        unique, number = name, 0
        while unique in found:
            number += 1
            unique = f"{name}-{number}"
        found.add(unique)
    return found | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


for name in documents:
    document = pathlib.Path(name)
    text = prose(document.read_text())
    links = re.findall(r"\]\(([^()\s]+)(?: \"[^\"]*\")?\)", text)
    links += re.findall(r'(?:src|href|srcset)="([^"]+)"', text)
    for link in links:
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        place, _, heading = link.partition("#")
        target = document.parent / place if place else document
        if not target.exists():
            problems.append(f"{name}: {link} is not there")
        elif heading and target.suffix == ".md" and heading not in anchors(target):
            problems.append(f"{name}: {link} is no heading")

# The catalogue of the product NWC, which is made of other modules' types.
face = pathlib.Path("Sources/NWC")
exported = set(re.findall(
    r"^@_exported import \w+ \w+\.(\w+)", (face / "NWC.swift").read_text(), re.MULTILINE))
catalogue = face / "NWC.docc"
articles = {path.stem for path in catalogue.glob("*.md")}
sources = "\n".join(
    path.read_text() for folder in ["CMRLCodec", "NWC"]
    for path in pathlib.Path("Sources", folder).rglob("*.swift"))
listed = set()
for path in sorted(catalogue.glob("*.md")):
    text = path.read_text()
    for link in re.findall(r"<doc:([^>]+)>", text):
        if link not in articles:
            problems.append(f"{path}: <doc:{link}> is no article")
    for symbol in re.findall(r"``([^`\n]+)``", text):
        if symbol == "NWC":
            continue
        name, *members = symbol.split("/")
        if name not in exported:
            problems.append(f"{path}: NWC exports no {name}")
        for member in members:
            word = re.split(r"[^\w]", member)[0]
            if not re.search(rf"\b(?:var|let|func|case|struct|enum|init) {word}\b", sources):
                problems.append(f"{path}: {name} has no {member}")
        if path.stem == "NWC":
            listed.add(name)
for name in sorted(exported - listed):
    problems.append(f"{catalogue}/NWC.md does not name {name}, which NWC exports")

for problem in problems:
    print(f"check-docs: {problem}", file=sys.stderr)
sys.exit(1 if problems else 0)
