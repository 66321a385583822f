#!/usr/bin/env python3
"""Exports small networks with PyTorch's two exporters into exported.npz.

usage: record.py          (needs torch 2.15, onnx and onnxscript)

For each network, exporter and opset: the file's bytes, an input, and what PyTorch
computes of it. The weights are random, the statistics of normalisations too, and
every kind of layer that generators and critics of the library's games have occurs.
What the exporters note about themselves (versions, stack traces) is taken out.
"""

import io
import os
import warnings

import numpy as np
import onnx
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
# What the exporters write natively, and what the newer one converts to.
VERSIONS = {"script": (11, 13, 17), "dynamo": (18, 23)}
BATCH = 3


class Reshape(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.view(x.size(0), *self.shape)


class Residual(nn.Module):
    """Upsampled by repeating, with a shortcut through a 1x1 convolution."""

    def __init__(self, ins, outs):
        super().__init__()
        self.main = nn.Sequential(nn.BatchNorm2d(ins), nn.ReLU(), nn.Upsample(scale_factor=2),
                                  nn.Conv2d(ins, outs, 3, padding=1), nn.InstanceNorm2d(outs, affine=True),
                                  nn.ReLU(), nn.Conv2d(outs, outs, 3, padding=1))
        self.short = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(ins, outs, 1))

    def forward(self, x):
        return self.main(x) + self.short(x)


class Critic(nn.Module):
    """As for gradient penalties: no statistics of the batch, a mean over places."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.LayerNorm([4, 4, 4])
        self.second = nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2, bias=False)
        self.group = nn.GroupNorm(3, 6)
        self.last = nn.Linear(6, 1)

    def forward(self, x):
        x = nn.functional.avg_pool2d(nn.functional.leaky_relu(self.first(x), 0.2), 2)
        x = nn.functional.softplus(self.group(self.second(self.norm(x))))
        return self.last(x.mean(dim=(2, 3)))


class Concatenated(nn.Module):
    """A U of two levels, padded by reflection."""

    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(2, 4, 4, stride=2))
        self.up = nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1, output_padding=1, dilation=1)
        self.last = nn.Conv2d(4, 2, 3, padding=2, dilation=2)

    def forward(self, x):
        up = self.up(nn.functional.elu(self.down(x)))
        y = torch.cat([x, up], dim=1)
        return torch.sigmoid(self.last(y)) * 2 - 1


NETWORKS = {
    "mlp_g": (lambda: nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8, eps=0.8), nn.LeakyReLU(0.2),
                                    nn.Linear(8, 16), nn.Tanh(), Reshape(1, 4, 4)), (5,)),
    "mlp_d": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.LeakyReLU(0.2), nn.Dropout(0.3),
                                    nn.Linear(8, 1), nn.Sigmoid()), (1, 4, 4)),
    "dcgan_g": (lambda: nn.Sequential(Reshape(5, 1, 1), nn.ConvTranspose2d(5, 6, 4, bias=False),
                                      nn.BatchNorm2d(6), nn.ReLU(True),
                                      nn.ConvTranspose2d(6, 2, 4, 2, 1, bias=False), nn.Tanh()), (5,)),
    "dcgan_d": (lambda: nn.Sequential(nn.Conv2d(2, 4, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True),
                                      nn.Conv2d(4, 6, 4, 2, 1, bias=False), nn.BatchNorm2d(6),
                                      nn.LeakyReLU(0.2, True), nn.Conv2d(6, 1, 2, bias=False),
                                      nn.Flatten()), (2, 8, 8)),
    "residual_g": (lambda: nn.Sequential(nn.Linear(5, 16), Reshape(4, 2, 2), Residual(4, 3),
                                         nn.Conv2d(3, 2, 3, padding=1), nn.Tanh()), (5,)),
    "critic": (Critic, (2, 8, 8)),
    "u_net": (Concatenated, (2, 8, 8)),
}


def randomise(network):
    for tensor in [*network.parameters(), *network.buffers()]:
        if tensor.dtype == torch.float32:
            # Statistics are positive, and so may everything else be.
            tensor.data.uniform_(0.2, 0.6) if tensor.dim() == 1 else tensor.data.normal_(0, 0.4)


def stripped(data):
    model = onnx.ModelProto.FromString(data)
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info,
                 *graph.initializer]:
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    return model.SerializeToString()


def export(network, example, exporter, opset):
    if exporter == "script":
        file = io.BytesIO()
        torch.onnx.export(network, (example,), file, dynamo=False, opset_version=opset,
                          input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N"}})
        return file.getvalue()
    batch = torch.export.Dim("N", min=1, max=4096)
    program = torch.onnx.export(network, (example,), dynamo=True, opset_version=opset, verbose=False,
                                input_names=["x"], output_names=["y"], dynamic_shapes=({0: batch},))
    return program.model_proto.SerializeToString()


def main():
    warnings.simplefilter("ignore")
    torch.manual_seed(1)
    arrays = {}
    for name, (make, shape) in NETWORKS.items():
        network = make().eval()
        randomise(network)
        x = torch.randn(BATCH, *shape)
        arrays[name + "/x"] = x.numpy()
        arrays[name + "/y"] = network(x).detach().numpy()
        for exporter, opsets in VERSIONS.items():
            for opset in opsets:
                data = stripped(export(network, x, exporter, opset))
                arrays[f"{name}/{exporter}/{opset}"] = np.frombuffer(data, np.uint8)
                print(f"{name}, {exporter}, opset {opset}: {len(data)} bytes")
    np.savez_compressed(os.path.join(HERE, "exported.npz"), **arrays)


if __name__ == "__main__":
    main()
