//===- OnnxNode.h - one node, as a handler sees it ------------------------===//
//
// A handler reads every attribute, asks `ready()`, and writes operations:
//
//   static void importLeakyRelu(OnnxNode &node) {
//     double slope = node.number("alpha", 0.01);
//     if (!node.ready())
//       return;
//     …
//     node.set(0, …);
//   }
//
// Nothing is ignored: an attribute that was not read by then is refused by
// name. Where inputs are not known because their nodes failed, `ready()` is
// false after the attributes have been checked: one run finds everything that
// is wrong.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_ONNX_ONNXNODE_H
#define FRONTENDS_ONNX_ONNXNODE_H

#include "dialects/gan/IR/TensorBuilder.h"
#include "frontends/onnx/Implementation.h"
#include "llvm/ADT/StringSet.h"

namespace gan::onnximport {

class Importer;
struct OnnxOperator;

class OnnxNode {
public:
  OnnxNode(Importer &importer, const ::onnx::NodeProto &proto,
           const OnnxOperator &op, int version, mlir::OpBuilder &builder,
           mlir::Location loc);

  TensorBuilder build;

  /// The version of the operator's schema that the file means.
  int version() const { return schemaVersion; }

  //===--------------------------------------------------------------------===//
  // Attributes
  //===--------------------------------------------------------------------===//

  bool has(llvm::StringRef name) const { return find(name) != nullptr; }
  /// Larger ones than `most` are refused: what is smaller can be computed with.
  int64_t integer(llvm::StringRef name, int64_t otherwise,
                  int64_t most = INT32_MAX);
  bool flag(llvm::StringRef name, bool otherwise);
  double number(llvm::StringRef name, double otherwise);
  /// Empty if it is not there.
  llvm::SmallVector<int64_t> integers(llvm::StringRef name,
                                      int64_t most = INT32_MAX);
  std::vector<double> numbers(llvm::StringRef name);
  /// Empty if it is not there.
  std::string text(llvm::StringRef name);
  /// One of `supported`, or an error that lists them.
  std::string choice(llvm::StringRef name, llvm::StringRef otherwise,
                     llvm::ArrayRef<llvm::StringRef> supported);
  /// The type that an attribute names, one of the set `types`; null after an
  /// error.
  mlir::Type elementType(llvm::StringRef name, int64_t otherwise,
                         unsigned types);
  /// The attribute's tensor; null if it is not there or wrong.
  std::shared_ptr<const HostTensor> tensor(llvm::StringRef name);
  /// Reports it if it is missing.
  void require(llvm::StringRef name);
  /// An attribute that changes nothing here.
  void ignore(llvm::StringRef name) { read.insert(name); }

  /// True if nothing was refused, every attribute was read, and inputs are
  /// there.
  bool ready();

  //===--------------------------------------------------------------------===//
  // Inputs
  //===--------------------------------------------------------------------===//

  unsigned inputs() const { return proto.input_size(); }
  bool hasInput(unsigned index) const {
    return index < inputs() && !proto.input(index).empty();
  }
  mlir::Value input(unsigned index);
  mlir::RankedTensorType type(unsigned index);
  llvm::ArrayRef<int64_t> shape(unsigned index) {
    return type(index).getShape();
  }
  int64_t rank(unsigned index) { return type(index).getRank(); }
  /// The shape that it would have with another count of images in a run.
  llvm::SmallVector<int64_t> otherShape(unsigned index);
  /// An input that plays a part in training: its initializer gets this role.
  /// `kind` (`weight`, `scale`, …) tells apart what exporters merged.
  mlir::Value weight(unsigned index, Role role, llvm::StringRef kind);
  mlir::Value parameter(unsigned index, llvm::StringRef kind) {
    return weight(index, Role::parameter, kind);
  }
  /// Whether an input is a floating-point initializer, as it stands.
  bool isInitializer(unsigned index);
  /// Whether the count of images in a run changes numbers of an input that is
  /// known.
  bool isFromCount(unsigned index) const;
  /// The results depend on that count: `known`, `constant` and `scalar` note it
  /// for what they read; `constants`, of which shapes are made, does not.
  void noteCount() { readsCount = true; }
  bool isKnown(unsigned index) const;
  /// An input's value if it is known while importing, else null.
  const HostTensor *known(unsigned index);
  /// The same for an input that the operator's row says must be known, and an
  /// error if it is not.
  const HostTensor *constant(unsigned index);
  /// The integers of a constant input of rank 0 or 1.
  std::optional<llvm::SmallVector<int64_t>> constants(unsigned index);
  /// The number in a constant input of one element.
  std::optional<double> scalar(unsigned index);

