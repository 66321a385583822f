#!/usr/bin/env python3
"""Times the DCGAN generator for 64 x 64 images at batch 64 against ONNX Runtime.

usage: generator.py GANC OUTPUT_DIR [--threads=2] [--pairs=15]

Both run in this process, on the same input; outputs are compared first. The time
that ganc takes for the model is printed too.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "frontends", "game", "library"))
import compare
from networks import Network

BATCH = 64


def write_model(folder):
    """The layout of arXiv 1511.06434, as the PyTorch examples have it."""
    n = Network("dcgan64")
    x, channels = n.input("z", [100, 1, 1]), 100
    for layer, wanted in enumerate((512, 256, 128, 64)):
        step = (4, 2, 1) if layer else (4,)
        x = n.conv_transpose(x, str(layer), (channels, wanted), *step)
        x = n.node("Relu", n.batch_norm(x, f"{layer}.norm", wanted))
        channels = wanted
    n.output("image", n.node("Tanh", n.conv_transpose(x, "4", (channels, 3), 4, 2, 1)), [3, 64, 64])
    n.save(folder)
    return os.path.join(folder, "dcgan64.onnx")


class Options(ctypes.Structure):
    _fields_ = [("allocator", ctypes.c_void_p), ("pool", ctypes.c_void_p),
                ("threads", ctypes.c_uint32), ("profile", ctypes.c_uint32),
                ("device", ctypes.c_char_p), ("cpu", ctypes.c_char_p),
                ("workspace", ctypes.c_void_p),
                ("workspace_bytes", ctypes.c_uint64), ("max_memory", ctypes.c_uint64)]


def compiled(ganc, model, folder, threads):
    """A function from z to images, by the library that ganc makes of the model."""
    path = os.path.join(folder, "libdcgan64.so")
    start = time.perf_counter()
    subprocess.run([ganc, model, f"--batch={BATCH}", "-o", path], check=True)
    print(f"ganc compiled the DCGAN generator in {time.perf_counter() - start:.2f} s")
    library = ctypes.CDLL(os.path.abspath(path))
    library.dcgan64_strerror.restype = ctypes.c_char_p
    library.dcgan64_strerror.argtypes = [ctypes.c_void_p]
    library.dcgan64_create.restype = library.dcgan64_run.restype = ctypes.c_void_p
    library.dcgan64_run.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p]

    def check(status):
        if status:
            sys.exit(library.dcgan64_strerror(status).decode())

    handle = ctypes.c_void_p()
    check(library.dcgan64_create(ctypes.byref(Options(threads=threads)), ctypes.byref(handle)))
    image = np.empty((BATCH, 3, 64, 64), np.float32)

    def run(z):
        check(library.dcgan64_run(handle, BATCH, z.ctypes.data, image.ctypes.data))
        return image
    return run


def runtime(model, threads, spinning):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spinning else "0")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda z: session.run(None, {"z": z})[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ganc")
    parser.add_argument("outdir")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=15)
    options = parser.parse_args()
    os.makedirs(options.outdir, exist_ok=True)
    model = write_model(options.outdir)
    ours = compiled(options.ganc, model, options.outdir, options.threads)
    z = np.random.default_rng(1).standard_normal((BATCH, 100, 1, 1), np.float32)
    # The peer's own best setting counts.
    peers = [runtime(model, options.threads, spinning) for spinning in (False, True)]
    expected = peers[0](z)
    error = np.linalg.norm(ours(z) - expected) / np.linalg.norm(expected)
    if not error < 1e-3:
        sys.exit(f"the outputs differ by {error:.3g} (2-norm)")
    theirs = min(peers, key=lambda run: compare.seconds(lambda: run(z), 0.5))
    samples = compare.interleave(lambda: compare.seconds(lambda: ours(z), 0.1),
                                 lambda: compare.seconds(lambda: theirs(z), 0.1),
                                 options.pairs, compare.make_probe(options.outdir))
    compare.report(f"DCGAN generator 64x64, batch {BATCH}, {options.threads} threads", "ONNX Runtime",
                   samples, options.outdir, threads=options.threads, error=float(error))


if __name__ == "__main__":
    main()
