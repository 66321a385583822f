"""Writes one hostile model per case and imports each.

    evil_set.py FOLDER TOOL

A case has a name, a function that writes its file, and the sentence that must be
printed (with exit code 1), or OK. Neither signals nor long runs nor 2 GiB of memory
are allowed, whatever the file says.
"""

import os
import resource
import socket
import struct
import subprocess
import sys

import onnx
from onnx import AttributeProto, TensorProto

from evil_models import (CASES, OK, Accepted, Once, added, attribute, case, conv, declared,
                         ints, model, node, relu, simple, single, tensor, zeros)


# ---- external data -----------------------------------------------------------

def external(folder, **entries):
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[3],
                         data_location=TensorProto.EXTERNAL)
    for key, value in entries.items():
        weight.external_data.add(key=key.rstrip("_"), value=str(value))
    return added(weight)


def weights_file(folder, name="weights", count=3):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack(f"<{count}f", *range(count)))
    return path


@case("ext-dotdot", "the path may not contain '..'")
def _(folder):
    weights_file(os.path.dirname(folder), "secret")
    return external(folder, location="../secret")


@case("ext-nested-dotdot", "the path may not contain '..'")
def _(folder):
    weights_file(os.path.dirname(folder), "secret")
    return external(folder, location="a/../../secret")


@case("ext-absolute", "expected a relative path without backslash or drive letter")
def _(folder):
    return external(folder, location=weights_file(folder))


@case("ext-symlink-file", "symbolic links are not followed: copy the file that it points to")
def _(folder):
    os.symlink(weights_file(os.path.dirname(folder), "secret"), os.path.join(folder, "link"))
    return external(folder, location="link")


@case("ext-symlink-inside", "symbolic links are not followed")
def _(folder):
    weights_file(folder)
    os.symlink("weights", os.path.join(folder, "link"))
    return external(folder, location="link")


@case("ext-symlink-dir", "symbolic links are not followed")
def _(folder):
    weights_file(folder, "inner/weights")
    os.symlink("inner", os.path.join(folder, "link"))
    return external(folder, location="link/weights")


@case("ext-symlink-chain", "symbolic links are not followed")
def _(folder):
    weights_file(folder)
    os.symlink("weights", os.path.join(folder, "first"))
    os.symlink("first", os.path.join(folder, "second"))
    return external(folder, location="second")


@case("ext-hardlink",
      "expected a regular file with one name (no folder, device, pipe or hard link)")
def _(folder):
    os.link(weights_file(folder, "one"), os.path.join(folder, "two"))
    return external(folder, location="two")


@case("ext-fifo", "expected a regular file with one name")
def _(folder):
    os.mkfifo(os.path.join(folder, "pipe"))
    return external(folder, location="pipe")


@case("ext-socket", "cannot open the file")
def _(folder):
    here = os.getcwd()
    os.chdir(folder)
    socket.socket(socket.AF_UNIX).bind("socket")
    os.chdir(here)
    return external(folder, location="socket")


@case("ext-directory", "expected a regular file with one name")
def _(folder):
    os.mkdir(os.path.join(folder, "folder"))
    return external(folder, location="folder")


@case("ext-missing", "cannot open the file")
def _(folder):
    return external(folder, location="nowhere")


@case("ext-no-location", "external data without a location")
def _(folder):
    return external(folder, offset=0)


for key, value in (("offset", -1), ("offset", 2**64), ("length", -12), ("length", "12 "),
                   ("offset", ""), ("length", "0x0c")):
    @case(f"ext-{key}-{value!r}".replace("/", ""), f"external data {key} '{value}' is not a number of bytes")
    def _(folder, key=key, value=value):
        weights_file(folder)
        return external(folder, location="weights", **{key: value})


@case("ext-offset-beyond", "has 12 bytes, too few for offset 4 and length 12")
def _(folder):
    weights_file(folder)
    return external(folder, location="weights", offset=4)


@case("ext-offset-huge", "too few for offset")
def _(folder):
    weights_file(folder)
    return external(folder, location="weights", offset=2**63 - 1)


@case("ext-length-petabytes", "bytes of external data, got length")
def _(folder):
    weights_file(folder)
    return external(folder, location="weights", length=2**52)


@case("ext-size-petabytes", "too few for offset")
def _(folder):
    weights_file(folder)
    result = external(folder, location="weights")
    result.graph.initializer[0].dims[:] = [2**18, 2**19]
    return result


@case("ext-unknown-key", Accepted("external data key 'colour' is unknown and ignored"))
def _(folder):
    weights_file(folder)
    return external(folder, location="weights", colour="red")


@case("ext-duplicate-key", "external data key 'location' is given twice")
def _(folder):
    weights_file(folder)
    return external(folder, location="weights", location_="other")


@case("ext-empty", "the location is empty")
def _(folder):
    return external(folder, location="")


@case("ext-nul", "expected a relative path without backslash or drive letter")
def _(folder):
    weights_file(folder)
    return external(folder, location="weights\0.bin")


@case("ext-backslash", "expected a relative path without backslash")
def _(folder):
    return external(folder, location="..\\secret")


@case("ext-drive-letter", "expected a relative path without backslash")
def _(folder):
    return external(folder, location="C:weights")


@case("ext-checksum-wrong", "the file does not have the checksum (SHA-1) that the model states")
def _(folder):
    weights_file(folder)
    return external(folder, location="weights", checksum="0" * 40)


@case("ext-checksum", OK)
def _(folder):
    import hashlib
    with open(weights_file(folder), "rb") as file:
        digest = hashlib.sha1(file.read()).hexdigest()
    return external(folder, location="weights", checksum=digest)


@case("ext-short-file", "too few for offset 0 and length 12")
def _(folder):
    weights_file(folder, count=2)
    return external(folder, location="weights")


@case("ext-good", OK)
def _(folder):
    weights_file(folder, "inner/weights", 8)
    return external(folder, location="inner/weights", offset=8, length=12)


@case("ext-not-declared", "external data, but data_location does not say so")
def _(folder):
    weights_file(folder)
    result = external(folder, location="weights")
    result.graph.initializer[0].data_location = TensorProto.DEFAULT
    return result


@case("ext-and-inside", "data inside the file and external data at once")
def _(folder):
    weights_file(folder)
    result = external(folder, location="weights")
    result.graph.initializer[0].raw_data = bytes(12)
    return result


# ---- initializers and types --------------------------------------------------

def weight_case(name, expected, **fields):
    def make():
        result = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[3])
        for key, value in fields.items():
            if isinstance(value, list):
                del getattr(result, key)[:]
                getattr(result, key).extend(value)
            else:
                setattr(result, key, value)
        return added(result)
    simple(name, expected, make)


