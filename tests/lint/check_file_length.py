#!/usr/bin/env python3
"""Fails when a file is longer than its kind may be. Aim at 400 lines."""

import re

import tree as lint

# First match wins.
LIMITS = [
    (re.compile(r"^compiler/tools/.*\.cpp$"), 60, "a tool's main"),
    (re.compile(r"\.td$"), 600, "a .td file"),
    (re.compile(r"^tests/.*\.(mlir|textproto|game|test)$"), 500, "a lit test"),
    (re.compile(r"(\.(h|c|cpp|cc|py|sh|cmake|md|game)|CMakeLists\.txt|^dev)$"), 1000, "a file"),
]
# May only shrink: remove a line, never add one.
EXCEPTIONS = {}


def check(tree):
    for path in tree.paths:
        for pattern, limit, kind in LIMITS:
            if not pattern.search(path):
                continue
            length = len(tree.lines(path))
            limit = EXCEPTIONS.get(path, limit)
            if length > limit:
                tree.report(path, 0, f"{length} lines; {kind} has at most {limit}")
            break
    for path in EXCEPTIONS:
        if not tree.exists(path) or len(tree.lines(path)) < EXCEPTIONS[path]:
            tree.report(path, 0, "the exception for this file can shrink")


if __name__ == "__main__":
    lint.main(check, __doc__)