  /// What a run is given behind the file's inputs: numbers of [0, 1), or
  /// standard normal ones.
  mlir::Value noise(llvm::ArrayRef<int64_t> shape, Distribution distribution);
  /// The same in the shape of an input, with its images.
  mlir::Value noiseLike(unsigned index, Distribution distribution);

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  unsigned outputs() const { return proto.output_size(); }
  /// Whether the node gives an output: an optional one without a name is left
  /// out.
  bool namesOutput(unsigned index) const {
    return index < outputs() && !proto.output(index).empty();
  }
  /// Whether an output is read: exporters name also those that nobody reads.
  bool hasOutput(unsigned index) const;
  void set(unsigned index, mlir::Value value);
  /// A result that is known while importing, and what it were for another count
  /// of images in a run (null: the same).
  void set(unsigned index, std::shared_ptr<const HostTensor> host,
           std::shared_ptr<const HostTensor> other = nullptr);
  /// Result 0 is the input as it stands, an initializer stays one.
  void pass(unsigned input) { passed = input; }
  mlir::Value result(unsigned index) const { return results[index]; }
  /// `buffer` (an input read with role buffer) has this value afterwards.
  void update(mlir::Value buffer, mlir::Value value);

  //===--------------------------------------------------------------------===//
  // Checks and helpers
  //===--------------------------------------------------------------------===//

  /// Reports `node '…' (Op, opset N): message`.
  void reject(const llvm::Twine &message,
              llvm::ArrayRef<std::string> notes = {});
  bool failed() const { return isFailed; }

  /// Reports a shape that the IR cannot have.
  bool fits(llvm::ArrayRef<int64_t> shape);
  /// Reports a constant that is larger than the importer may compute.
  bool isAffordable(int64_t elements);
  /// A constant; a large one lies in the weights file, under the first output's
  /// name and `#kind`.
  mlir::Value literal(HostTensor tensor, llvm::StringRef kind);
  /// A constant vector of i32.
  mlir::Value indices(std::vector<int64_t> values, llvm::StringRef kind);
  /// An axis in [0, rank), counted from the end if negative.
  std::optional<int64_t> axis(int64_t axis, int64_t rank);
  /// Distinct axes in increasing order.
  std::optional<llvm::SmallVector<int64_t>> axes(llvm::ArrayRef<int64_t> axes,
                                                 int64_t rank);
  /// The shape of two operands after numpy's broadcasting.
  std::optional<llvm::SmallVector<int64_t>>
  broadcastShape(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);
  /// `value` stretched to `shape`, which numpy's broadcasting allows.
  mlir::Value stretch(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  /// All inputs from `first` on, stretched to one shape; they have one type of
  /// element. Empty after an error.
  llvm::SmallVector<mlir::Value> stretchInputs(unsigned first = 0);

  /// Where a file's number for the batch was replaced: {old, new}.
  std::optional<std::pair<int64_t, int64_t>> rebatch() const;
  /// Whether an input depends on the batch that was replaced.
  bool isBatched(unsigned index) const;

private:
  friend class Importer;
  const ::onnx::AttributeProto *find(llvm::StringRef name) const;
  const ::onnx::AttributeProto *
  take(llvm::StringRef name, ::onnx::AttributeProto::AttributeType type);

  Importer &importer;
  const ::onnx::NodeProto &proto;
  const OnnxOperator &op;
  int schemaVersion;
  bool isFailed = false, isPoisoned = false;
  // Where operations are computed at once, inputs stand for these.
  llvm::ArrayRef<mlir::Value> placeholders;
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<std::shared_ptr<const HostTensor>> hosts, others;
  bool readsCount = false;
  std::optional<unsigned> passed;
  llvm::StringSet<> read;
};

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_ONNXNODE_H
