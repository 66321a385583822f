//===- ConvolutionHandlers.cpp - Conv and ConvTranspose -------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

namespace {
// What both operators say about the window, per space axis.
struct Window {
  std::string autoPad;
  int64_t groups = 1;
  SmallVector<int64_t> kernel, stride, dilation, pads;

  void read(OnnxNode &node) {
    autoPad = node.choice("auto_pad", "NOTSET",
                          {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"});
    groups = node.integer("group", 1);
    kernel = node.integers("kernel_shape");
    stride = node.integers("strides");
    dilation = node.integers("dilations");
    pads = node.integers("pads");
  }

  /// Fills in defaults and checks against input and weight.
  bool complete(OnnxNode &node) {
    int64_t rank = node.rank(0), space = rank - 2;
    if (space < 1 || space > 3) {
      node.reject("expected an input of rank 3, 4 or 5, got " + Twine(rank));
      return false;
    }
    if (node.rank(1) != rank) {
      node.reject("expected a weight of rank " + Twine(rank) + ", got " +
                  Twine(node.rank(1)));
      return false;
    }
    ArrayRef<int64_t> taps = node.shape(1).drop_front(2);
    if (kernel.empty())
      kernel.assign(taps.begin(), taps.end());
    if (ArrayRef<int64_t>(kernel) != taps) {
      node.reject("attribute 'kernel_shape' differs from the weight's shape");
      return false;
    }
    if (!fill(node, "strides", stride, space, 1, 1) ||
        !fill(node, "dilations", dilation, space, 1, 1) ||
        !fill(node, "pads", pads, 2 * space, 0, 0))
      return false;
    if (autoPad != "NOTSET" &&
        llvm::any_of(pads, [](int64_t p) { return p; })) {
      node.reject("attributes 'pads' and 'auto_pad' exclude each other");
      return false;
    }
    if (llvm::is_contained(node.shape(0), 0) ||
        llvm::is_contained(node.shape(1), 0)) {
      node.reject("input and weight may not be empty");
      return false;
    }
    return true;
  }

  static bool fill(OnnxNode &node, StringRef name,
                   SmallVectorImpl<int64_t> &values, int64_t count,
                   int64_t otherwise, int64_t least) {
    if (values.empty())
      values.assign(count, otherwise);
    if (static_cast<int64_t>(values.size()) != count) {
      node.reject("attribute '" + name + "' expected " + Twine(count) +
                  " numbers, got " + Twine(values.size()));
      return false;
    }
    for (int64_t value : values)
      if (value < least) {
        node.reject("attribute '" + name + "' has the value " + Twine(value) +
                    ", less than " + Twine(least));
        return false;
      }
    return true;
  }

  int64_t reach(int64_t axis) const {
    return (kernel[axis] - 1) * dilation[axis] + 1;
  }

  GeometryAttr geometry(MLIRContext *context) const {
    ArrayRef<int64_t> all(pads);
    size_t space = all.size() / 2;
    return GeometryAttr::get(context, stride, dilation, all.take_front(space),
                             all.drop_front(space), groups);
  }
};
} // namespace

static Value addBias(OnnxNode &node, Value y) {
  if (!node.hasInput(2))
    return y;
  ArrayRef<int64_t> shape = tensorType(y).getShape();
  if (node.shape(2) != ArrayRef<int64_t>{shape[1]}) {
    node.reject("expected a bias of " + Twine(shape[1]) + " elements");
    return y;
  }
  Value bias = node.parameter(2, "bias");
  return node.build.add(y, node.build.alongAxis(bias, 1, shape));
}

static void importConv(OnnxNode &node) {
  Window window;
  window.read(node);
  if (!node.ready() || !window.complete(node))
    return;
  ArrayRef<int64_t> x = node.shape(0), w = node.shape(1);
  int64_t groups = window.groups, space = x.size() - 2;
  if (groups < 1 || x[1] % groups != 0 || w[0] % groups != 0 ||
      w[1] != x[1] / groups)
    return node.reject("group " + Twine(groups) + " does not fit " +
                       Twine(x[1]) + " input channels and a weight of " +
                       Twine(w[0]) + " by " + Twine(w[1]) + " channels");
  SmallVector<int64_t> shape = {x[0], w[0]};
  for (int64_t i = 0; i < space; ++i) {
    int64_t in = x[i + 2], reach = window.reach(i), stride = window.stride[i];
    int64_t &low = window.pads[i], &high = window.pads[space + i];
    if (StringRef(window.autoPad).starts_with("SAME")) {
      int64_t out = (in + stride - 1) / stride;
      int64_t total = std::max<int64_t>((out - 1) * stride + reach - in, 0);
      low = window.autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
      high = total - low;
    }
    int64_t rest = in + low + high - reach;
    if (rest < 0)
      return node.reject("the kernel is larger than the padded input");
    shape.push_back(rest / stride + 1);
  }
  if (!node.fits(shape))
    return;
  auto type = RankedTensorType::get(shape, node.build.builder.getF32Type());
  Value y = ConvOp::create(node.build.builder, node.build.loc, type,
                           node.input(0), node.parameter(1, "weight"),
                           window.geometry(type.getContext()));
  node.set(0, addBias(node, y));
}

// The adjoint of a convolution. Its result may be longer than what the windows
// reach: up to stride - 1 elements are part of the geometry, more are zeros.
static void importConvTranspose(OnnxNode &node) {
  Window window;
  window.read(node);
  SmallVector<int64_t> extra = node.integers("output_padding");
  SmallVector<int64_t> wanted = node.integers("output_shape");
  if (!node.ready() || !window.complete(node))
    return;
  ArrayRef<int64_t> x = node.shape(0), w = node.shape(1);
  int64_t groups = window.groups, space = x.size() - 2;
  if (groups < 1 || x[1] != w[0] || x[1] % groups != 0)
    return node.reject("group " + Twine(groups) + " does not fit " +
                       Twine(x[1]) + " input channels and a weight of " +
                       Twine(w[0]) + " by " + Twine(w[1]) + " channels");
  bool isGiven = !wanted.empty();
  // Some exporters write the whole shape.
  if (static_cast<int64_t>(wanted.size()) == space + 2)
    wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (!Window::fill(node, "output_padding", extra, space, 0, 0) ||
      !Window::fill(node, "output_shape", wanted, space, 1, 1))
    return;

  bool isSame = StringRef(window.autoPad).starts_with("SAME");
  SmallVector<int64_t> shape = {x[0], w[1] * groups};
  SmallVector<int64_t> zeros(space + 2, 0);
  bool hasZeros = false;
  for (int64_t i = 0; i < space; ++i) {
    int64_t stride = window.stride[i];
    int64_t natural = stride * (x[i + 2] - 1) + window.reach(i);
    int64_t &low = window.pads[i], &high = window.pads[space + i];
    int64_t out = isGiven  ? wanted[i]
                  : isSame ? x[i + 2] * stride
                           : natural + extra[i] - low - high;
    if (isGiven || isSame) {
      int64_t total = std::max<int64_t>(natural + extra[i] - out, 0);
      low = window.autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
      high = total - low;
    }
    // The geometry gives `natural - low - high`, and up to stride - 1 more.
    int64_t beyond = out - (natural - low - high);
    int64_t inside = std::min(beyond, stride - 1);
    zeros[i + 2] = beyond - inside;
    hasZeros |= zeros[i + 2] != 0;
    shape.push_back(out - zeros[i + 2]);
    if (shape.back() < 1)
      return node.reject("the padding leaves nothing of the result");
    if (std::max(low, high) > INT32_MAX)
      return node.reject("the padding is out of range");
  }
  SmallVector<int64_t> padded(shape);
  for (auto [size, more] : llvm::zip(padded, zeros))
    size += more;
  if (!node.fits(shape) || !node.fits(padded))
    return;
  TensorBuilder &build = node.build;
  auto type = RankedTensorType::get(shape, build.builder.getF32Type());
  Value y = ConvGradInputOp::create(build.builder, build.loc, type,
                                    node.parameter(1, "weight"), node.input(0),
                                    window.geometry(type.getContext()));
  if (hasZeros) {
    SmallVector<int64_t> none(space + 2, 0);
    y = build.pad(y, none, zeros, none);
  }
  node.set(0, addBias(node, y));
}

void onnximport::addConvolutionOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Conv", {11, 22}, 2, 3, kFloat, importConv, "more than 3 space axes"},
      {"ConvTranspose",
       {11, 22},
       2,
       3,
       kFloat,
       importConvTranspose,
       "more than 3 space axes"},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
