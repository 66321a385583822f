#!/usr/bin/env python3
"""Rectifiers of ONNX files at their kinks and far away: are derivatives the ones that
docs/operator-set.md fixes (N1 to N4, N6), of first and second order, and finite?

usage: kinks.py GANC STEP_RUN WORK_DIR

Each network is y = f(x + b) with b = 0. The sum of y has the gradient f'(x) by b, and
the sum of its gradient by x has f''(x).
"""

import math

import numpy as np
from oracle import Network, Oracle, check

# Constants, as the root of 2 of Gelu, are f32 in both.
TOLERANCE = {"interpreter": 1e-7, "trainer": 2e-6}
POINTS = np.array([-1000, -100, -3, -2, -1, -0.0, 0, 0.5, 1, 2, 6, 7, 100, 1000])
ALPHA, GAMMA = 1.67326319217681884765625, 1.05070102214813232421875


def logistic(x):
    return 0.5 * (1 + np.tanh(x / 2))


def bell(x):
    return np.exp(-x * x / 2) / (2 * math.pi) ** 0.5


def below(x):
    """exp(x) where x is not positive."""
    return np.where(x > 0, 0, np.exp(np.minimum(x, 0)))


def cases():
    """Name: how it is written, and both derivatives at the points."""
    x, nothing = POINTS, np.zeros_like(POINTS)
    inside = lambda low, high: ((x > low) & (x < high)).astype(float)
    error = np.vectorize(math.erf)(x / 2 ** 0.5)
    s, size = logistic(x), 1 + np.abs(x)
    slope = s * (1 - s)
    t = np.tanh(np.logaddexp(0, x))  # Mish is x t
    bend = s * (1 - t * t)
    one = lambda kind, **attributes: lambda n, h: n.node(kind, h, **attributes)
    constant = lambda kind, value: lambda n, h: n.node(kind, h, n.node("Constant", value_float=value))
    return {
        "Relu": (one("Relu"), x > 0, nothing),
        "LeakyRelu": (one("LeakyRelu", alpha=0.25), np.where(x > 0, 1, 0.25), nothing),
        "Elu": (one("Elu", alpha=1.5), np.where(x > 0, 1, 1.5 * below(x)), 1.5 * below(x)),
        "Selu": (one("Selu"), GAMMA * np.where(x > 0, 1, ALPHA * below(x)), GAMMA * ALPHA * below(x)),
        "Celu": (one("Celu", alpha=2.0), np.where(x > 0, 1, below(x / 2)), below(x / 2) / 2),
        "PRelu": (constant("PRelu", 0.25), np.where(x > 0, 1, 0.25), nothing),
        "ThresholdedRelu": (one("ThresholdedRelu", alpha=1.0), x > 1, nothing),
        "HardSwish": (one("HardSwish"), (x >= 3) + (x / 3 + 0.5) * inside(-3, 3), inside(-3, 3) / 3),
        "HardSigmoid": (one("HardSigmoid", alpha=0.25, beta=0.5), 0.25 * inside(-2, 2), nothing),
        "Clip": (lambda n, h: n.node("Clip", h, n.node("Constant", value_float=0.0), n.node("Constant", value_float=6.0)),
                 inside(0, 6), nothing),
        "Abs": (one("Abs"), np.sign(x), nothing),
        "Max": (constant("Max", 1.0), (x > 1) + 0.5 * (x == 1), nothing),
        "Min": (constant("Min", 1.0), (x < 1) + 0.5 * (x == 1), nothing),
        "Softplus": (one("Softplus"), s, slope),
        "Softsign": (one("Softsign"), 1 / size ** 2, -2 * np.sign(x) / size ** 3),
        "Sigmoid": (one("Sigmoid"), slope, slope * (1 - 2 * s)),
        "Swish": (lambda n, h: n.node("Mul", h, n.node("Sigmoid", h)), s + x * slope, 2 * slope + x * slope * (1 - 2 * s)),
        "Mish": (one("Mish"), t + x * bend, 2 * bend + x * (slope * (1 - t * t) - 2 * t * bend * s)),
        "Tanh": (one("Tanh"), 1 - np.tanh(x) ** 2, -2 * np.tanh(x) * (1 - np.tanh(x) ** 2)),
        "Gelu": (one("Gelu"), (1 + error) / 2 + x * bell(x), (2 - x * x) * bell(x)),
        # Its logarithm would be that of 0, and its derivative 0 / 0 (N6).
        "LogSigmoid": (lambda n, h: n.node("Log", n.node("Sigmoid", h)), logistic(-x), -slope),
    }


def write(folder, name, function, count):
    network = Network([count], opset=20)
    h = network.node("Add", "x", network.weight("b", np.zeros(count)))
    network.node("Identity", function(network, h), output="y")
    network.save(folder, name, count)


def compare(all_cases, points, tolerance):
    """points: the x of each case."""
    oracle = Oracle()
    folder = oracle.start()
    count = len(next(iter(points.values())))
    for name, (function, _, _) in all_cases.items():
        write(folder, name, function, count)
    networks = "\n".join(f'  network {name} = onnx "{name}.onnx" trainable "b"\n'
                         f"  data x_{name} : f32[B, {count}] batch 1" for name in all_cases)
    values = " + ".join(f"sum({name}(x_{name}))" for name in all_cases)
    slopes = " + ".join(f"sum(grad({name}(x_{name}), x_{name}))" for name in all_cases)
    game = f"""game functions {{
{networks}
  player p trains {", ".join(all_cases)} with sgd(lr = 0)
  step {{
    p minimises {values}
    p minimises {slopes}
  }}
}}
"""
    draws = {f"x_{name}": points[name][None] for name in all_cases}
    for who, recorded in oracle.play(game, draws, 1).items():
        for name, (_, first, second) in all_cases.items():
            # What has no second derivative anywhere has no path to one.
            got = [recorded.get(f"step/0/p/gradient/{name}/b{time}", np.zeros(count)) for time in ("", "#1")]
            check(f"{name}, {who}", got[0], np.asarray(first, np.float64), tolerance[who])
            check(f"{name}, second order, {who}", got[1], second, tolerance[who], scale=max(1, np.linalg.norm(second)))


def main():
    all_cases = cases()
    compare(all_cases, dict.fromkeys(all_cases, POINTS), TOLERANCE)


if __name__ == "__main__":
    main()
