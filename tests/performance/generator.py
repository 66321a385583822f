#!/usr/bin/env python3
"""Times the DCGAN generator for 64 x 64 images at batch 64 against ONNX Runtime.

usage: generator.py GANC OUTPUT_DIR [--threads=2] [--pairs=15]

Both run in this process, on the same input; outputs are compared first. The time
that ganc takes for the model is printed too.
"""

import argparse
import os
import sys

import numpy as np

import benchmark_networks
import compare
from compiled_library import CompiledLibrary
from onnx_runtime import onnx_runtime

BATCH = 64


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ganc")
    parser.add_argument("outdir")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=15)
    options = parser.parse_args()
    os.makedirs(options.outdir, exist_ok=True)
    model = benchmark_networks.write("dcgan64", options.outdir)
    ours = CompiledLibrary(options.ganc, model, os.path.join(options.outdir, "libdcgan64.so"), BATCH,
                           [3, 64, 64], options.threads)
    print(f"ganc compiled the DCGAN generator in {ours.seconds:.2f} s")
    z = np.random.default_rng(1).standard_normal((BATCH, 100, 1, 1), np.float32)
    # The peer's own best setting counts.
    peers = [onnx_runtime(model, options.threads, spinning) for spinning in (False, True)]
    expected = peers[0](z)
    error = np.linalg.norm(ours(z) - expected) / np.linalg.norm(expected)
    if not error < 1e-3:
        sys.exit(f"the outputs differ by {error:.3g} (2-norm)")
    theirs = min(peers, key=lambda run: compare.seconds(lambda: run(z), 0.5))
    samples = compare.interleave({"ours": lambda: compare.seconds(lambda: ours(z), 0.1),
                                  "theirs": lambda: compare.seconds(lambda: theirs(z), 0.1)},
                                 options.pairs, compare.make_probe(options.outdir))
    compare.report(f"DCGAN generator 64x64, batch {BATCH}, {options.threads} threads", "ONNX Runtime",
                   samples, options.outdir, threads=options.threads, error=float(error))


if __name__ == "__main__":
    main()