weight_case("raw-short", "expected 12 bytes of raw_data, got 11", raw_data=bytes(11))
weight_case("raw-long", "expected 12 bytes of raw_data, got 13", raw_data=bytes(13))
weight_case("raw-empty", "expected 12 bytes of raw_data, got 0", raw_data=b"")
weight_case("raw-good", OK, raw_data=bytes(12))
weight_case("two-data-fields", "more than one data field", raw_data=bytes(12),
            float_data=[1.0, 2.0, 3.0])
weight_case("no-data-field", "expected 3 elements in float_data, got 0")
weight_case("typed-count", "expected 3 elements in float_data, got 4", float_data=[0.0] * 4)
weight_case("typed-wrong-field", "expected 3 elements in float_data, got 0", int64_data=[1, 2, 3])
weight_case("typed-second-field", "expected 0 elements in int64_data, got 1",
            float_data=[0.0] * 3, int64_data=[1])
weight_case("dim-negative", "dimension -3 is not in [0, 2^31)", dims=[-3], raw_data=bytes(12))
weight_case("dim-2e31", "dimension 2147483648 is not in", dims=[2**31], raw_data=bytes(12))
weight_case("dim-minimum", "dimension -9223372036854775808 is not in", dims=[-2**63])
weight_case("dims-product-overflow", "a tensor of more than 2^40 bytes", dims=[2**30] * 5,
            raw_data=bytes(12))
weight_case("dims-product-zero", "expected 0 bytes of raw_data, got 12", dims=[2**30, 2**6, 0],
            raw_data=bytes(12))
weight_case("rank-300", "rank 300 is more than 16", dims=[1] * 300, raw_data=bytes(4))
weight_case("elem-type-undefined", "element type undefined is not supported", data_type=0)
weight_case("elem-type-unknown", "element type 99 is not supported", data_type=99)
weight_case("elem-type-string", "element type string is not supported", data_type=8)
weight_case("packed4-count", "element type int4 is not supported", data_type=22, int32_data=[1])
weight_case("float16", OK, data_type=10, int32_data=[0x3c00, 0x7c00, 0xffff])
weight_case("bfloat16", OK, data_type=16, raw_data=bytes(6))
weight_case("double", OK, data_type=11, double_data=[0.1, 1e300, float("nan")])


def segment():
    result = added(tensor("w", [3], [1, 2, 3]))
    result.graph.initializer[0].segment.begin = 0
    return result


simple("segment", "a tensor in segments is not supported", segment)
simple("initializer-duplicate", "initializer: the value 'w' is defined twice",
       lambda: model([node("Add", ["x", "w"])], weights=[zeros("w", [3])] * 2))
simple("initializer-removed-in-use", "the value 'w' is read but written by nothing",
       lambda: model([node("Add", ["x", "w"])]))
simple("initializer-nameless", "initializer without a name",
       lambda: model([node("Relu", ["x"])], weights=[zeros("", [3])]))
simple("initializer-for-output", OK, lambda: model([], outputs=["w"], weights=[zeros("w", [3])]))
simple("input-with-initializer", OK,
       lambda: model([node("Add", ["x", "w"])], [("x", [2, 3]), ("w", [3])],
                     weights=[zeros("w", [3])]))


def sparse():
    result = relu()
    result.graph.sparse_initializer.add().values.name = "w"
    result.graph.node[0].input[0] = "w"  # is there, and no second mistake
    return result


simple("sparse-initializer", Once("sparse initializers are not supported"), sparse)


def without(field):
    def make():
        result = relu()
        if field == "type":
            result.graph.input[0].ClearField("type")
        else:
            result.graph.input[0].type.tensor_type.ClearField("shape")
        return result
    return make


simple("type-dropped", "input 'x': expected the type of a tensor", without("type"))
simple("shape-dropped", "input 'x' has no shape in the file: give --shape", without("shape"))
simple("shape-dropped-given", OK, without("shape"), "--shape=x:2x3")
simple("input-float16", "input 'x': element type float16 is not supported",
       lambda: relu(inputs=[("x", [2], TensorProto.FLOAT16)]))
simple("input-rank-17", "input 'x': rank 17 is more than 16", lambda: relu(inputs=[("x", [1] * 17)]))
simple("input-dim-negative", "dimension -1 is not in [0, 2^31)", lambda: relu(inputs=[("x", [-1])]))
simple("input-huge", "a tensor of more than 2^40 bytes", lambda: relu(inputs=[("x", [2**30] * 3)]))
simple("input-dim-free", "dimension 1 of input 'x' is free in the file: give --shape",
       lambda: relu(inputs=[("x", ["N", "width"])]))
simple("input-batch-free", OK, lambda: relu(inputs=[("x", ["N", 3])]))
simple("input-shape-wrong", "input 'x': expected f32[2, 3], got f32[2, 4]", relu, "--shape=x:2x4")
simple("input-shape-unknown", "--shape names an input 'z' that the model does not have", relu,
       "--shape=z:2x4")
simple("input-shape-negative", "dimension -1 is not in", relu, "--shape=x:2xk")
simple("input-dims-differ", "dimension 'N' is 2 in input 'x' and 3 in input 'z'",
       lambda: model([node("Add", ["x", "z"])], [("x", ["N", 3]), ("z", ["N", 3])]),
       "--shape=x:2x3,z:3x3")

# ---- attributes --------------------------------------------------------------


def with_attribute(op="LeakyRelu", **fields):
    def make():
        result = model([node(op, ["x"])])
        result.graph.node[0].attribute.add(**fields)
        return result
    return make


simple("attr-int-min", "axis -2147483648 is not an axis of a tensor of rank 2",
       lambda: single("Softmax", [2, 3], axis=-2**31))
simple("attr-int-beyond", "attribute 'axis' has the value -9223372036854775808, which is out of range",
       lambda: single("Softmax", [2, 3], axis=-2**63))
simple("attr-int-max", "which is out of range", lambda: single("Softmax", [2, 3], axis=2**63 - 1))
simple("attr-float-nan", "attribute 'alpha' is not a finite number",
       lambda: single("LeakyRelu", [2, 3], alpha=float("nan")))
simple("attr-float-inf", "attribute 'alpha' is not a finite number",
       lambda: single("LeakyRelu", [2, 3], alpha=float("inf")))
simple("attr-string-10k", "auto_pad='" + "A" * 200 + "…' is not supported",
       lambda: conv(auto_pad="A" * 10000))
simple("attr-wrong-tag", "attribute 'alpha' has no value of its type",
       with_attribute(name="alpha", type=AttributeProto.FLOAT, i=1))
simple("attr-two-values", "attribute 'alpha' has no value of its type",
       with_attribute(name="alpha", type=AttributeProto.FLOAT, f=1.0, i=1))
