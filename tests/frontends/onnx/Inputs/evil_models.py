"""What hostile models are made of: nodes, tensors, and the list of cases."""

import onnx
from onnx import AttributeProto, TensorProto

OK = None
CASES = []


class Accepted(str):
    """Imported, with a warning."""


def case(name, expected, *options):
    def add(function):
        CASES.append((name, expected, function, options))
        return function
    return add


# ---- building blocks ---------------------------------------------------------

def port(name, shape, element=TensorProto.FLOAT):
    info = onnx.ValueInfoProto(name=name)
    info.type.tensor_type.elem_type = element
    for size in shape:
        dim = info.type.tensor_type.shape.dim.add()
        if isinstance(size, str):
            dim.dim_param = size
        else:
            dim.dim_value = size
    return info


def tensor(name, shape, values=None, element=TensorProto.FLOAT, raw=None):
    result = TensorProto(name=name, data_type=element, dims=shape)
    if raw is not None:
        result.raw_data = raw
    elif element == TensorProto.FLOAT:
        result.float_data.extend(values)
    elif element == TensorProto.INT64:
        result.int64_data.extend(values)
    elif element == TensorProto.DOUBLE:
        result.double_data.extend(values)
    else:
        result.int32_data.extend(values)
    return result


def ints(name, values):
    return tensor(name, [len(values)], values, TensorProto.INT64)


def attribute(name, value):
    result = AttributeProto(name=name)
    if isinstance(value, int):
        result.type, result.i = AttributeProto.INT, value
    elif isinstance(value, float):
        result.type, result.f = AttributeProto.FLOAT, value
    elif isinstance(value, str):
        result.type, result.s = AttributeProto.STRING, value.encode()
    elif isinstance(value, TensorProto):
        result.type = AttributeProto.TENSOR
        result.t.CopyFrom(value)
    elif isinstance(value, onnx.GraphProto):
        result.type = AttributeProto.GRAPH
        result.g.CopyFrom(value)
    elif value and isinstance(value[0], float):
        result.type = AttributeProto.FLOATS
        result.floats.extend(value)
    else:
        result.type = AttributeProto.INTS
        result.ints.extend(value)
    return result


def node(op, inputs, outputs=("y",), name="n", domain="", **attributes):
    return onnx.NodeProto(op_type=op, input=inputs, output=outputs, name=name, domain=domain,
                          attribute=[attribute(k, v) for k, v in attributes.items()])


def model(nodes, inputs=(("x", [2, 3]),), outputs=("y",), weights=(), opset=17, ir=8):
    result = onnx.ModelProto(ir_version=ir)
    result.opset_import.add(version=opset)
    result.graph.name = "evil"
    result.graph.node.extend(nodes)
    result.graph.input.extend(i if isinstance(i, onnx.ValueInfoProto) else port(*i) for i in inputs)
    result.graph.initializer.extend(weights)
    for name in outputs:
        if isinstance(name, tuple):
            result.graph.output.append(port(*name))
            continue
        info = result.graph.output.add(name=name)
        info.type.tensor_type.elem_type = TensorProto.FLOAT
    return result


def relu(**options):
    return model([node("Relu", ["x"])], **options)


def single(op, shape, *weights, opset=17, **attributes):
    """One node that reads x and the weights."""
    names = ["x"] + [w.name for w in weights]
    return model([node(op, names, **attributes)], [("x", shape)], weights=weights, opset=opset)


def zeros(name, shape):
    count = 1
    for size in shape:
        count *= size
    return tensor(name, shape, [0.5 + i for i in range(count)])


def conv(op="Conv", x=(1, 2, 5, 5), w=(2, 2, 3, 3), **attributes):
    return single(op, list(x), zeros("w", list(w)), **attributes)


def added(weight):
    return model([node("Add", ["x", "w"])], weights=[weight])


def simple(name, expected, make, *options):
    CASES.append((name, expected, lambda folder: make(), options))


class Once(str):
    """An error that is the only one."""


def declared(shape, output, element=TensorProto.FLOAT):
    result = relu(inputs=[("x", shape)])
    del result.graph.output[:]
    result.graph.output.append(port("y", output, element))
    return result
