#!/usr/bin/env python3
"""Runs the node tests of the onnx wheel through ganc and its programs.

usage: run.py --ganc=FILE [--jobs=N] [--update] [NAME…]

Each test is compiled to a program, run on the test's inputs, and its outputs are
compared with the expected ones. It ends in one of three states:

  pass           every output of every data set agrees
  declined       ganc exits 1 and names the node or value that it does not take
  expected-fail  compiled, but wrong; each with its reason

The state of every test of the wheel stands in a list beside this file. The lists
are exact in both directions: a test in another state than its list says fails the
run, and so does a name that the wheel no longer has. --update writes the lists of
passed and declined tests anew; failures are entered by hand, with their reason.
"""

import argparse
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "node")
WHEEL = "1.22.0"
STATES = ("pass", "declined", "expected-fail")
RTOL, ATOL = 1e-3, 1e-7
TIMEOUT = 120


def read_list(state):
    """name -> reason of one list; '#' begins a reason or a comment."""
    path = os.path.join(HERE, state + ".txt")
    names = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                name, _, reason = line.partition("#")
                if name.strip():
                    names[name.strip()] = reason.strip()
    return names


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


def run_program(program, model, inputs, outputs, scratch):
    command = [program]
    names = [v.name for v in model.graph.input]
    for index, (name, path) in enumerate(zip(names, inputs)):
        file = os.path.join(scratch, f"input{index}.npy")
        np.save(file, tensor(path))
        command.append(f"--input={name}=@{file}")
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


def run_test(job):
    """(name, state, detail) of one test."""
    name, ganc = job
    folder = os.path.join(DATA, name)
    path = os.path.join(folder, "model.onnx")
    with tempfile.TemporaryDirectory() as scratch:
        program = os.path.join(scratch, "program")
        status, said = execute([ganc, path, "-o", program])
        if status == 1 and re.search(r": error: ", said):
            return name, "declined", said.strip().split("\n")[0]
        if status != 0:
            return name, "fail", f"ganc exits {status}: {said.strip()[:300]}"
        model = onnx.load(path)
        for inputs, outputs in data_sets(folder):
            problem = run_program(program, model, inputs, outputs, scratch)
            if problem:
                return name, "fail", problem
    return name, "pass", ""


def judge(results, lists):
    """Lines about every test that is not in the state its list says."""
    listed = {name: state for state in STATES for name in lists[state]}
    for name, state, detail in results:
        expected = listed.get(name)
        if (expected, state) in (("pass", "pass"), ("declined", "declined"),
                                 ("expected-fail", "fail")):
            continue
        yield f"{name}: expected {expected or 'a list to name it'}, got {state}" + (
            f": {detail}" if detail else "")


def write_lists(results):
    for state in ("pass", "declined"):
        names = sorted(name for name, got, _ in results if got == state)
        with open(os.path.join(HERE, state + ".txt"), "w", encoding="utf-8") as file:
            file.write("".join(name + "\n" for name in names))


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
    lists = {state: read_list(state) for state in STATES}
    available = sorted(os.listdir(DATA))
    names = options.names or available
    problems = []
    if not options.names:
        for state in STATES:
            problems += [f"{name}: in {state}.txt, but not in the wheel"
                         for name in lists[state] if name not in available]
        seen = [name for state in STATES for name in lists[state]]
        problems += [f"{name}: in two lists" for name in sorted(set(seen)) if seen.count(name) > 1]
        problems += [f"{name}: no reason in expected-fail.txt"
                     for name, reason in lists["expected-fail"].items() if not reason]
    with multiprocessing.Pool(options.jobs) as pool:
        results = pool.map(run_test, [(name, options.ganc) for name in names], chunksize=8)
    if options.verbose:
        for result in results:
            print(": ".join(part for part in result if part))
    if options.update:
        write_lists(results)
        lists = {state: read_list(state) for state in STATES}
    problems += judge(results, lists)
    for problem in problems:
        print(problem)
    counts = ", ".join(f"{sum(r[1] == s for r in results)} {s}" for s in ("pass", "declined", "fail"))
    print(f"{len(results)} node tests of onnx {WHEEL}: {counts}; {len(problems)} not as listed")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
