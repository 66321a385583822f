"""Writes a weight in every encoding as ONNX, or checks the weights file.

    weights.py write MODEL | weights.py check WEIGHTS < IR
"""

import re
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

VALUES = np.array([[0.1, -2.5, 65504.0], [np.inf, 1e-8, -0.0]])


def weights():
    """(name, tensor, expected f32)"""
    f32 = VALUES.astype(np.float32)
    half = VALUES.astype(np.float16)
    bits = (f32.view(np.uint32) >> 16).astype(np.uint16)
    short = (bits.astype(np.uint32) << 16).view(np.float32)
    yield "raw", numpy_helper.from_array(f32, "raw"), f32
    yield "typed", helper.make_tensor("typed", 1, [2, 3], f32.ravel()), f32
    yield "double", numpy_helper.from_array(VALUES, "double"), f32
    yield "double_typed", helper.make_tensor("double_typed", 11, [2, 3], VALUES.ravel()), f32
    yield "half", numpy_helper.from_array(half, "half"), half.astype(np.float32)
    typed = TensorProto(name="half_typed", data_type=10, dims=[2, 3])
    typed.int32_data.extend(int(b) for b in half.view(np.uint16).ravel())
    yield "half_typed", typed, half.astype(np.float32)
    brain = TensorProto(name="brain", data_type=16, dims=[2, 3], raw_data=bits.tobytes())
    yield "brain", brain, short
    typed = TensorProto(name="brain_typed", data_type=16, dims=[2, 3])
    typed.int32_data.extend(int(b) for b in bits.ravel())
    yield "brain_typed", typed, short


def write(path):
    tensors = [tensor for _, tensor, _ in weights()]
    nodes = [helper.make_node("Sum", ["x"] + [t.name for t in tensors], ["y"])]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "g", [info("x", 1, [2, 3])], [info("y", 1, [2, 3])], tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def check(path):
    data = open(path, "rb").read()
    pattern = r'gan.parameter "(\w+)" +undecided blob <"weights.bin", (\d+), (\d+), "([0-9a-f]{32})">'
    found = {m[0]: (int(m[1]), int(m[2]), m[3]) for m in re.findall(pattern, sys.stdin.read())}
    for name, _, expected in weights():
        offset, size, _ = found[name]
        assert offset % 64 == 0, name
        got = np.frombuffer(data[offset:offset + size], np.float32)
        assert got.tobytes() == expected.tobytes(), (name, got, expected)
    # Equal bytes lie there once.
    assert found["raw"] == found["typed"] == found["double"] == found["double_typed"]
    print("all encodings are right")


if sys.argv[1] == "write":
    write(sys.argv[2])
else:
    check(sys.argv[2])
