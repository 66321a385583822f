#!/usr/bin/env python3
"""Fails when an include breaks the table of layers in docs/style.md.

Includes are rooted at the repository, so the first components of a path are the
layer. A rule is a folder and what its files may include; the longest matching
folder wins, and a folder may always include itself.
"""

import os
import re

import tree as lint

# What MLIR itself is built on and every user of it needs.
MLIR = ["mlir/", "llvm/ADT/", "llvm/Support/"]
IR = ["dialects/gan/IR/", "dialects/game/IR/", "dialects/kernel/IR/"]
DIALECTS = IR + [f"dialects/{d}/Transforms/" for d in ("gan", "game", "kernel")]
REFERENCE = ["dialects/gan/Reference/"]
ABI = ["ganrt/abi.h"]
BELOW_PIPELINES = ["compiler/conversions/", "compiler/backends/"]
# What all backends share.
BACKENDS = ["compiler/backends/Backend", "compiler/backends/Devices.h", "compiler/backends/SpirvWords.h"]

RULES = {
    "runtime/include/ganrt/abi.h": [],
    "runtime/": ["ganrt/", "png.h", "xxhash.h", "zlib.h"],
    "dialects/": MLIR,
    "dialects/gan/IR/": MLIR,
    "dialects/game/IR/": MLIR + ["dialects/gan/IR/"],
    "dialects/kernel/IR/": MLIR + ["dialects/gan/IR/"],
    "dialects/gan/Transforms/": MLIR + ["dialects/gan/IR/"],
    "dialects/game/Transforms/": MLIR + ["dialects/gan/IR/", "dialects/game/IR/"],
    "dialects/kernel/Transforms/": MLIR + ["dialects/gan/IR/", "dialects/kernel/IR/"],
    "dialects/gan/Reference/": MLIR + ["dialects/gan/IR/"],
    "frontends/onnx/": MLIR + DIALECTS + ["google/protobuf/", "onnx.pb.h"],
    "frontends/game/": MLIR + DIALECTS,
    "compiler/conversions/*/": MLIR + DIALECTS,
    "compiler/backends/": MLIR + DIALECTS + ABI + ["compiler/conversions/", "llvm/"],
    "compiler/backends/BackendRegistry.cpp": MLIR + DIALECTS + BELOW_PIPELINES + ["llvm/"],
    "compiler/backends/llvm/": MLIR + DIALECTS + ABI + BACKENDS + [
        "compiler/conversions/", "llvm/", "lld/"],
    "compiler/backends/halide/": MLIR + DIALECTS + ABI + BACKENDS + [
        "compiler/conversions/", "llvm/", "Halide"],
    "compiler/pipelines/": MLIR + DIALECTS + BELOW_PIPELINES,
    "compiler/driver/": MLIR + DIALECTS + REFERENCE + ABI + BELOW_PIPELINES + [
        "compiler/pipelines/", "frontends/", "llvm/", "lld/"],
    "compiler/tools/Dialects.h": MLIR + DIALECTS,
    "compiler/tools/ganc/": MLIR + ["compiler/driver/"],
    "compiler/tools/*/": MLIR + DIALECTS + REFERENCE + BELOW_PIPELINES + [
        "compiler/driver/", "compiler/pipelines/", "compiler/tools/Dialects.h", "frontends/"],
    "tests/": None,  # everything
    "docs/examples/": ["ganrt/"],
}
# abi.h is plain C99 and includes these two.
ABI_INCLUDES = {"stddef.h", "stdint.h"}
# Roots that belong to somebody; every other header is the standard library or
# the operating system.
OWNED = ("dialects/", "frontends/", "compiler/", "runtime/", "tests/", "docs/", "ganrt/", "mlir/",
         "mlir-c/", "llvm/", "llvm-c/", "lld/", "clang/", "Halide", "google/", "onnx", "gtest/",
         "gmock/", "benchmark/", "png.h", "zlib.h", "xxhash.h", "torch/")

INCLUDE = re.compile(r'^\s*#?\s*include\s+["<]([^">]+)[">]')


def rule_of(path):
    best = None
    for folder in RULES:
        pattern = re.escape(folder).replace(r"\*", "[^/]+")
        if folder.endswith("/"):
            match = re.match(pattern, path)
        else:
            match = re.fullmatch(pattern, path)
        if match and (best is None or len(match.group()) > len(best[1])):
            best = (folder, match.group())
    return best


def resolve(tree, path, name):
    """The name of an include as seen from the root of the repository."""
    if name.startswith(OWNED):
        return name
    folder = os.path.dirname(path)
    while folder:
        candidate = os.path.normpath(os.path.join(folder, name))
        if tree.exists(candidate):
            return candidate
        folder = os.path.dirname(folder)
    return name


def check(tree):
    for path in tree.files(lint.SOURCE + (".td", ".inc")):
        rule = rule_of(path)
        if rule is None:
            tree.report(path, 0, "no layer is given for this folder")
            continue
        folder, own = rule
        allowed = RULES[folder]
        if allowed is None:
            continue
        for number, line in enumerate(tree.lines(path), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            name = resolve(tree, path, match.group(1))
            if path.endswith("ganrt/abi.h"):
                fine = name in ABI_INCLUDES
            elif folder.startswith("runtime/") and path.endswith((".c", ".h")):
                fine = name.startswith(("runtime/", *allowed)) or not name.startswith(OWNED)
            else:
                fine = name.startswith((own, *allowed)) or not name.startswith(OWNED)
            if not fine:
                tree.report(path, number, f"'{folder}' may not include '{match.group(1)}'")


if __name__ == "__main__":
    lint.main(check, __doc__)
