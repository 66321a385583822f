#!/usr/bin/env python3
"""Fails when an operation or a pass is not documented as docs/style.md asks.

An operation has a one-line summary, a description with numbered constraints
(C1., C2., … or the sentence `No constraints.`) and an example in a fence, and
an assembly format. A pass has a summary and IR before `==>` IR after. Where an
operation has a verifier, every constraint is the name of a function in an
invalid test, `@<mnemonic>_c<n>`, and every such function names a constraint.
docs/operator-set.md names every primitive and composite.
"""

import json
import os
import re
import subprocess

import tree as lint

PAGE = "docs/operator-set.md"
LLVM = os.environ.get("LLVM_ROOT", "/usr/lib/llvm-22")


def records(tree, path):
    result = subprocess.run(
        [f"{LLVM}/bin/llvm-tblgen", "--dump-json", "-I", f"{LLVM}/include", "-I", tree.root,
         os.path.join(tree.root, path)], capture_output=True, text=True)
    if result.returncode:
        tree.report(path, 0, "TableGen rejects it: " + result.stderr.strip().split("\n")[0])
        return {}
    return json.loads(result.stdout)


def place(tree, path, name):
    """Path and line of a definition, which may be in a file beside this one."""
    folder = os.path.dirname(path) + "/"
    for candidate in [path] + tree.files((".td",), folder):
        match = re.search(rf"^def {re.escape(name)}\b", tree.text(candidate), re.M)
        if match:
            return candidate, tree.text(candidate)[:match.start()].count("\n") + 1
    return None


def check_summary(tree, where, name, summary):
    if not summary:
        tree.report(*where, f"'{name}' has no summary")
    elif "\n" in summary.strip() or summary.rstrip().endswith("."):
        tree.report(*where, f"the summary of '{name}' is one line without a full stop")


def check_operations(tree, path):
    dialect = re.match(r"dialects/(\w+)/IR/", path)[1]
    everything = records(tree, path)
    tested = {}
    for test in tree.files((".mlir",), f"tests/dialects/{dialect}/IR/"):
        for match in re.finditer(r"@(\w+?)_c(\d+)\b", tree.text(test)):
            line = tree.text(test)[:match.start()].count("\n") + 1
            tested.setdefault((match[1], int(match[2])), (test, line))
    known = set()
    page = tree.text(PAGE).split("## Planned")[0] if tree.exists(PAGE) else None
    for name in everything.get("!instanceof", {}).get("Op", []):
        record = everything[name]
        where = place(tree, path, name)
        if where is None:
            continue  # a definition of MLIR's own
        mnemonic = record["opName"]
        check_summary(tree, where, name, record["summary"])
        text = record["description"] or ""
        constraints = [int(n) for n in re.findall(r"^\s*C(\d+)\.", text, re.M)]
        known |= {(mnemonic.replace(".", "_"), n) for n in constraints}
        if constraints != list(range(1, len(constraints) + 1)):
            tree.report(*where, f"'{name}' numbers its constraints {constraints}")
        if not constraints and not re.search(r"^\s*No constraints\.", text, re.M):
            tree.report(*where, f"'{name}' has no constraints")
        fences = re.findall(r"```(?:mlir)?\n(.*?)```", text, re.S)
        if not any(f"{dialect}.{mnemonic}" in fence for fence in fences):
            tree.report(*where, f"'{name}' has no example")
        if page is not None and {"Gan_PrimitiveOp", "Gan_CompositeOp"} & set(record["!superclasses"]):
            if f"`{mnemonic}`" not in page:
                tree.report(*where, f"'{PAGE}' does not name `{mnemonic}`")
        if not record["assemblyFormat"] and not record["hasCustomAssemblyFormat"]:
            tree.report(*where, f"'{name}' has no assembly format")
        if record["hasVerifier"] or record["hasRegionVerifier"]:
            for number in constraints:
                if (mnemonic, number) not in tested:
                    tree.report(*where, f"no invalid test '@{mnemonic}_c{number}'")
    for (mnemonic, number), where in sorted(tested.items()):
        if (mnemonic, number) not in known:
            tree.report(*where, f"'{mnemonic}' has no constraint C{number}")


def check_passes(tree, path):
    everything = records(tree, path)
    for name in everything.get("!instanceof", {}).get("PassBase", []):
        where = place(tree, path, name)
        if where is None:
            continue
        record = everything[name]
        check_summary(tree, where, name, record["summary"])
        if "==>" not in (record["description"] or ""):
            tree.report(*where, f"'{name}' shows no IR before '==>' IR after")


def check(tree):
    for path in tree.files((".td",)):
        match = re.match(r"dialects/(\w+)/IR/(\w+)Ops\.td$", path)
        if match and match[1].lower() == match[2].lower():
            check_operations(tree, path)
        elif path.endswith("/Passes.td"):
            check_passes(tree, path)


if __name__ == "__main__":
    lint.main(check, __doc__)
