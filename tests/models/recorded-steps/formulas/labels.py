"""Games with labels."""

import torch
from torch.nn import functional as F

from formulas.common import adam
from formulas.losses import bce
from onnx_in_torch import f32


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


def infogan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(1e-3, 0.5))

    def step():
        c, k = play.labels("c"), play.uniform("k", play.batch, 2)

        def loss(scored, target):
            score, logits, code = scored
            return bce(score, target) + F.cross_entropy(logits, c) + f32(0.1) * F.mse_loss(code, k)
        fake = G(play.z(), F.one_hot(c, play.sizes.classes).double(), k, advance=True)
        real_score = D(play.x(), advance=True)[0]
        discriminator.minimises(bce(real_score, 1) + loss(D(fake.detach(), advance=True), 0))
        generator.minimises(loss(D(fake), 1))
    return step


def sgan(play, G, D):
    classifier = play.player("classifier", D, adam(3e-4, 0.5))
    generator = play.player("generator", G, adam(3e-4, 0.5))

    def is_real(logits):
        """The probability of any class but that of fakes, whose logit is 0."""
        return 1 - torch.softmax(F.pad(logits, (0, 1)), 1)[:, -1]

    def step():
        x, y, u = play.uniform("x", 2, *play.picture), play.labels("y", 2), play.uniform("u", play.batch, *play.picture)
        fake = G(play.z(), advance=True)
        some, others, fakes = (D(picture, advance=True)[0] for picture in (x, u, fake.detach()))
        classifier.minimises(F.cross_entropy(some, y) - 0.5 * is_real(others).log().mean()
                             - 0.5 * (1 - is_real(fakes)).log().mean())
        generator.minimises((D(u)[1].mean(0) - D(fake)[1].mean(0)).abs().mean())
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
