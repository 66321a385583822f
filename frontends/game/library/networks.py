#!/usr/bin/env python3
"""Writes the networks of the library's games as ONNX files: networks.py OUTDIR.

All are DCGANs (arXiv 1511.06434) for grey pictures of 28 x 28: a generator
100 -> 128x7x7 -> 64x14x14 -> 1x28x28, and its mirror with different last layers and
normalisation. Weights are He-scaled normal numbers, seeded by their names, so
every file is the same everywhere; a game that trains says how it starts. Batches
are free, and batch normalisation is in inference form, as trainers want it.
"""

import os
import sys
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A chain of nodes; every method adds one and returns the name of its output."""

    def __init__(self, name):
        self.name = name
        self.nodes = []
        self.weights = []

    def weight(self, name, values):
        self.weights.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def random(self, name, shape, scale):
        generator = np.random.default_rng(zlib.crc32(f"{self.name}/{name}".encode()))
        return self.weight(name, generator.standard_normal(shape, np.float32) * np.float32(scale))

    def node(self, kind, *inputs, **attributes):
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def conv(self, x, name, channels, kernel, stride=1, pad=0, bias=False):
        """channels: from, to."""
        inputs = [x, self.random(f"{name}.weight", (channels[1], channels[0], kernel, kernel),
                                 (2 / (channels[0] * kernel ** 2)) ** 0.5)]
        if bias:
            inputs.append(self.weight(f"{name}.bias", np.zeros(channels[1])))
        return self.node("Conv", *inputs, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)

    def conv_transpose(self, x, name, channels, kernel, stride=1, pad=0):
        weight = self.random(f"{name}.weight", (channels[0], channels[1], kernel, kernel),
                             (2 * stride ** 2 / (channels[0] * kernel ** 2)) ** 0.5)
        return self.node("ConvTranspose", x, weight, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)

    def batch_norm(self, x, name, channels):
        return self.node("BatchNormalization", x,
                         self.weight(f"{name}.weight", np.ones(channels)),
                         self.weight(f"{name}.bias", np.zeros(channels)),
                         self.weight(f"{name}.running_mean", np.zeros(channels)),
                         self.weight(f"{name}.running_var", np.ones(channels)), epsilon=1e-5)

    def save(self, folder, given, output, shape):
        """given: name and shape of the input, both shapes without the batch."""
        self.nodes[-1].output[0] = output
        value = lambda name, dims: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *dims])
        graph = helper.make_graph(self.nodes, self.name, [value(*given)], [value(output, shape)], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="ganc")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, os.path.join(folder, f"{self.name}.onnx"))


def generator(name):
    n = Network(name)
    x = n.node("Relu", n.batch_norm(n.conv_transpose("z", "0", (100, 128), 7), "0.norm", 128))
    x = n.node("Relu", n.batch_norm(n.conv_transpose(x, "1", (128, 64), 4, 2, 1), "1.norm", 64))
    n.node("Tanh", n.conv_transpose(x, "2", (64, 1), 4, 2, 1))
    return n, ("z", [100, 1, 1]), "image", [1, 28, 28]


def discriminator(name, normalised=True, probability=False):
    """One number per picture: a probability, or what stands before the Sigmoid."""
    n = Network(name)
    x = n.node("LeakyRelu", n.conv("image", "0", (1, 64), 4, 2, 1, not normalised), alpha=0.2)
    x = n.conv(x, "1", (64, 128), 4, 2, 1, not normalised)
    x = n.node("LeakyRelu", n.batch_norm(x, "1.norm", 128) if normalised else x, alpha=0.2)
    x = n.conv(x, "2", (128, 1), 7, bias=not normalised)
    if probability:
        n.node("Sigmoid", x)
    return n, ("image", [1, 28, 28]), "score", [1, 1, 1]


NETWORKS = {
    "generator28": generator,
    "discriminator28": lambda name: discriminator(name, probability=True),
    "critic28": discriminator,
    "plain_critic28": lambda name: discriminator(name, normalised=False),
}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, make in NETWORKS.items():
        network, *ports = make(name)
        network.save(sys.argv[1], *ports)


if __name__ == "__main__":
    main()
