"""Games between domains."""

from cases import BATCH
from formulas.common import adam
from formulas.losses import bce


def cogan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        a, b = (play.uniform(name, BATCH, *play.picture) for name in "ab")
        fakes = G(play.z())
        discriminator.minimises(sum(bce(score, 1) for score in D(a, b))
                                + sum(bce(score, 0) for score in D(*[fake.detach() for fake in fakes])))
        generator.minimises(sum(bce(score, 1) for score in D(*fakes)))
    return step
