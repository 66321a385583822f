#!/usr/bin/env python3
"""Walks the way of docs/games with each of its games, and with two steps only.

usage: games.py GANC GAMES FOLDER

A game must compile without a word, train, go on, and write networks that compile.
"""

import json
import pathlib
import shutil
import subprocess
import sys

DATA = {
    "cycle": ["--data=a=moon.npy", "--data=b=helix.npy"],
    "d2gan": ["--data=ring.npy"],
    "r3gan": ["--data=discs.npy"],
}


def run(folder, *command, silent=False):
    result = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode or silent and result.stdout:
        sys.exit(f"{' '.join(map(str, command))}: exit {result.returncode}\n{result.stdout}")


def main():
    ganc, games, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    shutil.rmtree(folder, ignore_errors=True)
    run(None, sys.executable, games / "networks.py", folder)
    found = {path.stem for path in folder.glob("*.game")}
    if found != set(DATA):
        sys.exit(f"expected the games {sorted(DATA)}, got {sorted(found)}")
    for game, data in DATA.items():
        run(folder, ganc, f"{game}.game", "-o", f"train-{game}", silent=True)
        train = [f"./train-{game}", *data, "--threads=1", f"--outdir=runs-{game}"]
        run(folder, *train, "--steps=2")
        run(folder, *train, "--steps=4", "--resume=auto")
        runs = list((folder / f"runs-{game}").iterdir())
        networks = sorted(runs[0].glob("*.onnx"))
        with open(runs[0] / "stats.jsonl", encoding="utf-8") as file:
            last = [json.loads(line) for line in file][-1]
        if len(runs) != 1 or not networks or last["step"] != 4:
            sys.exit(f"{game}: {len(runs)} runs, {len(networks)} networks, step {last['step']}")
        run(folder, ganc, networks[-1], "-o", f"draw-{game}", silent=True)


if __name__ == "__main__":
    main()
