#!/usr/bin/env python3
"""Fails on the form of commits that are not in origin/main, at least the newest.

The subject is `[area] Imperative sentence`, at most 60 characters, no full stop.
A change of sources brings a change of tests, or says NFC. --message=FILE checks
one message instead, for a commit-msg hook.
"""

import argparse
import os
import re
import subprocess
import sys

SUBJECT = re.compile(r"^\[[a-z][a-z0-9 /-]*\] [A-Z]")
SOURCE = re.compile(r"^(dialects|frontends|compiler|runtime)/.*\.(h|c|cpp|td)$")
# Not the imperative: past tense, third person, gerund.
MOOD = re.compile(r"^(Added|Adds|Adding|Fixed|Fixes|Fixing|Changed|Changes|Changing|Updated|Updates"
                  r"|Updating|Removed|Removes|Removing|Made|Makes|Making)\b")


def problems(subject, body, paths):
    if len(subject) > 60:
        yield f"the subject has {len(subject)} characters, at most 60"
    if not SUBJECT.match(subject):
        yield "expected a subject '[area] Imperative sentence'"
    elif MOOD.match(subject.split("] ", 1)[1]):
        yield "the subject is not in the imperative"
    if subject.endswith("."):
        yield "the subject ends with a full stop"
    nfc = re.search(r"\bNFC\b", subject + "\n" + body)
    if any(SOURCE.match(p) for p in paths) and not nfc and not any(
            p.startswith("tests/") for p in paths):
        yield "sources changed without a test and without NFC"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    parser.add_argument("--message", help="check this file's message")
    options = parser.parse_args()

    def git(*arguments):
        return subprocess.run(["git", "-C", options.root, *arguments], text=True,
                              capture_output=True).stdout

    failed = False
    if options.message:
        with open(options.message, encoding="utf-8") as file:
            subject, _, body = file.read().partition("\n")
        commits = [("message", subject, body, [])]
    else:
        new = git("rev-list", "--no-merges", "HEAD", "--not", "--remotes=origin").split()
        if not git("rev-parse", "--verify", "-q", "origin/main"):
            new = []
        commits = []
        for commit in new[:50] or git("rev-list", "-n1", "--no-merges", "HEAD").split():
            subject, _, body = git("log", "-1", "--format=%s%n%b", commit).partition("\n")
            paths = git("show", "--format=", "--name-only", commit).split("\n")
            commits.append((commit[:10], subject, body, paths))
    for commit, subject, body, paths in commits:
        for problem in problems(subject, body, paths):
            failed = True
            print(f"{commit} '{subject}': {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
