"""The networks of the recorded games as ONNX files, with given weights."""

import os
import sys
from dataclasses import dataclass

import numpy as np
from onnx import numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "frontends", "game", "library"))
import networks as library

STEPS = 3


@dataclass
class Variant:
    game: str
    nets: str
    # Softplus for every rectifier, so that rounding cannot put a number on the
    # other side of a kink.
    smooth: bool
    # Recorded in f64; else in f32.
    exact: bool = True


VARIANTS = {
    "dcgan": Variant("dcgan", "convolution", False),
    "dcgan_smooth": Variant("dcgan", "convolution", True, exact=False),
    "mlp": Variant("mlp", "perceptron", True),
    "wgan_gp": Variant("wgan_gp", "convolution", False),
    "wgan_gp_residual": Variant("wgan_gp", "residual", True),
    "wgan_gp_smooth": Variant("wgan_gp", "convolution", True, exact=False),
}


class Network(library.Network):
    """Weights come from a table, as init/<network>/<name>; without one they are
    drawn, and the table is filled."""

    def __init__(self, name, table, smooth):
        super().__init__(name)
        self.table, self.smooth = table, smooth

    def weight(self, name, values):
        key = f"init/{self.name}/{name}"
        if key not in self.table:
            values = np.asarray(values, np.float32)
            if "norm" in name or "bias" in name:  # not where these do nothing
                noise = np.random.default_rng(len(self.table)).uniform(-0.2, 0.2, values.shape)
                values = values + noise.astype(np.float32)
            self.table[key] = values
        return super().weight(name, self.table[key])

    def constant(self, values):
        name = f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def bend(self, x, slope=0.0):
        if self.smooth:
            return self.node("Softplus", x)
        return self.node("LeakyRelu", x, alpha=slope) if slope else self.node("Relu", x)

    def gemm(self, x, name, channels, bias=True):
        """channels: from, to."""
        inputs = [x, self.random(f"{name}.weight", channels[::-1], (2 / channels[0]) ** 0.5)]
        if bias:
            inputs.append(self.weight(f"{name}.bias", np.zeros(channels[1])))
        return self.node("Gemm", *inputs, transB=1)

    def affine(self, name, shape):
        return self.weight(f"{name}.weight", np.ones(shape)), self.weight(f"{name}.bias", np.zeros(shape))

    def double(self, x):
        """Every pixel becomes four."""
        return self.node("Resize", x, "", self.constant(np.array([1, 1, 2, 2], np.float32)), mode="nearest",
                         coordinate_transformation_mode="asymmetric", nearest_mode="floor")

    def halve(self, x):
        return self.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])


def convolution(g, d, game):
    x = g.bend(g.batch_norm(g.conv_transpose("z", "0", (3, 4), 4), "0.norm", 4))
    g.node("Tanh", g.conv_transpose(x, "1", (4, 1), 4, 2, 1))

    normalised = game == "dcgan"
    x = d.bend(d.conv("image", "0", (1, 3), 4, 2, 1, not normalised), 0.2)
    x = d.conv(x, "1", (3, 4), 4, 2, 1, not normalised)
    x = d.bend(d.batch_norm(x, "1.norm", 4) if normalised else x, 0.2)
    x = d.conv(x, "2", (4, 1), 2)
    if normalised:
        d.node("Sigmoid", x)


def residual(g, d, game):
    """Blocks with a shortcut; instance and layer normalisation."""
    x = g.node("Flatten", "z")
    x = g.node("Reshape", g.gemm(x, "0", (3, 12)), g.constant(np.array([-1, 3, 2, 2], np.int64)))
    y = g.node("InstanceNormalization", x, *g.affine("1.norm", 3), epsilon=1e-5)
    y = g.conv(g.double(g.bend(y)), "1", (3, 3), 3, 1, 1, True)
    x = g.node("Add", y, g.double(x))
    g.node("Tanh", g.conv(g.double(g.bend(x)), "2", (3, 1), 3, 1, 1, True))

    x = d.conv("image", "0", (1, 3), 3, 2, 1, True)
    y = d.node("LayerNormalization", x, *d.affine("1.norm", (3, 4, 4)), axis=1, epsilon=1e-5)
    y = d.halve(d.conv(d.bend(y, 0.2), "1", (3, 4), 3, 1, 1, True))
    x = d.node("Add", y, d.conv(d.halve(x), "shortcut", (3, 4), 1))
    x = d.node("Flatten", d.node("GlobalAveragePool", d.bend(x, 0.2)))
    d.node("Reshape", d.gemm(x, "2", (4, 1), False), d.constant(np.array([-1, 1, 1, 1], np.int64)))


def perceptron(g, d, game):
    x = g.bend(g.batch_norm(g.gemm("z", "0", (3, 8), False), "0.norm", 8))
    g.gemm(x, "1", (8, 6))

    x = d.node("Dropout", d.bend(d.gemm("image", "0", (6, 8)), 0.2), d.constant(np.array(0.25, np.float32)))
    x = d.node("Dropout", d.bend(d.gemm(x, "1", (8, 8)), 0.2), d.constant(np.array(0.5, np.float32)))
    d.gemm(x, "2", (8, 1))


def write(folder, variant, table):
    game, smooth = VARIANTS[variant].game, VARIANTS[variant].smooth
    nets = VARIANTS[variant].nets
    g, d = Network("G", table, smooth), Network("D", table, smooth)
    {"convolution": convolution, "residual": residual, "perceptron": perceptron}[nets](g, d, game)
    flat = nets == "perceptron"
    g.save(folder, ("z", [3] if flat else [3, 1, 1]), "image", [6] if flat else [1, 8, 8])
    d.save(folder, ("image", [6] if flat else [1, 8, 8]), "score", [1] if flat else [1, 1, 1])
