"""A generator as PyTorch's exporter writes it: equal initializers are one, and an
Identity gives the others' names.

    merged.py make           G.onnx, old.onnx (its IR version is 3), D.onnx, x.npy, and
                             computed.onnx (a constant) in the working directory
    merged.py check ONNX ST  ONNX computes what numpy does with the tensors of ST, the
                             safetensors file of the same moment: z.npy, y.npy
    merged.py same ST ST     two such files have the same tensors
"""

import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

rng = np.random.default_rng(1)
floats = lambda *shape: rng.standard_normal(shape).astype(np.float32)
mixed = np.linspace(0.5, 1.5, 4, dtype=np.float32)


def save(name, nodes, weights, shapes, ir_version=8):
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    tensors = [numpy_helper.from_array(array, key) for key, array in weights.items()]
    inputs, outputs = ([value(key, ["N", *shape])] for key, shape in shapes)
    if ir_version == 3:
        inputs += [value(key, array.shape) for key, array in weights.items()]
    graph = helper.make_graph([helper.make_node(*node) for node in nodes], name, inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=ir_version)
    onnx.save(model, name + ".onnx")


def make():
    aliases = {
        "n1.running_var": "n1.weight",
        "n1.running_mean": "n1.bias",
        "n2.weight": "n1.weight",
        "n2.bias": "n1.bias",
        "n2.running_var": "n1.running_var",
        "n2.running_mean": "n1.bias",
        "unread": "n2.weight",
    }
    statistics = lambda name: [name + ".running_mean", name + ".running_var"]
    nodes = [("Identity", [whole], [name]) for name, whole in aliases.items()] + [
        ("Gemm", ["z", "a.weight", "a.bias"], ["a"]),
        ("BatchNormalization", ["a", "n1.weight", "n1.bias", *statistics("n1")], ["b"]),
        ("Tanh", ["b"], ["c"]),
        ("MatMul", ["c", "b.weight"], ["d"]),
        ("BatchNormalization", ["d", "n2.weight", "n2.bias", *statistics("n2")], ["e"]),
        ("Tanh", ["e"], ["f"]),
        ("LayerNormalization", ["f", "n1.weight", "n2.bias"], ["g"]),
        ("LayerNormalization", ["g", "mixed", "mixed"], ["h"]),
        ("Gemm", ["h", "o.weight", "o.bias"], ["y"]),
    ]
    weights = {
        "a.weight": floats(3, 4),
        "a.bias": floats(4),
        "n1.weight": np.ones(4, np.float32),
        "n1.bias": np.zeros(4, np.float32),
        "b.weight": floats(4, 4),
        "mixed": mixed,
        "o.weight": floats(4, 2),
        "o.bias": floats(2),
    }
    for name, ir_version in ("G", 8), ("old", 3):
        save(name, nodes, weights, [("z", [3]), ("y", [2])], ir_version)
    nodes = [("Gemm", ["x", "w", "b"], ["a"]), ("Tanh", ["a"], ["y"])]
    save("D", nodes, {"w": floats(2, 1), "b": floats(1)}, [("x", [2]), ("y", [1])])
    np.save("x.npy", floats(8, 2))

    table = numpy_helper.from_array(floats(3, 1000))
    constant = helper.make_node("Constant", [], ["table"], name="tables", value=table)
    nodes = [("MatMul", ["z", "table"], ["a"]), ("Gemm", ["a", "w", "b"], ["y"])]
    save("computed", nodes, {"w": floats(1000, 2), "b": floats(2)}, [("z", [3]), ("y", [2])])
    model = onnx.load("computed.onnx")
    model.graph.node.insert(0, constant)
    onnx.save(model, "computed.onnx")


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    part = lambda begin, end: np.frombuffer(data[start + begin : start + end], np.float32)
    return {
        key.removeprefix("G/"): part(*entry["data_offsets"]).reshape(entry["shape"])
        for key, entry in header.items()
        if entry["dtype"] == "F32" and not key.startswith("D/")
    }


def check(path, tensors):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    initializers = [tensor.name for tensor in model.graph.initializer]
    inputs = [value.name for value in model.graph.input]
    assert inputs == ["z"] or sorted(inputs) == sorted(["z", *initializers]), inputs
    # What is not read any more is gone.
    read = {name for node in model.graph.node for name in node.input}
    assert set(initializers) == read - {"z"} - {node.output[0] for node in model.graph.node}, initializers
    assert "Identity" not in [node.op_type for node in model.graph.node]

    p = read_safetensors(tensors)
    trained = lambda kind: [p[name] for name in sorted(p) if name.startswith("n1.") and kind in name]
    for kind, count in ("#scale", 3), ("#bias", 3), ("#mean", 2), ("#variance", 2):
        own = trained(kind)
        assert len(own) == count, (kind, list(p))
        assert all(not np.array_equal(a, b) for i, a in enumerate(own) for b in own[:i]), kind

    def batch_norm(x, n):
        bias, mean, scale, variance = (p[f"n1.{of}#{kind}{n}"] for of, kind in kinds)
        return (x - mean) / np.sqrt(variance + 1e-5) * scale + bias

    def layer_norm(x, scale, bias):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * scale + bias

    kinds = ("bias", "bias"), ("bias", "mean"), ("weight", "scale"), ("weight", "variance")
    z = floats(5, 3)
    x = np.tanh(batch_norm(z @ p["a.weight"] + p["a.bias"], ""))
    x = np.tanh(batch_norm(x @ p["b.weight"], "2"))
    x = layer_norm(x, p["n1.weight#scale3"], p["n1.bias#bias3"])
    x = layer_norm(x, p["mixed#scale"], mixed)
    want = x @ p["o.weight"] + p["o.bias"]
    got = ReferenceEvaluator(model).run(None, {"z": z})[0]
    assert not np.array_equal(p["mixed#scale"], mixed)
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5)
    np.save("z.npy", z)
    np.save("y.npy", got)


def same(*paths):
    a, b = map(read_safetensors, paths)
    assert a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


{"make": make, "check": check, "same": same}[sys.argv[1]](*sys.argv[2:])