simple("attr-no-type", "attribute 'alpha' has no value of its type", with_attribute(name="alpha", f=1.0))
simple("attr-other-type", "attribute 'alpha' expected type float, got ints",
       with_attribute(name="alpha", type=AttributeProto.INTS, ints=[1]))
simple("attr-reference", "attribute 'alpha' refers to a function's attribute outside a function",
       with_attribute(name="alpha", type=AttributeProto.FLOAT, ref_attr_name="a"))
simple("attr-missing", "attribute 'axis' is missing",
       lambda: single("Concat", [2, 3]))
simple("attr-unknown", "attribute 'colour' is not supported",
       lambda: single("LeakyRelu", [2, 3], colour=3))


def duplicate_attribute():
    result = single("LeakyRelu", [2, 3], alpha=0.1)
    result.graph.node[0].attribute.add().CopyFrom(result.graph.node[0].attribute[0])
    return result


simple("attr-duplicate", "attribute 'alpha' is given twice", duplicate_attribute)
simple("attr-flag-2", "transA=2 is not supported",
       lambda: single("Gemm", [2, 3], zeros("w", [3, 3]), transA=2))
simple("ints-empty", OK, lambda: conv(strides=[]))
simple("ints-too-long", "attribute 'strides' expected 2 numbers, got 3", lambda: conv(strides=[1, 1, 1]))
simple("ints-2e62", "attribute 'pads' has the value 4611686018427387904, which is out of range",
       lambda: conv(pads=[0, 0, 0, 2**62]))

# ---- operators ---------------------------------------------------------------

GROUP = "does not fit 2 input channels and a weight of 2 by 2 channels"
simple("conv-group-mismatch", "group 3 " + GROUP, lambda: conv(group=3))
simple("conv-group-zero", "group 0 " + GROUP, lambda: conv(group=0))
simple("conv-group-negative", "group -1 " + GROUP, lambda: conv(group=-1))
simple("convtranspose-group-mismatch", "group 3 " + GROUP, lambda: conv("ConvTranspose", group=3))
simple("convtranspose-channels", "group 1 does not fit 2 input channels",
       lambda: conv("ConvTranspose", w=(3, 2, 3, 3)))
simple("conv-weight-rank", "expected a weight of rank 4, got 3", lambda: conv(w=(2, 2, 3)))
simple("conv-input-rank", "expected an input of rank 3, 4 or 5, got 2", lambda: conv(x=(2, 2), w=(2, 2)))
simple("conv-kernel-shape", "attribute 'kernel_shape' differs from the weight's shape",
       lambda: conv(kernel_shape=[3, 2]))
simple("conv-empty", "input and weight may not be empty", lambda: conv(x=(1, 2, 0, 5)))
simple("conv-kernel-large", "the kernel is larger than the padded input", lambda: conv(x=(1, 2, 2, 2)))
simple("conv-pads-and-auto", "attributes 'pads' and 'auto_pad' exclude each other",
       lambda: conv(pads=[1, 1, 1, 1], auto_pad="VALID"))
simple("conv-bias-size", "expected a bias of 2 elements",
       lambda: single("Conv", [1, 2, 5, 5], zeros("w", [2, 2, 3, 3]), zeros("b", [3])))
simple("pool-kernel-rank", "attribute 'kernel_shape' expected 2 numbers, got 1",
       lambda: single("AveragePool", [1, 2, 5, 5], kernel_shape=[3]))
simple("pool-no-kernel", "attribute 'kernel_shape' is missing",
       lambda: single("AveragePool", [1, 2, 5, 5]))
simple("pool-huge", "a constant of more than 67108864 bytes (--limit-fold-bytes)",
       lambda: single("AveragePool", [1, 1, 2**31 - 9], kernel_shape=[3], pads=[1, 1]))
simple("pool-empty", "input and window may not be empty",
       lambda: single("AveragePool", [1, 2, 5, 5], kernel_shape=[0, 3]))
simple("maxpool-padding", "a window holds nothing but padding",
       lambda: single("MaxPool", [1, 2, 5, 5], kernel_shape=[2, 2], pads=[2, 0, 0, 0]))
simple("maxpool-places", "the input has 2^31 elements per channel or more",
       lambda: single("MaxPool", [1, 1, 65536, 65536], kernel_shape=[2, 2], strides=[2, 2]))
simple("maxpool-huge", "a constant of more than 67108864 bytes (--limit-fold-bytes)",
       lambda: single("MaxPool", [1, 1, 2**31 - 9], kernel_shape=[3], pads=[1, 1]))
simple("globalmaxpool-empty", "input and window may not be empty",
       lambda: single("GlobalMaxPool", [1, 2, 0, 3]))
simple("argmax-empty", "an empty axis has no largest or smallest element",
       lambda: single("ArgMax", [2, 0], axis=1))
simple("topk-many", "input 'K' expected one number from 0 to 3", lambda: single("TopK", [2, 3], ints("k", [4])))
simple("cumsum-axes", "input 'axis' expected one number, got 2", lambda: single("CumSum", [2, 3], ints("axis", [0, 1])))
simple("topk-list", "input 'K' expected one number from 0 to 3", lambda: single("TopK", [2, 3], ints("k", [1, 2])))
simple("globalpool-rank", "expected an input of rank 3 or more, got 2",
       lambda: single("GlobalAveragePool", [1, 2]))
simple("strides-zero", "attribute 'strides' has the value 0, less than 1", lambda: conv(strides=[0, 1]))
simple("strides-negative", "attribute 'strides' has the value -1, less than 1",
       lambda: conv(strides=[1, -1]))
simple("dilation-2e31", "which is out of range", lambda: conv(dilations=[2**31, 1]))
simple("dilation-2e30", "the kernel is larger than the padded input", lambda: conv(dilations=[2**30, 1]))
simple("pads-huge", "the result cannot be: a tensor of more than 2^40 bytes",
       lambda: conv(pads=[2**29, 2**29, 2**29, 2**29]))
simple("pads-larger", "the result cannot be: dimension 2147483651 is not in [0, 2^31)",
       lambda: conv(pads=[2**30, 2**30, 2**30, 2**30]))
simple("conv-pads-negative", "attribute 'pads' has the value -1, less than 0",
       lambda: conv(pads=[0, -1, 0, 0]))
simple("output-padding-huge", "the result cannot be: a tensor of more than 2^40 bytes",
       lambda: conv("ConvTranspose", output_padding=[2**31 - 9, 2**31 - 9]))
simple("output-padding-long", OK, lambda: conv("ConvTranspose", output_padding=[5, 2]))
simple("convtranspose-nothing", "the padding leaves nothing of the result",
       lambda: conv("ConvTranspose", pads=[4, 4, 4, 4]))
