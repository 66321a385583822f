#!/usr/bin/env python3
"""Writes VARIANT.npz for every recorded game: what PyTorch computes in float64.

usage: record.py [VARIANT …]    needs torch (2.15.0 made the files) and onnx

Starting weights and draws are f32 numbers. Losses, gradients and parameters of
every update have the names of a trainer's --record, running statistics those of
step/N/state. Constants are rounded to f32 where the compiler's are; batches are
powers of two, so that one over their size needs no rounding.
"""

import os
import sys
import tempfile

import numpy as np
import torch
from torch.nn import functional as F

import given_networks
from given_networks import HERE, STEPS, VARIANTS

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def f32(number):
    return float(np.float32(number))


class Network:
    """Parameters that an optimiser may change, and buffers."""

    def __init__(self, name, table, variant, recorder):
        prefix = f"init/{name}/"
        tensors = {key[len(prefix):]: torch.tensor(value.astype(np.float64))
                   for key, value in table.items() if key.startswith(prefix)}
        self.name, self.smooth, self.recorder = name, variant.smooth, recorder
        self.normalised = variant.game == "dcgan"
        self.unbiased = variant.game != "mlp"  # as the games say
        self.buffers = {key: value for key, value in tensors.items() if "running" in key}
        self.parameters = {key: value.requires_grad_() for key, value in tensors.items() if "running" not in key}
        self.form = getattr(self, f"{variant.nets}_{name}")

    def __call__(self, x, advance=False, application=None):
        return self.form(x, self.parameters, advance, application)

    # Parts.

    def batch_norm(self, x, name, advance):
        p, epsilon, axes = self.parameters, f32(1e-5), [0, *range(2, x.dim())]
        if advance:
            mean, variance = x.detach().mean(axes), x.detach().var(axes, unbiased=False)
            count = x.numel() / x.shape[1]
            own = [self.buffers[f"{name}.running_{what}"].clone() for what in ("mean", "var")]
            F.batch_norm(x.detach(), *own, training=True, momentum=0.1)
            if self.unbiased:
                variance = variance * f32(count / (count - 1))
            for what, now, theirs in zip(("mean", "var"), (mean, variance), own):
                key = f"{name}.running_{what}"
                self.buffers[key] = f32(0.9) * self.buffers[key] + f32(1 - 0.9) * now
                # That is PyTorch's own, but for the rounding of its constants.
                if self.unbiased or what == "mean":
                    torch.testing.assert_close(self.buffers[key], theirs, rtol=1e-6, atol=1e-6)
        return F.batch_norm(x, None, None, p[f"{name}.weight"], p[f"{name}.bias"], training=True, eps=epsilon)

    def bend(self, x, slope=0):
        return F.softplus(x, threshold=1e9) if self.smooth else F.leaky_relu(x, f32(slope)) if slope else F.relu(x)

    def dropout(self, x, ratio, name):
        """As F.dropout, on given numbers."""
        kept = self.recorder.draw(name, self.recorder.random.uniform(0, 1, x.shape)) < f32(1 - ratio)
        return torch.where(kept, x * f32(1 / (1 - ratio)), 0)

    # Whole networks; judges give what stands before the Sigmoid, if there is one.

    def convolution_G(self, z, p, advance, application):
        x = self.bend(self.batch_norm(F.conv_transpose2d(z, p["0.weight"]), "0.norm", advance))
        return torch.tanh(F.conv_transpose2d(x, p["1.weight"], stride=2, padding=1))

    def convolution_D(self, x, p, advance, application):
        x = self.bend(F.conv2d(x, p["0.weight"], p.get("0.bias"), stride=2, padding=1), 0.2)
        x = F.conv2d(x, p["1.weight"], p.get("1.bias"), stride=2, padding=1)
        x = self.bend(self.batch_norm(x, "1.norm", advance) if self.normalised else x, 0.2)
        return F.conv2d(x, p["2.weight"])

    def residual_G(self, z, p, advance, application):
        double = lambda x: F.interpolate(x, scale_factor=2, mode="nearest")
        x = F.linear(z.flatten(1), p["0.weight"], p["0.bias"]).reshape(-1, 3, 2, 2)
        y = F.instance_norm(x, weight=p["1.norm.weight"], bias=p["1.norm.bias"], eps=f32(1e-5))
        x = F.conv2d(double(self.bend(y)), p["1.weight"], p["1.bias"], padding=1) + double(x)
        return torch.tanh(F.conv2d(double(self.bend(x)), p["2.weight"], p["2.bias"], padding=1))

    def residual_D(self, x, p, advance, application):
        x = F.conv2d(x, p["0.weight"], p["0.bias"], stride=2, padding=1)
        y = F.layer_norm(x, x.shape[1:], p["1.norm.weight"], p["1.norm.bias"], eps=f32(1e-5))
        y = F.avg_pool2d(F.conv2d(self.bend(y, 0.2), p["1.weight"], p["1.bias"], padding=1), 2)
        x = y + F.conv2d(F.avg_pool2d(x, 2), p["shortcut.weight"])
        return F.linear(self.bend(x, 0.2).mean((2, 3)), p["2.weight"])

    def perceptron_G(self, z, p, advance, application):
        x = self.bend(self.batch_norm(F.linear(z, p["0.weight"]), "0.norm", advance))
        return F.linear(x, p["1.weight"], p["1.bias"])

    def perceptron_D(self, x, p, advance, application):
        for layer, ratio in enumerate((0.25, 0.5)):
            x = self.bend(F.linear(x, p[f"{layer}.weight"], p[f"{layer}.bias"]), 0.2)
            x = self.dropout(x, ratio, f"D#{application}/dropout#{layer + 1}")
        return F.linear(x, p["2.weight"], p["2.bias"])


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


