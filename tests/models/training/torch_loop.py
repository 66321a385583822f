#!/usr/bin/env python3
"""Trains the games of fashion.py in PyTorch, by the formulas and the executor of
../recorded-steps, and records how far from the data they end.

usage: torch_loop.py [GAME …]    needs torch (2.15.0 made the file), onnx, onnxruntime

Writes distances.json: for every game five Fréchet distances, one for each seed.
"""

import copy
import json
import os
import sys
import tempfile
import time

import numpy as np
import onnx
import torch
from onnx import numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "recorded-steps")]
import fashion
import formulas
import frechet
from record import Play


class Loop(Play):
    """A play of fresh draws, of which nothing is recorded; data are garments."""

    def __init__(self, case, seed):
        torch.manual_seed(seed)
        self.data = {"x": torch.tensor(frechet.images("train").reshape(-1, *case.sizes.picture)),
                     "y": torch.tensor(frechet.read("train-labels-idx1", 8).astype(np.int64))}
        self.order, self.drawn = torch.randperm(len(self.data["x"])), {"x": 0, "y": 0}
        super().__init__(case, seed)

    def start(self, network):
        """As the game's `init` says: weights of contractions, and scales of norms."""
        spreads_norms = 'for "*.norm.weight"' in self.text
        contracted = {node.input[1] for node in network.nodes if node.op_type in ("Conv", "ConvTranspose", "Gemm")}
        for kind in (network.constants, network.buffers, network.parameters):
            for name, values in kind.items():
                values = values.float()
                if name in contracted:
                    values = 0.02 * torch.randn(values.shape)
                elif name.endswith("norm.weight") and spreads_norms:
                    values = 1 + 0.02 * torch.randn(values.shape)
                kind[name] = values.requires_grad_(kind is network.parameters)
        for _ in range(15):  # as torch.nn.utils.parametrizations begins, and ganc
            for formula in network.computed.values():
                formula.follow_update()

    def next(self, name):
        """The next batch of a stream; labels come in their pictures' order."""
        first = self.drawn[name]
        self.drawn[name] = first + self.batch
        return self.data[name][self.order[torch.arange(first, first + self.batch) % len(self.order)]]

    def uniform(self, name, *shape, low=-1, high=1):
        return self.next("x") if name == "x" else torch.rand(shape) * (high - low) + low

    def normal(self, name, *shape):
        return torch.randn(shape)

    def labels(self, name, count=None):
        return self.next("y") if name == "y" else torch.randint(self.sizes.classes, (count or self.batch,))

    def put(self, name, tensor):
        pass

    def save(self, path, average):
        """The averaged network as an ONNX file."""
        network, _, values = self.averages[average]
        model = copy.deepcopy(network.model)
        for tensor in model.graph.initializer:
            now = values.get(tensor.name, network.buffers.get(tensor.name))
            if now is not None:
                tensor.CopyFrom(numpy_helper.from_array(now.detach().numpy(), tensor.name))
        onnx.save(model, path)


def train(game, seed, path):
    play = Loop(fashion.find(game), seed)
    step = formulas.find(game)(play, **play.networks)
    for _ in range(fashion.GAMES[game]):
        step()
        play.finish_step()
    play.save(path, "Gs")


def record(game, distances):
    recorded = {"games": {}}
    if os.path.exists(fashion.RECORDED):
        with open(fashion.RECORDED, encoding="utf-8") as file:
            recorded = json.load(file)
    recorded["torch"] = torch.__version__.split("+")[0]
    recorded["games"][game] = {"steps": fashion.GAMES[game], "distances": distances}
    with open(fashion.RECORDED, "w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


def main():
    torch.set_num_threads(1)
    real = frechet.statistics(frechet.images("t10k"))
    for game in sys.argv[1:] or fashion.GAMES:
        start, found = time.perf_counter(), []
        for seed in fashion.SEEDS:
            with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
                train(game, seed, file.name)
                found.append(round(frechet.of_generator(file.name, real), 2))
        print(f"{game}: {found} in {time.perf_counter() - start:.0f} s", flush=True)
        record(game, found)


if __name__ == "__main__":
    main()
