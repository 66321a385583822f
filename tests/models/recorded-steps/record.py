#!/usr/bin/env python3
"""Writes VARIANT.npz for every recorded game: what PyTorch computes in float64.

usage: record.py [VARIANT …]    needs torch (2.15.0 made the files) and onnx

Starting weights and draws are f32 numbers. Losses, gradients and parameters of
every update have the names of a trainer's --record, running statistics those of
step/N/state. Constants are rounded to f32 where the compiler's are.
"""

import os
import sys
import tempfile

import numpy as np
import torch
from torch.nn import functional as F

import given_networks
from given_networks import BATCH, HERE, STEPS, VARIANTS

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def f32(number):
    return float(np.float32(number))


class Network:
    """Parameters that an optimiser may change, and buffers."""

    def __init__(self, name, table, smooth, normalised):
        prefix = f"init/{name}/"
        tensors = {key[len(prefix):]: torch.tensor(value.astype(np.float64))
                   for key, value in table.items() if key.startswith(prefix)}
        self.name, self.smooth, self.normalised = name, smooth, normalised
        self.buffers = {key: value for key, value in tensors.items() if "running" in key}
        self.parameters = {key: value.requires_grad_() for key, value in tensors.items() if "running" not in key}

    def batch_norm(self, x, name, advance):
        p, epsilon = self.parameters, f32(1e-5)
        if advance:
            mean, variance = x.detach().mean((0, 2, 3)), x.detach().var((0, 2, 3), unbiased=False)
            count = x.numel() / x.shape[1]
            unbiased = variance * f32(count / (count - 1))
            # That is PyTorch's own, but for the rounding of its constants.
            own = [self.buffers[f"{name}.running_{what}"].clone() for what in ("mean", "var")]
            F.batch_norm(x.detach(), *own, training=True, momentum=0.1)
            for what, now, theirs in zip(("mean", "var"), (mean, unbiased), own):
                key = f"{name}.running_{what}"
                self.buffers[key] = f32(0.9) * self.buffers[key] + f32(1 - 0.9) * now
                torch.testing.assert_close(self.buffers[key], theirs, rtol=1e-6, atol=1e-6)
        return F.batch_norm(x, None, None, p[f"{name}.weight"], p[f"{name}.bias"], training=True, eps=epsilon)

    def bend(self, x, slope):
        return F.softplus(x, threshold=1e9) if self.smooth else F.leaky_relu(x, f32(slope)) if slope else F.relu(x)


class Generator(Network):
    def __call__(self, z, advance=False):
        p = self.parameters
        x = self.bend(self.batch_norm(F.conv_transpose2d(z, p["0.weight"]), "0.norm", advance), 0)
        return torch.tanh(F.conv_transpose2d(x, p["1.weight"], stride=2, padding=1))


class Judge(Network):
    """What stands before the Sigmoid, if there is one."""

    def __call__(self, x, advance=False):
        p = self.parameters
        x = self.bend(F.conv2d(x, p["0.weight"], p.get("0.bias"), stride=2, padding=1), 0.2)
        x = F.conv2d(x, p["1.weight"], p.get("1.bias"), stride=2, padding=1)
        x = self.bend(self.batch_norm(x, "1.norm", advance) if self.normalised else x, 0.2)
        return F.conv2d(x, p["2.weight"])


class Recorder:
    def __init__(self, table, random):
        self.table, self.random, self.step, self.times = table, random, 0, {}

    def key(self, name, always=False):
        time = self.times.get(name, 0)
        self.times[name] = time + 1
        return f"step/{self.step}/{name}" + (f"#{time}" if time or always else "")

    def draw(self, name, values):
        values = np.asarray(values, np.float32)
        self.table[self.key(f"draw/{name}", always=True)] = values
        return torch.tensor(values.astype(np.float64))

    def x(self):
        return self.draw("x", self.random.uniform(-1, 1, (BATCH, 1, 8, 8)))

    def z(self):
        return self.draw("z", self.random.standard_normal((BATCH, 3, 1, 1)))

    def a(self):
        return self.draw("a", self.random.uniform(0, 1, (BATCH, 1, 1, 1)))

    def put(self, name, tensor):
        self.table[self.key(name)] = tensor.detach().numpy().copy()

    def update(self, player, network, optimiser, loss):
        names = list(network.parameters)
        gradients = torch.autograd.grad(loss, list(network.parameters.values()))
        self.put(f"loss/{player}", loss)
        for name, gradient in zip(names, gradients):
            network.parameters[name].grad = gradient
            self.put(f"{player}/gradient/{network.name}/{name}", gradient)
        optimiser.step()
        for name in names:
            self.put(f"{player}/parameter/{network.name}/{name}", network.parameters[name])

    def finish_step(self, *nets):
        for network in nets:
            for name, buffer in network.buffers.items():
                self.put(f"state/{network.name}/{name}", buffer)
        self.step, self.times = self.step + 1, {}


def dcgan(recorder, g, d):
    adam = [torch.optim.Adam(n.parameters.values(), lr=2e-3, betas=(0.5, 0.999), eps=1e-8) for n in (g, d)]
    for _ in range(STEPS):
        # An application advances with the update that trains its network.
        z = recorder.z()
        xf = g(z, advance=True)
        # In the text's order: D(x), then D(xf).
        real = d(recorder.x(), advance=True)
        fake = d(xf.detach(), advance=True)
        recorder.update("discriminator", d, adam[1], F.softplus(-real).mean() + F.softplus(fake).mean())
        recorder.update("generator", g, adam[0], F.softplus(-d(xf)).mean())
        recorder.finish_step(g, d)


def wgan_gp(recorder, g, d):
    adam = [torch.optim.Adam(n.parameters.values(), lr=1e-3, betas=(0.0, 0.9), eps=1e-8) for n in (g, d)]
    for _ in range(STEPS):
        for _ in range(2):
            xf = g(recorder.z()).detach()
            a, x = recorder.a(), recorder.x()
            xh = (a * x + (1 - a) * xf).requires_grad_()
            slope, = torch.autograd.grad(d(xh).sum(), xh, create_graph=True)
            penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
            recorder.update("critic", d, adam[1], d(xf).mean() - d(x).mean() + 10 * penalty)
        recorder.update("generator", g, adam[0], -d(g(recorder.z(), advance=True)).mean())
        recorder.finish_step(g, d)


def record(variant):
    game, smooth = VARIANTS[variant]
    table = {}
    with tempfile.TemporaryDirectory() as folder:
        given_networks.write(folder, variant, table)
    random = np.random.default_rng(1)
    nets = [kind(name, table, smooth, game == "dcgan") for kind, name in ((Generator, "G"), (Judge, "D"))]
    {"dcgan": dcgan, "wgan_gp": wgan_gp}[game](Recorder(table, random), *nets)
    # The smooth ones are compared with f32 only.
    narrow = lambda value: value.astype(np.float32) if smooth else value
    path = os.path.join(HERE, f"{variant}.npz")
    np.savez_compressed(path, **{key: narrow(value) for key, value in table.items()})
    print(f"{path}: {len(table)} tensors, {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    for name in sys.argv[1:] or VARIANTS:
        record(name)
