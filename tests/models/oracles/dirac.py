#!/usr/bin/env python3
"""The Dirac-GAN: does a step update in the order that it says?

usage: dirac.py GANC STEP_RUN WORK_DIR

The discriminator is d(x) = psi x, the data lie at 0, the generator's at theta, the
loss is Wasserstein's, both descend with the rate eta. Then a step is a matrix on
(psi, theta): together, the length grows by sqrt(1 + eta^2); one after the other,
the determinant is 1 and the points stay on an ellipse. With a penalty of gamma/2
on the squared slope, together contracts for eta < gamma < (4 + eta^2) / (2 eta),
alternating for 0 < gamma < (4 - eta^2) / (2 eta): just inside and outside of these
the spectral radius of the step as played is the closed form's.

All numbers are those that f32 holds exactly.
"""

import sys

import numpy as np
from oracle import Oracle, check, linear

START = np.array([0.5, 1.0])  # psi, theta

GAME = """game dirac {
  network G = onnx "G.onnx"
  network D = onnx "D.onnx"
  data x : f32[B, 1] batch 1
  sample z : f32[B, 1] ~ normal(0, 1)
  player d trains D with sgd(lr = %r)
  player g trains G with sgd(lr = %r)
  step {
    %s {
      d minimises mean(D(G(z))) - mean(D(x)) + %r / 2 * mean(norm(grad(D(x), x))^2)
      g minimises -mean(D(G(z)))
    }
  }
}
"""


def step_matrix(together, eta, gamma):
    own = np.array([[1 - eta * gamma, -eta], [0, 1]])   # the discriminator's update
    other = np.array([[1, 0], [eta, 1]])                # the generator's
    return own + other - np.eye(2) if together else other @ own


def radius(matrix):
    return max(abs(np.linalg.eigvals(matrix)))


def matrix_of(points):
    """The matrix that takes each point to the next one."""
    return np.linalg.lstsq(points[:-1], points[1:], rcond=None)[0].T


def play(oracle, together, eta, gamma, steps):
    name = f"{'together' if together else 'alternating'}, rate {eta:g}, penalty {gamma:g}"
    work = oracle.start()
    for network, value in zip("DG", START):
        linear(work, network, [[value]])
    # Braces of a block are nothing by themselves. As many draws as any order takes.
    game = GAME % (eta, eta, "together" if together else "", gamma)
    played = oracle.play(game, {"x": [np.zeros((1, 1))] * 2, "z": [np.ones((1, 1))] * 2}, steps)
    want = [START]
    for _ in range(steps):
        want.append(step_matrix(together, eta, gamma) @ want[-1])
    points = {}
    for who, tolerance in (("interpreter", 1e-11), ("trainer", 1e-4)):
        points[who] = np.array([START] + [
            [float(np.squeeze(played[who][f"step/{i}/{player}/parameter/{network}/weight"]))
             for player, network in (("d", "D"), ("g", "G"))] for i in range(steps)])
        check(f"{name}, {who}", points[who], want, tolerance)
    return points["interpreter"]


def main():
    oracle = Oracle()
    eta, steps = 0.125, 200
    length = lambda points: np.linalg.norm(points, axis=1)
    together = length(play(oracle, True, eta, 0, steps))
    check("together grows by sqrt(1 + eta^2)", together[1:] / together[:-1], np.full(steps, (1 + eta ** 2) ** 0.5), 1e-12)
    alternating = play(oracle, False, eta, 0, steps)
    check("alternating has determinant 1", np.linalg.det(matrix_of(alternating)), 1, 1e-9)
    if not (length(alternating).max() < 1.2 * length(START[None]) < 1.5 * length(alternating).min()):
        sys.exit("alternating: expected to stay bounded")
    for is_together, low, high in ((True, eta, (4 + eta ** 2) / (2 * eta)), (False, 0, (4 - eta ** 2) / (2 * eta))):
        for gamma, contracts in ((low - 1 / 64, False), (low + 1 / 64, True), (high - 1 / 8, True), (high + 1 / 8, False)):
            if gamma < 0:
                continue
            points = play(oracle, is_together, eta, gamma, 12)
            want = radius(step_matrix(is_together, eta, gamma))
            check("spectral radius", radius(matrix_of(points)), want, 1e-6)
            if (want < 1) != contracts:
                sys.exit(f"expected to {'contract' if contracts else 'grow'}, got a radius of {want}")
    # Alternating play without a penalty: bounded below a rate of 2, not above.
    for eta, grows in ((1.9375, False), (2.0625, True)):
        ends = length(play(oracle, False, eta, 0, 60))
        if (ends.max() > 100 * ends[0]) != grows:
            sys.exit(f"alternating with rate {eta}: expected {'to grow' if grows else 'to stay bounded'}, got {ends}")


if __name__ == "__main__":
    main()
