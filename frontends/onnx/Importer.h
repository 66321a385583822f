//===- Importer.h - a checked model becomes one network -------------------===//

#ifndef FRONTENDS_ONNX_IMPORTER_H
#define FRONTENDS_ONNX_IMPORTER_H

#include "dialects/gan/IR/RowDependence.h"
#include "frontends/onnx/HostEvaluator.h"
#include "frontends/onnx/OnnxNode.h"

namespace gan::onnximport {

/// A value of the file. Shapes and other small constants are known to the
/// importer (`host`) and become operations only where one needs them.
struct Imported {
  mlir::Value value;
  std::shared_ptr<const HostTensor> host;
  // What `host` were for another count of images in a run; null: the same.
  std::shared_ptr<const HostTensor> other;
  int initializer = -1;     // index, for the values of initializers themselves
  bool isFromCount = false; // made, maybe by its shape, from that count
  bool isWeight = false;    // computed from floating-point initializers
  bool isBatched = false;   // depends on an input whose batch was replaced
  bool isPoisoned = false;  // its node failed
};

class Importer {
public:
  Importer(OnnxModel::Implementation &model, mlir::OpBuilder &builder,
           llvm::ArrayRef<mlir::RankedTensorType> argumentTypes,
           llvm::ArrayRef<OnnxTap> taps);

  mlir::FailureOr<NetworkOp> run(llvm::StringRef symbol, llvm::StringRef name);

private:
  friend class OnnxNode;

  // One piece of an initializer that training may treat on its own.
  struct Use {
    ParameterOp op;
    std::string kind; // empty: undecided
  };
  // Which of them an input of a node is.
  struct Read {
    unsigned node, input;
    ParameterOp op;
  };
  // The new value of a buffer.
  struct Update {
    ParameterOp buffer;
    UpdateBufferOp op;
  };

  mlir::LogicalResult bindArguments();
  void findReachable();
  void importNode(unsigned index);
  bool runHandler(OnnxNode &node);
  bool fold(const ::onnx::NodeProto &proto, const OnnxOperator &op, int version,
            std::vector<Imported> &results);
  void finishParameters();
  void finishNoise();
  void removeDead(mlir::Block &block);

  Imported *lookup(llvm::StringRef name);
  std::optional<RowAxis> rowsOf(mlir::Value value);
  bool takeBatch(llvm::SmallVectorImpl<int64_t> &shape);
  mlir::Value noise(llvm::ArrayRef<int64_t> shape, Distribution distribution,
                    std::optional<RowAxis> rows, llvm::StringRef name,
                    TensorBuilder &build);
  mlir::RankedTensorType typeOf(const Imported &imported) const;
  mlir::Value materialise(Imported &imported, llvm::StringRef name);
  mlir::Value parameter(Imported &imported, Role role, llvm::StringRef kind);
  void noteRead(unsigned input, mlir::Value value);
  void keepName(const Imported &imported, mlir::Value output);
  mlir::Value buffer(mlir::Value value);
  void update(mlir::Value buffer, mlir::Value value, mlir::Location loc);
  void claim(mlir::Value value, Role role, llvm::StringRef kind);
  ParameterOp makeParameter(llvm::StringRef name, Role role, BlobAttr blob,
                            mlir::RankedTensorType type);
  void checkOutput(const OnnxPort &port, mlir::RankedTensorType type);
  void report(const ::onnx::NodeProto &proto, const llvm::Twine &message,
              llvm::ArrayRef<std::string> notes);
  mlir::Location locationOf(const ::onnx::NodeProto &proto) const;

  OnnxModel::Implementation &model;
  mlir::OpBuilder builder;
  llvm::ArrayRef<mlir::RankedTensorType> argumentTypes;
  llvm::SmallVector<llvm::StringRef> targets; // outputs, then taps
  llvm::ArrayRef<OnnxTap> taps;
  Reporter reporter;
  NetworkOp network;
  mlir::Operation *lastParameter = nullptr;

  int64_t batch = 0;  // images of a run; 0: no input counts them
  RowDependence rows; // of what was imported up to `lastVisited`
  mlir::Operation *lastVisited = nullptr;

  llvm::StringMap<Imported> values;
  std::vector<llvm::SmallVector<Use, 1>> uses; // by initializer
  std::vector<Read> reads;
  std::vector<Update> updates;
  llvm::DenseMap<mlir::Value, ParameterOp> buffers; // by current value
  std::optional<std::pair<int64_t, int64_t>> rebatch;
  std::vector<bool> rebatchedInputs; // noise behind the file's inputs
  // Of the arguments that are noise.
  llvm::SmallVector<mlir::Attribute> noiseAttributes;

  // How outputs reach a node: the next node on the way, or the target itself.
  struct Reason {
    int consumer = -1;
    int output = -1;
    bool isReached = false;
  };
  std::vector<Reason> reasons;
  llvm::StringSet<> readNames; // by what reaches an output, and outputs
  unsigned current = 0;        // the node that is being imported

  // Constants computed so far, bounded by what the file is worth.
  uint64_t foldedBytes = 0, foldedWork = 0;
};

/// The number that stands for the batch in axis 0 where no axis 0 is free.
std::optional<int64_t> fixedBatch(llvm::ArrayRef<OnnxPort> inputs);

/// Whether axis 0 of an input or output counts images, for an instance of
/// `batch` images: it is free in the file, or the batch that the file has as a
/// number. A single number of a file for one image is a number, not a batch.
bool isBatched(const OnnxPort &port, mlir::RankedTensorType type, int64_t batch,
               std::optional<int64_t> fileBatch);

/// Images of an instance with these argument types; 0 if no axis counts them.
int64_t batchOf(llvm::ArrayRef<OnnxPort> inputs,
                llvm::ArrayRef<mlir::RankedTensorType> types);

/// Reports the first operation through which the batch (axis 0 of the arguments
/// with `isRebatched`) does not pass unchanged.
mlir::LogicalResult checkBatch(NetworkOp network,
                               const std::vector<bool> &isRebatched,
                               int64_t fileBatch, Reporter &reporter);

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_IMPORTER_H
