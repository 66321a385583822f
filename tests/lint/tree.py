"""What every lint needs: the files of the repository and a way to report.

A lint is called as `check_<name>.py [--root=DIR] [--fix]`, prints one line per
finding, `path:line: what is wrong`, and exits 1 if there was one.
"""

import argparse
import os
import signal
import subprocess
import sys

CXX = (".h", ".cpp", ".cc")
C = (".h", ".c")
SOURCE = (".h", ".c", ".cpp", ".cc")


class Tree:
    def __init__(self, root):
        self.root = os.path.abspath(root)
        listed = subprocess.run(
            ["git", "-C", self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout
        self.paths = sorted(
            {p for p in listed.split("\0") if p and os.path.isfile(os.path.join(self.root, p))})
        self.findings = 0

    def files(self, suffixes=None, under=""):
        return [p for p in self.paths
                if p.startswith(under) and (suffixes is None or p.endswith(tuple(suffixes)))]

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    def lines(self, path):
        return self.text(path).splitlines()

    def write(self, path, text):
        with open(os.path.join(self.root, path), "w", encoding="utf-8") as file:
            file.write(text)

    def report(self, path, line, message):
        self.findings += 1
        print(f"{path}:{line}: {message}" if line else f"{path}: {message}")


def main(check, description, fixes=False):
    """Runs check(tree, fix) as the whole program."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    parser = argparse.ArgumentParser(description=description)
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.join(here, "..", ".."))
    if fixes:
        parser.add_argument("--fix", action="store_true", help="repair what can be repaired")
    options = parser.parse_args()
    tree = Tree(options.root)
    if fixes:
        check(tree, options.fix)
    else:
        check(tree)
    sys.exit(1 if tree.findings else 0)
