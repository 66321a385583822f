#!/usr/bin/env python3
"""Discriminators whose optimum is known: does an objective measure what it should?

usage: divergences.py GANC STEP_RUN WORK_DIR

Over a finite alphabet the best logit is log (p / q), and the value there
2 JSD(p, q) - 2 ln 2; no gradient is left, and descent from 0 leads there. Between
real numbers around 0 and fakes around m a linear critic with gradient penalty
lambda ends at the slope -sign(m) (1 + |m| / (2 lambda)) and the loss
-|m| - m^2 / (4 lambda); clipped at c, at -c sign(m) and -c |m|.
"""

import numpy as np
from oracle import TOLERANCE, Network, Oracle, check, linear

ALPHABET = """game alphabet {
  network D = onnx "D.onnx"
  data x : f32[B.x, 4] batch 16
  data y : f32[B.y, 4] batch 16
  player d trains D with sgd(lr = %r)
  step {
    d minimises -mean(log(D(x))) - mean(log(1 - D(y)))
  }
}
"""

SHIFT = """game shift {
  network D = onnx "D.onnx"
  data x : f32[B.x, 1] batch 8
  data y : f32[B.y, 1] batch 8
  sample a : f32[B.x, 1] ~ uniform(0, 1)
  player d trains D with sgd(lr = 0.0625)%s
  step {
    let between = a * x + (1 - a) * y
    d minimises mean(D(y)) - mean(D(x)) + %r * mean((norm(grad(D(between), between)) - 1)^2)
  }
}
"""


def letters(counts):
    return np.repeat(np.eye(len(counts)), counts, axis=0)


def lookup(folder, logits):
    network = Network([len(logits)])
    network.node("Sigmoid", network.node("MatMul", "x", network.weight("weight", logits)), output="y")
    network.save(folder, "D")


def alphabet(oracle, real, fake):
    p, q = (np.array(counts) / sum(counts) for counts in (real, fake))
    best = np.log(p / q)[:, None].astype(np.float32).astype(np.float64)
    middle = (p + q) / 2
    divergence = (p @ np.log(p / middle) + q @ np.log(q / middle)) / 2
    value = 2 * divergence - 2 * np.log(2)
    draws = {"x": letters(real), "y": letters(fake)}
    lookup(oracle.start(), best)
    for who, recorded in oracle.play(ALPHABET % 0, draws, 1).items():
        name = f"alphabet {real} against {fake}, {who}"
        # The logit is rounded to f32, and the loss flat there.
        check(f"{name}, value", -recorded["step/0/loss/d"], value, 1e-6 if who == "trainer" else 1e-13)
        check(f"{name}, gradient", recorded["step/0/d/gradient/D/weight"], np.zeros((4, 1)), 1e-7, scale=1)
    lookup(oracle.start(), np.zeros((4, 1)))
    for who, recorded in oracle.play(ALPHABET % 8, draws, 60).items():
        name = f"alphabet {real} against {fake}, descent, {who}"
        check(name, recorded["step/59/d/parameter/D/weight"], best, 1e-5, scale=1)


def shift(oracle, mean, penalty, bound):
    """Real numbers of mean 0 and fakes of mean `mean`, exactly."""
    x = np.arange(-3.5, 4)[:, None] / 4
    # The penalty has a second, worse minimum at slopes of the other sign.
    linear(oracle.start(), "D", [[-0.25 * np.sign(mean)]], [0.125])
    post = f" then clip_weights {bound}" if bound else ""
    steps = 250 if penalty else 100
    played = oracle.play(SHIFT % (post, penalty), {"x": x, "y": x[::-1] + mean, "a": np.full((8, 1), 0.5)}, steps)
    sign, size = np.sign(mean), abs(mean)
    if penalty:
        slope, loss = -sign * (1 + size / (2 * penalty)), -size - mean ** 2 / (4 * penalty)
    else:
        slope, loss = -sign * bound, -bound * size
    for who, recorded in played.items():
        name = f"mean {mean}, {f'penalty {penalty}' if penalty else f'clipped at {bound}'}, {who}"
        check(f"{name}, slope", recorded[f"step/{steps - 1}/d/parameter/D/weight"], [[slope]], TOLERANCE[who])
        check(f"{name}, loss", recorded[f"step/{steps - 1}/loss/d"], loss, TOLERANCE[who])


def main():
    oracle = Oracle()
    alphabet(oracle, [8, 4, 2, 2], [2, 2, 4, 8])
    alphabet(oracle, [4, 4, 4, 4], [4, 4, 4, 4])
    for mean in (1.5, -0.5):
        shift(oracle, mean, penalty=2.0, bound=None)
        shift(oracle, mean, penalty=0.0, bound=0.0625)


if __name__ == "__main__":
    main()
