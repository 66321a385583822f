"""What every form of an optimiser does to one parameter, in float64.

Written from the papers' formulas, with nothing of the compiler in it: a class keeps
its moments, `step(parameter, gradient)` gives the new parameter.
"""

import numpy as np


class Sgd:
    def __init__(self, lr):
        self.lr = lr

    def step(self, p, g):
        return p - self.lr * g


class Momentum:
    def __init__(self, lr, mu=0.9, nesterov=False):
        self.lr, self.mu, self.nesterov, self.v = lr, mu, nesterov, 0.0

    def step(self, p, g):
        self.v = self.mu * self.v + g
        return p - self.lr * (g + self.mu * self.v if self.nesterov else self.v)


class RmsProp:
    def __init__(self, lr, alpha=0.99, outside=1e-8, inside=0.0):
        self.lr, self.alpha, self.outside, self.inside, self.v = lr, alpha, outside, inside, 0.0

    def step(self, p, g):
        self.v = self.alpha * self.v + (1 - self.alpha) * g ** 2
        return p - self.lr * g / ((self.v + self.inside) ** 0.5 + self.outside)


class Adam:
    """`k`: arXiv 1912.04958 for an update made every k steps. `decay`: decoupled."""

    def __init__(self, lr, b1=0.9, b2=0.999, outside=1e-8, inside=0.0, corrected=True, decay=0.0, k=None):
        c = k / (k + 1) if k else 1.0
        self.lr, self.b1, self.b2 = lr * c, b1 ** c, b2 ** c
        self.outside, self.inside, self.corrected, self.decay = outside, inside, corrected, decay
        self.m = self.v = 0.0
        self.t = 0

    def step(self, p, g):
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g ** 2
        m, v = self.m, self.v
        if self.corrected:
            m, v = m / (1 - self.b1 ** self.t), v / (1 - self.b2 ** self.t)
        return p * (1 - self.lr * self.decay) - self.lr * m / ((v + self.inside) ** 0.5 + self.outside)


def clip_norm(g, limit):
    norm = np.sum(g ** 2) ** 0.5
    return g * min(1.0, limit / norm)


def orthogonal(p):
    """The gradient of half the squared products of different rows."""
    w = p.reshape(len(p), -1)
    term = np.zeros_like(w)
    for a in range(len(w)):
        for b in range(len(w)):
            if a != b:
                term[a] += 2 * (w[a] @ w[b]) * w[b]
    return term.reshape(p.shape)


def standardised(p):
    p = p - p.mean()
    return p / np.mean(p ** 2) ** 0.5