simple("convtranspose-shape", "the padding is out of range",
       lambda: conv("ConvTranspose", strides=[2**31 - 1, 1], output_shape=[1, 1]))
simple("convtranspose-strides-huge", "the result cannot be: dimension",
       lambda: conv("ConvTranspose", strides=[2**31 - 1, 2**31 - 1]))
simple("expand-2e32", "the result cannot be: dimension 4294967296 is not in",
       lambda: single("Expand", [1], ints("s", [2**32])))
simple("expand-negative", "the result cannot be: dimension -1 is not in",
       lambda: single("Expand", [1], ints("s", [-1])))
simple("slice-empty", OK, lambda: single("Slice", [2, 3], ints("a", [5]), ints("b", [1])))
simple("slice-limits", OK,
       lambda: single("Slice", [2, 3], ints("a", [2**63 - 1]), ints("b", [-2**63]), ints("c", [1]),
                      ints("d", [-2**63])))
simple("slice-step-zero", "a step of 0 is not a step",
       lambda: single("Slice", [2, 3], ints("a", [0]), ints("b", [1]), ints("c", [0]), ints("d", [0])))
simple("slice-lengths", "inputs 'starts', 'ends', 'axes' and 'steps' have different lengths",
       lambda: single("Slice", [2, 3], ints("a", [0, 0]), ints("b", [1])))
simple("slice-axis-twice", "an axis is given twice",
       lambda: single("Slice", [2, 3], ints("a", [0, 0]), ints("b", [1, 1]), ints("c", [1, -1])))
simple("gemm-rank", "expected two matrices, got ranks 3 and 2",
       lambda: single("Gemm", [2, 3, 3], zeros("w", [3, 3])))
simple("gemm-inner", "the inner sizes 3 and 4 differ", lambda: single("Gemm", [2, 3], zeros("w", [4, 3])))
simple("gemm-bias", "input 2 is larger than the result",
       lambda: single("Gemm", [2, 3], zeros("w", [3, 3]), zeros("b", [4, 2, 3])))
simple("matmul-scalar", "expected operands of rank 1 or more",
       lambda: model([node("MatMul", ["w", "w"])], weights=[zeros("w", [])]))
simple("matmul-outer", "the result cannot be: a tensor of more than 2^40 bytes",
       lambda: model([node("MatMul", ["x", "z"])], [("x", [2**30, 1]), ("z", [1, 2**30])]))
simple("broadcast-outer", "the result cannot be: a tensor of more than 2^40 bytes",
       lambda: model([node("Add", ["x", "z"])], [("x", [2**30, 1]), ("z", [1, 2**30])]))
simple("broadcast-mismatch", "shapes [2, 3] and [4] do not fit together",
       lambda: added(zeros("w", [4])))
simple("element-types-differ", "the inputs have different element types",
       lambda: single("Add", [2, 3], ints("w", [1, 2, 3])))
simple("element-type-refused", "inputs of type i64 are not supported",
       lambda: model([node("Exp", ["x"])], [("x", [2], TensorProto.INT64)]))
simple("inferred-rank-huge", "the result cannot be: rank 17 is more than 16",
       lambda: single("Unsqueeze", [1] * 16, ints("a", [0])))
simple("unsqueeze-axis-twice", "an axis is given twice", lambda: single("Unsqueeze", [2], ints("a", [0, 0])))
simple("squeeze-length", "cannot remove axis 1 of length 3", lambda: single("Squeeze", [2, 3], ints("a", [1])))
simple("split-zero", "1 parts of 0 elements do not fit 1 outputs and an axis of length 2",
       lambda: single("Split", [2, 3], ints("s", [0])))
simple("split-negative", "a part of length -1 is out of range",
       lambda: single("Split", [2, 3], ints("s", [-1])))
simple("split-uneven", "an axis of length 3 has no 2 equal parts",
       lambda: model([node("Split", ["x"], ["y", "z"], axis=1)]))
simple("split-outputs", "attribute 'num_outputs' differs from the number of outputs",
       lambda: single("Split", [2, 3], opset=18, num_outputs=2))
simple("constantofshape-huge", "the result cannot be: a tensor of more than 2^40 bytes",
       lambda: model([node("ConstantOfShape", ["s"])], weights=[ints("s", [2**31 - 1] * 4)]))
simple("constantofshape-value", "attribute 'value' expected one number",
       lambda: model([node("ConstantOfShape", ["s"], value=zeros("", [2]))], weights=[ints("s", [2])]))


def ranged(start, limit, delta, element=TensorProto.INT64):
    parts = [tensor(n, [], [v], element) for n, v in (("a", start), ("b", limit), ("c", delta))]
    return model([node("Range", ["a", "b", "c"])], weights=parts)


simple("range-endless", "a step of 0 is not a step", lambda: ranged(0, 1, 0))
simple("range-huge", "elements is out of range", lambda: ranged(0, 2**62, 1))
simple("range-nan", "a range of nan elements is out of range",
       lambda: ranged(0.0, float("nan"), 1.0, TensorProto.FLOAT))
simple("range-inputs", "the inputs expected to be numbers of one type",
       lambda: model([node("Range", ["a", "a", "a"])], weights=[ints("a", [1, 2])]))
simple("tile-huge", "the result cannot be", lambda: single("Tile", [2, 3], ints("r", [2**31 - 1, 2**31 - 1])))
simple("tile-rank", "input 'repeats' expected 2 numbers, got 1", lambda: single("Tile", [2, 3], ints("r", [2])))
simple("tile-folded", OK,
       lambda: model([node("Tile", ["a", "r"], ["t"]), node("Cast", ["t"], ["y"], name="c", to=1)],
                     weights=[ints("a", [1]), ints("r", [2**30])]))


def resize(values=None, sizes=None, opset=17, shape=(1, 1, 4, 4), **attributes):
    scales = tensor("s", [len(values)], values) if values is not None else None
    inputs = ["x", "", "s" if scales else "", "z" if sizes is not None else ""]
    parts = ([scales] if scales else []) + ([ints("z", sizes)] if sizes is not None else [])
    return model([node("Resize", inputs, **attributes)], [("x", list(shape))], weights=parts,
                 opset=opset)


simple("resize-scale-nan", "a scale of nan is out of range", lambda: resize([1.0, 1.0, float("nan"), 1.0]))
simple("resize-scale-huge", "a scale of 1e+30 is out of range", lambda: resize([1.0, 1.0, 1e30, 1.0]))
simple("resize-scale-zero", "a scale of 0 is out of range", lambda: resize([1.0, 1.0, 0.0, 1.0]))
simple("resize-large", "a constant of more than 67108864 bytes (--limit-fold-bytes)",
       lambda: resize([1.0, 1.0, 2.0**27, 1.0]))
