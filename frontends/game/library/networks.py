#!/usr/bin/env python3
"""Writes the networks of the library's games as ONNX files.

usage: networks.py OUTDIR [--channels=1] [--height=28] [--width=28] [--latent=100]
                   [--filters=64] [--classes=10] [--activation=relu]

All are DCGANs (arXiv 1511.06434) of two strided convolutions, 64 and 128 filters
wide: a generator latent -> 128x7x7 -> 64x14x14 -> 1x28x28, its mirror, and what
games make of the two. Pictures that cannot be halved twice, as 1x1x2 for points of
the plane, get perceptrons of the same depth in their place, without the last Tanh.

Weights are He-scaled normal numbers, seeded by their names, so every file is the
same everywhere; a game that trains says how it starts. Batches are free, and batch
normalisation is in inference form, as trainers want it.
"""

import argparse
import os
import zlib
from dataclasses import dataclass, fields

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


@dataclass(frozen=True)
class Sizes:
    """The consts of the games, and what no game names."""
    channels: int = 1
    height: int = 28
    width: int = 28
    latent: int = 100
    classes: int = 10
    filters: int = 64
    activation: str = "relu"

    @property
    def are_pictures(self):
        return self.height % 4 == 0 and self.width % 4 == 0

    @property
    def picture(self):
        return [self.channels, self.height, self.width]


