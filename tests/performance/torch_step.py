#!/usr/bin/env python3
"""Steps of the library's games in PyTorch eager, a peer of training.py.

usage: torch_step.py GAME THREADS LAYOUT
       GAME: dcgan or wgan_gp; LAYOUT: contiguous or channels_last

Reads numbers of steps from stdin, one a line; answers each with seconds a step.
"""

import sys
import time

import torch
from torch import nn

BATCH, LATENT = 64, 100


class Players:
    """Both networks with their optimisers, and data."""

    def __init__(self, layout, normalised, rate, betas):
        memory = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.g = nn.Sequential(
            nn.ConvTranspose2d(LATENT, 128, 7, bias=False), nn.BatchNorm2d(128), nn.ReLU(True),
            nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True),
            nn.ConvTranspose2d(64, 1, 4, 2, 1, bias=False), nn.Tanh()).to(memory_format=memory)
        norm = [nn.BatchNorm2d(128)] if normalised else []
        self.d = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1, bias=not normalised), nn.LeakyReLU(0.2, True),
            nn.Conv2d(64, 128, 4, 2, 1, bias=not normalised), *norm, nn.LeakyReLU(0.2, True),
            nn.Conv2d(128, 1, 7, bias=not normalised), nn.Flatten(0)).to(memory_format=memory)
        self.of_g, self.of_d = (torch.optim.Adam(net.parameters(), lr=rate, betas=betas)
                                for net in (self.g, self.d))
        self.data = torch.randn(1024, 1, 28, 28).clamp(-1, 1).to(memory_format=memory)
        self.memory, self.next = memory, 0

    def x(self):
        self.next += BATCH
        return self.data[self.next % 1024:][:BATCH]

    def fakes(self):
        return self.g(torch.randn(BATCH, LATENT, 1, 1).to(memory_format=self.memory))

    @staticmethod
    def update(optimiser, loss):
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()


def dcgan(layout):
    p = Players(layout, True, 2e-4, (0.5, 0.999))
    bce = nn.BCEWithLogitsLoss()
    one, zero = torch.ones(BATCH), torch.zeros(BATCH)

    def step():
        fake = p.fakes()
        p.update(p.of_d, bce(p.d(p.x()), one) + bce(p.d(fake.detach()), zero))
        p.update(p.of_g, bce(p.d(fake), one))

    return step


def wgan_gp(layout):
    p = Players(layout, False, 1e-4, (0.0, 0.9))

    def critic():
        with torch.no_grad():
            fake = p.fakes()
        real, a = p.x(), torch.rand(BATCH, 1, 1, 1)
        between = torch.lerp(fake, real, a).requires_grad_()
        slope, = torch.autograd.grad(p.d(between).sum(), between, create_graph=True)
        penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        p.update(p.of_d, p.d(fake).mean() - p.d(real).mean() + 10 * penalty)

    def step():
        for _ in range(5):
            critic()
        p.d.requires_grad_(False)  # as who writes it with care does
        p.update(p.of_g, -p.d(p.fakes()).mean())
        p.d.requires_grad_(True)

    return step


def main():
    game, threads, layout = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    step = {"dcgan": dcgan, "wgan_gp": wgan_gp}[game](layout)
    for _ in range(5):
        step()
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            step()
        print((time.perf_counter() - start) / int(line), flush=True)


if __name__ == "__main__":
    main()