simple("resize-scales-rank", "input 'scales' expected 4 numbers, got 2", lambda: resize([1.0, 2.0]))
simple("resize-sizes-rank", "input 'sizes' expected 4 numbers, got 2", lambda: resize(None, [1, 2]))
simple("resize-sizes-negative", "a size of -8 is out of range", lambda: resize(None, [1, 1, -8, 8]))
simple("resize-both", "expected one of the inputs 'scales' and 'sizes'",
       lambda: resize([1.0, 1.0, 2.0, 2.0], [1, 1, 8, 8]))
simple("resize-antialias", OK,
       lambda: resize([1.0, 1.0, 1e-9, 0.5], None, 18, (1, 1, 2**20, 4), antialias=1, mode="cubic"))
simple("resize-weights", "a constant of more than 67108864 bytes (--limit-fold-bytes)",
       lambda: resize([1.0, 1.0, 2.0, 1.0], None, 17, (1, 1, 2**13, 4), mode="linear"))
simple("resize-roi", "input 'roi' expected 8 numbers, got 2",
       lambda: model([node("Resize", ["x", "r", "s"], coordinate_transformation_mode="tf_crop_and_resize")],
                     [("x", [1, 1, 4, 4])],
                     weights=[tensor("r", [2], [0.0, 1.0]), tensor("s", [4], [1.0, 1.0, 2.0, 2.0])]))
simple("resize-integers", "mode linear expected float elements",
       lambda: model([node("Resize", ["x", "", "s"], mode="linear")], [("x", [1, 4], TensorProto.INT32)],
                     weights=[tensor("s", [2], [1.0, 2.0])]))
simple("resize-policy", OK,
       lambda: resize(None, [2**31 - 1, 1, 1, 1], opset=18, keep_aspect_ratio_policy="not_larger"))
simple("reshape-two-unknowns", "input 'shape' has more than one -1",
       lambda: single("Reshape", [2, 3], ints("s", [-1, -1])))
simple("reshape-uneven", "cannot reshape [2, 3] to [4, -1]",
       lambda: single("Reshape", [2, 3], ints("s", [4, -1])))
simple("reshape-zero-unknown", "cannot reshape [2, 0] to [0, -1]",
       lambda: single("Reshape", [2, 0], ints("s", [0, -1]), allowzero=1))
simple("reshape-copy", "input 'shape' copies an axis that is not there",
       lambda: single("Reshape", [2, 3], ints("s", [2, 3, 0])))
simple("reshape-float", "input 'shape' expected a vector of integers",
       lambda: single("Reshape", [2, 3], zeros("s", [2])))
simple("reshape-input", "input 'shape' must be known when compiling: an initializer or a constant",
       lambda: model([node("Reshape", ["x", "s"])], [("x", [2, 3]), ("s", [2], TensorProto.INT64)]))
simple("gather-index-range", "index 2 is not in an axis of length 2",
       lambda: single("Gather", [2, 3], ints("i", [2])))
simple("gather-index-min", "index -9223372036854775808 is not in an axis",
       lambda: single("Gather", [2, 3], ints("i", [-2**63])))
simple("gather-float", "indices expected type int32 or int64", lambda: single("Gather", [2, 3], zeros("i", [1])))
simple("gather-elements-shape", "the shape of the indices does not fit the first input",
       lambda: single("GatherElements", [2, 3], tensor("i", [1, 4], [0] * 4, TensorProto.INT64)))
simple("gather-elements-huge", "places among 4294967296 elements do not fit int32",
       lambda: single("GatherElements", [65536, 65536], tensor("i", [1, 1], [0], TensorProto.INT64)))
simple("gather-nd-index", "index 3 is not in an axis of length 3",
       lambda: single("GatherND", [2, 3], ints("i", [1, 3])))
simple("gather-nd-width", "the shape of the indices does not fit the first input",
       lambda: single("GatherND", [2, 3], ints("i", [1, 1, 1])))
simple("gather-nd-batch", "the shape of the indices does not fit the first input",
       lambda: single("GatherND", [2, 3], ints("i", [1]), batch_dims=-1))
simple("gather-nd-float", "indices expected type int32 or int64",
       lambda: single("GatherND", [2, 3], zeros("i", [1])))
simple("gather-nd-empty", "an empty axis cannot be indexed",
       lambda: model([node("GatherND", ["x", "i"])],
                     [("x", [0, 3]), ("i", [1], TensorProto.INT64)]))
simple("scatter-updates", "input 'updates' expected the shape of the indices",
       lambda: single("ScatterElements", [2, 3], tensor("i", [1, 1], [0], TensorProto.INT64), zeros("u", [2, 1])))
simple("scatter-nd-updates", "input 'updates' expected the shape of the slices",
       lambda: single("ScatterND", [2, 3], tensor("i", [1, 1], [0], TensorProto.INT64), zeros("u", [1, 2])))
simple("scatter-reduction", "reduction='mul' is not supported",
       lambda: single("ScatterND", [2, 3], tensor("i", [1, 1], [0], TensorProto.INT64), zeros("u", [1, 3]),
                      reduction="mul"))
simple("one-hot-depth", "expected a depth of 0 or more, and two values",
       lambda: single("OneHot", [2], ints("d", [-1]), zeros("v", [2])))
simple("einsum-diagonal", "supported: letters, each once in an operand",
       lambda: single("Einsum", [2, 2], equation="ii->i"))
simple("einsum-unknown-letter", "equation 'ij->ik' is not supported", lambda: single("Einsum", [2, 2], equation="ij->ik"))
simple("einsum-shapes", "equation 'ij,jk' does not fit the shapes of the inputs",
       lambda: single("Einsum", [2, 3], zeros("w", [2, 3]), equation="ij,jk"))
simple("einsum-operands", "does not fit the shapes of the inputs", lambda: single("Einsum", [2, 3], equation="ij,jk"))
simple("celu-alpha", "attribute 'alpha' is not positive", lambda: single("Celu", [2], alpha=0.0))
simple("prelu-slope", "input 'slope' is larger than the first one", lambda: single("PRelu", [3], zeros("s", [2, 3])))
simple("prelu-types", "the inputs have different element types", lambda: single("PRelu", [3], ints("s", [1])))
simple("rms-scale", "input 1 is larger than the axes that are normalised",
       lambda: single("RMSNormalization", [3], zeros("s", [2, 3]), opset=23))
