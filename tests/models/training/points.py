#!/usr/bin/env python3
"""Trains games of the library on points of the plane and counts what they learnt.

usage: points.py GANC WORK_DIR [--page=FILE] [TARGET/GAME …]

Targets: a ring of 8 normal distributions on the unit circle and a grid of 25 at
whole numbers, each 0.05 wide. Of 10,000 points of the averaged generator those
within three such widths of a centre are good; a mode is covered if a fifth of its
share of the points is good. All modes have to be, and 80 % of the points good. The
library's own files with its perceptrons of 64 and 128 neurons, one thread, all else
by default but for the batch and the options below. Prints a line for every game
with the time its processor worked for it, and exits 1 if one fails. --page: writes
the table of all into a page of docs.
"""

import glob
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "recorded-steps")]
import cases
import networks
import tables
from programs import run

SIZES = networks.Sizes(channels=1, height=1, width=2, latent=16, filters=64)
WIDTH, POINTS, SHARE_OF_GOOD = 0.05, 10000, 0.8
ANGLES = np.arange(8) * np.pi / 4
CENTRES = {"ring": np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1),
           "grid": np.stack(np.meshgrid(np.arange(-2, 3), np.arange(-2, 3)), axis=-1).reshape(-1, 2)}


def data(target):
    random = np.random.default_rng(1)
    centres = CENTRES[target][random.integers(len(CENTRES[target]), size=20000)]
    points = centres + WIDTH * random.standard_normal(centres.shape)
    return points.astype(np.float32).reshape(-1, *SIZES.picture)


def sample(path):
    import onnxruntime
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    z = np.random.default_rng(2).standard_normal((POINTS, SIZES.latent), np.float32)
    return session.run(None, {session.get_inputs()[0].name: z})[0].reshape(-1, 2)


def judge(points, centres):
    """The share of good points, and how many modes are covered."""
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    good = distances.min(axis=1) <= 3 * WIDTH
    counts = np.bincount(distances.argmin(axis=1)[good], minlength=len(centres))
    return good.mean(), int(np.sum(counts >= 0.2 * len(points) / len(centres)))


# Game: steps by target, options (rates at first), consts.
GAMES = {
    "boundary_seeking": ({"ring": 12000, "grid": 40000}, {"lr": 2e-3}, {}),
    "hinge": ({"ring": 30000, "grid": 55000}, {"lr_d": 2e-3, "lr_g": 1e-3}, {}),
    "lsgan": ({"ring": 12000, "grid": 40000}, {"lr": 2e-3}, {}),
    "non_saturating": ({"ring": 12000, "grid": 40000}, {"lr": 2e-3}, {}),
    "relativistic": ({"ring": 12000, "grid": 45000}, {"lr": 2e-3}, {}),
    "wgan_gp": ({"ring": 14000, "grid": 28000}, {"lr": 2e-3, "lambda": 0.1}, {"critic_steps": 2}),
}
# What part of the steps is made with what part of the rates; a run is gone on with.
PHASES = [(0.6, 1), (0.85, 0.2), (1, 0.05)]


def train(ganc, work, target, game):
    """The generator that a run ends with, and the seconds that its thread worked."""
    steps, options, defines = GAMES[game]
    steps = steps[target]
    folder = os.path.join(work, target, game)
    case = cases.Case(game, SIZES, {"spread": 0.2, **defines}, batch=256)
    run(ganc, *case.write(folder), "-o", f"{folder}/train")
    np.save(f"{folder}/points.npy", data(target))
    place = f"--outdir={folder}/runs"
    before = tables.worked()
    for part, rate in PHASES:
        scaled = {name: value * rate if name.startswith("lr") else value for name, value in options.items()}
        run(f"{folder}/train", f"--data={folder}/points.npy", place, f"--steps={int(part * steps)}",
            "--threads=1", *(f"--{name}={value}" for name, value in scaled.items()))
        place = f"--resume={glob.glob(f'{folder}/runs/*')[0]}"
    return sorted(glob.glob(f"{folder}/runs/*/network-snapshot-*.onnx"))[-1], tables.worked() - before


def main():
    page = next((word.removeprefix("--page=") for word in sys.argv if word.startswith("--page=")), None)
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if len(words) < 2:
        sys.exit(__doc__)
    ganc, work, *chosen = words
    failed, rows = [], [["target/game", "steps", "good", "modes", "time"]]
    for name in chosen or [f"{target}/{game}" for target in CENTRES for game in GAMES]:
        target, game = name.split("/")
        path, worked = train(ganc, work, target, game)
        good, covered = judge(sample(path), CENTRES[target])
        if good < SHARE_OF_GOOD or covered < len(CENTRES[target]):
            failed.append(name)
        rows.append([name, str(GAMES[game][0][target]), f"{good:.1%}", f"{covered} of {len(CENTRES[target])}", f"{worked:.0f} s"])
        print("   ".join(rows[-1]), flush=True)
    if page:
        tables.write(page, "points.py", rows)
    if failed:
        sys.exit(f"not learnt: {', '.join(failed)}")


if __name__ == "__main__":
    main()
