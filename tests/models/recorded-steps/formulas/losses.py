"""Adversarial losses."""

import torch
from torch.nn import functional as F

from formulas.common import adam, clip_weights, rmsprop
from onnx_in_torch import f32, softplus


def alternating(of_discriminator, of_generator, optimiser=adam(2e-4, 0.5), of_g=None):
    """Games of two losses: of_discriminator(D(x), D(xf)) and of_generator(D(xf))."""
    def start(play, G, D):
        discriminator = play.player("discriminator", D, optimiser)
        generator = play.player("generator", G, of_g or optimiser)

        def step():
            fake = G(play.z(), advance=True)
            real_d, fake_d = D(play.x(), advance=True), D(fake.detach(), advance=True)
            discriminator.minimises(of_discriminator(real_d, fake_d))
            generator.minimises(of_generator(D(fake)))
        return step
    return start


def bce(logit, label):
    return F.binary_cross_entropy_with_logits(logit, torch.full_like(logit, label))


def classify(real, fake):
    return bce(real, 1) + bce(fake, 0)


dcgan = alternating(lambda real, fake: -real.log().mean() - (1 - fake).log().mean(),
                    lambda fake: -fake.log().mean())
non_saturating = alternating(classify, lambda fake: bce(fake, 1))
two_time_scale = alternating(classify, lambda fake: bce(fake, 1), adam(1e-4, 0.5), adam(5e-4, 0.5))
maximum_likelihood = alternating(classify, lambda fake: -(torch.sigmoid(fake) / (1 - torch.sigmoid(fake))).mean())
boundary_seeking = alternating(lambda real, fake: -real.log().mean() - (1 - fake).log().mean(),
                               lambda fake: 0.5 * ((fake.log() - (1 - fake).log()) ** 2).mean())
lsgan = alternating(lambda real, fake: 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake ** 2).mean(),
                    lambda fake: 0.5 * ((fake - 1) ** 2).mean())
hinge = alternating(lambda real, fake: F.relu(1 - real).mean() + F.relu(1 + fake).mean(),
                    lambda fake: -fake.mean(), adam(4e-4, 0.0, 0.9), adam(1e-4, 0.0, 0.9))
spectral_norm = alternating(lambda real, fake: F.relu(1 - real).mean() + F.relu(1 + fake).mean(),
                            lambda fake: -fake.mean())
# With the conjugates of u log u, -log u and (sqrt u - 1)^2.
f_gan_kl = alternating(lambda real, fake: torch.exp(fake - 1).mean() - real.mean(), lambda fake: -fake.mean())
f_gan_reverse_kl = alternating(lambda real, fake: torch.exp(real).mean() - fake.mean() - 1,
                               lambda fake: fake.mean() + 1)
f_gan_hellinger = alternating(lambda real, fake: torch.exp(-real).mean() + torch.exp(fake).mean() - 2,
                              lambda fake: torch.exp(-fake).mean())


minibatch_discrimination = non_saturating


def feature_matching(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        discriminator.minimises(classify(D(x, advance=True)[0], D(fake.detach(), advance=True)[0]))
        generator.minimises(((D(x)[1].mean(0) - D(fake)[1].mean(0)) ** 2).sum())
    return step


def minimax(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        discriminator.maximises(D(x, advance=True).log().mean() + (1 - D(fake.detach(), advance=True)).log().mean())
        generator.minimises(D(x).log().mean() + (1 - D(fake)).log().mean())
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


def relativistic(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        real_d, fake_d = D(x, advance=True), D(fake.detach(), advance=True)
        discriminator.minimises(bce(real_d - fake_d.mean(), 1) + bce(fake_d - real_d.mean(), 0))
        fake_d, real_d = D(fake), D(x)
        generator.minimises(bce(fake_d - real_d.mean(), 1) + bce(real_d - fake_d.mean(), 0))
    return step


def softmax_gan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def loss(real, fake, target):
        """Cross entropy to a uniform choice among `target` of all pictures."""
        chosen = torch.log_softmax(-torch.cat((real, fake)).flatten(), 0)
        return -chosen[target].mean()

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        real_d, fake_d = D(x, advance=True), D(fake.detach(), advance=True)
        discriminator.minimises(loss(real_d, fake_d, slice(0, play.batch)))
        generator.minimises(loss(D(x), D(fake), slice(0, 2 * play.batch)))
    return step


def ebgan(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        real_loss = F.mse_loss(D(x, advance=True)[0], x)
        fake_loss = F.mse_loss(D(fake.detach(), advance=True)[0], fake.detach())
        discriminator.minimises(real_loss + F.relu(1 - fake_loss))
        again, code = D(fake)
        cosines = [F.cosine_similarity(code[i], code[j], dim=0) ** 2
                   for i in range(play.batch) for j in range(play.batch) if i != j]
        generator.minimises(F.mse_loss(again, fake) + 3 / 32 * sum(cosines) / len(cosines))
    return step


def began(play, G, D):
    discriminator = play.player("discriminator", D, adam(1e-4, 0.5))
    generator = play.player("generator", G, adam(1e-4, 0.5))
    play.state["k"] = torch.zeros(())

    def step():
        x = play.x()
        fake = G(play.uniform("z", play.batch, play.latent))
        real_loss = F.l1_loss(D(x)[0], x)
        fake_loss = F.l1_loss(D(fake.detach())[0], fake.detach())
        k = play.state["k"]
        discriminator.minimises(real_loss - k * fake_loss)
        generator.minimises(F.l1_loss(D(fake)[0], fake))
        play.state["k"] = (k + f32(0.001) * (2 * real_loss - fake_loss)).clamp(0, 1).detach()
    return step
