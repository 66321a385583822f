//===- ImportAugmentations.cpp - images changed at random -----------------===//
//
// What DiffAugment does (arXiv 2006.10738), with its defaults: each image gets
// draws of its own, the same ones in all of its channels, and each use of an
// augmentation draws afresh. All of it has derivatives of any order.
//
//===----------------------------------------------------------------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;

namespace {
/// One step of an augmentation on images [B, C, H, W].
struct Augmenter {
  gan::TensorBuilder make;
  /// A number for each image.
  std::function<Value(StringRef name, gan::Distribution distribution, double a,
                      double b)>
      draw;

  ArrayRef<int64_t> shapeOf(Value image) {
    return gan::tensorType(image).getShape();
  }
  Value perImage(Value numbers, Value image) {
    return make.alongAxis(numbers, 0, shapeOf(image));
  }
  Value uniform(StringRef name, double middle, double distance) {
    return draw(name, gan::Distribution::uniform, middle - distance,
                middle + distance);
  }
  /// A whole number from `first` on, one of `count`, as a float.
  Value whole(StringRef name, double first, double count) {
    Value number = draw(name, gan::Distribution::integer, count, 0);
    return make.shift(make.cast(number, make.builder.getF32Type()), first);
  }
  Value iota(ArrayRef<int64_t> shape, int64_t dim) {
    return make.iota(RankedTensorType::get(shape, make.builder.getF32Type()),
                     dim);
  }

  Value flip(Value image, double probability);
  Value translate(Value image, double ratio);
  Value cutout(Value image, double ratio);
  Value scaleAround(Value image, ArrayRef<int64_t> dims, Value factor);
  Value colour(Value image, double brightness, double saturation,
               double contrast);
};
} // namespace

/// From left to right.
Value Augmenter::flip(Value image, double probability) {
  Value coin = draw("flip", gan::Distribution::bernoulli, probability, 0);
  Value isFlipped =
      make.compare(gan::Comparison::gt, coin, make.constantLike(coin, 0));
  return make.select(perImage(isFlipped, image), make.reverse(image, {3}),
                     image);
}

/// Along both axes by whole pixels, up to a part of the image; zeros come in.
/// The product with the identity, whose ones stand an offset away, for kernels
/// of products are the fastest there are and derive into each other.
Value Augmenter::translate(Value image, double ratio) {
  for (int64_t axis : {2, 3}) {
    auto shape = shapeOf(image);
    int64_t images = shape[0], length = shape[axis];
    double most = std::floor(length * ratio + 0.5);
    Value offset =
        whole(axis == 2 ? "translate/y" : "translate/x", -most, 2 * most + 1);
    SmallVector<int64_t> square = {images, length, length};
    Value distance = make.sub(iota(square, 1), iota(square, 2));
    Value isOne = make.compare(gan::Comparison::eq, distance,
                               make.alongAxis(offset, 0, square));
    Value moved = make.cast(isOne, make.builder.getF32Type());
    // The axis comes last, wherever it was.
    image = make.dot(image, moved, {0}, {0}, {axis}, {2});
    if (axis == 2)
      image = make.transpose(image, {0, 1, 3, 2});
  }
  return image;
}

/// A square, part of the image, somewhere, maybe over its edge, becomes zero.
Value Augmenter::cutout(Value image, double ratio) {
  auto shape = shapeOf(image);
  Value isCut;
  for (int64_t axis : {2, 3}) {
    double length = shape[axis], cut = std::floor(length * ratio + 0.5);
    double before = std::floor(cut / 2);
    Value begin = whole(axis == 2 ? "cutout/y" : "cutout/x", -before,
                        length + 1 - std::fmod(cut, 2));
    SmallVector<int64_t> plane = {shape[0], shape[axis]};
    Value place = make.sub(iota(plane, 1), make.alongAxis(begin, 0, plane));
    auto compare = [&](gan::Comparison comparison, double limit) {
      return make.compare(comparison, place, make.constantLike(place, limit));
    };
    Value isWithin = gan::LogicalOp::create(
        make.builder, make.loc,
        gan::tensorType(place).clone(make.builder.getI1Type()),
        gan::LogicalKind::conjunction, compare(gan::Comparison::ge, 0),
        compare(gan::Comparison::lt, cut));
    Value everywhere = make.broadcast(
        isWithin, axis == 2 ? ArrayRef<int64_t>{1, 3} : ArrayRef<int64_t>{1, 2},
        shape);
    isCut = isCut ? gan::LogicalOp::create(
                        make.builder, make.loc, everywhere.getType(),
                        gan::LogicalKind::conjunction, isCut, everywhere)
                        .getResult()
                  : everywhere;
  }
  return make.select(isCut, make.constantLike(image, 0), image);
}

/// mean + factor (image - mean), the mean over `dims`.
Value Augmenter::scaleAround(Value image, ArrayRef<int64_t> dims,
                             Value factor) {
  Value mean = make.broadcast(make.mean(image, dims), dims, shapeOf(image));
  return make.add(mean,
                  make.mul(perImage(factor, image), make.sub(image, mean)));
}

Value Augmenter::colour(Value image, double brightness, double saturation,
                        double contrast) {
  if (brightness > 0)
    image = make.add(
        image, perImage(uniform("colour/brightness", 0, brightness), image));
  if (saturation > 0)
    image =
        scaleAround(image, {1}, uniform("colour/saturation", 1, saturation));
  if (contrast > 0)
    image =
        scaleAround(image, {1, 2, 3}, uniform("colour/contrast", 1, contrast));
  return image;
}

/// `T(x)`: every step of the augmentation, one after the other.
ImportedValue GameImporter::augment(const CallExpression &call,
                                    const AugmentItem &item, Place place) {
  const Argument &argument = call.arguments.front();
  ImportedValue given = evaluate(*argument.value, place);
  Value image = floatTensor(given, argument.value->range, "an augmentation");
  if (!image)
    return {};
  RankedTensorType type = gan::tensorType(image);
  if (type.getRank() != 4)
    return fail(argument.value->range, "an augmentation changes images "
                                       "f32[batch, channels, height, width], "
                                       "got " +
                                           describeType(type));
  std::string prefix =
      item.name.text + "#" + std::to_string(++uses[item.name.text]) + "/";
  llvm::StringMap<unsigned> names;
  Augmenter augmenter{
      tensors(call.range),
      [&](StringRef name, gan::Distribution distribution, double a, double b) {
        unsigned again = names[name]++;
        Type element = distribution == gan::Distribution::integer
                           ? Type(builder.getI32Type())
                           : Type(builder.getF32Type());
        return hiddenDraw(call.range,
                          prefix + name +
                              (again ? "#" + std::to_string(again) : ""),
                          distribution, a, b,
                          RankedTensorType::get({type.getDimSize(0)}, element));
      }};
  for (const AugmentStep &step : item.steps) {
    StringRef name = step.name.text;
    std::optional<BoundArguments> bound =
        bindArguments(*findSignature(SignatureKind::Augmentation, name),
                      step.arguments, step.name.range, diagnostics);
    const auto &amounts = bound->parameters;
    if (name == "flip")
      image = augmenter.flip(image, constantOr(amounts[0], 0.5));
    else if (name == "translate")
      image = augmenter.translate(image, constantOr(amounts[0], 0.125));
    else if (name == "cutout")
      image = augmenter.cutout(image, constantOr(amounts[0], 0.5));
    else
      image = augmenter.colour(image, constantOr(amounts[0], 0.5),
                               constantOr(amounts[1], 1),
                               constantOr(amounts[2], 0.5));
  }
  return ImportedValue::tensor(image);
}
