#!/usr/bin/env python3
"""Fails when a TODO names no issue: TODO(#12) says who remembers it."""

import re

import tree as lint

TODO = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))")
TEXT = lint.SOURCE + (".td", ".py", ".sh", ".txt", ".cmake", ".mlir", ".game", ".md", ".in", "dev")
# The rule itself has to name what it forbids.
EXEMPT = ("tests/lint/", "docs/style.md")


def check(tree):
    for path in tree.files(TEXT):
        if path.startswith(EXEMPT):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            match = TODO.search(line)
            if match:
                tree.report(path, number, f"'{match.group(1)}' without an issue, write TODO(#n)")


if __name__ == "__main__":
    lint.main(check, __doc__)
