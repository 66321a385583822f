//===- HostEvaluator.cpp - runs small pieces of IR while importing --------===//
//
// Chains of Shape, Gather, Concat, Cast and arithmetic give the sizes that
// Reshape, Slice and Resize need. Every handler writes gan operations, so they
// are folded by computing those: one meaning, written once.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/HostEvaluator.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

using Result = std::optional<HostTensor>;
using Dims = ArrayRef<int64_t>;

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

// The value that `number` has in the element type of `type`: f32 rounds,
// integers wrap.
static double rounded(double number) { return static_cast<float>(number); }
static int64_t wrapped(RankedTensorType type, int64_t number) {
  switch (type.getElementTypeBitWidth()) {
  case 64:
    return number;
  case 32:
    return static_cast<int32_t>(number);
  default:
    return number & 1;
  }
}

template <typename Function>
static Result unary(RankedTensorType type, const HostTensor &a, Function f) {
  if (!a.isFloat())
    return std::nullopt;
  HostTensor result{type, {}, {}};
  result.floats.reserve(a.floats.size());
  for (double x : a.floats)
    result.floats.push_back(rounded(f(x)));
  return result;
}

// Integers wrap, as unsigned arithmetic does.
template <typename Floats, typename Ints>
static Result binary(RankedTensorType type, const HostTensor &a,
                     const HostTensor &b, Floats floats, Ints ints) {
  HostTensor result{type, {}, {}};
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    if (result.isFloat())
      result.floats.push_back(rounded(floats(a.floats[i], b.floats[i])));
    else
      result.ints.push_back(wrapped(
          type, static_cast<int64_t>(ints(static_cast<uint64_t>(a.ints[i]),
                                          static_cast<uint64_t>(b.ints[i])))));
  }
  return result;
}

static Result divide(RankedTensorType type, const HostTensor &a,
                     const HostTensor &b) {
  if (!a.isFloat() && llvm::is_contained(b.ints, 0))
    return std::nullopt;
  return binary(
      type, a, b, [](double x, double y) { return x / y; },
      [](uint64_t x, uint64_t y) -> uint64_t {
        auto numerator = static_cast<int64_t>(x);
        auto denominator = static_cast<int64_t>(y);
        return denominator == -1 ? 0 - x : numerator / denominator;
      });
}

static Result compare(RankedTensorType type, Comparison comparison,
                      const HostTensor &a, const HostTensor &b) {
  auto holds = [&](auto x, auto y) {
    switch (comparison) {
    case Comparison::eq:
      return x == y;
    case Comparison::ne:
      return x != y;
    case Comparison::lt:
      return x < y;
    case Comparison::le:
      return x <= y;
    case Comparison::gt:
      return x > y;
    case Comparison::ge:
      return x >= y;
    }
    llvm_unreachable("a comparison");
  };
  HostTensor result{type, {}, {}};
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i)
    result.ints.push_back(a.isFloat() ? holds(a.floats[i], b.floats[i])
                                      : holds(a.ints[i], b.ints[i]));
  return result;
}

static Result logical(RankedTensorType type, LogicalKind kind,
                      const HostTensor &a, const HostTensor &b) {
  return binary(
      type, a, b, [](double, double) { return 0.0; },
      [&](uint64_t x, uint64_t y) {
        switch (kind) {
        case LogicalKind::conjunction:
          return x & y;
        case LogicalKind::disjunction:
          return x | y;
        case LogicalKind::exclusive:
          return x ^ y;
        }
        llvm_unreachable("a boolean function");
      });
}

