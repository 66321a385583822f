#!/usr/bin/env python3
"""Fails when a diagnostic has the wrong form or no test expects its text.

A sentence starts in lower case and has no full stop; --fix repairs both. Some
file under tests/ must contain the longest literal part of it. Sites without a
test stand in untested-diagnostics.txt, `path: text`; that list may only shrink,
and an entry whose site is gone or tested fails too.
"""

import re

import tree as lint

SITE = re.compile(
    r"\b(emitOpError|emitError|emitWarning|emitRemark|createStringError|ganrt_status_make|ganrt_fail"
    r"|(?:diagnostics?|diags?|reporter|errors?)(?:\.|->)(?:error|warning|note|report)|attachNote"
    r"|fail|failure|reject|refuse|unsupported|notSupported)\s*\(")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
# Where text stops being literal: printf and formatv.
HOLE = re.compile(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[diouxXeEfgGcsp]"
                  r"|%\" PRI\w+|\{\d+[^}]*\}")
LIST = "tests/lint/untested-diagnostics.txt"
CODES = {"\\n": "\n", '\\"': '"', "\\\\": "\\", "\\'": "'", "%%": "%"}


def unescape(text):
    return re.sub(r'\\[n"\\\']|%%', lambda m: CODES[m.group()], text)


def statement_end(text, start):
    """The semicolon that ends the statement which starts there."""
    depth = 0
    position = start
    while position < len(text):
        character = text[position]
        if character == '"':
            match = LITERAL.match(text, position)
            position = match.end() if match else position + 1
            continue
        if text.startswith("//", position):
            position = text.find("\n", position) % (len(text) + 1)
            continue
        if character == "'":
            match = re.compile(r"'(\\.|[^'\\])'").match(text, position)
            position = match.end() if match else position + 1
            continue
        if character in "({[":
            depth += 1
        elif character in ")}]":
            depth -= 1
            if depth < 0:
                return position
        elif character == ";" and depth <= 0:
            return position
        position += 1
    return len(text)


def strip_comments(text):
    """Comments become spaces; literals stay."""
    def blank(match):
        if match.group(1) is not None:
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'("(?:[^"\\\n]|\\.)*"|\'(?:\\.|[^\'\\\n])\')|//[^\n]*|/\*.*?\*/', blank, text,
                  flags=re.S)


def sites(text):
    """(start, end, literals) of every diagnostic; a literal is (start, end, text)."""
    code = strip_comments(text)
    last = -1
    for match in SITE.finditer(code):
        if match.start() < last:
            continue  # inside the statement before
        end = statement_end(code, match.start())
        literals = []
        for literal in LITERAL.finditer(code, match.end(), end):
            joined = literals and not code[literals[-1][1]:literal.start()].strip()
            if joined:
                start, _, before = literals.pop()
                literals.append((start, literal.end(), before + literal.group(1)))
            else:
                literals.append((literal.start(), literal.end(), literal.group(1)))
        if literals and any(re.search(r"[a-z]{3,} ", text) for _, _, text in literals):
            last = end
            yield match.start(), end, literals


def corpus(tree):
    """All text of the tests in one string, literals of C++ joined."""
    texts = []
    for path in tree.files(under="tests/"):
        if path.startswith("tests/lint/") or path.endswith((".npy", ".png", ".gz", ".onnx")):
            continue
        text = tree.text(path)
        if path.endswith(".cc"):
            text = unescape(re.sub(r'"\s*\n\s*"', "", text))
        texts.append(text)
    return re.sub(r"\s+", " ", "\n".join(texts))


def check(tree, fix):
    known = None
    untested = set(tree.lines(LIST)) if tree.exists(LIST) else set()
    stale = set(untested)
    for path in tree.files(lint.SOURCE):
        if not path.startswith(("dialects/", "frontends/", "compiler/", "runtime/")):
            continue
        text = tree.text(path)
        edits = []
        for start, end, literals in sites(text):
            line = text[:start].count("\n") + 1
            first, last = literals[0], literals[-1]
            # Only the first operand of a stream begins the sentence.
            begins = not re.search(r"<<|\+", text[start:first[0]]) or re.search(
                r"\(\s*\)\s*<<\s*$", text[start:first[0]])
            if begins and re.match(r"[A-Z][a-z]+ ", first[2]):
                if fix:
                    edits.append((first[0] + 1, first[0] + 2, first[2][0].lower()))
                else:
                    tree.report(path, line, f"'{first[2]}' starts with a capital")
            closes = not text[last[1]:end].strip(" \n)")
            if closes and re.search(r"[\w)']\.$", last[2]):
                if fix:
                    edits.append((last[1] - 2, last[1] - 1, ""))
                else:
                    tree.report(path, line, f"'{last[2]}' ends with a full stop")
            parts = [part for _, _, literal in literals for part in HOLE.split(literal)]
            part = re.sub(r"\s+", " ", unescape(max(parts, key=len))).strip()
            if known is None:
                known = corpus(tree)
            if part in known:
                continue
            stale.discard(f"{path}: {part}")
            if f"{path}: {part}" not in untested:
                tree.report(path, line, f"no test expects '{part}'")
        for start, end, new in reversed(edits):
            text = text[:start] + new + text[end:]
        if edits:
            tree.write(path, text)
    for entry in sorted(stale):
        tree.report(LIST, 0, f"remove '{entry}': it has a test now, or is gone")


if __name__ == "__main__":
    lint.main(check, __doc__, fixes=True)
