"""One step of every recorded game in plain PyTorch, written from its paper.

A function gets the play and the networks of the game by name, and returns what
one step does. Draws of one name come in the order in which the game takes them.
`advance` marks the applications whose update trains their network: those that
move running statistics.
"""

import torch
from torch import optim
from torch.nn import functional as F

from cases import BATCH
from onnx_in_torch import f32, softplus


def adam(lr, beta1=0.9, beta2=0.999, decay=0.0):
    kind = optim.AdamW if decay else optim.Adam
    return lambda parameters: kind(parameters, lr=lr, betas=(beta1, beta2), eps=1e-8, weight_decay=decay)


def rmsprop(lr):
    return lambda parameters: optim.RMSprop(parameters, lr=lr)


def clip_weights(bound):
    return lambda parameter: parameter.clamp_(f32(-bound), f32(bound))


def slope(score, x):
    """The gradient of every score with respect to its own picture, flat."""
    gradient, = torch.autograd.grad(score.sum(), x, create_graph=True)
    return gradient.flatten(1)


def between(play, real, fake, name="a"):
    """A random point between two pictures, one for each pair."""
    a = play.uniform(name, BATCH, 1, 1, 1, low=0)
    return (a * real + (1 - a) * fake).detach().requires_grad_()


# Adversarial losses.

def dcgan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        fake = G(play.z(), advance=True)
        real_p, fake_p = D(play.x(), advance=True), D(fake.detach(), advance=True)
        discriminator.minimises(-real_p.log().mean() - (1 - fake_p).log().mean())
        generator.minimises(-D(fake).log().mean())
    return step


def lsgan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        fake = G(play.z(), advance=True)
        real_d, fake_d = D(play.x(), advance=True), D(fake.detach(), advance=True)
        discriminator.minimises(0.5 * ((real_d - 1) ** 2).mean() + 0.5 * (fake_d ** 2).mean())
        generator.minimises(0.5 * ((D(fake) - 1) ** 2).mean())
    return step


def hinge(play, G, D):
    discriminator = play.player("discriminator", D, adam(4e-4, 0.0, 0.9))
    generator = play.player("generator", G, adam(1e-4, 0.0, 0.9))

    def step():
        fake = G(play.z(), advance=True)
        real_d, fake_d = D(play.x(), advance=True), D(fake.detach(), advance=True)
        discriminator.minimises(F.relu(1 - real_d).mean() + F.relu(1 + fake_d).mean())
        generator.minimises(-D(fake).mean())
    return step


def wgan(play, G, D):
    critic = play.player("critic", D, rmsprop(5e-5), clip_weights(0.125))
    generator = play.player("generator", G, rmsprop(5e-5))

    def step():
        for _ in range(3 if play.step == 0 else 2):
            fake_d = D(G(play.z()).detach(), advance=True)
            critic.minimises(fake_d.mean() - D(play.x(), advance=True).mean())
        generator.minimises(-D(G(play.z(), advance=True)).mean())
    return step


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


# Games of this folder.

def mlp(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-3, 0.5))
    generator = play.player("generator", G, adam(2e-3, 0.5, decay=0.125))

    def step():
        fake = G(play.z(), advance=True)
        real_d, fake_d = D(play.x(), site=1), D(fake.detach(), site=2)
        discriminator.minimises(softplus(1 - real_d).mean() + softplus(1 + fake_d).mean())
        generator.minimises(-D(fake, site=3).mean())
    return step


residual = wgan_gp
