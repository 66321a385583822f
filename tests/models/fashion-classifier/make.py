#!/usr/bin/env python3
"""Makes classifier.npz: ten garments of Fashion-MNIST, and what is no garment.

Needs PyTorch, which no test needs: the result is committed. An eleventh class
holds smooth noise, shuffled patches, blends of several images and blurred
silhouettes, so that a generator in its first hundreds of steps does not pass.

usage: make.py [DATA] (default: the folder of Debian's dataset-fashion-mnist)
"""

import gzip
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
NONE = 10


def read(path, head):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=head)


def blurred(images, sigma):
    taps = torch.exp(-0.5 * (torch.arange(-6, 7) / sigma) ** 2)
    taps = (taps / taps.sum()).view(1, 1, 1, -1)
    images = F.conv2d(F.pad(images, (6, 6, 0, 0)), taps)
    return F.conv2d(F.pad(images, (0, 0, 6, 6)), taps.transpose(2, 3))


def negatives(images, count, generator):
    """Images in [-1, 1] that are no garment, one quarter of each kind."""
    quarter = count // 4
    pick = lambda: images[torch.randint(len(images), (quarter,), generator=generator)]
    noise = torch.randn(quarter, 1, 28, 28, generator=generator)
    sizes = [0.5, 1.0, 2.0, 3.0]
    noise = torch.cat([blurred(n, s) / s ** -1 for n, s in zip(noise.chunk(4), sizes)])
    noise = (noise + torch.randn(len(noise), 1, 1, 1, generator=generator) * 0.5).clamp(-1, 1)
    patches = pick().view(quarter, 4, 7, 4, 7).permute(0, 1, 3, 2, 4).reshape(quarter, 16, 7, 7)
    order = torch.argsort(torch.rand(quarter, 16, generator=generator), 1)
    patches = torch.gather(patches, 1, order.view(quarter, 16, 1, 1).expand(-1, -1, 7, 7))
    patches = patches.view(quarter, 4, 4, 7, 7).permute(0, 1, 3, 2, 4).reshape(quarter, 1, 28, 28)
    blends = (pick() + pick() + pick()) / 3
    silhouettes = blurred(pick(), 2.0) + 0.3 * torch.randn(quarter, 1, 28, 28, generator=generator)
    return torch.cat([noise, patches, blends, silhouettes.clamp(-1, 1)])


def main():
    data = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist"
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(2)
    sets = {}
    for name in ("train", "t10k"):
        pixels = read(f"{data}/{name}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
        labels = read(f"{data}/{name}-labels-idx1-ubyte.gz", 8)
        sets[name] = (torch.from_numpy(pixels / 127.5 - 1).float(), torch.from_numpy(labels.astype(np.int64)))
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(8, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(784, 32), torch.nn.ReLU(), torch.nn.Linear(32, 11))
    epochs, batch = 10, 128
    images, labels = sets["train"]
    steps = epochs * len(images) // batch
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for step in range(steps):
        if step % (len(images) // batch) == 0:
            order = torch.randperm(len(images), generator=generator)
        chosen = order[(step * batch) % (len(images) - batch):][:batch]
        x = torch.cat([images[chosen], negatives(images, 32, generator)])
        y = torch.cat([labels[chosen], torch.full((32,), NONE)])
        loss = F.cross_entropy(net(x), y, label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    with torch.no_grad():
        images, labels = sets["t10k"]
        right = (net(images).argmax(1) == labels).float().mean()
        refused = (net(negatives(images, 4000, generator)).argmax(1) == NONE).float().mean()
    print(f"garments {right:.4f}, no garments {refused:.4f}")
    arrays = {name.replace(".", "_"): value.detach().numpy().astype(np.float16)
              for name, value in zip(["w1", "b1", "w2", "b2", "w3", "b3", "w4", "b4"], net.parameters())}
    np.savez_compressed(os.path.join(HERE, "classifier.npz"), **arrays)


if __name__ == "__main__":
    main()
