"""Writes a small generator with a filter in it, or runs two programs of it.

    backend.py write FOLDER           -> filter.onnx, z.npy, expected.npy
    backend.py chain FOLDER           -> the same with a second filter behind it
    backend.py sort FOLDER            -> sort.onnx, which sorts
    backend.py run FOLDER PROGRAM ... -> fails where one differs
"""
import os
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def write_sort(folder):
    x, y = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 3]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("TopK", ["x", "k"], ["y", ""])], "sort", [x], [y],
                              [numpy_helper.from_array(np.array([3]), "k")])
    onnx.save(helper.make_model(graph), os.path.join(folder, "sort.onnx"))


def write(folder, reduces=False):
    random = np.random.default_rng(1)
    channels = 8

    def number(name, value):
        return numpy_helper.from_array(np.asarray(value, np.float32), name)

    fir = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 16
    nodes = [
        helper.make_node("Gemm", ["z", "w", "b"], ["h"]),
        helper.make_node("Reshape", ["h", "shape"], ["x"]),
        helper.make_node("LeakyRelu", ["x"], ["a"], alpha=0.2),
        helper.make_node("ConvTranspose", ["a", "fir"], ["up"], group=channels,
                         strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Tanh", ["up"], ["y"]),
    ]
    size = 32
    if reduces:
        nodes[-1].output[0] = "between"
        nodes.append(helper.make_node("Conv", ["between", "fir"], ["y"], group=channels,
                                      strides=[2, 2], pads=[1, 1, 1, 1]))
        size = 16
    weights = [
        number("w", random.normal(size=(16, channels * 256)) * 0.3),
        number("b", random.normal(size=channels * 256)),
        number("fir", np.tile(fir, (channels, 1, 1, 1))),
        numpy_helper.from_array(np.array([-1, channels, 16, 16]), "shape"),
    ]
    graph = helper.make_graph(
        nodes, "filter",
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", channels, size, size])],
        weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.save(model, os.path.join(folder, "filter.onnx"))
    z = random.normal(size=(2, 16)).astype(np.float32)
    np.save(os.path.join(folder, "z.npy"), z)
    from onnx.reference import ReferenceEvaluator
    np.save(os.path.join(folder, "expected.npy"), ReferenceEvaluator(model).run(None, {"z": z})[0])


def run(folder, programs):
    expected = np.load(os.path.join(folder, "expected.npy"))
    for program in programs:
        output = os.path.join(folder, program + ".npy")
        subprocess.run(
            [os.path.join(folder, program), "--input=z=@" + os.path.join(folder, "z.npy"),
             "--output=y=@" + output], check=True)
        error = np.abs(np.load(output) - expected).max()
        if error > 1e-5:
            sys.exit(f"{program}: largest error {error}")


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2])
    elif sys.argv[1] == "chain":
        write(sys.argv[2], reduces=True)
    elif sys.argv[1] == "sort":
        write_sort(sys.argv[2])
    else:
        run(sys.argv[2], sys.argv[3:])
