"""ONNX networks in PyTorch, node by node in float64."""

import re

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F


def f32(number):
    """A constant as the compiler keeps it."""
    return float(np.float32(number))


def pairs(attributes):
    """What convolutions have in common; pads are the same on both sides."""
    pads = attributes.get("pads", [0, 0, 0, 0])
    return {"stride": attributes.get("strides", [1, 1]), "padding": pads[:len(pads) // 2]}


def softplus(x):
    return F.softplus(x, threshold=1e9)


# Nodes that are one function of their inputs; `a` are the attributes.
NODES = {
    "Abs": lambda a, x: x.abs(),
    "Add": lambda a, x, y: x + y,
    "AveragePool": lambda a, x: F.avg_pool2d(x, a["kernel_shape"], a["strides"]),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]),
    "Conv": lambda a, x, *w: F.conv2d(x, *w, **pairs(a)),
    "ConvTranspose": lambda a, x, *w: F.conv_transpose2d(x, *w, **pairs(a)),
    "Exp": lambda a, x: x.exp(),
    "Flatten": lambda a, x: x.flatten(1),
    "Gather": lambda a, x, index: x[index.long()],
    "Gemm": lambda a, x, *w: F.linear(x, *w),
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "InstanceNormalization": lambda a, x, *w: F.instance_norm(x, weight=w[0], bias=w[1], eps=a["epsilon"]),
    "LayerNormalization": lambda a, x, *w: F.layer_norm(x, w[0].shape, *w, eps=a["epsilon"]),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a["alpha"]),
    "MatMul": lambda a, x, y: x @ y,
    "Mul": lambda a, x, y: x * y,
    "Neg": lambda a, x: -x,
    "PRelu": lambda a, x, slope: torch.where(x <= 0, slope * x, x),
    "ReduceMean": lambda a, x: x.mean(a["axes"], keepdim=bool(a["keepdims"])),
    "ReduceSum": lambda a, x, axes: x.sum([int(axis) for axis in axes], keepdim=bool(a["keepdims"])),
    "Relu": lambda a, x: F.relu(x),
    "Reshape": lambda a, x, shape: x.reshape([int(size) for size in shape]),
    "Resize": lambda a, x, _, scales: F.interpolate(x, scale_factor=[int(scale) for scale in scales[2:]]),
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Softmax": lambda a, x: torch.softmax(x, a["axis"]),
    "Softplus": lambda a, x: softplus(x),
    "Split": lambda a, x: x.chunk(2, a["axis"]),
    "Sqrt": lambda a, x: x.sqrt(),
    "Sub": lambda a, x, y: x - y,
    "Tanh": lambda a, x: torch.tanh(x),
    "Tile": lambda a, x, repeats: x.repeat([int(count) for count in repeats]),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Unsqueeze": lambda a, x, axes: x.unsqueeze(int(axes)),
}


class Network:
    """Parameters that an optimiser may change, buffers, and a graph."""

    def __init__(self, label, path, play, unbiased):
        self.model = onnx.load(path)
        graph = self.model.graph
        self.label, self.play, self.unbiased, self.nodes = label, play, unbiased, graph.node
        self.inputs = [value.name for value in graph.input]
        self.outputs = [value.name for value in graph.output]
        buffers = {name for node in graph.node if node.op_type == "BatchNormalization" for name in node.input[3:]}
        self.parameters, self.buffers, self.constants = {}, {}, {}
        for tensor in graph.initializer:
            kind = (self.constants if tensor.name.startswith("constant") else
                    self.buffers if tensor.name in buffers else self.parameters)
            kind[tensor.name] = torch.tensor(numpy_helper.to_array(tensor).astype(np.float64))
        self.computed = {}  # by parameter, what the graph computes with
        self.shared = {}  # by name, the network and the name there

    def set(self, name, values):
        kind = self.parameters if name in self.parameters else self.buffers
        kind[name] = torch.tensor(values.astype(np.float64)).requires_grad_(kind is self.parameters)

    def share(self, pattern, other, others):
        """What fits the pattern is the other network's; one * stands for the same text."""
        fit = re.compile(re.escape(pattern).replace(r"\*", "(.*)") + "$")
        for kind in (self.parameters, self.buffers):
            for name in [name for name in kind if fit.match(name)]:
                self.shared[name] = other, others.replace("*", "".join(fit.match(name).groups()))
                del kind[name]

    def holder(self, name):
        """Whose buffer it is, and its name there."""
        return self.shared.get(name, (self, name))

    def __call__(self, *inputs, advance=False, site=0, tap=None):
        """With batch statistics and dropout. advance: running statistics, too.
        site: the how manieth application of the game's text, for its draws.
        tap: the name of an inner tensor, in place of the outputs."""
        values = {"": None, **self.constants, **self.parameters, **dict(zip(self.inputs, inputs, strict=True))}
        values.update({name: formula.effective() for name, formula in self.computed.items()})
        values.update({name: other.parameters[theirs] for name, (other, theirs) in self.shared.items()
                       if theirs in other.parameters})
        draws = 0
        for node in self.nodes:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == "BatchNormalization":
                result = self.batch_norm(node, attributes, values, advance)
            elif node.op_type == "Dropout":
                draws += 1
                result = self.dropout(f"{self.label}#{site}/dropout#{draws}", *[values[name] for name in node.input])
            else:
                result = NODES[node.op_type](attributes, *[values[name] for name in node.input])
            values.update(zip(node.output, result if len(node.output) > 1 else [result]))
        results = [values[name] for name in ([tap] if tap else self.outputs)]
        return results[0] if len(results) == 1 else results

    def batch_norm(self, node, attributes, values, advance):
        x, weight, bias = (values[name] for name in node.input[:3])
        axes, epsilon = [0, *range(2, x.dim())], f32(attributes["epsilon"])
        if advance:
            # F.batch_norm's own, but for the rounding of its constants.
            count = x.numel() / x.shape[1]
            mean, variance = x.detach().mean(axes), x.detach().var(axes, unbiased=False)
            if self.unbiased:
                variance = variance * f32(count / (count - 1))
            momentum = attributes.get("momentum", 0.9)
            for name, now in zip(node.input[3:], (mean, variance)):
                holder, theirs = self.holder(name)
                holder.buffers[theirs] = f32(momentum) * holder.buffers[theirs] + f32(1 - momentum) * now
        return F.batch_norm(x, None, None, weight, bias, training=True, eps=epsilon)

    def dropout(self, name, x, ratio, *_):
        """As F.dropout, on given numbers."""
        ratio = float(ratio)
        kept = self.play.uniform(name, *x.shape, low=0) < f32(1 - ratio)
        return torch.where(kept, x * f32(1 / (1 - ratio)), 0)
