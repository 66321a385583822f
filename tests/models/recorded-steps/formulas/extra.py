"""Games of this folder."""

from formulas.common import adam
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
