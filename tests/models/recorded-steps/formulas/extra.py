"""Games of this folder."""

from torch.nn import functional as F

from formulas.common import adam, between, slope
from onnx_in_torch import softplus


def mlp(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-3, 0.5))
    generator = play.player("generator", G, adam(2e-3, 0.5, decay=0.125))

    def step():
        fake = G(play.z(), advance=True)
        real_d, fake_d = D(play.x(), site=1), D(fake.detach(), site=2)
        discriminator.minimises(softplus(1 - real_d).mean() + softplus(1 + fake_d).mean())
        generator.minimises(-D(fake, site=3).mean())
    return step


def spectral(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.0, 0.9))
    generator = play.player("generator", G, adam(2e-4, 0.0, 0.9))

    def step():
        fake, real = G(play.z(), advance=True), play.x()
        loss = F.relu(1 - D(real)).mean() + F.relu(1 + D(fake.detach())).mean()
        if not any(getattr(weight, "by_application", False) for weight in D.computed.values()):
            between_both = between(play, real, fake)
            loss = loss + ((slope(D(between_both), between_both).norm(dim=1) - 1) ** 2).mean()
        discriminator.minimises(loss)
        generator.minimises(-D(fake).mean())
    return step


spectral_applications = spectral
