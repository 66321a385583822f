#!/usr/bin/env python3
"""Runs every example of an operation's description through gan-opt.

usage: op_examples.py LLVM_ROOT GAN_OPT OUTPUT.mlir UMBRELLA.td…

Each fenced block of MLIR must parse, verify, print and parse again to the same.
The blocks lie in OUTPUT.mlir, each under the name of its operation, so that a
failure can be looked at. Run in the root of the repository.
"""

import json
import re
import subprocess
import sys
import textwrap


def main():
    llvm, gan_opt, output, *paths = sys.argv[1:]
    blocks = []
    for path in paths:
        dump = subprocess.run([f"{llvm}/bin/llvm-tblgen", "--dump-json", "-I", f"{llvm}/include",
                               "-I", ".", path], check=True, capture_output=True, text=True).stdout
        records = json.loads(dump)
        for name in records["!instanceof"]["Op"]:
            fences = re.findall(r"^( *```mlir\n.*?)^ *```", records[name]["description"], re.M | re.S)
            for block in fences:
                lines = textwrap.dedent(block).split("\n", 1)[1]
                blocks.append(f"// {name}\n{lines}")
    if not blocks:
        sys.exit("no example found")
    with open(output, "w", encoding="utf-8") as file:
        file.write("// -----\n".join(blocks))
    result = subprocess.run([gan_opt, "--split-input-file", "--verify-roundtrip", output],
                            capture_output=True, text=True)
    sys.stderr.write(result.stderr)
    print(f"{len(blocks)} examples in {output}")
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
