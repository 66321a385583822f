#!/usr/bin/env python3
"""Every game of the library is tested, recorded, and listed by ganc with its paper;
each fits on a screen.

usage: check_list.py GANC TESTED…
"""

import os
import subprocess
import sys

import cases


def main():
    listed = subprocess.run([sys.argv[1], "--list-games"], capture_output=True, text=True, check=True).stdout
    wanted = cases.library()
    found = {"tested": sys.argv[2:], "listed": [line.split()[0] for line in listed.splitlines()],
             "recorded": [name for name in wanted if os.path.exists(cases.recording(name))]}
    for what, names in found.items():
        if sorted(names) != wanted:
            sys.exit(f"{what}: expected {wanted}, got {names}")
    strangers = sorted(name.split(".")[0] for name in os.listdir(os.path.dirname(cases.recording(""))))
    if strangers != sorted([*wanted, *cases.EXTRA]):
        sys.exit(f"recordings: expected {[*wanted, *cases.EXTRA]}, got {strangers}")
    bare = [line for line in listed.splitlines() if "(arXiv " not in line]
    if bare:
        sys.exit(f"expected what it is and its paper beside each name, got {bare}")
    for name in wanted:
        with open(cases.find(name).source, encoding="utf-8") as file:
            lines = file.read().splitlines()
        if len(lines) > 50 or max(map(len, lines)) > 120:
            sys.exit(f"{name}: expected a screen of 50 lines of 120 characters")
    print(f"{len(wanted)} games")


if __name__ == "__main__":
    main()
