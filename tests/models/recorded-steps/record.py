#!/usr/bin/env python3
"""Writes recordings/NAME.safetensors.gz for every game: what PyTorch computes in float64.

usage: record.py [NAME …]    needs torch (2.15.0 made the files) and onnx

Starting weights and draws are f32 numbers. Losses and gradients of every update
have the names of a trainer's --record, states those of its checkpoints, as
step/N/state/NAME. Constants are rounded to f32 where the compiler's are; means are
over powers of two, so that one over their size needs no rounding.
"""

import os
import re
import sys
import tempfile
import zlib

import numpy as np
import torch

import cases
import formulas
import parametrised
from onnx_in_torch import Network, f32

sys.path.insert(0, os.path.join(cases.HERE, ".."))
from programs import write_tensors


class Player:
    def __init__(self, name, play, trained, optimiser, projection):
        self.name, self.play, self.projection = name, play, projection
        self.trained = trained if isinstance(trained, (list, tuple)) else [trained]
        self.optimiser = optimiser([p for network in self.trained for p in network.parameters.values()])

    def maximises(self, value):
        self.minimises(-value, reported=value)

    def minimises(self, loss, reported=None):
        self.differentiate(loss, reported)
        self.move()

    def differentiate(self, loss, reported=None):
        self.play.put(f"loss/{self.name}", loss if reported is None else reported)
        names = [(network, name) for network in self.trained for name in network.parameters]
        parameters = [network.parameters[name] for network, name in names]
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        for (network, name), parameter, gradient in zip(names, parameters, gradients):
            parameter.grad = gradient
            if gradient is not None:
                self.play.put(f"{self.name}/gradient/{network.label}/{name}", gradient)

    def move(self):
        self.optimiser.step()
        for network in self.trained:
            for formula in network.computed.values():
                formula.follow_update()
        if self.projection:
            with torch.no_grad():
                for group in self.optimiser.param_groups:
                    for parameter in group["params"]:
                        self.projection(parameter)


class Play:
    """What a formulation plays with: networks, players, draws, state."""

    def __init__(self, case, seed):
        self.sizes, self.text, self.batch = case.sizes, case.text, case.batch
        self.picture, self.latent = self.sizes.picture, self.sizes.latent
        self.table, self.random = {}, np.random.default_rng(seed)
        self.step, self.times, self.state, self.averages = 0, {}, {}, {}
        with tempfile.TemporaryDirectory() as folder:
            case.write(folder)
            declared = re.findall(r'network\s+(\w+)\s*=\s*onnx\s*"([^"]+)"(.*?)(?=\n\s*(?:network|data))', self.text,
                                  re.DOTALL)
            self.networks = {label: Network(label, os.path.join(folder, file), self, "unbiased" in attributes)
                             for label, file, attributes in declared}
            for label, _, attributes in declared:
                network = self.networks[label]
                network.computed = parametrised.weights(network, attributes)
                for other, others, pattern in re.findall(r'share\s+(\w+)\."([^"]+)"\s+as\s+\w+\."([^"]+)"', attributes):
                    network.share(pattern, self.networks[other], others)
        for network in self.networks.values():
            self.start(network)
        # Averages, whose decay is Python, too.
        for average, label, decay in re.findall(r"ema\s+(\w+)\s+of\s+(\w+)\s+decay\s+(.*)", self.text):
            network = self.networks[label]
            self.averages[average] = network, decay, {name: value.detach().clone()
                                                      for name, value in network.parameters.items()}

    def start(self, network):
        for name, values in [*network.parameters.items(), *network.buffers.items()]:
            values = values.detach().numpy()
            if "norm" in name or "bias" in name:  # not where these do nothing
                values = values + self.random.uniform(-0.2, 0.2, values.shape)
            values = values.astype(np.float32)
            self.table[f"init/{network.label}/{name}"] = values
            network.set(name, values)

    def player(self, name, trained, optimiser, projection=None):
        return Player(name, self, trained, optimiser, projection)

    # Draws, in the game's order among those of a name.

    def draw(self, name, values, kind=np.float32):
        values = np.asarray(values, kind)
        self.table[self.key(f"draw/{name}", always=True)] = values
        return torch.tensor(values.astype(np.float64) if kind == np.float32 else values)

    def uniform(self, name, *shape, low=-1, high=1):
        return self.draw(name, self.random.uniform(low, high, shape))

    def normal(self, name, *shape):
        return self.draw(name, self.random.standard_normal(shape))

    def labels(self, name, count=None):
        return self.draw(name, self.random.integers(self.sizes.classes, size=count or self.batch), np.int32).long()

    def integers(self, name, count):
        return self.draw(name, self.random.integers(count, size=self.batch), np.int32)

    def coins(self, name):
        return self.draw(name, self.random.integers(2, size=self.batch)) > 0

    def x(self):
        return self.uniform("x", self.batch, *self.picture)

    def z(self):
        return self.normal("z", self.batch, self.latent)

    # What happened.

    def key(self, name, always=False):
        time = self.times.get(name, 0)
        self.times[name] = time + 1
        return f"step/{self.step}/{name}" + (f"#{time}" if time or always else "")

    def put(self, name, tensor):
        self.table[self.key(name)] = np.array(tensor.detach().numpy())

    def finish_step(self):
        for average, (network, decay, values) in self.averages.items():
            decay = f32(eval(decay, {"min": min, "step": self.step}))
            for name, value in network.parameters.items():
                values[name] = decay * values[name] + (1 - decay) * value.detach()
                self.put(f"state/{average}/{name}", values[name])
        for network in self.networks.values():
            for name, value in [*network.parameters.items(), *network.buffers.items()]:
                self.put(f"state/{network.label}/{name}", value)
        for name, value in self.state.items():
            self.put(f"state/state/{name}", value)
        self.step, self.times = self.step + 1, {}


def record(name):
    case = cases.find(name)
    play = Play(case, zlib.crc32(name.encode()))
    step = formulas.find(case.game)(play, **play.networks)
    for _ in range(cases.STEPS):
        step()
        play.finish_step()
    # The state at the end tells what the one before told.
    table = {key: value for key, value in play.table.items()
             if "/state/" not in key or key.startswith(f"step/{cases.STEPS - 1}/")}
    os.makedirs(os.path.dirname(cases.recording(name)), exist_ok=True)
    write_tensors(cases.recording(name), table)
    print(f"{name}: {len(table)} tensors, {os.path.getsize(cases.recording(name))} bytes")


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    for name in sys.argv[1:] or [*cases.library(), *cases.EXTRA]:
        record(name)
