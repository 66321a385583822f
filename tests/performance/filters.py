#!/usr/bin/env python3
"""Times StyleGAN3's filters against themselves unfused, ONNX Runtime and PyTorch.

usage: filters.py GANC OUTPUT_DIR [--threads=2] [--pairs=9] [--channels=32]

The graphs are NVIDIA's reference implementation as PyTorch exports it: zeros
between elements by reshapes and a pad, depthwise filters of twelve taps along each
axis, a slice. All run in this process, on the same input; outputs are compared
first. "unfused" is ganc with --no-chains.
"""

import argparse
import os
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

import compare
from compiled_library import CompiledLibrary
from onnx_runtime import onnx_runtime

TAPS, SLOPE, GAIN, CLAMP = 12, 0.2, 2 ** 0.5, 256.0


def low_pass(rate):
    """A windowed sinc that passes a `rate`-th of the frequencies."""
    place = np.arange(TAPS) - (TAPS - 1) / 2
    taps = np.sinc(place / rate) * np.kaiser(TAPS, 4)
    return (taps / taps.sum()).astype(np.float32)


class OnnxGraph:
    """Writes the operations as nodes."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def constant(self, values):
        name = f"constant{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, kind, *inputs, **attributes):
        name = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def bias(self, x, values):
        return self.node("Add", x, self.constant(values.reshape(1, -1, 1, 1)))

    def reshape(self, x, shape):
        return self.node("Reshape", x, self.constant(np.array(shape, np.int64)))

    def pad(self, x, low, high):
        return self.node("Pad", x, self.constant(np.array(low + high, np.int64)))

    def filter(self, x, weight):
        return self.node("Conv", x, self.constant(weight), group=weight.shape[0])

    def every(self, x, step):
        return self.node("Slice", x, *(self.constant(np.array([n, n], np.int64)) for n in (0, 1 << 30)),
                         self.constant(np.array([2, 3], np.int64)),
                         self.constant(np.array([step, step], np.int64)))

    def rectify(self, x):
        x = self.node("Mul", self.node("LeakyRelu", x, alpha=SLOPE), self.constant(np.float32(GAIN)))
        return self.node("Clip", x, self.constant(np.float32(-CLAMP)), self.constant(np.float32(CLAMP)))

    def save(self, name, y, shape, path):
        self.nodes[-1].output[0] = "y"
        info = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, *s]) for n, s in (("x", shape), ("y", y))]
        graph = helper.make_graph(self.nodes, name, info[:1], info[1:], self.weights)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


class TorchOperations:
    """Does the operations at once."""

    bias = staticmethod(lambda x, values: x + torch.from_numpy(values).reshape(1, -1, 1, 1))
    reshape = staticmethod(lambda x, shape: x.reshape(shape))
    pad = staticmethod(lambda x, low, high: F.pad(x, [n for pair in list(zip(low, high))[::-1] for n in pair]))
    filter = staticmethod(lambda x, weight: F.conv2d(x, torch.from_numpy(weight), groups=weight.shape[0]))
    every = staticmethod(lambda x, step: x[:, :, ::step, ::step])
    rectify = staticmethod(lambda x: (F.leaky_relu(x, SLOPE) * GAIN).clamp(-CLAMP, CLAMP))


def upfirdn(o, x, shape, up, down, padding, taps):
    """NVIDIA's reference upfirdn2d with a separable filter; the value and its shape."""
    channels, height, width = shape
    if up > 1:
        x = o.reshape(x, [1, channels, height, 1, width, 1])
        x = o.pad(x, [0] * 6, [0, 0, 0, up - 1, 0, up - 1])
        x = o.reshape(x, [1, channels, height * up, width * up])
    if padding:
        x = o.pad(x, [0, 0, padding[0], padding[0]], [0, 0, padding[1], padding[1]])
    weight = np.broadcast_to(taps, (channels, 1, 1, TAPS)).copy()
    x = o.filter(o.filter(x, weight), weight.reshape(channels, 1, TAPS, 1))
    size = [n * up + sum(padding or (0, 0)) - TAPS + 1 for n in (height, width)]
    if down > 1:
        x = o.every(x, down)
    return x, [channels, *((n + down - 1) // down for n in size)]


def filtered_lrelu(o, x, shape):
    b = np.linspace(-1, 1, shape[0]).astype(np.float32)
    low = TAPS - 1
    x, shape = upfirdn(o, o.bias(x, b), shape, 2, 1, (low, low - 1), 2 * low_pass(2))
    return upfirdn(o, o.rectify(x), shape, 1, 2, None, low_pass(2))


def upsample(o, x, shape):
    return upfirdn(o, x, shape, 2, 1, (6, 5), 2 * low_pass(2))


def downsample(o, x, shape):
    return upfirdn(o, x, shape, 1, 2, (5, 5), low_pass(2))


GRAPHS = {"filtered_lrelu 256x256": (filtered_lrelu, 256), "upfirdn2d 128x128 up 2": (upsample, 128),
          "upfirdn2d 256x256 down 2": (downsample, 256)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ganc")
    parser.add_argument("outdir")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--channels", type=int, default=32)
    options = parser.parse_args()
    os.makedirs(options.outdir, exist_ok=True)
    torch.set_num_threads(options.threads)
    probe = compare.make_probe(options.outdir)
    for title, (graph, size) in GRAPHS.items():
        model = os.path.join(options.outdir, graph.__name__ + ".onnx")
        shape = [options.channels, size, size]
        nodes = OnnxGraph()
        _, result = graph(nodes, "x", shape)
        nodes.save(graph.__name__, result, shape, model)
        x = np.random.default_rng(1).standard_normal((1, *shape), np.float32)

        def eager(x):
            with torch.inference_mode():
                return graph(TorchOperations, torch.from_numpy(x), shape)[0].numpy()

        def compiled(name, *flags):
            return CompiledLibrary(options.ganc, model, os.path.join(options.outdir, f"lib{name}.so"), 1, result,
                                   options.threads, "-march=native", *flags)

        ours = compiled(graph.__name__)
        peers = {"ganc unfused": compiled(graph.__name__ + "_unfused", "--no-chains"),
                 "ONNX Runtime": onnx_runtime(model, options.threads), "PyTorch eager": eager}
        for peer, theirs in peers.items():
            expected = theirs(x)
            error = np.linalg.norm(ours(x) - expected) / np.linalg.norm(expected)
            if not error < 1e-5:
                sys.exit(f"{title}: differs from {peer} by {error:.3g} (2-norm)")
            samples = compare.interleave({"ours": lambda: compare.seconds(lambda: ours(x), 0.1),
                                          "theirs": lambda: compare.seconds(lambda: theirs(x), 0.1)},
                                         options.pairs, probe)
            compare.report(f"{title}, {options.channels} channels, {options.threads} threads", peer, samples,
                           options.outdir, threads=options.threads, error=float(error))


if __name__ == "__main__":
    main()
