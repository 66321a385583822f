"""Games with labels."""

import torch
from torch.nn import functional as F

from formulas.common import adam
from formulas.losses import bce


def cgan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, y, c = play.x(), play.labels("y"), play.labels("c")
        fake = G(play.z(), c, advance=True)
        discriminator.minimises(bce(D(x, y), 1) + bce(D(fake.detach(), c), 0))
        generator.minimises(bce(D(fake, c), 1))
    return step


def acgan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def half(scored, target, label):
        score, logits = scored
        return 0.5 * (bce(score, target) + F.cross_entropy(logits, label))

    def step():
        x, y, c = play.x(), play.labels("y"), play.labels("c")
        fake = G(play.z(), c, advance=True)
        discriminator.minimises(half(D(x, advance=True), 1, y) + half(D(fake.detach(), advance=True), 0, c))
        generator.minimises(half(D(fake), 1, c))
    return step


def can(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, y, fake = play.x(), play.labels("y"), G(play.z(), advance=True)
        score, style = D(x, advance=True)
        fake_score, _ = D(fake.detach(), advance=True)
        discriminator.minimises(bce(score, 1) + F.cross_entropy(style, y) + bce(fake_score, 0))
        score, style = D(fake)
        uniform = torch.full_like(style, 1 / play.sizes.classes)
        generator.minimises(bce(score, 1) + F.cross_entropy(style, uniform))
    return step
