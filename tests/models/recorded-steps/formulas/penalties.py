"""Gradients inside losses, and other terms beside them."""

from torch.nn import functional as F

from formulas.common import adam, between, rmsprop, slope
from formulas.losses import bce, classify
from onnx_in_torch import f32


def wgan_gp(play, G, D):
    critic = play.player("critic", D, adam(1e-4, 0.0, 0.9))
    generator = play.player("generator", G, adam(1e-4, 0.0, 0.9))

    def step():
        for _ in range(2):
            real, fake = play.x(), G(play.z()).detach()
            middle = between(play, real, fake)
            penalty = ((slope(D(middle), middle).norm(dim=1) - 1) ** 2).mean()
            critic.minimises(D(fake).mean() - D(real).mean() + 10 * penalty)
        generator.minimises(-D(G(play.z(), advance=True)).mean())
    return step


attention = deviation = residual = wgan_gp


def wgan_div(play, G, D):
    critic = play.player("critic", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        for _ in range(2):
            real, fake = play.x().requires_grad_(), G(play.z()).detach().requires_grad_()
            real_d, fake_d = D(real), D(fake)
            divergence = sum((slope(d, x) ** 2).sum(1) ** 3 for d, x in ((real_d, real), (fake_d, fake))).mean()
            critic.minimises(fake_d.mean() - real_d.mean() + divergence)
        generator.minimises(-D(G(play.z(), advance=True)).mean())
    return step


def dragan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        moved = x + 0.5 * x.std(correction=0) * play.uniform("u", *x.shape, low=0)
        near = between(play, x, moved)
        penalty = ((slope(D(near), near).norm(dim=1) - 1) ** 2).mean()
        discriminator.minimises(classify(D(x), D(fake.detach())) + 10 * penalty)
        generator.minimises(bce(D(fake), 1))
    return step


def r1(play, G, D):
    discriminator = play.player("discriminator", D, rmsprop(1e-4))
    generator = play.player("generator", G, rmsprop(1e-4))

    def step():
        x, fake = play.x().requires_grad_(), G(play.z(), advance=True)
        real_d = D(x)
        penalty = (slope(real_d, x) ** 2).sum(1).mean()
        discriminator.minimises(classify(real_d, D(fake.detach())) + 10 / 2 * penalty)
        generator.minimises(bce(D(fake), 1))
    return step


def logan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def moved(z):
        g = slope(D(G(z)), z)
        return (z + f32(0.9) * g / (f32(0.1) + (g ** 2).sum(1, keepdim=True))).clamp(-1, 1)

    def step():
        x, z = play.x(), play.uniform("z", play.batch, play.latent).requires_grad_()
        discriminator.minimises(F.relu(1 - D(x)).mean() + F.relu(1 + D(G(moved(z)))).mean())
        generator.minimises(-D(G(moved(z))).mean())
    return step


def lecam(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))
    play.state.update(real=0.0, fake=0.0)

    def step():
        fake = G(play.z(), advance=True)
        real_d, fake_d = D(play.x(), advance=True), D(fake.detach(), advance=True)
        for name, scores in (("real", real_d), ("fake", fake_d)):
            play.state[name] = (1 - f32(0.01)) * play.state[name] + f32(0.01) * scores.mean().detach()
        weight = 0.3 if play.step >= 1 else 0
        term = (F.relu(real_d - play.state["fake"]) ** 2 + F.relu(play.state["real"] - fake_d) ** 2).mean()
        discriminator.minimises(F.relu(1 - real_d).mean() + F.relu(1 + fake_d).mean() + weight * term)
        generator.minimises(-D(fake).mean())
    return step


def zcr(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        z = play.z()
        fake, near = G(z, advance=True), G(z + play.draw("e", 0.5 * play.random.standard_normal(z.shape)), advance=True)
        fake_d, real_d = D(fake.detach(), advance=True), D(play.x(), advance=True)
        consistency = ((fake_d - D(near.detach(), advance=True)) ** 2).mean()
        discriminator.minimises(F.relu(1 - real_d).mean() + F.relu(1 + fake_d).mean() + 20 * consistency)
        generator.minimises(-D(fake).mean() - 0.5 * ((fake - near) ** 2).mean())
    return step


def mode_seeking(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        z, w = play.z(), play.normal("w", play.batch, play.latent)
        fake, other = G(z, advance=True), G(w, advance=True)
        discriminator.minimises(classify(D(play.x(), advance=True), D(fake.detach(), advance=True)))
        ratio = F.l1_loss(fake, other) / F.l1_loss(z, w)
        generator.minimises(bce(D(fake), 1) + 1 / (ratio + f32(1e-5)))
    return step
