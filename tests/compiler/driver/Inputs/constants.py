"""A generator with constants of every kind, and what a trainer made of it.

    constants.py make          G.onnx, D.onnx, x.npy in the working directory
    constants.py check FILE    FILE has G's constants and runs: z.npy, y.npy
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

rng = np.random.default_rng(1)
floats = lambda *shape: rng.standard_normal(shape).astype(np.float32)
constants = {
    "table": floats(7, 720),  # large: lies in the weights file alone
    "low": np.float32(-2),
    "high": np.float32(6),
    "half": np.array(0.5, np.float16),
    "halves": floats(5000).astype(np.float16),  # large
    "double": np.array(-0.25, np.float64),  # in a file beside
    "shape": np.array([-1, 1, 3, 3], np.int64),
    "scales": np.array([1, 1, 2, 2], np.float32),
    "ratio": np.array(0.25, np.float32),
    "training": np.array(True),
}


def save(name, nodes, weights, shapes):
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape])
    tensors = [numpy_helper.from_array(np.asarray(array), key) for key, array in weights.items()]
    for tensor in tensors:
        if tensor.name in ("shape", "double"):
            set_external_data(tensor, tensor.name + ".bin")
    inputs, outputs = ([value(*port)] for port in shapes)
    made = [helper.make_node(*node[:3], **(node[3] if node[3:] else {})) for node in nodes]
    graph = helper.make_graph(made, name, inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, name + ".onnx")


def make():
    nodes = [
        ("MatMul", ["z", "table"], ["a"]),
        ("Gemm", ["a", "w", "b"], ["c"]),
        ("Cast", ["half"], ["factor"], {"to": TensorProto.FLOAT}),
        ("Cast", ["double"], ["term"], {"to": TensorProto.FLOAT}),
        ("Cast", ["halves"], ["terms"], {"to": TensorProto.FLOAT}),
        ("ReduceMean", ["terms"], ["mean"], {"keepdims": 0}),
        ("Mul", ["c", "factor"], ["c1"]),
        ("Add", ["c1", "term"], ["c2"]),
        ("Add", ["c2", "mean"], ["d"]),
        ("Clip", ["d", "low", "high"], ["e"]),
        ("Dropout", ["e", "ratio", "training"], ["f"]),
        ("Reshape", ["f", "shape"], ["g"]),
        ("Resize", ["g", "", "scales"], ["y"]),
    ]
    weights = {"w": floats(720, 9) / 100, "b": floats(9), **constants}
    save("G", nodes, weights, [("z", [7]), ("y", [1, 6, 6])])
    nodes = [("Flatten", ["x"], ["a"]), ("Gemm", ["a", "w", "b"], ["y"])]
    save("D", nodes, {"w": floats(36, 1), "b": floats(1)}, [("x", [1, 6, 6]), ("y", [1])])
    np.save("x.npy", floats(8, 1, 6, 6))


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    written = {tensor.name: tensor for tensor in model.graph.initializer}
    for name, array in constants.items():
        got = numpy_helper.to_array(written[name])
        assert got.dtype == array.dtype and np.array_equal(got, array), name
    z = floats(1, 7)
    np.save("z.npy", z)
    np.save("y.npy", onnxruntime.InferenceSession(path).run(None, {"z": z})[0])


make() if sys.argv[1] == "make" else check(sys.argv[2])
