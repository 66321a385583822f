"""Generators to measure: the shapes of well-known ones, with random weights."""

import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "frontends", "game", "library"))
from networks import Network


def dcgan64():
    """The layout of arXiv 1511.06434, as the PyTorch examples have it."""
    n = Network("dcgan64")
    x, channels = n.input("z", [100, 1, 1]), 100
    for layer, wanted in enumerate((512, 256, 128, 64)):
        step = (4, 2, 1) if layer else (4,)
        x = n.conv_transpose(x, str(layer), (channels, wanted), *step)
        x = n.node("Relu", n.batch_norm(x, f"{layer}.norm", wanted))
        channels = wanted
    n.output("image", n.node("Tanh", n.conv_transpose(x, "4", (channels, 3), 4, 2, 1)), [3, 64, 64])
    return n


def enlarge(n, x):
    return n.node("Resize", x, "", n.constant(np.array([1, 1, 2, 2], np.float32)), mode="nearest",
                  nearest_mode="floor", coordinate_transformation_mode="asymmetric")


def residual64():
    """Residual blocks that enlarge by repeated pixels, as in arXiv 1802.05957."""
    n, channels = Network("residual64"), 256
    x = n.gemm(n.input("z", [128]), "0", (128, channels * 16))
    x = n.node("Reshape", x, n.constant([-1, channels, 4, 4]))
    for block, wanted in enumerate((256, 128, 64, 32)):
        y = enlarge(n, n.node("Relu", n.batch_norm(x, f"{block}.norm0", channels)))
        y = n.conv(y, f"{block}.conv0", (channels, wanted), 3, 1, 1)
        y = n.node("Relu", n.batch_norm(y, f"{block}.norm1", wanted))
        y = n.conv(y, f"{block}.conv1", (wanted, wanted), 3, 1, 1, bias=True)
        x = n.node("Add", y, n.conv(enlarge(n, x), f"{block}.skip", (channels, wanted), 1))
        channels = wanted
    x = n.node("Relu", n.batch_norm(x, "norm", channels))
    n.output("image", n.node("Tanh", n.conv(x, "last", (channels, 3), 3, 1, 1, bias=True)), [3, 64, 64])
    return n


def filter_up(n, x, channels):
    """Twice the size, through the filter 1 3 3 1 of StyleGAN2."""
    taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 16
    weight = n.weight(f"fir_{len(n.weights)}", np.tile(taps, (channels, 1, 1, 1)))
    return n.node("ConvTranspose", x, weight, group=channels, kernel_shape=[4, 4], strides=[2, 2],
                  pads=[1, 1, 1, 1])


def filters64():
    """Convolutions between filtered enlargements, and a picture that is enlarged beside
    them, as in the skip generator of arXiv 1912.04958."""
    n, channels, picture = Network("filters64"), 256, None
    x = n.gemm(n.input("z", [256]), "0", (256, channels * 16))
    x = n.node("Reshape", x, n.constant([-1, channels, 4, 4]))
    for block, wanted in enumerate((256, 128, 64, 32)):
        x = filter_up(n, x, channels)
        for layer, count in (("0", channels), ("1", wanted)):
            x = n.conv(x, f"{block}.{layer}", (count, wanted), 3, 1, 1, bias=True)
            x = n.node("Mul", n.bend(x, 0.2), n.constant(np.float32(2 ** 0.5)))
        channels = wanted
        colours = n.conv(x, f"{block}.colours", (channels, 3), 1, bias=True)
        picture = n.node("Add", filter_up(n, picture, 3), colours) if picture else colours
    n.output("image", picture, [3, 64, 64])
    return n


def translator64():
    """From picture to picture with reflected borders and instance normalisation, as in
    arXiv 1703.10593, narrower."""
    n, few = Network("translator64"), 32

    def norm(x, name, count):
        return n.node("InstanceNormalization", x, n.weight(f"{name}.norm.weight", np.ones(count)),
                      n.weight(f"{name}.norm.bias", np.zeros(count)))

    def reflected(x, pad):
        return n.node("Pad", x, n.constant([0, 0, pad, pad, 0, 0, pad, pad]), mode="reflect")

    x = n.conv(reflected(n.input("z", [3, 64, 64]), 3), "first", (3, few), 7)
    x = n.node("Relu", norm(x, "first", few))
    for layer in (1, 2):
        x = n.conv(x, f"down{layer}", (few * layer, few * 2 * layer), 3, 2, 1)
        x = n.node("Relu", norm(x, f"down{layer}", few * 2 * layer))
    for block in range(3):
        y = n.conv(reflected(x, 1), f"{block}.0", (4 * few, 4 * few), 3)
        y = n.node("Relu", norm(y, f"{block}.0", 4 * few))
        y = n.conv(reflected(y, 1), f"{block}.1", (4 * few, 4 * few), 3)
        x = n.node("Add", x, norm(y, f"{block}.1", 4 * few))
    for layer, count in ((1, 4 * few), (2, 2 * few)):
        x = n.conv_transpose(x, f"up{layer}", (count, count // 2), 4, 2, 1)
        x = n.node("Relu", norm(x, f"up{layer}", count // 2))
    n.output("image", n.node("Tanh", n.conv(reflected(x, 3), "last", (few, 3), 7, bias=True)), [3, 64, 64])
    return n


# Name, network, shape of its input, batch.
GENERATORS = {
    "dcgan64": (dcgan64, [100, 1, 1], 64),
    "residual64": (residual64, [128], 16),
    "filters64": (filters64, [256], 16),
    "translator64": (translator64, [3, 64, 64], 4),
}


def write(name, folder):
    """The path of the model of one of GENERATORS."""
    GENERATORS[name][0]().save(folder)
    return os.path.join(folder, f"{name}.onnx")
