#!/usr/bin/env python3
"""Runs the node tests of the onnx wheel through ganc and its programs.

usage: run.py --ganc=FILE [--jobs=N] [--update] [NAME…]

Each test is compiled to a program, run on the test's inputs, and its outputs are
compared with the expected ones. It ends in one of three states:

  pass      every output of every data set agrees
  declined  ganc exits 1 and names the node or value that it does not take
  fail      anything else

Claimed is a test of a supported opset whose operators all stand in
`ganc --print-supported-ops` and whose values have plain types: float, int32, int64,
bool. What is not claimed must
be declined. What is claimed stands in one of the lists beside this file: pass.txt,
declined.txt with ganc's reason, expected-fail.txt with ours. The lists are exact in
both directions: a test in another state than its list says fails the run, as does a
claimed test without a list and a name that is not a claimed test of the wheel.
--update writes the lists of passed and declined tests anew; failures are entered by
hand.

Compiling ahead of time means that what decides shapes (axes, pads, a target shape)
is known by then. The wheel passes such inputs at run time; those of which an input
is computed that the operator's row lists as known when compiling are made
initializers here, with the value of the data set.
"""

import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "node")
WHEEL = "1.22.0"
LISTS = {"pass": "pass", "declined": "declined", "expected-fail": "fail"}
PLAIN = {TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL}
RTOL, ATOL = 1e-3, 1e-7
TIMEOUT = 120


def read_list(name):
    """test -> reason of one list; '#' begins a reason."""
    tests = {}
    with open(os.path.join(HERE, name + ".txt"), encoding="utf-8") as file:
        for line in file:
            test, _, reason = line.partition("  # ")
            if test.strip():
                tests[test.strip()] = reason.strip()
    return tests


def supported(ganc):
    """The opsets, and (domain, operator) -> places of inputs known when compiling."""
    table = json.loads(subprocess.run([ganc, "--print-supported-ops=json"], check=True,
                                      stdout=subprocess.PIPE).stdout)
    opsets = range(table["oldest_opset"], table["newest_opset"] + 1)
    return opsets, {(row["domain"], row["name"]): set(row["known_when_compiling"].values())
                    for row in table["operators"]}


def key(node):
    return ("" if node.domain == "ai.onnx" else node.domain, node.op_type)


def is_claimed(model, opsets, table):
    versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    values = [*model.graph.input, *model.graph.output, *model.graph.value_info]
    return (all(version in opsets for version in versions)
            and all(key(node) in table for node in model.graph.node)
            and all(v.type.HasField("tensor_type")
                    and v.type.tensor_type.elem_type in PLAIN for v in values))


def tensor(path):
    with open(path, "rb") as file:
        proto = onnx.TensorProto()
        proto.ParseFromString(file.read())
    return numpy_helper.to_array(proto)


def data_sets(folder):
    for name in sorted(os.listdir(folder)):
        if name.startswith("test_data_set_"):
            path = os.path.join(folder, name)
            files = os.listdir(path)
            yield [[os.path.join(path, f"{kind}_{i}.pb") for i in range(len(files))
                    if f"{kind}_{i}.pb" in files] for kind in ("input", "output")]


def execute(command):
    """(exit status, what it said); a program that hangs has the status 'timeout'."""
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    return result.returncode, result.stdout.decode("utf-8", "replace")


def difference(got, expected):
    """None if the arrays agree, else what is different."""
    if got.shape != expected.shape:
        return f"shape {list(got.shape)}, expected {list(expected.shape)}"
    if got.dtype != expected.dtype:
        return f"type {got.dtype}, expected {expected.dtype}"
    if expected.dtype.kind == "f":
        if np.allclose(got, expected, rtol=RTOL, atol=ATOL, equal_nan=True):
            return None
        with np.errstate(invalid="ignore"):
            worst = np.nanmax(np.abs(got.astype(np.float64) - expected.astype(np.float64)))
        return f"greatest difference {worst:.3g}"
    return None if np.array_equal(got, expected) else "other values"


def known_when_compiling(model, table):
    """The values of which inputs that must be known are computed."""
    writers = {name: node for node in model.graph.node for name in node.output}
    names = {node.input[place] for node in model.graph.node
             for place in table.get(key(node), ()) if place < len(node.input)}
    queue = list(names)
    while queue:
        node = writers.get(queue.pop())
        # A shape is known, whatever has it.
        if node and node.op_type not in ("Shape", "Size"):
            queue += set(node.input) - names
            names.update(node.input)
    return names


def freeze(model, inputs, table):
    """Makes initializers of the inputs that must be known; returns the other files."""
    names = known_when_compiling(model, table)
    given = list(zip(model.graph.input, inputs))
    del model.graph.input[:]
    rest = []
    for value, path in given:
        if value.name in names:
            model.graph.initializer.append(
                numpy_helper.from_array(tensor(path), value.name))
        else:
            model.graph.input.append(value)
            rest.append(path)
    return rest


