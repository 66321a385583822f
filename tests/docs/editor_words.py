#!/usr/bin/env python3
"""Compares the syntax files of docs/editors with the words of the language.

  editor_words.py GAME_PARSE docs/game-language.md docs/editors

Words come from the compiler's own tables (game-parse --words) and, where they
mean something in one place only, from the grammar of the language's page. A
word that belongs to several kinds counts as the first of them. `--print` prints
what the files should hold.
"""

import json
import os
import re
import subprocess
import sys

KINDS = ("item", "statement", "expression", "type", "distribution", "optimiser", "function", "context")


def expected(game_parse, page):
    known = {}
    for line in subprocess.run([game_parse, "--words"], capture_output=True, text=True, check=True).stdout.splitlines():
        kind, words = line.split(": ")
        known[kind] = words.split()
    grammar = re.search(r"^## 3\. Grammar\n+```\n(.*?)^```", open(page).read(), re.M | re.S)[1]
    grammar = re.sub(r"#.*", "", grammar)
    known["type"] = re.findall(r"'(\w+)'", re.search(r"^type +:= +\(([^)]*)\)", grammar, re.M)[1])
    known["distribution"] += known.pop("initializer")
    known["context"] = re.findall(r"'([a-z]\w*)'", grammar)
    groups, seen = {}, set()
    for kind in KINDS:
        groups[kind] = sorted(set(known[kind]) - seen)
        seen |= set(known[kind])
    return groups


def of_vim(path):
    groups = {}
    for line in open(path):
        match = re.match(r"syntax keyword game(\w+) (.*)", line)
        if match:
            groups.setdefault(match[1].lower(), []).extend(match[2].split())
    return {kind: sorted(words) for kind, words in groups.items()}


def of_textmate(path):
    groups = {}
    for pattern in json.load(open(path))["patterns"]:
        match = re.fullmatch(r"\\b\((.*)\)\\b", pattern.get("match", ""))
        if match and "comment" in pattern:
            groups[pattern["comment"]] = sorted(match[1].split("|"))
    return groups


def main():
    arguments = [a for a in sys.argv[1:] if a != "--print"]
    game_parse, page, folder = arguments
    want = expected(game_parse, page)
    if "--print" in sys.argv:
        for kind in KINDS:
            print(kind + ":", *want[kind])
        return 0
    good = True
    for name, read in (("game.vim", of_vim), ("game.tmLanguage.json", of_textmate)):
        have = read(os.path.join(folder, name))
        for kind in KINDS:
            missing = set(want[kind]) - set(have.get(kind, []))
            extra = set(have.get(kind, [])) - set(want[kind])
            for words, what in ((missing, "lacks"), (extra, "should not hold")):
                if words:
                    good = False
                    print(f"{name}: '{kind}' {what}: {' '.join(sorted(words))}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
