#!/usr/bin/env python3
"""One step of the library's dcgan in PyTorch eager, the peer of training.py.

usage: torch_step.py THREADS LAYOUT (contiguous or channels_last)

Reads numbers of steps from stdin, one a line; answers each with seconds a step.
"""

import sys
import time

import torch
from torch import nn

BATCH = 64


def main():
    threads, layout = int(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    memory = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    g = nn.Sequential(
        nn.ConvTranspose2d(100, 128, 7, bias=False), nn.BatchNorm2d(128), nn.ReLU(True),
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True),
        nn.ConvTranspose2d(64, 1, 4, 2, 1, bias=False), nn.Tanh()).to(memory_format=memory)
    d = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True),
        nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True),
        nn.Conv2d(128, 1, 7, bias=False), nn.Flatten(0)).to(memory_format=memory)
    adam = lambda net: torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999))
    adam_d, adam_g = adam(d), adam(g)
    bce = nn.BCEWithLogitsLoss()
    one, zero = torch.ones(BATCH), torch.zeros(BATCH)
    data = torch.randn(1024, 1, 28, 28).clamp(-1, 1).to(memory_format=memory)

    def step(index):
        x = data[index * BATCH % 1024:][:BATCH]
        fake = g(torch.randn(BATCH, 100, 1, 1).to(memory_format=memory))
        loss = bce(d(x), one) + bce(d(fake.detach()), zero)
        adam_d.zero_grad(set_to_none=True)
        loss.backward()
        adam_d.step()
        loss = bce(d(fake), one)
        adam_g.zero_grad(set_to_none=True)
        loss.backward()
        adam_g.step()

    for index in range(5):
        step(index)
    for line in sys.stdin:
        start = time.perf_counter()
        for index in range(int(line)):
            step(index)
        print((time.perf_counter() - start) / int(line), flush=True)


if __name__ == "__main__":
    main()
