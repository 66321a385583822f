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


def coupled(play, G1, G2, D1, D2):
    discriminators = play.player("discriminators", [D1, D2], adam(2e-4, 0.5))
    generators = play.player("generators", [G1, G2], adam(2e-4, 0.5))

    def step():
        z = play.z()
        f1, f2 = G1(z, advance=True), G2(z, advance=True)
        x, y = play.x(), play.uniform("y", play.batch, *play.picture)
        discriminators.minimises(softplus(-D1(x)).mean() + softplus(D1(f1.detach())).mean() +
                                 softplus(-D2(y)).mean() + softplus(D2(f2.detach())).mean())
        real, fake = (D1(picture, tap="softplus_3").mean(0) for picture in (x, f1))
        generators.minimises(softplus(-D2(f2)).mean() + ((real - fake) ** 2).mean())
    return step
