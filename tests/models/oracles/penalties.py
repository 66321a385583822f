#!/usr/bin/env python3
"""Critics whose gradient penalty is known: does a gradient within an objective mean
what is written?

usage: penalties.py GANC STEP_RUN WORK_DIR

For d = w x + b the penalty is (|w| - 1)^2 wherever it is taken, its gradient
2 (|w| - 1) w / |w|, and 0 by b. For d = x A x / 2 with A symmetric, R1 is
E |A x|^2, and its gradient E [A x x' + x x' A].
"""

import numpy as np
from oracle import TOLERANCE, Network, Oracle, check, linear

LINEAR = """game linear {
  network D = onnx "D.onnx"
  data x : f32[B, 3] batch 4
  sample z : f32[B, 3] ~ normal(0, 1)
  sample a : f32[B, 1] ~ uniform(0, 1)
  player d trains D with sgd(lr = 0)
  step {
    let between = a * x + (1 - a) * z
    d minimises mean((norm(grad(D(between), between)) - 1)^2)
  }
}
"""

QUADRATIC = """game quadratic {
  network D = onnx "D.onnx" constant "half"
  data x : f32[B, 3] batch 4
  player d trains D with sgd(lr = 0)
  step {
    d minimises mean(norm(grad(D(x), x))^2)
  }
}
"""


def main():
    oracle, random = Oracle(), np.random.default_rng(1)
    # What f32 holds exactly, so that both play the same numbers.
    exact = lambda *shape: random.integers(-32, 32, shape) / 32 + 1 / 64
    for alpha in (0.0, 0.25, 1.0):
        w, b = exact(3, 1), exact(1)
        linear(oracle.start(), "D", w, b)
        played = oracle.play(LINEAR, {"x": exact(4, 3), "z": exact(4, 3), "a": np.full((4, 1), alpha)}, 1)
        size = np.linalg.norm(w)
        for who, recorded in played.items():
            name = f"linear critic, alpha {alpha}, {who}"
            check(f"{name}, penalty", recorded["step/0/loss/d"], (size - 1) ** 2, TOLERANCE[who])
            check(f"{name}, gradient", recorded["step/0/d/gradient/D/weight"], 2 * (size - 1) * w / size, TOLERANCE[who])
            # No path leads from b to the penalty.
            check(f"{name}, bias", recorded.get("step/0/d/gradient/D/bias", np.zeros(1)), np.zeros(1), 0, scale=1)

    half = exact(3, 3)
    a, x = half + half.T, exact(4, 3)
    network = Network([3])
    product = network.node("Mul", network.node("MatMul", "x", network.weight("weight", a)), "x")
    halved = network.node("Mul", product, network.weight("half", 0.5))
    network.node("ReduceSum", halved, network.weight("axes", [1], np.int64), output="y", keepdims=1)
    network.save(oracle.start(), "D")
    for who, recorded in oracle.play(QUADRATIC, {"x": x}, 1).items():
        name = f"quadratic critic, {who}"
        check(f"{name}, penalty", recorded["step/0/loss/d"], np.mean(np.sum((x @ a) ** 2, axis=1)), TOLERANCE[who])
        second = x.T @ x / len(x)
        check(f"{name}, gradient", recorded["step/0/d/gradient/D/weight"], a @ second + second @ a, TOLERANCE[who])


if __name__ == "__main__":
    main()
