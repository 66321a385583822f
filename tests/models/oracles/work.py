#!/usr/bin/env python3
"""Counts what a step computes: is anything dead in a gradient, or computed twice?

usage: work.py GANC STEP_RUN WORK_DIR

Contractions of two games of the library, player by player: no gradient by D's
weights in the generator's update, none into data, and none by weights inside the
penalty. Then nodes of small losses against a prototype's, as a yardstick.
"""

import os
import re
import sys
from collections import Counter

import numpy as np
import onnx
from oracle import Network, Oracle

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "recorded-steps"))
import cases
from programs import run

CONTRACTIONS = ("conv", "conv_grad_input", "conv_grad_weight")


def updates(path):
    """Of each update in order: its player, and the operations up to its gradients."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().partition("gan.program @step")[2].splitlines()
    found, counts, recorded = [], Counter(), False
    for line in lines:
        record = re.search(r'gan\.record "(\w+)/gradient/', line)
        if record and not recorded:
            found.append((record[1], counts))
            counts = Counter()
        recorded = bool(re.search(r"gan\.record|gan\.stop", line)) and (recorded or bool(record))
        operation = re.match(r"\s*%.* = gan\.(\w+)", line)
        if operation:
            counts[operation[1]] += 1
    return found


def contractions(oracle, game, want):
    """want: of each player, from the numbers of convolutions in G and in D."""
    command = cases.find(game).write(oracle.work)
    run(oracle.ganc, *command, "--stop-after=grad", "-o", f"{oracle.work}/grad.mlir")
    layers = {}
    for network, file in re.findall(r'network\s+(\w)\s*=\s*onnx\s*"([^"]+)"', cases.find(game).text):
        nodes = onnx.load(f"{oracle.work}/{file}").graph.node
        layers[network] = sum(node.op_type in ("Conv", "ConvTranspose") for node in nodes)
    if min(layers.values()) < 2:
        sys.exit(f"{game}: expected convolutions, got {layers}")
    for (player, counts), (name, expected) in zip(updates(f"{oracle.work}/grad.mlir"), want(layers["G"], layers["D"]), strict=True):
        got = {kind: counts[kind] for kind in CONTRACTIONS}
        expected = dict(zip(CONTRACTIONS, expected))
        if player != name or got != expected:
            sys.exit(f"{game}: expected {expected} for {name}, got {got} for {player}")
        print(f"{game}, {player}: {got}")


def generator_update(g, d):
    """D forward, back through D to the picture, and through G; by G's weights only."""
    return d + g - 1, d, g


def dcgan(g, d):
    # G forward; D forward twice; back through D, but not into x or xf.
    return [("discriminator", (2 * d, g + 2 * (d - 1), 2 * d)), ("generator", generator_update(g, d))]


def wgan_gp(g, d):
    # As dcgan's, and the penalty's: forward, but for the value that nobody asks for;
    # back to xh, by no weight; the derivative of that, forward and back again.
    forward, inner, second = d - 1, d, (d - 1, d - 2, d + d - 1)
    conv, conv_grad_input, conv_grad_weight = generator_update(g, d)
    return [("critic", (2 * d + forward + second[0], g + 2 * (d - 1) + inner + second[1], 2 * d + second[2])),
            ("generator", (conv, g + conv_grad_input, conv_grad_weight))]  # fresh fakes


GAME = """game nodes {
  network D = onnx "D.onnx"
  data x : f32[B.x, 1, 8, 8] batch 4
  data y : f32[B.y, 1, 8, 8] batch 4
  sample a : f32[B.x, 1, 1, 1] ~ uniform(0, 1)
  player d trains D with sgd(lr = 0.125)
  step {
    let h = a * x + (1 - a) * y
    d minimises %s
  }
}
"""
PENALTY = "mean(D(y)) - mean(D(x)) + 10 * mean((norm(grad(D(h), h)) - 1)^2)"
# Nodes that a prototype needed for the like, without constants and without the mixture
# h; the last is what it takes today. A tenth more is let pass.
MIXTURE = 7
LOSSES = [
    ("non-saturating", "mean(softplus(D(y))) + mean(softplus(-D(h)))", None, 103),
    ("WGAN-GP", PENALTY, None, 140),
    ("R1", "mean(norm(grad(D(h), h))^2)", None, 50),
    ("WGAN-div", "mean(norm(grad(D(h), h))^6)", None, 56),
    ("WGAN-GP, layer norm", PENALTY, "layer", 288),
]


def critic(folder, normalisation):
    random, network = np.random.default_rng(0), Network([1, 8, 8])
    weight = lambda name, *shape: network.weight(name, random.normal(size=shape))
    h = "x"
    for layer, channels in enumerate((1, 4)):
        h = network.node("Conv", h, weight(f"{layer}.weight", 4, channels, 3, 3), weight(f"{layer}.bias", 4),
                         kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        if normalisation and layer:
            h = network.node("LayerNormalization", h, weight("norm.weight", 4, 2, 2), weight("norm.bias", 4, 2, 2), axis=1)
        h = network.node("LeakyRelu", h, alpha=0.25)
    network.node("Gemm", network.node("Flatten", h), weight("2.weight", 16, 1), weight("2.bias", 1), output="y")
    network.save(folder, "D")


def nodes(oracle, name, loss, normalisation, most):
    critic(oracle.start(), normalisation)
    with open(f"{oracle.work}/nodes.game", "w", encoding="utf-8") as file:
        file.write(GAME % loss)
    run(oracle.ganc, f"{oracle.work}/nodes.game", "--stop-after=grad", "-o", f"{oracle.work}/grad.mlir")
    (_, counts), = updates(f"{oracle.work}/grad.mlir")
    got = sum(counts.values()) - counts["constant"] - MIXTURE
    if not 0 < got <= 1.1 * most:
        sys.exit(f"{name}: expected some {most} nodes, got {got}: {dict(counts.most_common())}")
    print(f"{name}: {got} nodes, expected some {most}")


def main():
    oracle = Oracle()
    contractions(oracle, "dcgan", dcgan)
    contractions(oracle, "wgan_gp", wgan_gp)
    for loss in LOSSES:
        nodes(oracle, *loss)


if __name__ == "__main__":
    main()
