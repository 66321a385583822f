"""upsampler.py FILE: a small generator with a batch norm and a transposed convolution."""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SHAPES = {"w": (5, 64), "b": (64,), "scale": (4,), "bias": (4,), "mean": (4,), "variance": (4,)}
SHAPES |= {"kernel": (4, 1, 4, 4), "shift": (1,)}
node = helper.make_node
nodes = [
    node("Gemm", ["z", "w", "b"], ["a"]),
    node("Reshape", ["a", "shape"], ["r"]),
    node("BatchNormalization", ["r", "scale", "bias", "mean", "variance"], ["n", "m", "v"], training_mode=1),
    node("Softplus", ["n"], ["p"]),
    node("ConvTranspose", ["p", "kernel", "shift"], ["t"], strides=[2, 2], pads=[1, 1, 1, 1]),
    node("Tanh", ["t"], ["image"]),
]
generator = np.random.default_rng(1)
weights = [
    numpy_helper.from_array(generator.standard_normal(shape, dtype=np.float32), name)
    for name, shape in SHAPES.items()
]
weights.append(numpy_helper.from_array(np.array([-1, 4, 4, 4]), "shape"))
graph = helper.make_graph(
    nodes,
    "upsampler",
    [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", 5])],
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 8, 8])],
    weights,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.save(model, sys.argv[1])