def adam(network, lr, betas, decay=0.0):
    kind = torch.optim.AdamW if decay else torch.optim.Adam
    return kind(network.parameters.values(), lr=lr, betas=betas, eps=1e-8, weight_decay=decay)


def dcgan(recorder, g, d):
    x = lambda: recorder.draw("x", recorder.random.uniform(-1, 1, (4, 1, 8, 8)))
    z = lambda: recorder.draw("z", recorder.random.standard_normal((4, 3, 1, 1)))
    of_g, of_d = (adam(network, 2e-3, (0.5, 0.999)) for network in (g, d))
    for _ in range(STEPS):
        # An application advances with the update that trains its network.
        xf = g(z(), advance=True)
        # In the text's order: D(x), then D(xf).
        real, fake = d(x(), advance=True), d(xf.detach(), advance=True)
        recorder.update("discriminator", d, of_d, F.softplus(-real).mean() + F.softplus(fake).mean())
        recorder.update("generator", g, of_g, F.softplus(-d(xf)).mean())
        recorder.finish_step(g, d)


def wgan_gp(recorder, g, d):
    x = lambda: recorder.draw("x", recorder.random.uniform(-1, 1, (4, 1, 8, 8)))
    z = lambda: recorder.draw("z", recorder.random.standard_normal((4, 3, 1, 1)))
    of_g, of_d = (adam(network, 1e-3, (0.0, 0.9)) for network in (g, d))
    for _ in range(STEPS):
        for _ in range(2):
            real, fake = x(), g(z()).detach()
            a = recorder.draw("a", recorder.random.uniform(0, 1, (4, 1, 1, 1)))
            xh = (a * real + (1 - a) * fake).requires_grad_()
            slope, = torch.autograd.grad(d(xh).sum(), xh, create_graph=True)
            penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
            recorder.update("critic", d, of_d, d(fake).mean() - d(real).mean() + 10 * penalty)
        recorder.update("generator", g, of_g, -d(g(z(), advance=True)).mean())
        recorder.finish_step(g, d)


def mlp(recorder, g, d):
    x = lambda: recorder.draw("x", recorder.random.standard_normal((4, 6)))
    z = lambda: recorder.draw("z", recorder.random.standard_normal((4, 3)))
    of_g, of_d = adam(g, 2e-3, (0.5, 0.999), decay=0.125), adam(d, 2e-3, (0.5, 0.999))
    for _ in range(STEPS):
        xf = g(z(), advance=True)
        real, fake = d(x(), application=1), d(xf.detach(), application=2)
        recorder.update("discriminator", d, of_d, F.softplus(1 - real).mean() + F.softplus(1 + fake).mean())
        recorder.update("generator", g, of_g, -d(xf, application=3).mean())
        recorder.finish_step(g, d)


def record(name):
    variant, table = VARIANTS[name], {}
    with tempfile.TemporaryDirectory() as folder:
        given_networks.write(folder, name, table)
    recorder = Recorder(table, np.random.default_rng(1))
    nets = [Network(label, table, variant, recorder) for label in ("G", "D")]
    {"dcgan": dcgan, "mlp": mlp, "wgan_gp": wgan_gp}[variant.game](recorder, *nets)
    narrow = lambda value: value if variant.exact else value.astype(np.float32)
    path = os.path.join(HERE, f"{name}.npz")
    np.savez_compressed(path, **{key: narrow(value) for key, value in table.items()})
    print(f"{path}: {len(table)} tensors, {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    for name in sys.argv[1:] or VARIANTS:
        record(name)