class Network:
    """A graph of nodes; every method adds some and returns the name of its output."""

    def __init__(self, name, sizes=Sizes(), normalised=False):
        self.name, self.sizes, self.normalised = name, sizes, normalised
        self.nodes, self.weights = [], []
        self.inputs, self.outputs = [], []

    # What every graph is made of.

    def input(self, name, shape, kind=TensorProto.FLOAT):
        """shape: without the batch."""
        self.inputs.append(helper.make_tensor_value_info(name, kind, ["batch", *shape]))
        return name

    def output(self, name, x, shape):
        for node in self.nodes:
            for names in (node.input, node.output):
                names[:] = [name if other == x else other for other in names]
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape]))

    def weight(self, name, values):
        self.weights.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def constant(self, values):
        """Not for training: shapes, scales, ratios."""
        values = np.asarray(values)
        name = f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(
            values.astype(np.int64 if values.dtype.kind == "i" else np.float32), name))
        return name

    def random(self, name, shape, scale):
        generator = np.random.default_rng(zlib.crc32(f"{self.name}/{name}".encode()))
        return self.weight(name, generator.standard_normal(shape, np.float32) * np.float32(scale))

    def node(self, kind, *inputs, **attributes):
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def halve(self, x):
        """A batch in two."""
        outputs = [f"half_{len(self.nodes)}", f"half_{len(self.nodes) + 1}"]
        self.nodes.append(helper.make_node("Split", [x], outputs, name=outputs[0], axis=0))
        return outputs

    def save(self, folder):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="ganc")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, os.path.join(folder, f"{self.name}.onnx"))

    # Layers; channels: from, to.

    def bias(self, name, count):
        return [self.weight(f"{name}.bias", np.zeros(count))]

    def conv(self, x, name, channels, kernel, stride=1, pad=0, bias=False):
        kernel = [kernel] * 2 if isinstance(kernel, int) else kernel
        weight = self.random(f"{name}.weight", (channels[1], channels[0], *kernel),
                             (2 / (channels[0] * np.prod(kernel))) ** 0.5)
        return self.node("Conv", x, weight, *(self.bias(name, channels[1]) if bias else []),
                         kernel_shape=kernel, strides=[stride] * 2, pads=[pad] * 4)

    def conv_transpose(self, x, name, channels, kernel, stride=1, pad=0, bias=False):
        kernel = [kernel] * 2 if isinstance(kernel, int) else kernel
        # As many taps of a kernel meet at one number of the result.
        taps = np.prod(kernel) / stride ** 2 if stride > 1 else 1
        weight = self.random(f"{name}.weight", (channels[0], channels[1], *kernel),
                             (2 / (channels[0] * taps)) ** 0.5)
        return self.node("ConvTranspose", x, weight, *(self.bias(name, channels[1]) if bias else []),
                         kernel_shape=kernel, strides=[stride] * 2, pads=[pad] * 4)

    def gemm(self, x, name, channels, bias=True):
        weight = self.random(f"{name}.weight", channels[::-1], (2 / channels[0]) ** 0.5)
        return self.node("Gemm", x, weight, *(self.bias(name, channels[1]) if bias else []), transB=1)

    def batch_norm(self, x, name, channels):
        return self.node("BatchNormalization", x,
                         self.weight(f"{name}.weight", np.ones(channels)),
                         self.weight(f"{name}.bias", np.zeros(channels)),
                         self.weight(f"{name}.running_mean", np.zeros(channels)),
                         self.weight(f"{name}.running_var", np.ones(channels)), epsilon=1e-5)

    def bend(self, x, slope=0.0):
        """The activation; smooth ones let two programs be compared in f32."""
        if self.sizes.activation == "softplus":
            return self.node("Softplus", x)
        return self.node("LeakyRelu", x, alpha=slope) if slope else self.node("Relu", x)

    def norm_and_bend(self, x, name, channels, slope=0.0):
        return self.bend(self.batch_norm(x, f"{name}.norm", channels) if self.normalised else x, slope)

    # The same for pictures and points, between a picture, two maps and a vector.

    def shrink(self, x, name, channels):
        if self.sizes.are_pictures:
            return self.conv(x, name, channels, 4, 2, 1, bias=not self.normalised)
        return self.gemm(x, name, channels)

    def grow(self, x, name, channels):
        if self.sizes.are_pictures:
            return self.conv_transpose(x, name, channels, 4, 2, 1, bias=not self.normalised)
        return self.gemm(x, name, channels)

    def to_vector(self, x, name, channels):
        """Weighs all of the smallest map."""
        if self.sizes.are_pictures:
            kernel = [self.sizes.height // 4, self.sizes.width // 4]
            return self.node("Flatten", self.conv(x, name, channels, kernel, bias=not self.normalised))
        return self.gemm(x, name, channels)

    def from_vector(self, x, name, channels):
        if self.sizes.are_pictures:
            kernel = [self.sizes.height // 4, self.sizes.width // 4]
            x = self.node("Reshape", x, self.constant([-1, channels[0], 1, 1]))
            return self.conv_transpose(x, name, channels, kernel, bias=not self.normalised)
        return self.gemm(x, name, channels)

    # Halves of networks.

    def sketch(self, x, count, prefix=""):
        """From a vector of `count` numbers to a map of filters; layers 0 and 1."""
        few, many = self.sizes.filters, 2 * self.sizes.filters
        x = self.norm_and_bend(self.from_vector(x, f"{prefix}0", (count, many)), f"{prefix}0", many)
        return self.norm_and_bend(self.grow(x, f"{prefix}1", (many, few)), f"{prefix}1", few)

    def paint(self, x, prefix=""):
        """From there to a picture; layer 2."""
        s = self.sizes
        if s.are_pictures:
            return self.node("Tanh", self.grow(x, f"{prefix}2", (s.filters, s.channels)))
        x = self.grow(x, f"{prefix}2", (s.filters, int(np.prod(s.picture))))
        return self.node("Reshape", x, self.constant([-1, *s.picture]))

    def decode(self, x, count, prefix=""):
        return self.paint(self.sketch(x, count, prefix), prefix)

    def look(self, x, prefix=""):
        """From a picture to a map of filters; layer 0."""
        s = self.sizes
        first = s.channels if s.are_pictures else int(np.prod(s.picture))
        x = x if s.are_pictures else self.node("Flatten", x)
        return self.bend(self.shrink(x, f"{prefix}0", (first, s.filters)), 0.2)

    def understand(self, x):
        """From there to the smallest map, of 2 * filters; layer 1."""
        few, many = self.sizes.filters, 2 * self.sizes.filters
        return self.norm_and_bend(self.shrink(x, "1", (few, many)), "1", many, 0.2)

    def encode(self, x):
        return self.understand(self.look(x))


def generator(name, sizes, normalised=True):
    n = Network(name, sizes, normalised)
    n.output("image", n.decode(n.input("z", [sizes.latent]), sizes.latent), sizes.picture)
    return n


def discriminator(name, sizes, normalised=True, probability=False):
    """One number per picture: a probability, or what stands before the Sigmoid."""
    n = Network(name, sizes, normalised)
    x = n.to_vector(n.encode(n.input("image", sizes.picture)), "2", (2 * sizes.filters, 1))
    n.output("score", n.node("Sigmoid", x) if probability else x, [1])
    return n


def autoencoder(name, sizes, normalised=True):
    """The picture again, and the vector it went through."""
    n, count = Network(name, sizes, normalised), sizes.filters
    code = n.to_vector(n.encode(n.input("image", sizes.picture)), "2", (2 * sizes.filters, count))
    n.output("image_again", n.decode(code, count, "decoder."), sizes.picture)
    n.output("code", code, [count])
    return n


def observed_critic(name, sizes):
    """A critic, and what its last layer sees."""
    n = Network(name, sizes, normalised=True)
    x = n.encode(n.input("image", sizes.picture))
    n.output("score", n.to_vector(x, "2", (2 * sizes.filters, 1)), [1])
    count = 2 * sizes.filters * (sizes.height // 4 * (sizes.width // 4) if sizes.are_pictures else 1)
    n.output("features", n.node("Flatten", x), [count])
    return n


def minibatch_critic(name, sizes, length=5):
    """How near a picture is to the others of its batch, by `filters` measures."""
    n, count = Network(name, sizes), sizes.filters
    x = n.to_vector(n.encode(n.input("image", sizes.picture)), "2", (2 * count, count))
    x = n.bend(x, 0.2)
    rows = n.gemm(x, "3", (count, count * length), bias=False)
    one, other = (n.node("Reshape", rows, n.constant(shape))
                  for shape in ([-1, 1, count, length], [1, -1, count, length]))
    distances = n.node("ReduceSum", n.node("Abs", n.node("Sub", one, other)), n.constant([3]), keepdims=0)
    nearness = n.node("ReduceSum", n.node("Exp", n.node("Neg", distances)), n.constant([1]), keepdims=0)
    x = n.node("Concat", x, nearness, axis=1)
    n.output("score", n.gemm(x, "4", (2 * count, 1)), [1])
    return n


# With labels.

def embed(n, label):
    """A learned vector for each class."""
    count = n.sizes.classes
    return n.node("Gather", n.random("label.weight", (count, count), 1.0), label)


def label_generator(name, sizes):
    n, count = Network(name, sizes, normalised=True), sizes.latent + sizes.classes
    z, label = n.input("z", [sizes.latent]), n.input("label", [], TensorProto.INT32)
    n.output("image", n.decode(n.node("Concat", z, embed(n, label), axis=1), count), sizes.picture)
    return n


def label_critic(name, sizes):
    """Whether a picture is one of its class."""
    n, few = Network(name, sizes), sizes.filters
    image, label = n.input("image", sizes.picture), n.input("label", [], TensorProto.INT32)
    x = n.bend(n.to_vector(n.encode(image), "2", (2 * few, few)), 0.2)
    x = n.gemm(n.node("Concat", x, embed(n, label), axis=1), "3", (few + sizes.classes, few))
    n.output("score", n.gemm(n.bend(x, 0.2), "4", (few, 1)), [1])
    return n


def class_critic(name, sizes):
    """A critic that tells the class, too."""
    n = Network(name, sizes, normalised=True)
    x = n.encode(n.input("image", sizes.picture))
    n.output("score", n.to_vector(x, "2", (2 * sizes.filters, 1)), [1])
    n.output("logits", n.to_vector(x, "3", (2 * sizes.filters, sizes.classes)), [sizes.classes])
    return n


def class_encoder(name, sizes):
    """Classes, and what their layer sees."""
    n, few = Network(name, sizes, normalised=True), sizes.filters
    x = n.bend(n.to_vector(n.encode(n.input("image", sizes.picture)), "2", (2 * few, few)), 0.2)
    n.output("logits", n.gemm(x, "3", (few, sizes.classes)), [sizes.classes])
    n.output("features", x, [few])
    return n


# Codes with a meaning.

def code_generator(name, sizes):
    """From noise, a class and two numbers."""
    n, count = Network(name, sizes, normalised=True), sizes.latent + sizes.classes + 2
    parts = n.input("z", [sizes.latent]), n.input("category", [sizes.classes]), n.input("code", [2])
    n.output("image", n.decode(n.node("Concat", *parts, axis=1), count), sizes.picture)
    return n


def informed_critic(name, sizes):
    """A critic that tells the class and the numbers, too."""
    n = Network(name, sizes, normalised=True)
    x = n.encode(n.input("image", sizes.picture))
    for layer, output, count in (("2", "score", 1), ("3", "logits", sizes.classes), ("4", "code", 2)):
        n.output(output, n.to_vector(x, layer, (2 * sizes.filters, count)), [count])
    return n


# Two pictures at once, with layers in common.

def coupled_generator(name, sizes):
    n = Network(name, sizes)
    x = n.sketch(n.input("z", [sizes.latent]), sizes.latent)
    for picture in ("a", "b"):
        n.output(picture, n.paint(x, f"{picture}."), sizes.picture)
    return n


def coupled_critic(name, sizes):
    """Both pictures take one way, one behind the other."""
    n = Network(name, sizes)
    both = [n.look(n.input(picture, sizes.picture), f"{picture}.") for picture in ("a", "b")]
    x = n.understand(n.node("Concat", *both, axis=0))
    for output, score in zip(("score_a", "score_b"), n.halve(n.to_vector(x, "2", (2 * sizes.filters, 1)))):
        n.output(output, score, [1])
    return n


# From pictures to codes.

def encoder(name, sizes):
    """Mean and log variance of a code."""
    n = Network(name, sizes, normalised=True)
    x = n.encode(n.input("image", sizes.picture))
    for layer, output in (("2", "mean"), ("3", "logvar")):
        n.output(output, n.to_vector(x, layer, (2 * sizes.filters, sizes.latent)), [sizes.latent])
    return n


def code_critic(name, sizes):
    n, many = Network(name, sizes), 2 * sizes.filters
    x = n.bend(n.gemm(n.input("code", [sizes.latent]), "0", (sizes.latent, many)), 0.2)
    n.output("score", n.gemm(n.bend(n.gemm(x, "1", (many, many)), 0.2), "2", (many, 1)), [1])
    return n


def pair_critic(name, sizes):
    """Whether a picture and a code belong together."""
    n, few = Network(name, sizes), sizes.filters
    image, code = n.input("image", sizes.picture), n.input("code", [sizes.latent])
    x = n.bend(n.to_vector(n.encode(image), "2", (2 * few, few)), 0.2)
    x = n.gemm(n.node("Concat", x, code, axis=1), "3", (few + sizes.latent, few))
    n.output("score", n.gemm(n.bend(x, 0.2), "4", (few, 1)), [1])
    return n


# In parts.

def features(name, sizes):
    """A vector that heads of its own judge."""
    n = Network(name, sizes)
    x = n.to_vector(n.encode(n.input("image", sizes.picture)), "2", (2 * sizes.filters, sizes.filters))
    n.output("features", n.bend(x, 0.2), [sizes.filters])
    return n


def head(name, sizes, count, output):
    n = Network(name, sizes)
    x = n.bend(n.gemm(n.input("features", [sizes.filters]), "0", (sizes.filters, sizes.filters)), 0.2)
    n.output(output, n.gemm(x, "1", (sizes.filters, count)), [count])
    return n


def plain(make):
    """Without batch normalisation, which would mix samples under a penalty."""
    return lambda name, sizes: make(name, sizes, normalised=False)


NETWORKS = {
    "generator": generator,
    "plain_generator": plain(generator),
    "discriminator": lambda name, sizes: discriminator(name, sizes, probability=True),
    "critic": discriminator,
    "plain_critic": plain(discriminator),
    "observed_critic": observed_critic,
    "minibatch_critic": minibatch_critic,
    "autoencoder": autoencoder,
    "plain_autoencoder": plain(autoencoder),
    "label_generator": label_generator,
    "label_critic": label_critic,
    "class_critic": class_critic,
    "class_encoder": class_encoder,
    "code_generator": code_generator,
    "informed_critic": informed_critic,
    "coupled_generator": coupled_generator,
    "coupled_critic": coupled_critic,
    "encoder": encoder,
    "code_critic": code_critic,
    "pair_critic": pair_critic,
    "features": features,
    "feature_classifier": lambda name, sizes: head(name, sizes, sizes.classes, "logits"),
    "feature_critic": lambda name, sizes: head(name, sizes, 1, "score"),
}


def write(folder, sizes):
    os.makedirs(folder, exist_ok=True)
    for name, make in NETWORKS.items():
        make(name, sizes).save(folder)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("outdir")
    for field in fields(Sizes):
        parser.add_argument(f"--{field.name}", type=field.type, default=field.default)
    options = vars(parser.parse_args())
    write(options.pop("outdir"), Sizes(**options))


if __name__ == "__main__":
    main()