static Result convert(RankedTensorType type, const HostTensor &a) {
  HostTensor result{type, {}, {}};
  unsigned width = type.getElementTypeBitWidth();
  double limit = std::ldexp(1.0, width - 1);
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    if (result.isFloat()) {
      result.floats.push_back(rounded(a.number(i)));
    } else if (width == 1) {
      result.ints.push_back(a.isFloat() ? a.floats[i] != 0 : a.ints[i] != 0);
    } else if (a.isFloat()) {
      double x = a.floats[i];
      bool large = x >= limit, small = x < -limit;
      int64_t most = width == 64 ? INT64_MAX : INT32_MAX;
      result.ints.push_back(std::isnan(x) ? 0
                            : large       ? most
                            : small       ? -most - 1
                                          : static_cast<int64_t>(x));
    } else {
      result.ints.push_back(wrapped(type, a.ints[i]));
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> stridesOf(Dims shape) {
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (int64_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

// Rearranges by a function from the result's index vector to the operand's.
template <typename Function>
static HostTensor place(RankedTensorType type, const HostTensor &a,
                        Function from) {
  SmallVector<int64_t> strides = stridesOf(type.getShape());
  SmallVector<int64_t> sourceStrides = stridesOf(a.type.getShape());
  SmallVector<int64_t> index(type.getRank()), source(a.type.getRank());
  return a.rearrange(type, [&](int64_t linear) {
    for (int64_t d = 0, e = type.getRank(); d < e; ++d) {
      index[d] = linear / strides[d];
      linear %= strides[d];
    }
    from(index, source);
    int64_t offset = 0;
    for (size_t d = 0; d < source.size(); ++d)
      offset += source[d] * sourceStrides[d];
    return offset;
  });
}

static Result concatenate(RankedTensorType type,
                          ArrayRef<const HostTensor *> parts, int64_t dim) {
  int64_t outer = 1, inner = stridesOf(type.getShape())[dim];
  for (int64_t size : type.getShape().take_front(dim))
    outer *= size;
  HostTensor result{type, {}, {}};
  for (int64_t o = 0; o < outer; ++o)
    for (const HostTensor *part : parts) {
      int64_t count = part->type.getDimSize(dim) * inner, begin = o * count;
      if (result.isFloat())
        result.floats.insert(result.floats.end(), part->floats.begin() + begin,
                             part->floats.begin() + begin + count);
      else
        result.ints.insert(result.ints.end(), part->ints.begin() + begin,
                           part->ints.begin() + begin + count);
    }
  return result;
}

static Result pad(PadOp op, RankedTensorType type, const HostTensor &a) {
  HostTensor result{type, {}, {}};
  (result.isFloat() ? result.floats.resize(type.getNumElements())
                    : result.ints.resize(type.getNumElements()));
  SmallVector<int64_t> strides = stridesOf(type.getShape());
  SmallVector<int64_t> sourceStrides = stridesOf(a.type.getShape());
  for (int64_t i = 0, e = a.size(); i < e; ++i) {
    int64_t rest = i, offset = 0;
    bool inside = true;
    for (int64_t d = 0; d < type.getRank(); ++d) {
      int64_t at =
          op.getLow()[d] + rest / sourceStrides[d] * (op.getInterior()[d] + 1);
      rest %= sourceStrides[d];
      inside &= at >= 0 && at < type.getDimSize(d);
      offset += at * strides[d];
    }
    if (inside && result.isFloat())
      result.floats[offset] = a.floats[i];
    else if (inside)
      result.ints[offset] = a.ints[i];
  }
  return result;
}

template <typename Function>
static Result reduce(RankedTensorType type, const HostTensor &a, Dims dims,
                     bool startsAtZero, Function f) {
  HostTensor result{type, {}, {}};
  SmallVector<int64_t> sourceStrides = stridesOf(a.type.getShape());
  SmallVector<int64_t> kept = otherDims(a.type.getRank(), dims);
  SmallVector<int64_t> strides = stridesOf(type.getShape());
  std::vector<bool> seen(type.getNumElements(), startsAtZero);
  (result.isFloat() ? result.floats.resize(seen.size())
                    : result.ints.resize(seen.size()));
  for (int64_t i = 0, e = a.size(); i < e; ++i) {
    int64_t offset = 0;
    for (size_t k = 0; k < kept.size(); ++k)
      offset +=
          i / sourceStrides[kept[k]] % a.type.getDimSize(kept[k]) * strides[k];
    if (result.isFloat()) {
      double &sum = result.floats[offset];
      sum = seen[offset] ? rounded(f(sum, a.floats[i])) : a.floats[i];
    } else {
      int64_t &sum = result.ints[offset];
      sum = seen[offset] ? wrapped(type, f(sum, a.ints[i])) : a.ints[i];
    }
    seen[offset] = true;
  }
  // A largest element of nothing is left to the program.
  if (llvm::is_contained(seen, false))
    return std::nullopt;
  return result;
}

static Result gather(GatherOp op, RankedTensorType type, const HostTensor &a,
                     const HostTensor &indices) {
  int64_t dim = op.getDim(), batch = op.getBatch();
  int64_t rank = indices.type.getRank() - batch;
  SmallVector<int64_t> strides = stridesOf(indices.type.getShape());
  for (int64_t index : indices.ints)
    if (index < 0 || index >= a.type.getDimSize(dim))
      return std::nullopt;
  return place(type, a, [&](Dims index, SmallVectorImpl<int64_t> &source) {
    int64_t chosen = 0;
    for (int64_t d = 0; d < batch; ++d)
      chosen += index[d] * strides[d];
    for (int64_t d = 0; d < rank; ++d)
      chosen += index[dim + d] * strides[batch + d];
    for (int64_t d = 0, e = source.size(); d < e; ++d)
      source[d] = d < dim    ? index[d]
                  : d == dim ? indices.ints[chosen]
                             : index[d + rank - 1];
  });
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static Result constant(ConstantOp op, RankedTensorType type) {
  auto value = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!value)
    return std::nullopt;
  HostTensor result{type, {}, {}};
  if (result.isFloat())
    for (const APFloat &x : value.getValues<APFloat>())
      result.floats.push_back(x.convertToFloat());
  else
    for (const APInt &x : value.getValues<APInt>())
      result.ints.push_back(type.getElementTypeBitWidth() == 1
                                ? x.getZExtValue()
                                : x.getSExtValue());
  return result;
}

static Result power(RankedTensorType type, const HostTensor &a,
                    double exponent) {
  return unary(type, a, [&](double x) { return std::pow(x, exponent); });
}

static Result compute(Operation *operation,
                      ArrayRef<const HostTensor *> operands) {
  if (operation->getNumResults() != 1)
    return std::nullopt;
  auto type = cast<RankedTensorType>(operation->getResult(0).getType());
  auto a = [&]() -> const HostTensor & { return *operands[0]; };
  auto b = [&]() -> const HostTensor & { return *operands[1]; };
  using std::isnan;
  return llvm::TypeSwitch<Operation *, Result>(operation)
      .Case([&](ConstantOp op) { return constant(op, type); })
      .Case([&](AddOp) {
        return binary(type, a(), b(), std::plus<double>(),
                      std::plus<uint64_t>());
      })
      .Case([&](MulOp) {
        return binary(type, a(), b(), std::multiplies<double>(),
                      std::multiplies<uint64_t>());
      })
      .Case([&](DivOp) { return divide(type, a(), b()); })
      .Case([&](NegOp) { return unary(type, a(), std::negate<double>()); })
      .Case([&](AbsOp) {
        return unary(type, a(), [](double x) { return std::fabs(x); });
      })
      .Case([&](SqrtOp) {
        return unary(type, a(), [](double x) { return std::sqrt(x); });
      })
      .Case([&](ExpOp) {
        return unary(type, a(), [](double x) { return std::exp(x); });
      })
      .Case([&](LogOp) {
        return unary(type, a(), [](double x) { return std::log(x); });
      })
      .Case([&](FloorOp) {
        return unary(type, a(), [](double x) { return std::floor(x); });
      })
      .Case([&](CeilOp) {
        return unary(type, a(), [](double x) { return std::ceil(x); });
      })
      .Case([&](RoundOp) {
        return unary(type, a(), [](double x) { return std::nearbyint(x); });
      })
      .Case([&](PowOp op) {
        return power(type, a(), op.getExponent().convertToDouble());
      })
      .Case([&](CompareOp op) {
        return compare(type, op.getComparison(), a(), b());
      })
      .Case([&](LogicalOp op) { return logical(type, op.getKind(), a(), b()); })
      .Case([&](SelectOp) {
        HostTensor result = b();
        for (int64_t i = 0, e = result.size(); i < e; ++i)
          if (!a().ints[i] && result.isFloat())
            result.floats[i] = operands[2]->floats[i];
          else if (!a().ints[i])
            result.ints[i] = operands[2]->ints[i];
        return Result(std::move(result));
      })
      .Case([&](CastOp) { return convert(type, a()); })
      .Case([&](ReshapeOp) {
        HostTensor result = a();
        result.type = type;
        return Result(std::move(result));
      })
      .Case([&](TransposeOp op) {
        return Result(place(type, a(), [&](Dims index, auto &source) {
          for (auto [to, from] : llvm::enumerate(op.getPermutation()))
            source[from] = index[to];
        }));
      })
      .Case([&](ReverseOp op) {
        return Result(place(type, a(), [&](Dims index, auto &source) {
          source.assign(index.begin(), index.end());
          for (int64_t dim : op.getDims())
            source[dim] = type.getDimSize(dim) - 1 - index[dim];
        }));
      })
      .Case([&](BroadcastOp op) {
        SmallVector<int64_t> kept = otherDims(type.getRank(), op.getDims());
        return Result(place(type, a(), [&](Dims index, auto &source) {
          for (auto [from, to] : llvm::enumerate(kept))
            source[from] = index[to];
        }));
      })
      .Case([&](SliceOp op) {
        return Result(place(type, a(), [&](Dims index, auto &source) {
          for (size_t d = 0; d < index.size(); ++d)
            source[d] = op.getStart()[d] + index[d] * op.getStride()[d];
        }));
      })
      .Case(
          [&](ConcatOp op) { return concatenate(type, operands, op.getDim()); })
      .Case([&](PadOp op) { return pad(op, type, a()); })
      .Case([&](IotaOp op) {
        HostTensor result{type, {}, {}};
        int64_t inner = stridesOf(type.getShape())[op.getDim()];
        int64_t count = type.getDimSize(op.getDim());
        for (int64_t i = 0, e = type.getNumElements(); i < e; ++i)
          if (result.isFloat())
            result.floats.push_back(rounded(i / inner % count));
          else
            result.ints.push_back(i / inner % count);
        return Result(std::move(result));
      })
      .Case([&](GatherOp op) { return gather(op, type, a(), b()); })
      .Case([&](ReduceSumOp op) {
        // Unsigned, so that integers wrap.
        return reduce(type, a(), op.getDims(), true, [](auto x, auto y) {
          if constexpr (std::is_floating_point_v<decltype(x)>)
            return x + y;
          else
            return static_cast<int64_t>(static_cast<uint64_t>(x) +
                                        static_cast<uint64_t>(y));
        });
      })
      .Case([&](ReduceMaxOp op) {
        return reduce(type, a(), op.getDims(), false, [](auto x, auto y) {
          return isnan(static_cast<double>(y)) || y > x ? y : x;
        });
      })
      .Case([&](ReduceMinOp op) {
        return reduce(type, a(), op.getDims(), false, [](auto x, auto y) {
          return isnan(static_cast<double>(y)) || y < x ? y : x;
        });
      })
      .Default([](Operation *) { return std::nullopt; });
}

LogicalResult onnximport::evaluate(Block &block, HostValues &values,
                                   uint64_t maxBytes) {
  for (Operation &operation : block) {
    SmallVector<const HostTensor *> operands;
    for (Value operand : operation.getOperands()) {
      auto found = values.find(operand);
      if (found == values.end())
        return failure();
      operands.push_back(found->second.get());
    }
    for (Type type : operation.getResultTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      uint64_t width = std::max(1u, tensor.getElementTypeBitWidth() / 8);
      if (tensor.getNumElements() > static_cast<int64_t>(maxBytes / width))
        return failure();
    }
    Result result = compute(&operation, operands);
    if (!result)
      return failure();
    values[operation.getResult(0)] =
        std::make_shared<const HostTensor>(std::move(*result));
  }
  return success();
}
