#!/usr/bin/env python3
"""Fails when a name breaks the table of names in docs/style.md.

A pass is one name in four spellings: its definition, its file, its flag, its
test. A C file has a test of its name. A header's guard is its full path, and a
banner names its file; --fix repairs these two. File names hold no abbreviation.
"""

import os
import re

import tree as lint

BANNER = re.compile(r"^(?P<open>//|/\*)===- (?P<name>\S+) - (?P<text>.*?) ?-*"
                    r"(?P<mode>\*- \S+ -\*-)?===(?P<close>//|\*/)?$")
PASS = re.compile(r'^def (\w+?)(Pass)? *: *\w*Pass<"([^"]+)"', re.M)
# Words that file names may not use, and capitals that they may.
ABBREVIATIONS = set("""acc alloc arg args attr buf calc cfg comp ctx decl def desc dst elem elt env expr
    fn func idx impl init inst len mem mgr msg num obj param params pos pred prev proc ptr ref reg
    res ret sz spec src str stmt sym tmp util utils val var vec""".split())
ACRONYMS = set("AST CPU FMA GPU IR JSON LLVM MLIR NPY ONNX PNG PTX SHA SIMD SPIRV".split())
# Settled file names: C headers that users include, and MLIR's own customs.
SETTLED = {"abi.h", "idx.c", "idx.h", "idx_test.cc", "npy.c", "npy.h"}


def kebab(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def guard_of(path):
    path = re.sub(r"^runtime/include/", "", path)
    return re.sub(r"[^A-Za-z0-9]", "_", path).upper()


def check_guard(tree, path, fix):
    text = tree.text(path)
    want = guard_of(path)
    match = re.search(r"^#ifndef (\w+)\n#define (\w+)\n", text, re.M)
    if not match:
        tree.report(path, 1, f"no include guard, expected {want}")
    elif match.groups() != (want, want):
        if fix:
            old = match.group(1)
            text = text.replace(match.group(), f"#ifndef {want}\n#define {want}\n")
            text = re.sub(rf"^#endif\s*(//|/\*) {re.escape(old)}\b", rf"#endif \1 {want}", text, flags=re.M)
            tree.write(path, text)
        else:
            line = text[:match.start()].count("\n") + 1
            tree.report(path, line, f"expected the guard {want}, got {match.group(1)}")


def check_banner(tree, path, fix):
    lines = tree.lines(path)
    match = BANNER.match(lines[0]) if lines else None
    name = os.path.basename(path)
    if not match:
        tree.report(path, 1, f"expected a banner, '//===- {name} - what it is for ---===//'")
        return
    if match["name"] == name and len(lines[0]) <= 80:
        return
    if fix:
        head = f"{match['open']}===- {name} - {match['text']} "
        tail = f"{match['mode'] or ''}==={match['close'] or ''}"
        lines[0] = head + "-" * max(1, 80 - len(head) - len(tail)) + tail
        tree.write(path, "\n".join(lines) + "\n")
    if match["name"] != name and not fix:
        tree.report(path, 1, f"the banner names '{match['name']}', expected '{name}'")
    elif len(lines[0]) > 80:
        tree.report(path, 1, f"the banner has {len(lines[0])} columns, at most 80")


def check_abbreviations(tree, path):
    name = os.path.basename(path)
    if name in SETTLED:
        return
    stem = name.split(".")[0]
    for word in re.split(r"[_-]|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", stem):
        letters = re.sub(r"[0-9]", "", word)
        if word.isupper() and len(word) > 1 and word not in ACRONYMS:
            tree.report(path, 0, f"the acronym '{word}' is not on the list")
        elif letters.lower() in ABBREVIATIONS:
            tree.report(path, 0, f"'{word}' is an abbreviation")


def check_passes(tree, path):
    folder = os.path.dirname(path)
    text = tree.text(path)
    conversion = re.match(r"compiler/conversions/(\w+)To(\w+)$", folder)
    dialect = re.match(r"dialects/(\w+)/Transforms$", folder)
    for match in PASS.finditer(text):
        definition, suffix, flag = match.groups()
        line = text[:match.start()].count("\n") + 1
        want = kebab(definition)
        if dialect:
            want = f"{dialect[1]}-{want}"
        if flag != want:
            tree.report(path, line, f"pass '{definition}' has the flag '{flag}', expected '{want}'")
        # A conversion's verb may be left out where the folder says it.
        names = {definition}
        if conversion and definition.startswith("Convert"):
            names.add(definition[len("Convert"):])
        files = [f"{folder}/{name}.cpp" for name in sorted(names)]
        found = [f for f in files if tree.exists(f)]
        if not found:
            tree.report(path, line, f"pass '{definition}' has no file '{files[0]}'")
        elif f"GEN_PASS_DEF_{definition.upper()}{suffix.upper() if suffix else ''}" not in tree.text(found[0]):
            tree.report(found[0], 0, f"does not define the pass '{definition}'")
        tests = [f"tests/{folder}/{kebab(name)}.mlir" for name in sorted(names)]
        if not any(tree.exists(t) for t in tests):
            tree.report(path, line, f"pass '{definition}' has no test '{tests[0]}'")


def check(tree, fix):
    for path in tree.files(lint.SOURCE + (".td",)):
        check_banner(tree, path, fix)
        check_abbreviations(tree, path)
        # A .td that only includes others and a list of passes are read once.
        table = path.endswith(".td") and re.search(r"^(def|class|multiclass)", tree.text(path), re.M)
        if path.endswith(".h") or (table and not path.endswith("Passes.td")):
            check_guard(tree, path, fix)
    for path in tree.files(("Passes.td",)):
        check_passes(tree, path)
    for path in tree.files((".c",), "runtime/src/"):
        test = re.sub(r"^runtime/src/(.*)\.c$", r"tests/runtime/\1_test.cc", path)
        if not tree.exists(test):
            tree.report(path, 0, f"no test '{test}'")


if __name__ == "__main__":
    lint.main(check, __doc__, fixes=True)
