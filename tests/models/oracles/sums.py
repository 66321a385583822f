#!/usr/bin/env python3
"""What adds up: averages of parameters, gradients of parts of an objective.

usage: sums.py GANC STEP_RUN WORK_DIR

A parameter that moves by the same step each time has averages in geometric sums.
The gradients of an objective and of its penalty, taken at one point in two
updates, add up to that of both in one.
"""

import numpy as np
from oracle import TOLERANCE, Oracle, check, linear

AVERAGES = """game averages {
  network D = onnx "D.onnx"
  data x : f32[B, 1] batch 2
  player d trains D with sgd(lr = 0.125)
  step {
    d minimises mean(D(x))
  }
  ema A of D decay 0.75
  ema Later of D decay 0.75 from 5
}
"""

PARTS = """game parts {
  network D = onnx "D.onnx"
  network G = onnx "G.onnx"
  data x : f32[B, 3] batch 4
  sample z : f32[B, 3] ~ normal(0, 1)
  player d trains D with sgd(lr = 0)
  player g trains G with sgd(lr = 0)
  step {
    %s
    g minimises -mean(D(G(z)))
  }
}
"""
MAIN = "mean(softplus(D(G(z)))) + mean(softplus(-D(x)))"
PENALTY = "10 / 2 * mean(norm(grad(D(x), x))^2)"


def averages(oracle):
    decay, steps, start, slope = 0.75, 12, 0.5, 0.25
    linear(oracle.start(), "D", [[start]])
    played = oracle.play(AVERAGES, {"x": np.full((2, 1), slope)}, steps)
    weights = [start - 0.125 * slope * (step + 1) for step in range(steps)]
    for name, first in (("A", 0), ("Later", 5)):
        # Before its first step an average is a copy.
        value = start if first == 0 else weights[first - 1]
        want = decay ** (steps - first) * value + (1 - decay) * sum(
            decay ** (steps - 1 - step) * weights[step] for step in range(first, steps))
        for who, recorded in played.items():
            got = recorded[f"step/{steps - 1}/state/{name}/weight"]
            check(f"average from step {first}, {who}", got, [[want]], TOLERANCE[who])


def parts(oracle):
    random = np.random.default_rng(2)
    exact = lambda *shape: random.integers(-32, 32, shape) / 32 + 1 / 64
    weights = exact(3, 1), exact(3, 3)
    draws = {"x": [exact(4, 3)] * 3, "z": [exact(4, 3)] * 3}
    recorded = {}
    for kind, statements in (("eager", f"d minimises {MAIN} + {PENALTY}"),
                             ("lazy", f"d minimises {MAIN}\n    every 1 {{ d minimises {PENALTY} }}")):
        folder = oracle.start()
        linear(folder, "D", weights[0])
        linear(folder, "G", weights[1])
        recorded[kind] = oracle.play(PARTS % statements, draws, 1)
    for who in ("interpreter", "trainer"):
        eager, lazy = recorded["eager"][who], recorded["lazy"][who]
        key = f"step/0/d/gradient/D/weight"
        check(f"main and lazy gradients, {who}", lazy[key] + lazy[f"{key}#1"], eager[key], TOLERANCE[who])
        check(f"main and lazy losses, {who}", lazy["step/0/loss/d"] + lazy["step/0/loss/d#1"], eager["step/0/loss/d"],
              TOLERANCE[who])


def main():
    oracle = Oracle()
    averages(oracle)
    parts(oracle)


if __name__ == "__main__":
    main()
