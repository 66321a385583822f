#!/usr/bin/env python3
"""Writes networks of the GAN families as ONNX files, of any size, with random weights.

usage: families.py dcgan | stylegan2 OUTDIR

check.py writes small ones of all families. This command writes those that times are
computed for: DCGAN's of 64 x 64 (arXiv 1511.06434), for the library's game, and
StyleGAN2's of 256 x 256 (arXiv 1912.04958), as NVIDIA's PyTorch code has them.
"""

import argparse
import os
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

LIBRARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "frontends", "game", "library")
sys.path.insert(0, LIBRARY)
import networks


class Network(networks.Network):
    """With layers that only these families have."""

    def flag_output(self, name, x, shape):
        self.output(name, x, shape)
        self.outputs[-1] = helper.make_tensor_value_info(name, TensorProto.BOOL, ["batch", *shape])

    def scale(self, x, factor):
        return self.node("Mul", x, self.constant(np.float32(factor)))

    def instance_norm(self, x, name, channels):
        return self.node("InstanceNormalization", x, self.weight(f"{name}.weight", np.ones(channels)),
                         self.weight(f"{name}.bias", np.zeros(channels)), epsilon=1e-5)

    def reflect(self, x, pad):
        return self.node("Pad", x, self.constant([0, 0, pad, pad, 0, 0, pad, pad]), mode="reflect")

    # Of StyleGAN2. Weights are normal numbers that a constant scales when the network runs there; here
    # the constant is in the weights.

    def dense(self, x, name, channels, bias=0.0):
        weight = self.random(f"{name}.weight", channels[::-1], channels[0] ** -0.5)
        return self.node("Gemm", x, weight, self.weight(f"{name}.bias", np.full(channels[1], bias)), transB=1)

    def leaky(self, x, gain=2 ** 0.5):
        return self.scale(self.node("LeakyRelu", x, alpha=0.2), gain)

    def filter(self, x, channels, pad, gain=1.0, stride=1):
        """The filter 1 3 3 1 along both axes, for each channel."""
        taps = np.array([1, 3, 3, 1], np.float32) / 8
        weight = np.broadcast_to(np.outer(taps, taps) * gain, (channels, 1, 4, 4))
        return self.node("Conv", x, self.constant(weight), kernel_shape=[4, 4], strides=[stride] * 2,
                         pads=[pad[0]] * 2 + [pad[1]] * 2, group=channels)

    def enlarge(self, x, channels):
        """Twice as high and wide: zeros between the numbers, then the filter."""
        taps = np.array([1, 3, 3, 1], np.float32) / 4
        weight = np.broadcast_to(np.outer(taps, taps), (channels, 1, 4, 4))
        return self.node("ConvTranspose", x, self.constant(weight), kernel_shape=[4, 4], strides=[2, 2],
                         pads=[1] * 4, group=channels)

    def plain_conv(self, x, name, channels, kernel, stride=1, pad=0):
        """Without a bias, and of weights that keep the variance."""
        weight = self.random(f"{name}.weight", (channels[1], channels[0], kernel, kernel),
                             (channels[0] * kernel ** 2) ** -0.5)
        return self.node("Conv", x, weight, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)

    def column(self, x):
        return self.node("Unsqueeze", x, self.constant([2, 3]))

    def modulated_conv(self, x, w, name, channels, latent, kernel, up=False, demodulated=True):
        """The styles scale what comes in, and what comes out is scaled to the variance that it would have."""
        style = self.dense(w, f"{name}.affine", (latent, channels[0]), bias=1.0)
        values = self.random(f"{name}.weight", (channels[1], channels[0], kernel, kernel),
                             (channels[0] * kernel ** 2) ** -0.5 if demodulated else 0.1 / channels[0])
        x = self.node("Mul", x, self.column(style))
        if up:
            x = self.node("ConvTranspose", x, self.node("Transpose", values, perm=[1, 0, 2, 3]),
                          kernel_shape=[kernel] * 2, strides=[2, 2])
            x = self.filter(x, channels[1], (1, 1), gain=4.0)
        else:
            x = self.node("Conv", x, values, kernel_shape=[kernel] * 2, pads=[kernel // 2] * 4)
        if not demodulated:
            return x
        squares = self.node("ReduceSum", self.node("Mul", values, values), self.constant([2, 3]), keepdims=0)
        sums = self.node("MatMul", self.node("Mul", style, style), self.node("Transpose", squares, perm=[1, 0]))
        root = self.node("Sqrt", self.node("Add", sums, self.constant(np.float32(1e-8))))
        return self.node("Div", x, self.column(root))

    def bias_and_bend(self, x, name, channels, gain=2 ** 0.5):
        bias = self.random(f"{name}.bias", (1, channels, 1, 1), 0.1)
        return self.leaky(self.node("Add", x, bias), gain)


def mirror(folder, name, picture, filters, first, levels, normalised=True, tells_features=False):
    """A discriminator with batch normalisation that says how likely a picture is, or a critic without."""
    n = Network(name)
    x, before = n.input("image", picture), picture[0]
    for level in range(levels):
        count = filters << level
        x = n.conv(x, f"{level}", (before, count), 4, 2, 1, bias=level == 0 or not normalised)
        x = n.batch_norm(x, f"{level}.norm", count) if level and normalised else x
        x, before = n.node("LeakyRelu", x, alpha=0.2), count
    if tells_features:  # bytes
        n.flag_output("features", n.node("Greater", x, n.constant(np.float32(0))), [before, *first])
    score = n.node("Flatten", n.conv(x, f"{levels}", (before, 1), list(first)))
    n.output("score", n.node("Sigmoid", score) if normalised else score, [1])
    n.save(folder)


def dcgan(folder, latent, channels, filters, first, levels, tells_features=False):
    """A generator of arXiv 1511.06434, from `first` = height and width, doubled `levels` times; its mirror, and the
    critic that the games of the library have in its place."""
    picture = [channels, first[0] << levels, first[1] << levels]
    widths = [filters << level for level in reversed(range(levels))]
    n = Network("generator")
    x = n.node("Reshape", n.input("z", [latent]), n.constant([-1, latent, 1, 1]))
    x = n.conv_transpose(x, "0", (latent, widths[0]), list(first))
    for level, (count, after) in enumerate(zip(widths, [*widths[1:], channels])):
        x = n.node("Relu", n.batch_norm(x, f"{level}.norm", count))
        x = n.conv_transpose(x, f"{level + 1}", (count, after), 4, 2, 1)
    n.output("image", n.node("Tanh", x), picture)
    n.save(folder)

    mirror(folder, "discriminator", picture, filters, first, levels, tells_features=tells_features)
    mirror(folder, "plain_critic", picture, filters, first, levels, normalised=False)


def cyclegan(folder, channels, filters, blocks, height, width):
    """The generator of pictures from pictures (arXiv 1703.10593), whose blocks keep the size."""
    n = Network("cyclegan-generator")

    def norm_and_bend(x, name, count):
        return n.node("Relu", n.instance_norm(x, f"{name}.norm", count))

    x = n.reflect(n.input("image", [channels, height, width]), 3)
    x = norm_and_bend(n.conv(x, "first", (channels, filters), 7), "first", filters)
    for level in range(2):
        count = filters << level
        x = norm_and_bend(n.conv(x, f"down{level}", (count, 2 * count), 3, 2, 1), f"down{level}", 2 * count)
    for block in range(blocks):
        y = n.conv(n.reflect(x, 1), f"block{block}.0", (4 * filters, 4 * filters), 3)
        y = norm_and_bend(y, f"block{block}.0", 4 * filters)
        y = n.conv(n.reflect(y, 1), f"block{block}.1", (4 * filters, 4 * filters), 3)
        x = n.node("Add", x, n.instance_norm(y, f"block{block}.1.norm", 4 * filters))
    for level in (1, 0):
        count = filters << level
        x = n.node("ConvTranspose", x, n.random(f"up{level}.weight", (2 * count, count, 3, 3), (9 * count) ** -0.5),
                   kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, output_padding=[1, 1])
        x = norm_and_bend(x, f"up{level}", count)
    x = n.conv(n.reflect(x, 3), "last", (filters, channels), 7, bias=True)
    n.output("fake", n.node("Tanh", x), [channels, height, width])
    n.save(folder)


def stylegan2(folder, resolution, base, most, latent=512, layers=8):
    """Maps have `base` divided by their height channels, but at most `most`. Noise is an input of every layer; its
    strength is a weight."""
    def channels_at(size):
        return min(base // size, most)

    sizes = [4 << level for level in range(resolution.bit_length() - 2)]
    n = Network("stylegan2-generator")
    z = n.input("z", [latent])
    mean = n.node("ReduceMean", n.node("Mul", z, z), axes=[1], keepdims=1)
    w = n.node("Div", z, n.node("Sqrt", n.node("Add", mean, n.constant(np.float32(1e-8)))))
    for layer in range(layers):
        w = n.leaky(n.dense(w, f"mapping{layer}", (latent, latent)))

    def layer(x, name, channels, size, up):
        x = n.modulated_conv(x, w, name, channels, latent, 3, up)
        noise = n.node("Mul", n.input(f"{name}.noise", [1, size, size]), n.random(f"{name}.strength", (1,), 0.3))
        return n.bias_and_bend(n.node("Add", x, noise), name, channels[1])

    x = n.random("start", (1, channels_at(4), 4, 4), 1.0)
    picture = None
    for size in sizes:
        before, count = channels_at(max(size // 2, 4)), channels_at(size)
        if picture:
            x = layer(x, f"{size}.0", (before, count), size, up=True)
        x = layer(x, f"{size}.1", (count, count), size, up=False)
        y = n.modulated_conv(x, w, f"{size}.rgb", (count, 3), latent, 1, demodulated=False)
        y = n.node("Add", y, n.random(f"{size}.rgb.bias", (1, 3, 1, 1), 0.1))
        picture = n.node("Add", n.enlarge(picture, 3), y) if picture else y
    n.output("image", picture, [3, resolution, resolution])
    n.save(folder)

    n = Network("stylegan2-discriminator")
    x = n.input("image", [3, resolution, resolution])
    x = n.bias_and_bend(n.plain_conv(x, "rgb", (3, channels_at(resolution)), 1), "rgb", channels_at(resolution))
    for size in reversed(sizes[1:]):
        count, after = channels_at(size), channels_at(size // 2)
        y = n.plain_conv(n.filter(x, count, (1, 1), stride=2), f"{size}.skip", (count, after), 1)
        x = n.bias_and_bend(n.plain_conv(x, f"{size}.0", (count, count), 3, pad=1), f"{size}.0", count)
        x = n.plain_conv(n.filter(x, count, (2, 2)), f"{size}.1", (count, after), 3, stride=2)
        x = n.node("Add", n.bias_and_bend(x, f"{size}.1", after, gain=1.0), n.scale(y, 0.5 ** 0.5))
    # How different the pictures of a batch are, as one more map.
    count = channels_at(4)
    apart = n.node("Sub", x, n.node("ReduceMean", x, axes=[0], keepdims=1))
    variance = n.node("ReduceMean", n.node("Mul", apart, apart), axes=[0], keepdims=1)
    deviation = n.node("Sqrt", n.node("Add", variance, n.constant(np.float32(1e-8))))
    deviation = n.node("ReduceMean", deviation, axes=[1, 2, 3], keepdims=1)
    first = n.node("Slice", x, n.constant([0]), n.constant([1]), n.constant([1]))
    x = n.node("Concat", x, n.node("Add", n.scale(first, 0.0), deviation), axis=1)
    x = n.bias_and_bend(n.plain_conv(x, "last", (count + 1, count), 3, pad=1), "last", count)
    x = n.leaky(n.dense(n.node("Flatten", x), "dense", (16 * count, count)))
    n.output("score", n.dense(x, "score", (count, 1)), [1])
    n.save(folder)


def inputs(path):
    """name -> shape without the batch."""
    return {value.name: [size.dim_value for size in value.type.tensor_type.shape.dim[1:]]
            for value in onnx.load(path).graph.input}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=["dcgan", "stylegan2"])
    parser.add_argument("folder")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    if options.family == "dcgan":
        dcgan(options.folder, latent=100, channels=3, filters=64, first=(4, 4), levels=4)
        shutil.copy(os.path.join(LIBRARY, "dcgan.game"), options.folder)
    else:
        stylegan2(options.folder, resolution=256, base=32768, most=512)


if __name__ == "__main__":
    main()
