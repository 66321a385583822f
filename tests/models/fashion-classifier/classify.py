#!/usr/bin/env python3
"""Says how many images of a grid are garments, and of how many classes.

usage: classify.py GRID.png [--cell=28] [--confident=0.5] [--classes=7]

Exits 1 unless that share of the cells gets a class with a probability of at
least 0.5, the class of what is no garment included, and that many classes occur
twice or more. Weights: make.py.
"""

import argparse
import functools
import os
import sys

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
         "ankle boot", "no garment"]


def convolve(x, weight, bias):
    """3x3 convolution with zero padding, relu and 2x2 max pooling; NCHW."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    y = np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True) + bias[:, None, None]
    n, c, h, w = y.shape
    return np.maximum(y, 0).reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


@functools.cache
def weights():
    with np.load(os.path.join(HERE, "classifier.npz")) as file:
        return {name: file[name].astype(np.float32) for name in file.files}


def features(images):
    """Images [N, 28, 28] with pixels -1 ... 1 to the last hidden layer, 32 numbers each."""
    p = weights()
    x = convolve(images[:, None].astype(np.float32), p["w1"], p["b1"])
    x = convolve(x, p["w2"], p["b2"]).reshape(len(images), -1)
    return np.maximum(x @ p["w3"].T + p["b3"], 0)


def probabilities(images):
    """Images [N, 28, 28] with pixels -1 ... 1 to probabilities of 11 classes."""
    x = features(images) @ weights()["w4"].T + weights()["b4"]
    x = np.exp(x - x.max(axis=1, keepdims=True))
    return x / x.sum(axis=1, keepdims=True)


def cells(path, cell):
    """The images of a grid, row by row, with pixels -1 ... 1."""
    pixels = np.asarray(Image.open(path).convert("L"), dtype=np.float32) / 127.5 - 1
    rows, columns = pixels.shape[0] // cell, pixels.shape[1] // cell
    pixels = pixels[:rows * cell, :columns * cell]
    return pixels.reshape(rows, cell, columns, cell).swapaxes(1, 2).reshape(-1, cell, cell)


def count_garments(path, cell=28):
    """How many images of a grid are surely each of the ten garments, and of how many there are."""
    result = probabilities(cells(path, cell))
    best = result.argmax(axis=1)
    sure = (result.max(axis=1) >= 0.5) & (best < 10)
    return np.bincount(best[sure], minlength=10)[:10], len(best)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("grid")
    parser.add_argument("--cell", type=int, default=28)
    parser.add_argument("--confident", type=float, default=0.5)
    parser.add_argument("--classes", type=int, default=7)
    options = parser.parse_args()
    counts, images = count_garments(options.grid, options.cell)
    found = int((counts >= 2).sum())
    print(f"{counts.sum()} of {images} images are surely garments, of {found} classes: "
          + ", ".join(f"{count} {name}" for count, name in zip(counts, NAMES) if count))
    if counts.sum() < options.confident * images or found < options.classes:
        sys.exit(f"expected {options.confident:.0%} of the images and {options.classes} classes")


if __name__ == "__main__":
    main()
