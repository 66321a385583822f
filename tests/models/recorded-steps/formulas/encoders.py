"""Games with an encoder."""

import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from formulas.common import adam, rmsprop
from formulas.losses import bce
from onnx_in_torch import f32


def reparametrised(play, mean, logvar):
    return mean + torch.exp(0.5 * logvar) * play.normal("e", *mean.shape)


def aae(play, G, E, D):
    autoencoder = play.player("autoencoder", [E, G], adam(2e-4, 0.5))
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))

    def step():
        x, z = play.x(), play.z()
        code = reparametrised(play, *E(x, advance=True))
        again = G(code, advance=True)
        autoencoder.minimises(f32(0.001) * bce(D(code), 1) + f32(0.999) * F.l1_loss(again, x))
        discriminator.minimises(0.5 * bce(D(z), 1) + 0.5 * bce(D(code.detach()), 0))
    return step


def bigan(play, G, E, D):
    def optimiser(parameters):
        return torch.optim.Adam(parameters, lr=2e-4, betas=(0.5, 0.999), weight_decay=f32(2.5e-5))
    discriminator = play.player("discriminator", D, optimiser)
    generator = play.player("generator", [G, E], optimiser)

    def step():
        x, z = play.x(), play.z()
        fake, code = G(z, advance=True), E(x, advance=True)[0]
        discriminator.minimises(bce(D(x, code.detach()), 1) + bce(D(fake.detach(), z), 0))
        generator.minimises(bce(D(x, code), 0) + bce(D(fake, z), 1))
    return step


def vae_gan(play, G, E, D):
    encoder, decoder, discriminator = (play.player(name, network, rmsprop(3e-4)) for name, network in
                                       (("encoder", E), ("decoder", G), ("discriminator", D)))

    def step():
        x, z = play.x(), play.z()
        mean, logvar = E(x, advance=True)
        again, again_features = D(G(reparametrised(play, mean, logvar), advance=True), advance=True)
        real, real_features = D(x, advance=True)
        fake, _ = D(G(z, advance=True), advance=True)
        kl = kl_divergence(Normal(mean, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum() / play.batch
        likeness = -Normal(real_features, 1.0).log_prob(again_features)
        likeness = (likeness - likeness.new_tensor(2 * torch.pi).log() / 2).sum() / play.batch
        # All gradients at one point, then all updates.
        encoder.differentiate(kl + likeness)
        decoder.differentiate(1e-3 * likeness + bce(again, 1) + bce(fake, 1))
        discriminator.differentiate(bce(real, 1) + bce(again, 0) + bce(fake, 0))
        for player in (encoder, decoder, discriminator):
            player.move()
    return step
