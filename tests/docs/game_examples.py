#!/usr/bin/env python3
"""Checks every game of a page: each fenced block of the language 'game'.

usage: game_examples.py GAME_PARSE PAGE.md…

A block must parse and pass the checks that need no network, without a warning.
"""

import re
import subprocess
import sys


def main():
    tool, *pages = sys.argv[1:]
    count = failed = 0
    for page in pages:
        with open(page, encoding="utf-8") as file:
            text = file.read()
        for match in re.finditer(r"^```game\n(.*?)^```", text, re.M | re.S):
            count += 1
            # Empty lines in front keep the page's line numbers in diagnostics.
            before = text[:match.start(1)].count("\n")
            result = subprocess.run([tool, "-"], input="\n" * before + match[1], text=True,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            if result.returncode or result.stderr.strip():
                failed += 1
                print(f"{page}:{before + 1}: exit {result.returncode}\n{result.stderr}")
    print(f"{count} games, {failed} failed")
    sys.exit(1 if failed or not count else 0)


if __name__ == "__main__":
    main()
