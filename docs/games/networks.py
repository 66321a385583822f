"""Writes small networks and data for the games of this folder, and copies the games beside them.

usage: networks.py FOLDER
"""

import pathlib
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A chain of layers, written as one ONNX graph."""

    def __init__(self, inputs, seed):
        self.random = np.random.default_rng(seed)
        self.inputs = inputs
        self.nodes = []
        self.weights = []
        self.count = 0

    def add(self, operator, *operands, name=None, **attributes):
        self.count += 1
        result = name or f"{operator.lower()}{self.count}"
        self.nodes.append(helper.make_node(operator, list(operands), [result], name=result, **attributes))
        return result

    def weight(self, name, values):
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def random_weight(self, name, *shape):
        fan_in = np.prod(shape[1:])
        return self.weight(name, (self.random.standard_normal(shape) * np.sqrt(1.5 / fan_in)).astype("float32"))

    def dense(self, value, label, width, out, name=None):
        w = self.random_weight(f"{label}.weight", out, width)
        b = self.weight(f"{label}.bias", np.zeros(out, "float32"))
        return self.add("Gemm", value, w, b, transB=1, name=name)

    def leaky(self, value):
        return self.add("LeakyRelu", value, alpha=0.2)

    def write(self, path, outputs):
        def value(name, shape):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape])

        graph = helper.make_graph(
            self.nodes,
            pathlib.Path(path).stem,
            [value(n, s) for n, s in self.inputs.items()],
            [value(n, s) for n, s in outputs.items()],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, path)


def perceptron(path, source, target, hidden, seed, last=None):
    """source and target: (name, width)."""
    net = Network({source[0]: [source[1]]}, seed)
    value, width = source
    for number in range(2):
        value, width = net.leaky(net.dense(value, f"layer{number}", width, hidden)), hidden
    if last:
        net.add(last, net.dense(value, "layer2", width, target[1]), name=target[0])
    else:
        net.dense(value, "layer2", width, target[1], name=target[0])
    net.write(path, {target[0]: [target[1]]})


def pictures(folder):
    """A generator and a critic of grey pictures of 16 x 16, without normalisation."""
    net = Network({"z": [16]}, 31)
    value = net.leaky(net.dense("z", "start", 16, 32 * 4 * 4))
    value = net.add("Reshape", value, net.weight("shape", np.array([-1, 32, 4, 4], "int64")))
    for label, channels, out in (("up0", 32, 16), ("up1", 16, 8)):
        value = net.leaky(
            net.add(
                "ConvTranspose",
                value,
                net.random_weight(f"{label}.weight", channels, out, 4, 4),
                net.weight(f"{label}.bias", np.zeros(out, "float32")),
                strides=[2, 2],
                pads=[1, 1, 1, 1],
                kernel_shape=[4, 4],
            )
        )
    value = net.add(
        "Conv",
        value,
        net.random_weight("last.weight", 1, 8, 3, 3),
        net.weight("last.bias", np.zeros(1, "float32")),
        pads=[1, 1, 1, 1],
        kernel_shape=[3, 3],
    )
    net.add("Tanh", value, name="image")
    net.write(f"{folder}/picture-generator.onnx", {"image": [1, 16, 16]})

    net = Network({"image": [1, 16, 16]}, 32)
    value = "image"
    for label, channels, out in (("down0", 1, 16), ("down1", 16, 32)):
        value = net.leaky(
            net.add(
                "Conv",
                value,
                net.random_weight(f"{label}.weight", out, channels, 4, 4),
                net.weight(f"{label}.bias", np.zeros(out, "float32")),
                strides=[2, 2],
                pads=[1, 1, 1, 1],
                kernel_shape=[4, 4],
            )
        )
    value = net.add("Flatten", value, axis=1)
    net.dense(value, "score", 32 * 4 * 4, 1, name="score")
    net.write(f"{folder}/picture-critic.onnx", {"score": [1]})


def data(folder):
    """A ring of eight spots, a moon in the plane, a helix in space, and discs of 16 x 16."""
    random = np.random.default_rng(7)
    count = 4096
    angle = random.integers(8, size=count) * np.pi / 4
    spots = 2 * np.stack([np.cos(angle), np.sin(angle)], 1) + 0.05 * random.standard_normal((count, 2))
    np.save(f"{folder}/ring.npy", spots.astype("float32"))
    t = random.uniform(0, np.pi, count)
    moon = np.stack([np.cos(t), np.sin(t)], 1) + 0.05 * random.standard_normal((count, 2))
    np.save(f"{folder}/moon.npy", moon.astype("float32"))
    t = random.uniform(0, 1, 3000)
    helix = np.stack([np.cos(6 * t), np.sin(6 * t), 2 * t - 1], 1) + 0.05 * random.standard_normal((3000, 3))
    np.save(f"{folder}/helix.npy", helix.astype("float32"))
    rows, columns = np.mgrid[0:16, 0:16]
    centre, radius = random.uniform(5, 10, (2, 2000, 1, 1)), random.uniform(2, 5, (2000, 1, 1))
    far = np.sqrt((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) - radius
    discs = (255 * np.clip(0.5 - far, 0, 1)).astype("uint8")
    np.save(f"{folder}/discs.npy", discs[:, None])


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: networks.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for game in pathlib.Path(__file__).parent.glob("*.game"):
        shutil.copy(game, folder)
    perceptron(f"{folder}/encoder-a.onnx", ("a", 2), ("code", 4), 32, 1)
    perceptron(f"{folder}/decoder-a.onnx", ("code", 4), ("a", 2), 32, 2)
    perceptron(f"{folder}/encoder-b.onnx", ("b", 3), ("code", 4), 32, 3)
    perceptron(f"{folder}/decoder-b.onnx", ("code", 4), ("b", 3), 32, 4)
    perceptron(f"{folder}/code-critic.onnx", ("code", 4), ("logit", 1), 32, 5)
    perceptron(f"{folder}/point-generator.onnx", ("z", 8), ("point", 2), 64, 11)
    perceptron(f"{folder}/first-judge.onnx", ("point", 2), ("score", 1), 64, 12, "Softplus")
    perceptron(f"{folder}/second-judge.onnx", ("point", 2), ("score", 1), 64, 13, "Softplus")
    pictures(folder)
    data(folder)


if __name__ == "__main__":
    main()
