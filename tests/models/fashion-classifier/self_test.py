#!/usr/bin/env python3
"""Proves that classify.py tells garments from what is none, and judges the run in README.md."""

import gzip
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from classify import count_garments, probabilities

# Garments of each class that a run of the demo drew, 2000 steps: see README.md.
RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs", "fakes.png")
RECORDED = [6, 9, 2, 4, 4, 3, 4, 6, 1, 6]

DATA = "/usr/share/datasets/fashion-mnist/t10k-{}-ubyte.gz"


def read(name, head, count):
    with gzip.open(DATA.format(name)) as file:
        return np.frombuffer(file.read(head + count), np.uint8, offset=head)


def main():
    count = 1000
    images = read("images-idx3", 16, count * 784).reshape(count, 28, 28) / 127.5 - 1
    labels = read("labels-idx1", 8, count)
    right = (probabilities(images).argmax(axis=1) == labels).mean()
    blends = (images[0::4] + images[1::4] + images[2::4] + images[3::4]) / 4
    noise = np.random.default_rng(1).uniform(-1, 1, (250, 28, 28))
    refused = [(probabilities(none).argmax(axis=1) == 10).mean() for none in (blends, noise)]
    counts, images = count_garments(RUN)
    print(f"of {images} images of the recorded run {counts.sum()} are garments: {counts.tolist()}")
    print(f"garments {right:.3f}, blends refused {refused[0]:.3f}, noise refused {refused[1]:.3f}")
    sys.exit(0 if right > 0.88 and min(refused) > 0.95 and counts.tolist() == RECORDED else 1)


if __name__ == "__main__":
    main()
