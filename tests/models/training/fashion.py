#!/usr/bin/env python3
"""Trains games of the library on Fashion-MNIST and judges where they end against
PyTorch, which plays them with the same networks, batches and numbers of steps.

usage: fashion.py GANC WORK_DIR [--page=FILE] [GAME[/SEED] …]

Five seeds each. The median of their Fréchet distances (frechet.py) lies within the
range of PyTorch's five (distances.json, by torch_loop.py), widened by 5 % at both
ends; a single seed, which is no median, within the range widened to 2/3 and 3/2.
Prints a line for every game and exits 1 if one is outside. --page: writes the table
of all into a page of docs.
"""

import glob
import json
import os
import shutil
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "recorded-steps")]
import cases
import frechet
import networks
import tables
from programs import run

SEEDS = range(5)
# A quarter as wide as the library's, so that five runs take half a minute.
SIZES = networks.Sizes(filters=16)
# Steps after which PyTorch's pictures are garments.
GAMES = {"dcgan": 400, "wgan_gp": 200, "spectral_norm": 400, "acgan": 400}
RECORDED = os.path.join(HERE, "distances.json")


def find(game):
    return cases.Case(game, SIZES, cases.DEFINES.get(game, {}), batch=64)


def train(ganc, work, game, seeds):
    """The generators that the runs end with."""
    folder = os.path.join(work, game)
    run(ganc, *find(game).write(folder), "-o", f"{folder}/train")
    for seed in seeds:
        runs = f"{folder}/runs-{seed}"
        shutil.rmtree(runs, ignore_errors=True)
        run(f"{folder}/train", f"--data={frechet.DATA}", f"--outdir={runs}", f"--seed={seed}",
            f"--steps={GAMES[game]}", "--threads=1")
        yield sorted(glob.glob(f"{runs}/*/network-snapshot-*.onnx"))[-1]


def main():
    page = next((word.removeprefix("--page=") for word in sys.argv if word.startswith("--page=")), None)
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if len(words) < 2:
        sys.exit(__doc__)
    ganc, work, *chosen = words
    with open(RECORDED, encoding="utf-8") as file:
        recorded = json.load(file)
    real, outside = frechet.statistics(frechet.images("t10k")), []
    rows = [["game", "steps", "ganc, five seeds", "median", f"PyTorch {recorded['torch']} (recorded)", "time"]]
    for name in chosen or GAMES:
        game, _, seed = name.partition("/")
        theirs = recorded["games"].get(game)
        if not theirs:
            print(f"{name}: PyTorch's distances are not recorded; torch_loop.py {game}", flush=True)
            outside.append(name)
            continue
        if theirs["steps"] != GAMES[game]:
            sys.exit(f"{game}: expected PyTorch's numbers after {GAMES[game]} steps, got {theirs['steps']}")
        before = tables.worked()
        found = sorted(frechet.of_generator(path, real)
                       for path in train(ganc, work, game, [int(seed)] if seed else SEEDS))
        median, passed = statistics.median(found), tables.worked() - before
        least, most = (2 / 3, 3 / 2) if seed else (0.95, 1.05)
        if not least * min(theirs["distances"]) <= median <= most * max(theirs["distances"]):
            outside.append(name)
        rows.append([game, str(GAMES[game]), " ".join(f"{value:.1f}" for value in found), f"{median:.1f}",
                     f"{min(theirs['distances']):.1f} … {max(theirs['distances']):.1f}", f"{passed:.0f} s"])
        print("   ".join(rows[-1]), flush=True)
    if page:
        tables.write(page, "fashion.py", rows)
    if outside:
        sys.exit(f"not within PyTorch's range: {', '.join(outside)}")


if __name__ == "__main__":
    main()
