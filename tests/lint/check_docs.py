#!/usr/bin/env python3
"""Fails when README.md or a page under docs/ names something that is not there.

Links within the repository, paths of ours in backticks, verbs of ./dev and
CMake presets. A section called "Planned" may name what is to come.
"""

import json
import os
import re

import tree as lint

OURS = re.compile(r"^(dialects|frontends|compiler|runtime|tests|docs|\.ci)/[\w./+-]*$")
ROOT_FILES = re.compile(r"^(CMakeLists\.txt|CMakePresets\.json|README\.md|LICENSE|\.clang-\w+)$")


def planned(lines):
    """True for each line that is in a section about the future."""
    level = None
    for line in lines:
        heading = re.match(r"(#+) (.*)", line)
        if heading and level is not None and len(heading[1]) <= level:
            level = None
        if heading and level is None and re.match(r"Planned\b", heading[2]):
            level = len(heading[1])
        yield level is not None


def verbs(tree):
    if not tree.exists("dev"):
        return None
    return set(re.findall(r"^verb_(\w+)\(\)", tree.text("dev"), re.M))


def check(tree):
    known_verbs = verbs(tree)
    presets = set()
    if tree.exists("CMakePresets.json"):
        presets = {p["name"] for p in json.loads(tree.text("CMakePresets.json"))["configurePresets"]}
    pages = [p for p in tree.files((".md",)) if p.startswith("docs/") or "/" not in p]
    for path in pages:
        folder = os.path.dirname(path)
        lines = tree.lines(path)
        fenced = False
        for number, (line, future) in enumerate(zip(lines, planned(lines)), 1):
            fenced ^= line.startswith("```")
            if future:
                continue
            # Brackets before parentheses are code inside a fence: a lambda of C++.
            for target in [] if fenced else re.findall(r"\]\(([^)\s]+)\)", line):
                target = target.split("#")[0]
                if target and "://" not in target and not tree.exists(os.path.join(folder, target)):
                    tree.report(path, number, f"the link '{target}' leads nowhere")
            for code in re.findall(r"`([^`]+)`", line):
                word = code.split(":")[0]
                if (OURS.match(word) or ROOT_FILES.match(word)) and not tree.exists(word):
                    tree.report(path, number, f"no '{word}'")
            for verb in re.findall(r"(?:^|[\s`])\./dev(?: --preset=\S+)? (\w+)", line):
                if known_verbs is not None and verb not in known_verbs:
                    tree.report(path, number, f"./dev has no verb '{verb}'")
            for preset in re.findall(r"--preset[= ]([\w-]+)", line):
                if preset not in presets and preset != "NAME":
                    tree.report(path, number, f"no preset '{preset}'")


if __name__ == "__main__":
    lint.main(check, __doc__)
