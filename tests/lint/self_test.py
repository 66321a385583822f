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
GOOD_PASSES = """//===- Passes.td - gan to gan ----------------------------*- tablegen -*-===//
def FoldBatchNormPass : Pass<"gan-fold-batch-norm"> {}
"""
GOOD_PASS = """//===- FoldBatchNorm.cpp - fold the normalisation into the weights --------===//
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
"""
TRANSFORMS = "dialects/gan/Transforms/"
GOOD_TEST = "tests/dialects/gan/Transforms/fold-batch-norm.mlir"
C_BANNER = "/*===- pool.c - threads ----===*/\n"
OPS_HEAD = """include "mlir/IR/OpBase.td"
def Gan_Dialect : Dialect { let name = "gan"; let cppNamespace = "::gan"; }
"""
GOOD_OP = """def Gan_MishOp : Op<Gan_Dialect, "mish", []> {
  let summary = "mish activation";
  let description = [{
    C1. The result type equals the operand type.
    ```mlir
    %y = gan.mish %x : tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input);
  let results = (outs AnyTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `,` type($result)";
  let hasVerifier = 1;
}
"""
OPS = "dialects/gan/IR/GanOps.td"
INVALID = "tests/dialects/gan/IR/activation-ops-invalid.mlir"
INVALID_TEST = "func.func @mish_c1() { return }\n"
DOCUMENTED_PASS = """include "mlir/Pass/PassBase.td"
def FoldPass : Pass<"gan-fold"> {
  let summary = "fold";
  let description = "before ==> after";
}
"""
LIST = "add_library(Gan\n  A.cpp\n  B.cpp\n)\n"

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
    "check_names": [
        ({"dialects/gan/IR/GanOps.h": GOOD_HEADER, TRANSFORMS + "Passes.td": GOOD_PASSES,
          TRANSFORMS + "FoldBatchNorm.cpp": GOOD_PASS, GOOD_TEST: "",
          "runtime/src/pool.c": C_BANNER, "tests/runtime/pool_test.cc":
          "//===- pool_test.cc - threads ----===//\n"}, None),
        ({TRANSFORMS + "Passes.td": GOOD_PASSES.replace("gan-fold", "fold"),
          TRANSFORMS + "FoldBatchNorm.cpp": GOOD_PASS, GOOD_TEST: ""},
         "has the flag 'fold-batch-norm', expected 'gan-fold-batch-norm'"),
        ({TRANSFORMS + "Passes.td": GOOD_PASSES, TRANSFORMS + "Fold.cpp": GOOD_PASS, GOOD_TEST: ""},
         "pass 'FoldBatchNorm' has no file"),
        ({TRANSFORMS + "Passes.td": GOOD_PASSES, TRANSFORMS + "FoldBatchNorm.cpp": GOOD_PASS},
         "pass 'FoldBatchNorm' has no test"),
        ({"runtime/src/pool.c": C_BANNER}, "no test 'tests/runtime/pool_test.cc'"),
        ({"dialects/gan/IR/GanOps.h": GOOD_HEADER.replace("_GAN_IR", "")},
         "expected the guard DIALECTS_GAN_IR_GANOPS_H", FIXED),
        ({"dialects/gan/IR/Ops.h": GOOD_HEADER.replace("GANOPS_H", "OPS_H")},
         "the banner names 'GanOps.h', expected 'Ops.h'", FIXED),
        ({"dialects/gan/IR/GanOps.cpp": "int x;\n"}, "expected a banner"),
        ({"dialects/gan/IR/GanUtils.cpp": "//===- GanUtils.cpp - x ---===//\n"},
         "'Utils' is an abbreviation"),
    ],
    "check_cmake_lists": [
        ({"CMakeLists.txt": LIST, "A.cpp": "", "B.cpp": ""}, None),
        ({"CMakeLists.txt": "gan_runtime_test(pool_test)\n", "pool_test.cc": ""}, None),
        ({"x/Inputs/use.c": ""}, None),
        ({"x/CMakeLists.txt": LIST, "x/A.cpp": "", "x/B.cpp": "", "x/C.cpp": ""},
         "x/C.cpp: in no CMakeLists.txt", FIXED),
        ({"CMakeLists.txt": LIST, "A.cpp": ""}, "CMakeLists.txt:3: no file 'B.cpp'"),
        ({"CMakeLists.txt": LIST + "add_library(Two\n  B.cpp\n)\n", "A.cpp": "", "B.cpp": ""},
         "'B.cpp' is listed twice"),
        ({"CMakeLists.txt": "add_library(Gan\n  B.cpp\n  A.cpp\n)\n", "A.cpp": "", "B.cpp": ""},
         "'B.cpp' is out of order", FIXED),
        ({"CMakeLists.txt": "file(GLOB s *.txt)\n"}, "globbing"),
        ({"CMakeLists.txt": "macro(add)\nendmacro()\n"}, "a macro"),
        ({"CMakeLists.txt": "include(FetchContent)\n"}, "a download"),
    ],
    "check_commit": [
        ({".message": "[plan] Reuse a concat input's buffer\n\nBecause.\n"}, None),
        ({".message": "Reuse a buffer\n"}, "expected a subject"),
        ({".message": "[plan] Reuses " + "x" * 60 + "\n"}, "at most 60"),
        ({".message": "[plan] Added a test\n"}, "not in the imperative"),
        ({".message": "[plan] Reuse a buffer\n", "runtime/src/pool.c": ""}, "without a test"),
        ({".message": "[plan] Rename a buffer, NFC\n", "runtime/src/pool.c": ""}, None),
    ],
    "check_generated": [
        ({"README.md": "hello\n"}, None),
        ({"frontends/onnx/onnx.pb.h": ""}, "a generated or binary file"),
        ({"docs/table.md": "<!-- Autogenerated by " + "mlir-tblgen -->\n"}, "says that it is generated"),
    ],
    "check_spelling": [
        ({"README.md": "a compiler for games\n"}, None),
        ({"README.md": "the " + "reci" + "eved" + " gradient\n"}, "received", FIXED),
        ({"docs/" + "reci" + "eved" + ".md": ""}, "received"),
    ],
    "check_op_docs": [
        ({OPS: OPS_HEAD + GOOD_OP, INVALID: INVALID_TEST,
          "dialects/gan/Transforms/Passes.td": DOCUMENTED_PASS}, None),
        ({OPS: OPS_HEAD + GOOD_OP.replace("mish activation", ""), INVALID: INVALID_TEST},
         "GanOps.td:3: 'Gan_MishOp' has no summary"),
        ({OPS: OPS_HEAD + GOOD_OP.replace("activation", "activation."), INVALID: INVALID_TEST},
         "one line without a full stop"),
        ({OPS: OPS_HEAD + GOOD_OP.replace("C1.", ""), INVALID: ""}, "has no constraints"),
        ({OPS: OPS_HEAD + GOOD_OP.replace("C1.", "C2."), INVALID: INVALID_TEST}, "numbers its"),
        ({OPS: OPS_HEAD + GOOD_OP.replace("gan.mish", "gan.tanh"), INVALID: INVALID_TEST},
         "has no example"),
        ({OPS: OPS_HEAD + GOOD_OP.replace("let assemblyFormat", "// "), INVALID: INVALID_TEST},
         "has no assembly format"),
        ({OPS: OPS_HEAD + GOOD_OP, INVALID: ""}, "no invalid test '@mish_c1'"),
        ({OPS: OPS_HEAD + GOOD_OP, INVALID: INVALID_TEST + "func.func @mish_c2()\n"},
         "'mish' has no constraint C2"),
        ({"dialects/gan/Transforms/Passes.td": DOCUMENTED_PASS.replace("==>", "to")},
         "'FoldPass' shows no IR"),
        ({OPS: "def {"}, "TableGen rejects it"),
        ({OPS: OPS_HEAD + "class Gan_PrimitiveOp<string m> : Op<Gan_Dialect, m, []>;\n"
          + GOOD_OP.replace("Op<Gan_Dialect, \"mish\", []>", "Gan_PrimitiveOp<\"mish\">"),
          INVALID: INVALID_TEST, "docs/operator-set.md": "`tanh`\n"}, "does not name `mish`"),
    ],
    "check_diagnostics": [
        ({"dialects/gan/IR/A.cpp": 'return emitOpError() << "expected rank 4 (C2), got " << n;\n',
          "tests/a.mlir": "// expected-error {{expected rank 4 (C2), got 3}}\n"}, None),
        ({"runtime/src/a.c": 'return ganrt_status_make(X, "\'%s\' is not "\n  "a regular file", p);\n',
          "tests/a_test.cc": 'EXPECT_EQ(m, "\'x\' is "\n  "not a regular file");\n'}, None),
        ({"runtime/src/a.c": 'return ganrt_fail(X, "cannot happen here", p);\n',
          "tests/lint/untested-diagnostics.txt": "runtime/src/a.c: cannot happen here\n"}, None),
        ({"tests/lint/untested-diagnostics.txt": "runtime/src/a.c: cannot happen here\n"},
         "remove 'runtime/src/a.c: cannot happen here'"),
        ({"dialects/gan/IR/A.cpp": '\nreturn emitOpError() << "expected rank 4";\n'},
         "A.cpp:2: no test expects 'expected rank 4'"),
        ({"dialects/gan/IR/A.cpp": 'return emitOpError("Expected rank 4");\n',
          "tests/a.mlir": "{{expected rank 4}} {{Expected rank 4}}\n"}, "starts with a capital", FIXED),
        ({"dialects/gan/IR/A.cpp": 'return emitOpError("expected rank 4.");\n',
          "tests/a.mlir": "expected rank 4.\n"}, "ends with a full stop", FIXED),
    ],
    "check_exports": [
        ({"a.c": "int ganrt_f(void) { return 1; }\n"}, None),
        ({"a.c": "int helper(void) { return 1; }\n"}, "a.so: exports 'helper'"),
        ({"a.c": "int _Z1fv(void);\nint ganrt_f(void) { return _Z1fv(); }\n"},
         "a.so: needs the symbol '_Z1fv'"),
        ({"a.c": "#include <zlib.h>\nconst char *ganrt_f(void) { return zlibVersion(); }\n"},
         "a.so: needs the library 'libz.so.1'"),
    ],
    "check_docs": [
        ({"README.md": "see [style](docs/style.md), `./dev test`, `runtime/src`\n"
          "## Planned\n`runtime/devices`\n", "docs/style.md": "`docs/style.md`\n",
          "runtime/src/a.c": "", "dev": "verb_test() { :; }\n"}, None),
        ({"docs/a.md": "```cpp\n[&](SoftplusOp)\n```\n"}, None),
        ({"README.md": "\n[style](docs/stile.md)\n"}, "README.md:2: the link 'docs/stile.md'"),
        ({"README.md": "## Planned\n## Now\n`runtime/devices`\n"}, "README.md:3: no 'runtime/devices'"),
        ({"docs/a.md": "run `./dev tset`\n", "dev": "verb_test() { :; }\n"}, "no verb 'tset'"),
        ({"docs/a.md": "cmake --preset fast\n"}, "no preset 'fast'"),
    ],
    "check_tidy": [
        ({".clang-tidy": "Checks: '-*,bugprone-*'\nWarningsAsErrors: '*'\n",
          "a.cpp": "int f(int a) { return a; }\n", ".message": "[x] Add a\n"}, None),
        ({".clang-tidy": "Checks: '-*,bugprone-*'\nWarningsAsErrors: '*'\n",
          "a.cpp": "int f(int a) { if (a) { } else if (a) { return 1; } return sizeof(a) < -1; "
          "}\nint g(char *p) { return sizeof(p) / sizeof(p[0]); }\n",
          ".message": "[x] Add a\n"}, "bugprone-sizeof-expression"),
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
        if ".message" in files:
            identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
            subprocess.run(["git", "-C", root, "add", "."], check=True)
            subprocess.run(["git", "-C", root, *identity, "commit", "-q", "-m", files[".message"]],
                           check=True)
        if lint.endswith("check_exports.py"):
            subprocess.run(["cc", "-shared", "-fPIC", "-o", "a.so", "a.c", "-Wl,--as-needed", "-lz"],
                           cwd=root, check=True)
            result = subprocess.run([lint, "a.so"], cwd=root, text=True, stdout=subprocess.PIPE)
            return result.returncode, result.stdout
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
