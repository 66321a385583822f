#!/usr/bin/env python3
"""Compiles what PyTorch exported and compares with what PyTorch computed.

usage: run.py --ganc=FILE

exported.npz is made by record.py. Every file has a free batch axis; it is bound to
the batch of the recorded input, and the outputs may differ in rounding only.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TOLERANCE = 1e-5


def said(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return None if result.returncode == 0 else (
        f"{os.path.basename(command[0])} exits {result.returncode}: "
        + result.stdout.decode("utf-8", "replace").strip())


def difference(ganc, data, x, expected, scratch):
    """None if the program agrees, else what is different."""
    model, program, given, written = (os.path.join(scratch, name)
                                      for name in ("model.onnx", "program", "x.npy", "y.npy"))
    with open(model, "wb") as file:
        file.write(data)
    np.save(given, x)
    wrong = (said([ganc, model, "-o", program, f"--batch={len(x)}"])
             or said([program, f"--input=x=@{given}", f"--output=y=@{written}"]))
    if wrong:
        return wrong
    y = np.load(written)
    if y.shape != expected.shape:
        return f"shape {y.shape}, expected {expected.shape}"
    distance = np.linalg.norm(y - expected) / np.linalg.norm(expected)
    return None if distance <= TOLERANCE else f"differs by {distance:.3g} of its norm"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ganc", required=True)
    ganc = parser.parse_args().ganc
    arrays = np.load(os.path.join(HERE, "exported.npz"))
    files = [name for name in arrays.files if name.count("/") == 2]
    failures = 0
    for name in files:
        network = name.split("/")[0]
        with tempfile.TemporaryDirectory() as scratch:
            problem = difference(ganc, arrays[name].tobytes(), arrays[network + "/x"],
                                 arrays[network + "/y"], scratch)
        if problem:
            failures += 1
            print(f"{name}: {problem}")
    print(f"{len(files)} exported models, {failures} failures")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