simple("trilu-vector", "expected matrices, got rank 1", lambda: single("Trilu", [3]))
simple("mod-float", "inputs of type f32 are not supported", lambda: single("Mod", [3], zeros("w", [3])))
simple("lp-power", "p=3 is not supported", lambda: single("LpNormalization", [3], p=3))
simple("lrn-size", "expected channels and a size of 1 or more", lambda: single("LRN", [2, 3], size=0))
simple("depth-to-space", "blocks of 2 do not fit [1, 3, 2, 2]",
       lambda: single("DepthToSpace", [1, 3, 2, 2], blocksize=2))
simple("space-to-depth", "blocks of 0 do not fit [1, 3, 2, 2]",
       lambda: single("SpaceToDepth", [1, 3, 2, 2], blocksize=0))
simple("gather-empty", "an empty axis cannot be indexed",
       lambda: model([node("Gather", ["x", "i"])], [("x", [0, 3]), ("i", [2], TensorProto.INT64)]))
simple("concat-axis-range", "axis 5 is not an axis of a tensor of rank 2",
       lambda: model([node("Concat", ["x", "x"], axis=5)]))
simple("concat-mismatch", "input 1 does not fit the first one: [4] and [2, 3] along axis 0",
       lambda: single("Concat", [2, 3], zeros("w", [4]), axis=0))
simple("concat-missing", "input 1 is missing", lambda: model([node("Concat", ["x", ""], axis=0)]))
simple("transpose-axis-twice", "attribute 'perm' is not a permutation of 2 axes",
       lambda: single("Transpose", [2, 3], perm=[1, 1]))
simple("flatten-axis", "axis 3 is not an axis of a tensor of rank 2", lambda: single("Flatten", [2, 3], axis=3))
simple("layernorm-axis", "axis -3 is not an axis of a tensor of rank 2",
       lambda: single("LayerNormalization", [2, 3], zeros("s", [3]), axis=-3))
simple("layernorm-scale", "input 1 is larger than the axes that are normalised",
       lambda: single("LayerNormalization", [2, 3], zeros("s", [2, 3])))
simple("layernorm-stash", "stash_type is not supported unless it is float",
       lambda: single("LayerNormalization", [2, 3], zeros("s", [3]), stash_type=10))
simple("layernorm-nothing", "the mean of nothing is not supported",
       lambda: model([node("LayerNormalization", ["x", "s"], ["y", "m"])], [("x", [2, 0])],
                     outputs=["y", "m"], weights=[tensor("s", [0], [])]))
NORM = [zeros(n, [3]) for n in "abcd"]
simple("batchnorm-size", "input 1 expected a vector of 2 elements",
       lambda: single("BatchNormalization", [1, 2, 4], *NORM))
simple("batchnorm-rank", "expected an input of rank 2 or more, got 1",
       lambda: single("BatchNormalization", [3], *NORM))
simple("batchnorm-epsilon", "attribute 'epsilon' is negative",
       lambda: single("BatchNormalization", [1, 3], *NORM, epsilon=-1.0))
simple("instancenorm-rank", "expected an input of rank 3 or more, got 2",
       lambda: single("InstanceNormalization", [1, 3], zeros("s", [3]), zeros("b", [3])))
simple("pad-count", "input 'pads' expected 4 numbers, got 3", lambda: single("Pad", [2, 3], ints("p", [0, 0, 1])))
simple("pad-huge", "padding by 9223372036854775807 is out of range",
       lambda: single("Pad", [2, 3], ints("p", [0, 2**63 - 1, 0, 1])))
simple("pad-crop", "the result cannot be: dimension -3 is not in",
       lambda: single("Pad", [2, 3], ints("p", [0, -6, 0, 0])))
simple("pad-value", "input 'constant_value' expected one number of the first input's type",
       lambda: single("Pad", [2, 3], ints("p", [0, 0, 0, 1]), zeros("v", [2])))
simple("pad-empty", "an empty axis cannot be padded in mode edge",
       lambda: single("Pad", [0, 3], ints("p", [1, 0, 0, 0]), mode="edge"))
simple("pad-large", "a constant of more than", lambda: single("Pad", [2, 3], ints("p", [2**29, 0, 0, 0]), mode="edge"))
simple("clip-bound", "input 'min' expected one number of the first input's type",
       lambda: single("Clip", [2, 3], zeros("a", [2])))
simple("dropout-ratio", "ratio 1 is not in [0, 1)",
       lambda: single("Dropout", [2, 3], tensor("r", [], [1.0])))
simple("dropout-vector", "input 'ratio' expected one number", lambda: single("Dropout", [2, 3], zeros("r", [2])))
simple("dropout-mask", OK,
       lambda: model([node("Dropout", ["x", "r", "t"], ["y", "m"])],
                     outputs=["y", ("m", [2, 3], TensorProto.BOOL)],
                     weights=[tensor("r", [], [0.5]), tensor("t", [], [1], TensorProto.BOOL)]))
simple("pow-integers", OK,
       lambda: model([node("Pow", ["x", "w"])], [("x", [2], TensorProto.INT64)], weights=[ints("w", [-1])],
                     outputs=[("y", [2], TensorProto.INT64)]))
simple("pow-bool", "an exponent of type bool is not supported",
       lambda: model([node("Pow", ["x", "w"])], weights=[tensor("w", [1], [1], TensorProto.BOOL)]))
simple("divide-by-zero", "input 'shape' must be known when compiling",
       lambda: model([node("Div", ["a", "b"], ["s"]), node("Reshape", ["x", "s"], name="r")],
                     weights=[ints("a", [6]), ints("b", [0])]))
simple("divide-minimum", OK,
       lambda: model([node("Div", ["a", "b"], ["s"]), node("Cast", ["s"], name="c", to=1)],
                     weights=[ints("a", [-2**63]), ints("b", [-1])]))
simple("cast-type", "to=uint8 is not supported", lambda: single("Cast", [2, 3], to=2))
simple("cast-supported", "supported: float, int32, int64, bool", lambda: single("Cast", [2, 3], to=2))
simple("cast-unknown", "to=1234 is not supported", lambda: single("Cast", [2, 3], to=1234))
simple("constant-two-values", "expected one attribute that gives the value, got 2",
       lambda: model([node("Constant", [], value_int=1, value_float=1.0)]))
simple("constant-none", "expected one attribute that gives the value, got 0",
       lambda: model([node("Constant", [])]))
simple("constant-tensor", "attribute 'value': expected 12 bytes of raw_data, got 0",
       lambda: model([node("Constant", [], value=tensor("", [3], raw=b""))]))
simple("inputs-too-few", "expected 2 to 2 inputs, got 1", lambda: model([node("Add", ["x"])]))
simple("inputs-too-many", "expected 1 to 1 inputs, got 2", lambda: model([node("Relu", ["x", "x"])]))
simple("inputs-none", "expected 1 or more inputs, got 0", lambda: model([node("Sum", [])]))
simple("input-empty", "input 0 is missing", lambda: model([node("Relu", [""])]))
simple("output-unsupported", "output 1 is not supported",
       lambda: model([node("Relu", ["x"], ["y", "z"])], outputs=["y", "z"]))
