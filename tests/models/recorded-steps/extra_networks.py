"""Networks of layers that no game of the library has."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "frontends", "game", "library"))
import numpy as np
from networks import Network, discriminator, generator, plain


def affine(n, name, *shape):
    return n.weight(f"{name}.weight", np.ones(shape)), n.weight(f"{name}.bias", np.zeros(shape))


def double(n, x):
    """Every pixel becomes four."""
    return n.node("Resize", x, "", n.constant([1.0, 1.0, 2.0, 2.0]), mode="nearest",
                  coordinate_transformation_mode="asymmetric", nearest_mode="floor")


def halve(n, x):
    return n.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])


def residual_generator(name, sizes):
    """Blocks with a shortcut, and instance normalisation."""
    n = Network(name, sizes)
    x = n.gemm(n.input("z", [sizes.latent]), "0", (sizes.latent, 12))
    x = n.node("Reshape", x, n.constant([-1, 3, 2, 2]))
    y = n.node("InstanceNormalization", x, *affine(n, "1.norm", 3), epsilon=1e-5)
    y = n.conv(double(n, n.bend(y)), "1", (3, 3), 3, 1, 1, True)
    x = n.node("Add", y, double(n, x))
    x = n.node("Tanh", n.conv(double(n, n.bend(x)), "2", (3, 1), 3, 1, 1, True))
    n.output("image", x, sizes.picture)
    return n


def residual_critic(name, sizes):
    """Layer normalisation, and averages over windows and pictures."""
    n = Network(name, sizes)
    x = n.conv(n.input("image", sizes.picture), "0", (1, 3), 3, 2, 1, True)
    y = n.node("LayerNormalization", x, *affine(n, "1.norm", 3, 4, 4), axis=1, epsilon=1e-5)
    y = halve(n, n.conv(n.bend(y, 0.2), "1", (3, 4), 3, 1, 1, True))
    x = n.node("Add", y, n.conv(halve(n, x), "shortcut", (3, 4), 1))
    x = n.node("Flatten", n.node("GlobalAveragePool", n.bend(x, 0.2)))
    n.output("score", n.gemm(x, "2", (4, 1), False), [1])
    return n


def joined_space(n, x):
    """Space as one axis, with the sizes that exporters compute from a shape."""
    shape = n.node("Shape", x)
    batch, channels = (n.node("Unsqueeze", n.node("Gather", shape, n.constant(axis), axis=0), n.constant([0]))
                       for axis in (0, 1))
    return n.node("Reshape", x, n.node("Concat", batch, channels, n.constant([-1]), axis=0))


def attention_critic(name, sizes):
    """The pixels of a layer look at each other (arXiv 1805.08318), as PyTorch writes it."""
    n = Network(name, sizes)
    x = n.bend(n.conv(n.input("image", sizes.picture), "0", (1, 4), 4, 2, 1, True), 0.2)
    query, key, value = (joined_space(n, n.node("Conv", x, n.random(f"1.{part}.weight", (channels, 4, 1, 1), 1.0)))
                         for part, channels in (("query", 2), ("key", 2), ("value", 4)))
    weights = n.node("Softmax", n.node("MatMul", n.node("Transpose", query, perm=[0, 2, 1]), key), axis=-1)
    seen = n.node("MatMul", value, n.node("Transpose", weights, perm=[0, 2, 1]))
    seen = n.node("Reshape", seen, n.node("Shape", x))
    x = n.node("Add", n.node("Mul", n.weight("1.gamma", [0.5]), seen), x)
    x = n.node("PRelu", x, n.weight("2.slope", np.full((4, 1, 1), 0.25)))
    n.output("score", n.gemm(n.node("Flatten", x), "3", (64, 1)), [1])
    return n


def deviation_critic(name, sizes):
    """How much a pair of pictures varies, as one more channel (arXiv 1710.10196)."""
    n = Network(name, sizes)
    x = n.bend(n.conv(n.input("image", sizes.picture), "0", (1, 4), 4, 2, 1, True), 0.2)
    # Of two: half of what is between them, so that no digits are lost to their mean.
    apart = n.node("Sub", *n.halve(x))
    variance = n.node("Mul", n.node("Mul", apart, apart), n.constant(0.25))
    deviation = n.node("Sqrt", n.node("Add", variance, n.constant(1e-8)))
    deviation = n.node("ReduceMean", deviation, axes=[1, 2, 3], keepdims=1)
    x = n.node("Concat", x, n.node("Tile", deviation, n.constant([2, 1, 4, 4])), axis=1)
    n.output("score", n.gemm(n.node("Flatten", n.bend(n.conv(x, "1", (5, 4), 3, 1, 1, True), 0.2)), "2", (64, 1)), [1])
    return n


def dropping_critic(name, sizes):
    n = Network(name, sizes)
    x = n.node("Flatten", n.input("image", sizes.picture))
    x = n.node("Dropout", n.bend(n.gemm(x, "0", (sizes.height * sizes.width, 4)), 0.2), n.constant(0.25))
    x = n.node("Dropout", n.bend(n.gemm(x, "1", (4, 4)), 0.2), n.constant(0.5))
    n.output("score", n.gemm(x, "2", (4, 1)), [1])
    return n


NETWORKS = {
    "generator": generator,
    "attention_critic": attention_critic,
    "deviation_critic": deviation_critic,
    "dropping_critic": dropping_critic,
    "plain_critic": plain(discriminator),
    "residual_critic": residual_critic,
    "residual_generator": residual_generator,
}


def write(folder, sizes):
    for name, make in NETWORKS.items():
        make(name, sizes).save(folder)
