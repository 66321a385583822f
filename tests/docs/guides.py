#!/usr/bin/env python3
"""Checks the guides: excerpts are in the tree, commands succeed.

usage: guides.py TOOLS_DIR PAGE.md…

A line that is only `path` announces that the next fenced block is an excerpt of
that file: its lines must stand there, one after the other. A block of MLIR that
nothing announces is example.mlir for the commands after it. Every line of a
block of sh must exit with 0. Run in the root of the repository.
"""

import os
import re
import subprocess
import sys
import tempfile

PART = re.compile(r"^`([^`\s]+/[^`\s]+)`\n\n```\w*\n(.*?)^```|^```(\w+)\n(.*?)^```", re.M | re.S)


def check(page, tools):
    """The complaints about one page, and the number of blocks it holds."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    complaints, count = [], 0
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as folder:
        example = os.path.join(folder, "example.mlir")
        for match in PART.finditer(text):
            path, excerpt, language, block = match.groups()
            line = text[:match.start()].count("\n") + 1
            count += 1
            if path:
                with open(path, encoding="utf-8") as file:
                    if "\n" + excerpt not in "\n" + file.read():
                        complaints.append(f"{page}:{line}: {path} has no such lines")
            elif language == "mlir":
                with open(example, "w", encoding="utf-8") as file:
                    file.write(block)
            elif language == "sh":
                for command in block.splitlines():
                    words = [example if word == "example.mlir" else word for word in command.split()]
                    result = subprocess.run(words, env=environment, capture_output=True, text=True,
                                            check=False)
                    if result.returncode:
                        complaints.append(f"{page}:{line}: '{command}' exits with "
                                          f"{result.returncode}\n{result.stderr}")
    if not count:
        complaints.append(f"{page}: expected excerpts or commands, found none")
    return complaints, count


def main():
    tools, *pages = sys.argv[1:]
    failed = False
    for page in pages:
        complaints, count = check(page, tools)
        failed |= bool(complaints)
        print("\n".join([*complaints, f"{count} blocks in {page}"]))
    sys.exit(failed)


if __name__ == "__main__":
    main()
