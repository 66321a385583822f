#!/usr/bin/env python3
"""Proves that a lint can fail: each case plants a violation in a small tree.

usage: self_test.py check_<name>

A case is (files of a tree, text the lint must print). None as the text means
that the lint must accept the tree. A lint with --fix gets each bad tree that is
marked FIXED again, with --fix, and must accept what it leaves.
"""

import os
import subprocess
import sys
import tempfile

GOOD_HEADER = """//===- GanOps.h - operations of the gan dialect -----------------*- C++ -*-===//
#ifndef DIALECTS_GAN_IR_GANOPS_H
#define DIALECTS_GAN_IR_GANOPS_H
#include "mlir/IR/Dialect.h"
#endif // DIALECTS_GAN_IR_GANOPS_H
"""
FIXED = "fixed"

CASES = {
    "check_layering": [
        ({"dialects/gan/IR/GanOps.h": GOOD_HEADER,
          "compiler/backends/llvm/Emit.cpp": '#include "compiler/backends/Backend.h"\n'
                                             '#include "llvm/IR/Module.h"\n',
          "runtime/src/pool.c": '#include "status.h"\n#include <pthread.h>\n',
          "runtime/src/status.h": '#include "ganrt/status.h"\n',
          "runtime/include/ganrt/abi.h": "#include <stdint.h>\n"}, None),
        ({"dialects/gan/IR/GanOps.h": '#include "dialects/gan/Transforms/Passes.h"\n'},
         "GanOps.h:1: 'dialects/gan/IR/' may not include"),
        ({"dialects/gan/IR/GanOps.td": 'include "dialects/game/IR/GameOps.td"\n'},
         "GanOps.td:1: 'dialects/gan/IR/' may not include"),
        ({"dialects/gan/Reference/Run.cpp": '\n#include "dialects/gan/Transforms/Passes.h"\n'},
         "Run.cpp:2:"),
        ({"compiler/backends/halide/Emit.cpp": '#include "compiler/backends/llvm/Emit.h"\n'},
         "may not include 'compiler/backends/llvm/Emit.h'"),
        ({"compiler/conversions/GanToKernel/Fuse.cpp":
          '#include "compiler/conversions/GameToGan/Grad.h"\n'}, "may not include"),
        ({"dialects/gan/IR/GanOps.cpp": '#include "llvm/IR/Module.h"\n'}, "may not include"),
        ({"frontends/game/Lexer.cpp": '#include "../onnx/OpTable.h"\n',
          "frontends/onnx/OpTable.h": ""}, "'frontends/game/' may not include"),
        ({"runtime/src/pool.c": '#include "llvm/Support/raw_ostream.h"\n'}, "may not include"),
        ({"runtime/include/ganrt/abi.h": "#include <string.h>\n"}, "may not include 'string.h'"),
        ({"compiler/driver/Compile.cpp": '#include "tests/support/Helper.h"\n'}, "may not include"),
        ({"tools/extra.cpp": ""}, "no layer is given"),
    ],
    "check_file_length": [
        ({"dialects/gan/IR/GanOps.td": "\n" * 600, "README.md": "\n" * 1000}, None),
        ({"dialects/gan/IR/GanOps.td": "\n" * 601}, "601 lines; a .td file has at most 600"),
        ({"compiler/tools/ganc/main.cpp": "\n" * 61}, "a tool's main has at most 60"),
        ({"tests/execute/conv.mlir": "\n" * 501}, "a lit test has at most 500"),
        ({"runtime/src/pool.c": "\n" * 1001}, "a file has at most 1000"),
    ],
    "check_todo": [
        ({"runtime/src/pool.c": "/* TODO(#12): pin threads */\n"}, None),
        ({"runtime/src/pool.c": "\n/* TODO: pin threads */\n"}, "pool.c:2: 'TODO' without"),
        ({"compiler/driver/Compile.cpp": "// FIXME(someone) later\n"}, "'FIXME' without"),
    ],
    "check_format": [
        ({".clang-format": "BasedOnStyle: LLVM\n", "a.cpp": "int f() { return 1; }\n"}, None),
        ({".clang-format": "BasedOnStyle: LLVM\n", "a.cpp": "int  f(){return 1;}\n"},
         "a.cpp:1", FIXED),
    ],
}


def run(lint, files, *arguments):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            path = os.path.join(root, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        subprocess.run(["git", "init", "-q", root], check=True)
        results = []
        for extra in (arguments, ()) if arguments else ((),):
            result = subprocess.run([lint, f"--root={root}", *extra], text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            results.append((result.returncode, result.stdout))
        return results[-1]


def main():
    name = sys.argv[1]
    here = os.path.dirname(os.path.abspath(__file__))
    lint = next(p for p in (os.path.join(here, name + ".py"), os.path.join(here, name + ".sh"))
                if os.path.exists(p))
    failures = 0
    for number, (files, expected, *marks) in enumerate(CASES[name], 1):
        status, output = run(lint, files)
        fine = status == 0 if expected is None else status != 0 and expected in output
        if fine and FIXED in marks:
            status, output = run(lint, files, "--fix")
            fine = status == 0
        if not fine:
            failures += 1
            print(f"case {number}: expected {expected!r}, got exit {status} and\n{output}")
    print(f"{len(CASES[name])} cases, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
