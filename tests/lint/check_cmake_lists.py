#!/usr/bin/env python3
"""Fails when a CMakeLists.txt and the sources beside it disagree.

Every source is listed exactly once, in its folder's CMakeLists.txt or one above
it, but those in a folder Inputs, which are what tests read; lists with one file per line are in order; nothing globs, defines a macro or
downloads. --fix sorts lists and adds a source to the first list of its folder.
"""

import os
import re

import tree as lint

FORBIDDEN = [
    (re.compile(r"\bfile\s*\(\s*GLOB", re.I), "globbing; list the files"),
    (re.compile(r"\baux_source_directory\s*\(", re.I), "globbing; list the files"),
    (re.compile(r"^\s*macro\s*\(", re.I), "a macro; write a function"),
    (re.compile(r"\bFetchContent|\bExternalProject", re.I), "a download at configure time"),
    (re.compile(r"\bfile\s*\(\s*DOWNLOAD", re.I), "a download at configure time"),
]
SOURCES = (".c", ".cpp", ".cc")
NAME = re.compile(r"[\w./-]+\.(?:cpp|cc|c)\b(?!\.)")
# gan_runtime_test(pool_test): a test program, named like its file.
TEST = re.compile(r"^\s*gan_\w*test\s*\(\s*(\w+)")
ALONE = re.compile(r"^\s+([\w./-]+\.(?:cpp|cc|c))\s*$")


def blocks(lines):
    """Ranges of neighbouring lines with one source each."""
    start = None
    for number, line in enumerate(lines + [""]):
        if ALONE.match(line):
            start = number if start is None else start
        elif start is not None:
            yield start, number
            start = None


def in_order(names):
    # Files of a folder before those of the folders in it, whatever the case.
    return sorted(names, key=lambda n: (n.count("/") > 0, n.lower()))


def check_lists(tree, path, fix):
    lines = tree.lines(path)
    folder = os.path.dirname(path)
    changed = False
    for number, line in enumerate(lines, 1):
        code = line.split("#")[0]
        for pattern, what in FORBIDDEN:
            if pattern.search(code):
                tree.report(path, number, what)
    for start, end in blocks(lines):
        names = [ALONE.match(line)[1] for line in lines[start:end]]
        if names != in_order(names):
            if fix:
                indent = re.match(r"\s+", lines[start]).group()
                lines[start:end] = [indent + name for name in in_order(names)]
                changed = True
            else:
                wrong = next(i for i, (a, b) in enumerate(zip(names, in_order(names))) if a != b)
                tree.report(path, start + wrong + 1, f"'{names[wrong]}' is out of order")
    if changed:
        tree.write(path, "\n".join(lines) + "\n")
    listed = []
    about = False
    for number, line in enumerate(lines, 1):
        # Flags of a source name it without building it.
        about = about or "set_source_files_properties" in line
        if about:
            about = ")" not in line
            continue
        program = TEST.match(line)
        if program:
            listed.append((os.path.normpath(os.path.join(folder, program[1] + ".cc")), number))
        for match in NAME.finditer(re.sub(r"\$\{CMAKE_CURRENT_SOURCE_DIR\}/", "", line.split("#")[0])):
            if line[max(0, match.start() - 1):match.start()] == "}":
                continue  # a path in the build tree or of a dependency
            listed.append((os.path.normpath(os.path.join(folder, match.group())), number))
    return listed


def add(tree, source):
    """Into the first list of the nearest CMakeLists.txt, in order."""
    path = os.path.join(os.path.dirname(source), "CMakeLists.txt")
    if not tree.exists(path):
        return False
    lines = tree.lines(path)
    for start, end in blocks(lines):
        indent = re.match(r"\s+", lines[start]).group()
        names = [ALONE.match(line)[1] for line in lines[start:end]] + [os.path.basename(source)]
        lines[start:end] = [indent + name for name in in_order(names)]
        tree.write(path, "\n".join(lines) + "\n")
        return True
    return False


def check(tree, fix):
    listed = {}
    for path in tree.files(("CMakeLists.txt", ".cmake")):
        for source, line in check_lists(tree, path, fix):
            listed.setdefault(source, []).append((path, line))
    sources = {s for s in tree.files(SOURCES) if "Inputs" not in s.split("/")}
    for source in sorted(sources):
        places = listed.get(source, [])
        if not places and not (fix and add(tree, source)):
            tree.report(source, 0, "in no CMakeLists.txt")
        for path, line in places[1:]:
            tree.report(path, line, f"'{os.path.basename(source)}' is listed twice")
    for source, places in sorted(listed.items()):
        if source not in sources:
            tree.report(*places[0], f"no file '{source}'")


if __name__ == "__main__":
    lint.main(check, __doc__, fixes=True)