simple("output-unread", OK, lambda: model([node("Relu", ["x"], ["y", "z"])]))
simple("pixel-shuffle-block-zero", "blocks of 0 do not fit [1, 4, 2, 2]",
       lambda: single("DepthToSpace", [1, 4, 2, 2], blocksize=0))

# ---- graphs and functions ----------------------------------------------------


def function(name, calls):
    result = onnx.FunctionProto(name=name, domain="local", input=["a"], output=["b"])
    result.opset_import.add(version=17)
    for i, called in enumerate(calls):
        result.node.add(op_type=called, domain="local", input=["a"],
                        output=["b" if i == 0 else f"b{i}"])
    return result


def functions(*list_of_functions):
    result = model([node("f", ["x"], domain="local")])
    result.opset_import.add(domain="local", version=1)
    result.functions.extend(list_of_functions)
    return result


FUNCTION = "(local.f, opset 1): the operator is not supported"
simple("function-self-cycle", FUNCTION, lambda: functions(function("f", ["f"])))
simple("function-mutual-cycle", FUNCTION, lambda: functions(function("f", ["g"]), function("g", ["f"])))
simple("function-exponential", FUNCTION,
       lambda: functions(function("f", ["f1", "f1"]),
                         *(function(f"f{i}", [f"f{i + 1}"] * 2) for i in range(1, 40))))


def nested(depth):
    graph = onnx.GraphProto(name="deepest")
    for i in range(depth):
        outer = onnx.GraphProto(name=str(i))
        outer.node.append(node("If", ["c"], then_branch=graph, else_branch=onnx.GraphProto()))
        graph = outer
    result = model([node("If", ["x"], then_branch=graph)])
    return result


simple("nesting-31", "(If, opset 17): the operator is not supported", lambda: nested(29))
simple("nesting-33", "graphs are nested more than 32 deep (--limit-nesting)", lambda: nested(32))


@case("nesting-10000", "not an ONNX model: the file is damaged or cut short")
def _(folder):
    # graph { node { attribute { g { node { … by hand: Python would refuse, too.
    def message(field, body):
        return varint(field << 3 | 2) + varint(len(body)) + body
    body = b""
    for _ in range(10000):
        body = message(1, message(5, message(6, body)))
    return message(7, body) + varint(1 << 3) + varint(8)


simple("scan-without-attributes", "(Scan, opset 17): the operator is not supported",
       lambda: model([node("Scan", ["x"])]))
simple("loop-without-body", "(Loop, opset 17): the operator is not supported",
       lambda: model([node("Loop", ["x"])]))
simple("graph-cycle", "is read before node 'b' writes it: a cycle, or nodes out of order",
       lambda: model([node("Add", ["x", "u"], ["v"], "a"), node("Relu", ["v"], ["u"], "b"),
                      node("Relu", ["v"], ["y"], "c")]))
simple("output-undefined", "output 'z' is written by no node",
       lambda: model([node("Relu", ["x"])], outputs=["z"]))
simple("output-duplicate", "output 'y' is given twice", lambda: relu(outputs=["y", "y"]))
simple("output-none", "the model has no outputs", lambda: relu(outputs=[]))
simple("output-nameless", "output without a name", lambda: relu(outputs=["y", ""]))
simple("input-missing", "the value 'x' is read but written by nothing", lambda: relu(inputs=[]))
simple("input-extra", OK, lambda: relu(inputs=[("x", [2]), ("z", [3])]))
simple("input-duplicate", Once("input 'x' is given twice"), lambda: relu(inputs=[("x", [2]), ("x", [2])]))
simple("output-shape", "output 'y': the file declares f32[3], and the network computes f32[2]",
       lambda: declared([2], [3]))
simple("output-rank", "output 'y': the file declares f32[2, 1], and the network computes f32[2]",
       lambda: declared([2], [2, 1]))
simple("output-element-type", "output 'y': the file declares i64[2], and the network computes f32[2]",
       lambda: declared([2], [2], TensorProto.INT64))
simple("output-batch-of-the-export", OK, lambda: declared(["n", 3], [1, 3]), "--batch=4")
simple("output-replaced-batch", OK, lambda: declared([2, 3], [2, 3]), "--batch=4")
simple("output-beside-the-batch", "the file declares f32[1, 5], and the network computes f32[4, 3]",
       lambda: declared(["n", 3], [1, 5]), "--batch=4")
simple("output-of-another-size", OK, lambda: declared([1, "h"], [1, 5]), "--shape=x:1x7")
simple("output-symbolic", OK, lambda: declared([2], ["k"]))
simple("node-duplicate", "the value 'y' is defined twice",
       lambda: model([node("Relu", ["x"])] * 2))
simple("value-redefined", "the value 'x' is defined twice",
       lambda: model([node("Relu", ["x"]), node("Relu", ["y"], ["x"], "m")]))
simple("unknown-operator", "node 'n' (Frobnicate, opset 17): the operator is not supported",
       lambda: model([node("Frobnicate", ["x"])]))
simple("unknown-domain", "node 'n' (com.evil.Relu): the operator is not supported",
       lambda: model([node("Relu", ["x"], domain="com.evil")]))
simple("operator-nameless", "(, opset 17): the operator has no name", lambda: model([node("", ["x"])]))
simple("operator-too-new", "the operator is not in this opset",
       lambda: single("Gelu", [2, 3]))
for text, version in (("0", 0), ("negative", -1), ("2e31", 2**31), ("2e62", 2**62)):
    simple("opset-" + text, f"opset version {version} of domain '' is not a version" ,
           lambda version=version: relu(opset=version))
simple("opset-10", "opset 10 is not supported; supported: 11 to 27", lambda: relu(opset=10))
simple("opset-28", "opset 28 is not supported; supported: 11 to 27", lambda: relu(opset=28))


def opsets(*pairs):
    result = relu()
    del result.opset_import[:]
    for domain, version in pairs:
        result.opset_import.add(domain=domain, version=version)
    return result


simple("opset-missing", "no opset of the default domain is imported", lambda: opsets(("other", 1)))
simple("opset-twice", "domain '' is imported twice", lambda: opsets(("", 17), ("ai.onnx", 17)))
simple("ir-version-huge", "IR version 9223372036854775807 is not supported; supported: 3 to 13",
       lambda: relu(ir=2**63 - 1))
