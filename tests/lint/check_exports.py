#!/usr/bin/env python3
"""Fails when a built file exports or needs more than it may.

usage: check_exports.py [--name=REGEX …] FILE…

An archive defines only names that match (default: ganrt_…) and leaves nothing
of C++ or LLVM undefined. A program or shared library exports only such names
and needs only libc and libm.
"""

import argparse
import re
import subprocess
import sys

NEEDED = re.compile(r"^(libc\.so\.6|libm\.so\.6|ld-linux.*\.so\.\d+)$")
FOREIGN = re.compile(r"^(_Z|__cxa|__gxx|LLVM|mlir|halide_)")
# What the linker and the C runtime put into every program.
LINKER = re.compile(r"^(_init|_fini|_edata|_end|__bss_start|_start|main|data_start|__data_start"
                    r"|_IO_stdin_used|__dso_handle|__TMC_END__|environ|__environ|stdin|stdout|stderr)$")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(path, *options):
    """(type letter, name) of each symbol; versions are cut off."""
    for line in run("nm", *options, path).splitlines():
        parts = line.split()
        if len(parts) >= 2 and len(parts[-2]) == 1:
            yield parts[-2], parts[-1].split("@")[0]


def problems(path, allowed):
    with open(path, "rb") as file:
        archive = file.read(8) == b"!<arch>\n"
    defined = symbols(path, "-g" if archive else "-D", "--defined-only")
    for _, name in defined:
        if not allowed.match(name) and (archive or not LINKER.match(name)):
            yield f"defines '{name}'" if archive else f"exports '{name}'"
    for kind, name in symbols(path, "-g" if archive else "-D", "--undefined-only"):
        if FOREIGN.match(name) and kind == "U":
            yield f"needs the symbol '{name}'"
    if not archive:
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", path)):
            if not NEEDED.match(name):
                yield f"needs the library '{name}'"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", action="append", default=[])
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    allowed = re.compile("|".join(f"(?:{n})" for n in options.name or ["ganrt_"]))
    failed = False
    for path in options.files:
        for problem in problems(path, allowed):
            failed = True
            print(f"{path}: {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
