"""Plays games whose way is known in closed form, and compares.

usage of each file: NAME.py GANC STEP_RUN WORK_DIR

Every game is compiled and played twice on the same draws: by the interpreter in
float64, which says what its step means, and by the trainer.
"""

import glob
import os
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import read_tensors, run, write_tensors

# The relative difference that is allowed to each, for numbers of a whole run.
TOLERANCE = {"interpreter": 1e-11, "trainer": 2e-5}


class Network:
    """One ONNX file: nodes on the input `x`, whose last one gives `y`. shape: of x,
    without the batch."""

    def __init__(self, shape, opset=17):
        self.shape, self.opset, self.nodes, self.weights = shape, opset, [], []

    def weight(self, name, values, kind=np.float32):
        self.weights.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def node(self, kind, *inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=f"{kind}{len(self.nodes)}", **attributes))
        return output

    def save(self, folder, name, size=1):
        port = lambda label, shape: helper.make_tensor_value_info(label, TensorProto.FLOAT, ["batch", *shape])
        graph = helper.make_graph(self.nodes, name, [port("x", self.shape)], [port("y", [size])], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 8
        onnx.save(model, os.path.join(folder, f"{name}.onnx"))


def linear(folder, name, weight, bias=None):
    """y = x weight + bias; the weight is called "weight", [inputs, outputs]."""
    weight = np.asarray(weight, np.float32)
    network = Network([len(weight)])
    inputs = ["x", network.weight("weight", weight)]
    if bias is None:
        network.node("MatMul", *inputs, output="y")
    else:
        network.node("Gemm", *inputs, network.weight("bias", bias), output="y")
    network.save(folder, name, weight.shape[1])


class Oracle:
    def __init__(self):
        if len(sys.argv) != 4:
            sys.exit(__doc__)
        self.ganc, self.step_run, self.work = sys.argv[1:]

    def start(self):
        """An empty folder for the networks of the next game."""
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        return self.work

    def play(self, game, draws, steps):
        """What both record, and their last states. draws: of each name, one tensor, or a
        list of one for each time that it is drawn; the same ones in every step."""
        work, given = self.work, {}
        for step in range(steps):
            for name, tensors in draws.items():
                for time, values in enumerate(tensors if isinstance(tensors, list) else [tensors]):
                    given[f"step/{step}/draw/{name}#{time}"] = np.asarray(values, np.float64)
        write_tensors(f"{work}/draws64.safetensors", given, f="F64")
        write_tensors(f"{work}/draws32.safetensors", given, f="F32")
        path = f"{work}/oracle.game"
        with open(path, "w", encoding="utf-8") as file:
            file.write(game)
        run(self.ganc, path, f"--dump-dir={work}/dump", "-o", f"{work}/train")
        run(self.step_run, f"{work}/dump/03-grad.mlir", f"--given={work}/draws64.safetensors", f"--steps={steps}",
            f"--record={work}/meaning.safetensors")
        train = [f"{work}/train", f"--outdir={work}/runs", f"--steps={steps}",
                 f"--given={work}/draws32.safetensors", f"--record={work}/whole.safetensors"]
        for name, tensors in draws.items():
            if f"data {name} " in game:
                np.save(f"{work}/{name}.npy", np.asarray(tensors[0] if isinstance(tensors, list) else tensors, np.float32))
                train.append(f"--data={name}={work}/{name}.npy")
        shutil.rmtree(f"{work}/runs", ignore_errors=True)
        run(*train)
        whole = read_tensors(f"{work}/whole.safetensors")
        state, = glob.glob(f"{work}/runs/*/checkpoint-*[0-9]/state.safetensors")
        whole.update({f"step/{steps - 1}/state/{name}": values for name, values in read_tensors(state).items()})
        return {"interpreter": read_tensors(f"{work}/meaning.safetensors"), "trainer": whole}


def check(what, got, want, tolerance, scale=None):
    """scale: what differences are measured by, where it is not what is wanted."""
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    if got.shape != want.shape:
        sys.exit(f"{what}: expected shape {want.shape}, got {got.shape}")
    error = np.linalg.norm(got - want) / (np.linalg.norm(want) if scale is None else scale)
    if not error <= tolerance:
        sys.exit(f"{what}: expected {want}, got {got}, a difference of {error:.3g}")
    print(f"{what}: within {error:.1e}")