simple("nodes-over-limit", "more than 1 nodes (--limit-nodes)",
       lambda: model([node("Relu", ["x"], ["z"]), node("Relu", ["z"], ["y"], "m")]), "--limit=nodes=1")
simple("tensors-over-limit", "more than 1 tensors (--limit-tensors)", relu, "--limit=tensors=1")
simple("errors-many", "too many errors; the rest is not shown",
       lambda: model([node("Evil", ["x"], [f"y{i}"], f"n{i}") for i in range(300)],
                     outputs=[f"y{i}" for i in range(300)]))
simple("chain-long", OK,
       lambda: model([node("Relu", ["x" if i == 0 else f"v{i}"], [f"v{i + 1}"], "")
                      for i in range(5000)], outputs=["v5000"]))

# ---- batches written as numbers ----------------------------------------------

MIXES = "mixes axis 0 with other elements, so the batch 2 that the file has as a number cannot be replaced"
simple("batch-mixed", MIXES, lambda: single("ReduceSum", [2, 3], ints("a", [0])), "--batch=4")
simple("batch-transposed", MIXES, lambda: single("Transpose", [2, 3], perm=[1, 0]), "--batch=4")
simple("batch-constant", "export it with a dynamic batch axis", lambda: added(zeros("w", [2, 3])), "--batch=4")
simple("batch-reshaped", OK, lambda: single("Reshape", [2, 3, 4], ints("s", [2, 12])), "--batch=4")

# ---- bytes -------------------------------------------------------------------

DAMAGED = "not an ONNX model: the file is damaged or cut short"


def varint(value):
    result = b""
    while value >= 0x80:
        result += bytes([value & 0x7f | 0x80])
        value >>= 7
    return result + bytes([value])


def raw_case(name, expected, make):
    CASES.append((name, expected, lambda folder: make(), ()))


raw_case("empty", "not an ONNX model: the file is empty", lambda: b"")
raw_case("truncated", DAMAGED, lambda: added(zeros("w", [3])).SerializeToString()[:-5])
raw_case("varint-ff", DAMAGED, lambda: b"\xff" * 40)
raw_case("varint-80", DAMAGED, lambda: b"\x80" * 40)
raw_case("message-length-2gib", DAMAGED, lambda: b"\x3a" + varint(2**31 - 1) + b"x")
raw_case("message-recursion-101", DAMAGED, lambda: b"\x3a\x0b\x2b" * 200)
raw_case("group-endless", DAMAGED, lambda: b"\xbb\x06" * 5000)
raw_case("not-protobuf", DAMAGED, lambda: b"#!/bin/sh\necho hello\n")
raw_case("tail", DAMAGED, lambda: relu().SerializeToString() + b"\0\0\0")
raw_case("no-graph", "not an ONNX model: it has no graph",
         lambda: onnx.ModelProto(ir_version=8).SerializeToString())
raw_case("no-ir-version", "not an ONNX model: it has no ir_version",
         lambda: model([]).SerializeToString().replace(b"\x08\x08", b"", 1))


@case("fifo", "cannot read the model: not a regular file")
def _(folder):
    os.mkfifo(os.path.join(folder, "fifo.onnx"))
    return os.path.join(folder, "fifo.onnx")


@case("folder", "cannot read the model: it is a folder")
def _(folder):
    os.mkdir(os.path.join(folder, "folder.onnx"))
    return os.path.join(folder, "folder.onnx")


@case("missing", "cannot open the model: No such file or directory")
def _(folder):
    return os.path.join(folder, "nothing.onnx")


@case("sparse-file", "a model file has at most 2 GiB; store the weights as external data")
def _(folder):
    path = os.path.join(folder, "sparse.onnx")
    with open(path, "wb") as file:
        file.truncate(2**31)
    return path


# ---- names -------------------------------------------------------------------

for text, evil in (("c-comment", "*/ int main; /*"), ("shell", "$(touch pwned)`x`;|"),
                   ("path", "../../../etc/passwd"), ("escape-codes", "\x1b[2J\x07"),
                   ("4000", "n" * 4000), ("c-keyword", "int"), ("leading-dash", "-rf"),
                   ("html", "<script>alert(1)</script>"), ("json", '"}],{"\\u0000'), ("newline", "a\nb")):
    def every_name(evil=evil):
        return model([node("Add", [evil + "x", evil + "w"], [evil + "y"], evil)],
                     [(evil + "x", [2, 3])], [evil + "y"], [zeros(evil + "w", [3])])
    simple("name-" + text, OK, every_name)
simple("name-empty", OK, lambda: model([node("Relu", ["x"], name="")]))
simple("name-empty-input", "input without a name", lambda: relu(inputs=[("x", [2]), ("", [2])]))
simple("name-10k", "node has a name of 10000 bytes, more than 4096 (--limit-name-bytes)",
       lambda: model([node("Relu", ["x"], name="n" * 10000)]))
simple("name-escaped", r"node '\x1B[2J' (Evil, opset 17)",
       lambda: model([node("Evil", ["x"], name="\x1b[2J")]))
raw_case("name-invalid-utf8", r"node '\xFF\xFE' has a name that is not valid UTF-8",
         lambda: model([node("Relu", ["x"], name="QQ")]).SerializeToString().replace(b"QQ", b"\xff\xfe"))


# ---- run ---------------------------------------------------------------------

def run(folder, tool, name, expected, make, options):
    own = os.path.join(folder, name, "model")
    os.makedirs(own)
    written = make(own)
    path = os.path.join(own, "model.onnx")
    if isinstance(written, str):
        path = written
    else:
        data = written if isinstance(written, bytes) else written.SerializeToString()
        with open(path, "wb") as file:
            file.write(data)
    try:
        done = subprocess.run([tool, path, *options], capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "took more than 60 s"
    said = done.stderr.decode(errors="replace")
    if any(ord(c) < 32 and c != "\n" for c in said):
        return f"control characters reach the terminal: {said!r}"
    if expected is OK or isinstance(expected, Accepted):
        if done.returncode == 0 and (expected or "") in said:
            return None
        return f"expected to be accepted, got {done.returncode}: {said}"
    if done.returncode != 1 or "error: " not in said:
        return f"expected an error, got {done.returncode}: {said}"
    if isinstance(expected, Once) and said.count("error: ") != 1:
        return f"expected one error, got: {said}"
    return None if expected in said else f"expected '{expected}', got: {said}"


def main():
    folder, tool = sys.argv[1:]
    failures = 0
    for name, expected, make, options in CASES:
        wrong = run(folder, tool, name, expected, make, options)
        if wrong:
            failures += 1
            print(f"{name}: {wrong}")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if most > 2 * 2**20:
        failures += 1
        print(f"a case took {most >> 10} MiB")
    print(f"{len(CASES)} cases, {failures} failures")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
