"""Parametrisations of a network, as a game puts them on it, by PyTorch's own code."""

import fnmatch
import re

import torch
from torch.nn.utils import spectral_norm

from onnx_in_torch import f32


class SpectralNorm(torch.nn.Module):
    """W / (u^T W v), torch.nn.utils.spectral_norm on tensors of a network."""

    def __init__(self, network, name, axis, options):
        super().__init__()
        self.network, self.name, self.by_application = network, name, "application" in options
        iterations = int(re.search(r"iterations\s*=\s*(\d+)|$", options)[1] or 1)
        self.code = spectral_norm.__globals__["SpectralNorm"]("weight", iterations, axis, f32(1e-12))
        rows = network.parameters[name].shape[axis]
        for part, size in (("u", rows), ("v", network.parameters[name].numel() // rows)):
            vector = torch.tensor(network.play.random.standard_normal(size))
            network.buffers[f"{name}#{part}"] = vector / vector.norm()

    def effective(self, advance=None):
        self.weight_orig = self.network.parameters[self.name]
        for part in "uv":
            setattr(self, f"weight_{part}", self.network.buffers[f"{self.name}#{part}"].clone())
        weight = self.code.compute_weight(self, do_power_iteration=self.by_application if advance is None else advance)
        for part in "uv":
            self.network.buffers[f"{self.name}#{part}"] = getattr(self, f"weight_{part}").clone()
        return weight

    def follow_update(self):
        if not self.by_application:
            with torch.no_grad():
                self.effective(advance=True)


class WeightNorm:
    """g V / |V|"""

    def __init__(self, network, name, axis, options):
        self.network, self.name, self.axis = network, name, axis
        self.others = [other for other in range(network.parameters[name].dim()) if other != axis]
        network.parameters[f"{name}#g"] = 1.5 * network.parameters[name].square().sum(self.others, keepdim=True).sqrt()

    def effective(self):
        v, g = (self.network.parameters[self.name + piece] for piece in ("", "#g"))
        return torch._weight_norm(v, g, self.axis)

    def follow_update(self):
        pass


class Equalised:
    """W gain / sqrt(fan in)"""

    def __init__(self, network, name, axis, options):
        self.network, self.name = network, name
        raw = network.parameters[name]
        self.factor = f32((2 / (raw.numel() // raw.shape[axis])) ** 0.5)

    def effective(self):
        return self.network.parameters[self.name] * self.factor

    def follow_update(self):
        pass


KINDS = {"spectral_norm": SpectralNorm, "weight_norm": WeightNorm, "equalised": Equalised}


def weights(network, attributes):
    """By parameter; `attributes` is what stands behind the file's name."""
    made = {}
    for kind, pattern, options in re.findall(r'with\s+(\w+)\(\s*"([^"]+)"(.*?)\)', attributes):
        for name in fnmatch.filter(list(network.parameters), pattern):
            uses = [node.op_type for node in network.nodes if name in node.input]
            if network.parameters[name].dim() > 1 and "#" not in name:
                made[name] = KINDS[kind](network, name, int("ConvTranspose" in uses), options)
    return made
