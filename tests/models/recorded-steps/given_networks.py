"""The networks of the recorded games as ONNX files, with given weights."""

import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "frontends", "game", "library"))
import networks as library

# A game, and whether its networks bend instead of breaking: softplus for every
# rectifier, so that rounding cannot put a number on the other side of a kink.
VARIANTS = {
    "dcgan": ("dcgan", False),
    "dcgan_smooth": ("dcgan", True),
    "wgan_gp": ("wgan_gp", False),
    "wgan_gp_smooth": ("wgan_gp", True),
}
STEPS = 3
BATCH = 4


class Network(library.Network):
    """Weights come from a table, as init/<network>/<name>; without one they are
    drawn, and the table is filled."""

    def __init__(self, name, table):
        super().__init__(name)
        self.table = table

    def weight(self, name, values):
        key = f"init/{self.name}/{name}"
        if key not in self.table:
            values = np.asarray(values, np.float32)
            if "norm" in name:  # not where a normalisation is the identity
                noise = np.random.default_rng(len(self.table)).uniform(-0.2, 0.2, values.shape)
                values = values + noise.astype(np.float32)
            self.table[key] = values
        return super().weight(name, self.table[key])


def write(folder, variant, table):
    game, smooth = VARIANTS[variant]
    g = Network("G", table)
    x = g.batch_norm(g.conv_transpose("z", "0", (3, 4), 4), "0.norm", 4)
    x = g.node("Softplus" if smooth else "Relu", x)
    g.node("Tanh", g.conv_transpose(x, "1", (4, 1), 4, 2, 1))
    g.save(folder, ("z", [3, 1, 1]), "image", [1, 8, 8])

    d = Network("D", table)
    normalised = game == "dcgan"
    bend = (lambda x: d.node("Softplus", x)) if smooth else (lambda x: d.node("LeakyRelu", x, alpha=0.2))
    x = bend(d.conv("image", "0", (1, 3), 4, 2, 1, not normalised))
    x = d.conv(x, "1", (3, 4), 4, 2, 1, not normalised)
    x = bend(d.batch_norm(x, "1.norm", 4) if normalised else x)
    x = d.conv(x, "2", (4, 1), 2)
    if normalised:
        d.node("Sigmoid", x)
    d.save(folder, ("image", [1, 8, 8]), "score", [1, 1, 1])
