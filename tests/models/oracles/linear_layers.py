#!/usr/bin/env python3
"""Linear layers of ONNX files: is what flows back through each its transpose?

usage: linear_layers.py GANC STEP_RUN WORK_DIR

Each network is d = <y, A (x + b)> with b = 0 and a constant y, so its gradient by b is
A' y, and <A x, y> = <x, A' y>. Layers that resample also keep what is constant: where
all of x is 1, d is the sum of y.
"""

import numpy as np
from oracle import TOLERANCE, Network, Oracle, check

SHAPE = [4, 6, 5]  # channels, height, width

KEEP = "keeps constants"


def layers():
    """Name: how it is written, the shape of its result, whether it keeps constants."""
    random = np.random.default_rng(3)
    weights = lambda *shape: random.integers(-16, 16, shape) / 16
    node = lambda kind, **attributes: lambda n, h: n.node(kind, h, **attributes)
    numbers = lambda n, name, values, kind=np.int64: n.weight(name, values, kind)

    def weighted(kind, shape, **attributes):
        return lambda n, h: n.node(kind, h, n.weight("w", weights(*shape)), **attributes)

    def resized(scales, **attributes):
        return lambda n, h: n.node("Resize", h, "", numbers(n, "scales", [1, 1, *scales], np.float32), **attributes)

    def padded(mode):
        return lambda n, h: n.node("Pad", h, numbers(n, "pads", [0, 0, 2, 1, 0, 0, 1, 3]), mode=mode)

    def cropped(n, h):
        return n.node("Slice", h, numbers(n, "start", [1, 4]), numbers(n, "stop", [6, -7]), numbers(n, "axes", [2, 3]),
                      numbers(n, "step", [2, -2]))

    return {
        "Conv": (weighted("Conv", (6, 2, 3, 2), group=2, strides=[2, 1], dilations=[1, 2], pads=[1, 0, 0, 1]), [6, 3, 4], ""),
        "ConvTranspose": (weighted("ConvTranspose", (4, 3, 3, 3), group=2, strides=[2, 3], pads=[1, 0, 1, 2],
                                   output_padding=[1, 1]), [6, 12, 14], ""),
        "AveragePool": (node("AveragePool", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]), [4, 3, 3], KEEP),
        "AveragePoolPadded": (node("AveragePool", kernel_shape=[3, 2], strides=[1, 2], pads=[1, 0, 1, 1],
                                   count_include_pad=1), [4, 6, 3], ""),
        "GlobalAveragePool": (node("GlobalAveragePool"), [4, 1, 1], KEEP),
        "Resize": (resized([2, 3], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
                   [4, 12, 15], KEEP),
        "ResizeBetween": (resized([1.5, 0.6], mode="nearest", nearest_mode="round_prefer_floor"), [4, 9, 3], KEEP),
        "Reflect": (padded("reflect"), [4, 9, 9], KEEP),
        "Edge": (padded("edge"), [4, 9, 9], KEEP),
        "Zeros": (padded("constant"), [4, 9, 9], ""),
        "Slice": (cropped, [4, 3, 3], KEEP),
        "DepthToSpace": (node("DepthToSpace", blocksize=2, mode="CRD"), [1, 12, 10], KEEP),
        "Transpose": (node("Transpose", perm=[0, 2, 3, 1]), [6, 5, 4], KEEP),
        "Tile": (lambda n, h: n.node("Tile", h, numbers(n, "repeats", [1, 2, 1, 3])), [8, 6, 15], KEEP),
        "Trilu": (node("Trilu", upper=0), SHAPE, ""),
        "Einsum": (lambda n, h: n.node("Einsum", h, n.weight("w", weights(5, 4)), equation="bchw,wc->bhw"), [6, 5], ""),
        "MatMul": (lambda n, h: n.node("MatMul", h, n.weight("w", weights(5, 3))), [4, 6, 3], ""),
    }


def write(folder, name, function, shape):
    network, random = Network(SHAPE, opset=18), np.random.default_rng(4)
    h = network.node("Add", "x", network.weight("b", np.zeros([1, *SHAPE])))
    y = random.integers(-16, 16, [1, *shape]) / 16
    product = network.node("Mul", function(network, h), network.weight("y0", y))
    flat = network.node("Reshape", product, network.weight("rows", [-1, y.size], np.int64))
    network.node("ReduceSum", flat, network.weight("last", [1], np.int64), output="y", keepdims=1)
    network.save(folder, name)
    return y


def main():
    oracle, all_layers = Oracle(), layers()
    folder = oracle.start()
    y = {name: write(folder, name, function, shape) for name, (function, shape, _) in all_layers.items()}
    networks = "\n".join(f'  network {name} = onnx "{name}.onnx" trainable "b" constant "y0"' for name in all_layers)
    updates = "\n".join(f"    p{name} minimises sum({name}(x))" for name in all_layers)
    players = "\n".join(f'  player p{name} trains {name}."b" with sgd(lr = 0)' for name in all_layers)
    game = f"""game linear_layers {{
{networks}
  data x : f32[B, {", ".join(map(str, SHAPE))}] batch 1
{players}
  step {{
{updates}
  }}
}}
"""
    drawn = np.random.default_rng(5).integers(-16, 16, [1, *SHAPE]) / 16
    for x in (drawn, np.ones([1, *SHAPE])):
        for who, recorded in oracle.play(game, {"x": x}, 1).items():
            for name, (_, _, keeps) in all_layers.items():
                loss = recorded[f"step/0/loss/p{name}"]
                gradient = recorded[f"step/0/p{name}/gradient/{name}/b"].astype(np.float64)
                scale = np.linalg.norm(gradient) * np.linalg.norm(x)
                check(f"{name}, {who}, transpose", loss, np.sum(gradient * x), TOLERANCE[who], scale)
                if keeps and x is not drawn:
                    check(f"{name}, {who}, {keeps}", loss, np.sum(y[name]), TOLERANCE[who], scale)


if __name__ == "__main__":
    main()