def run_program(program, model, inputs, outputs, scratch):
    """None, or what is wrong."""
    command = [program]
    for index, (value, path) in enumerate(zip(model.graph.input, inputs)):
        file = os.path.join(scratch, f"input{index}.npy")
        np.save(file, tensor(path))
        command.append(f"--input={value.name}=@{file}")
    files = []
    for index, value in enumerate(model.graph.output):
        files.append(os.path.join(scratch, f"output{index}.npy"))
        command.append(f"--output={value.name}=@{files[-1]}")
    status, said = execute(command)
    # 65: written, but screened because the values are not finite or all equal.
    if status not in (0, 65):
        return f"the program exits {status}: {said.strip()[:300]}"
    for value, file, expected in zip(model.graph.output, files, outputs):
        if not os.path.exists(file):
            return f"no output '{value.name}': {said.strip()[:300]}"
        problem = difference(np.load(file), tensor(expected))
        if problem:
            return f"output '{value.name}': {problem}"
    return None


def reason_of(said):
    """The first error of ganc, without the place, the node and the version."""
    text = said[said.index(": error: ") + len(": error: "):].split("\n")[0]
    text = re.sub(r"^node '.*?' \((.*?), opset \d+\): ", r"\1: ", text)
    return re.sub(r"^at '.*?': ", "", text)


def run_test(job):
    """(name, is it claimed, state, detail) of one test."""
    name, ganc, opsets, table = job
    folder = os.path.join(DATA, name)
    for inputs, outputs in data_sets(folder):
        model = onnx.load(os.path.join(folder, "model.onnx"))
        claimed = is_claimed(model, opsets, table)
        with tempfile.TemporaryDirectory() as scratch:
            if claimed:
                inputs = freeze(model, inputs, table)
            path, program = (os.path.join(scratch, f) for f in ("model.onnx", "program"))
            onnx.save(model, path)
            status, said = execute([ganc, path, "-o", program])
            if status == 1 and ": error: " in said:
                return name, claimed, "declined", reason_of(said)
            problem = (f"ganc exits {status}: {said.strip()[:300]}" if status != 0
                       else run_program(program, model, inputs, outputs, scratch))
        if problem:
            return name, claimed, "fail", problem
    return name, claimed, "pass", ""


def judge(results, lists):
    """Lines about every test that is not in the state its list says."""
    listed = {test: name for name in LISTS for test in lists[name]}
    for test, claimed, state, detail in results:
        name = listed.get(test)
        told = f": {detail}" if detail else ""
        if not claimed and name:
            yield f"{test}: in {name}.txt, but not claimed"
        elif not claimed and state != "declined":
            yield f"{test}: not claimed, expected declined, got {state}{told}"
        elif claimed and not name:
            yield f"{test}: claimed, but in no list, got {state}{told}"
        elif claimed and LISTS[name] != state:
            yield f"{test}: in {name}.txt, got {state}{told}"
        elif claimed and state == "declined" and detail != lists[name][test]:
            yield f"{test}: declined for another reason than listed{told}"


def check_lists(lists, available):
    seen = [test for name in LISTS for test in lists[name]]
    for test in sorted(set(seen)):
        if test not in available:
            yield f"{test}: listed, but not in the wheel"
        if seen.count(test) > 1:
            yield f"{test}: in two lists"
    for test, reason in lists["expected-fail"].items():
        if not reason:
            yield f"{test}: no reason in expected-fail.txt"


def write_lists(results):
    for state in ("pass", "declined"):
        lines = sorted(f"{test}  # {detail}" if detail else test
                       for test, claimed, got, detail in results if claimed and got == state)
        with open(os.path.join(HERE, state + ".txt"), "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ganc", required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--update", action="store_true", help="write the lists of what was found")
    parser.add_argument("--verbose", action="store_true", help="print every result")
    parser.add_argument("names", nargs="*", help="only these tests")
    options = parser.parse_args()
    if onnx.__version__ != WHEEL:
        sys.exit(f"expected the onnx wheel {WHEEL}, got {onnx.__version__}")
    available = sorted(os.listdir(DATA))
    opsets, table = supported(options.ganc)
    with multiprocessing.Pool(options.jobs) as pool:
        results = pool.map(run_test, [(name, options.ganc, opsets, table)
                                      for name in options.names or available], chunksize=8)
    if options.verbose:
        for name, _, state, detail in results:
            print(": ".join(part for part in (name, state, detail) if part))
    if options.update:
        write_lists(results)
    lists = {name: read_list(name) for name in LISTS}
    problems = [*check_lists(lists, available), *judge(results, lists)]
    for problem in problems:
        print(problem)
    claimed = [state for _, claimed, state, _ in results if claimed]
    counts = ", ".join(f"{claimed.count(state)} {state}" for state in LISTS.values())
    print(f"{len(results)} node tests of onnx {WHEEL}, {len(claimed)} claimed: {counts}; "
          f"{len(problems)} not as listed")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
