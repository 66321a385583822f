"""Games between domains."""

import math

from torch import optim
from torch.nn.functional import cross_entropy

from formulas.common import adam
from formulas.losses import bce


def cogan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        a, b = (play.uniform(name, play.batch, *play.picture) for name in "ab")
        fakes = G(play.z())
        discriminator.minimises(sum(bce(score, 1) for score in D(a, b))
                                + sum(bce(score, 0) for score in D(*[fake.detach() for fake in fakes])))
        generator.minimises(sum(bce(score, 1) for score in D(*fakes)))
    return step


def gradient_reversal(play, F, C, D):
    player = play.player("all", [F, C, D], lambda parameters: optim.SGD(parameters, lr=0.01, momentum=0.9))

    def reverse(features):
        """The same numbers; its slope is that of the second term."""
        strength = 2 / (1 + math.exp(-10 * play.step / 4)) - 1
        return (1 + strength) * features.detach() - strength * features

    def step():
        x, y, u = play.x(), play.labels("y"), play.uniform("u", play.batch, *play.picture)
        features, others = F(x), F(u)
        for group in player.optimiser.param_groups:
            group["lr"] = 0.01 / (1 + 10 * play.step / 4) ** 0.75
        player.minimises(cross_entropy(C(features), y)
                         + bce(D(reverse(features)), 1) + bce(D(reverse(others)), 0))
    return step
