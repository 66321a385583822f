//===- Library.cpp - a network as a C library -----------------------------===//
//
// The header stands alone: it repeats ganrt/types.h. Every function is a call
// of the runtime with the library's own artefact.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Library.h"
#include "ganrt/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace gan;

/// The text of ganrt/types.h.
static constexpr llvm::StringLiteral kSharedTypes =
#include "compiler/driver/SharedTypes.inc"
    ;

static StringRef cType(const InterfaceTensor &tensor) {
  std::string dtype = tensor.dtype();
  return dtype == "f32"   ? "float"
         : dtype == "f64" ? "double"
         : dtype == "i32" ? "int32_t"
         : dtype == "i64" ? "int64_t"
                          : "uint8_t";
}

/// Text that ends no comment, continues no line and moves no cursor.
static std::string commentOf(StringRef text) {
  std::string safe;
  for (char c : text.take_front(256)) {
    bool endsComment = !safe.empty() && ((safe.back() == '*' && c == '/') ||
                                         (safe.back() == '/' && c == '*'));
    bool isPlain = llvm::isPrint(c) && c != '\\' && c != '?';
    safe += isPlain && !endsComment ? c : '_';
  }
  return safe;
}

static std::string shapeText(const InterfaceTensor &tensor) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (auto [axis, size] : llvm::enumerate(tensor.type.getShape())) {
    if (axis == 0 && tensor.isBatched)
      stream << "Nx";
    else
      stream << size << "x";
  }
  stream << tensor.dtype();
  return text;
}

/// Inputs in the order of the network, then outputs, with their names in C.
static SmallVector<std::pair<const InterfaceTensor *, std::string>>
parametersOf(const Library &library) {
  llvm::StringSet<> taken = {"model", "count"};
  SmallVector<std::pair<const InterfaceTensor *, std::string>> parameters;
  for (bool isOutput : {false, true})
    for (const InterfaceTensor &tensor : library.tensors)
      if (tensor.isOutput == isOutput)
        parameters.push_back({&tensor, uniqueIdentifier(tensor.name, taken)});
  return parameters;
}

//===----------------------------------------------------------------------===//
// The header
//===----------------------------------------------------------------------===//

static void writeConstants(llvm::raw_ostream &out,
                           const InterfaceTensor &tensor, StringRef macro) {
  ArrayRef<int64_t> shape = tensor.type.getShape();
  int64_t rows = tensor.isBatched ? shape[0] : 1;
  out << "\n/* " << (tensor.isOutput ? "output '" : "input '")
      << commentOf(tensor.name) << "': " << shapeText(tensor);
  if (!tensor.isBatched)
    out << (tensor.isMixed ? ", one for a run" : ", one for all images");
  else if (tensor.isMixed)
    out << ", from all images of a run";
  out << " */\n#define " << macro << "_DTYPE \"" << tensor.dtype()
      << "\"\n#define " << macro << "_BATCHED " << tensor.isBatched
      << "\n#define " << macro << "_RANK " << shape.size() << "\n";
  if (!shape.empty()) {
    out << "#define " << macro << "_SHAPE {";
    for (auto [axis, size] : llvm::enumerate(shape))
      out << (axis ? ", " : "") << (axis == 0 && tensor.isBatched ? 1 : size);
    out << "}\n";
  }
  out << "#define " << macro << "_SIZE "
      << tensor.type.getNumElements() / std::max<int64_t>(rows, 1) << "\n";
  if (tensor.low < tensor.high)
    out << "#define " << macro << "_LOW (" << llvm::format("%.1f", tensor.low)
        << ")\n#define " << macro << "_HIGH "
        << llvm::format("%.1f", tensor.high) << "\n";
}

static bool mixesImages(ArrayRef<InterfaceTensor> tensors) {
  return llvm::any_of(
      tensors, [](const InterfaceTensor &tensor) { return tensor.isMixed; });
}

std::string gan::writeHeader(const Library &library) {
  std::string text;
  llvm::raw_string_ostream out(text);
  std::string upper = StringRef(library.prefix).upper();
  StringRef p = library.prefix;
  out << "/* " << p << ".h - written by ganc " GANC_VERSION " from "
      << commentOf(library.source) << "\n"
      << " *\n"
         " * Precision class "
      << library.numerics
      << ". A shared library needs nothing else; an archive and\n"
         " * an object are linked with -lganrt -lm.\n"
         " *\n"
         " * Nothing here prints, exits, or keeps state outside of the objects "
         "it makes.\n"
         " * One model serves one thread at a time; a call from a second one "
         "is refused.\n"
         " * Several models share the weights, and a pool if they are given "
         "one.\n"
         " */\n"
      << "#ifndef " << upper << "_H\n#define " << upper << "_H\n\n"
      << kSharedTypes << "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
      << "enum {\n  " << upper << "_ABI_VERSION = " << GANRT_ABI_VERSION
      << ",\n  " << upper << "_BATCH = " << batchOf(library.tensors)
      << " /* images that one pass works on; "
      << (mixesImages(library.tensors) ? "only full passes can be run"
                                       : "any count can be run")
      << " */\n};\n"
      << "\n/* N counts images. SHAPE and SIZE are those of one image, SIZE in "
         "elements. */\n";
  auto parameters = parametersOf(library);
  llvm::StringSet<> macros;
  for (auto &[tensor, name] : parameters)
    writeConstants(
        out, *tensor,
        upper + "_" +
            uniqueIdentifier(StringRef(tensor->name).upper(), macros));

  out << "\ntypedef struct " << p << " " << p << ";\ntypedef "
      << "ganrt_model_options " << p << "_options;\n"
      << "\n/* " << upper << "_ABI_VERSION of the library itself. */\n"
      << "uint32_t " << p << "_abi_version(void);\n"
      << "\n/* The digest of the model and of the options it was compiled "
         "with. */\n"
      << "const char *" << p << "_model_sha256(void);\n"
      << "\n/* What a workspace must have for these options; NULL options are "
         "the default.\n * It starts at a multiple of 64 bytes. */\n"
      << "uint64_t " << p << "_workspace_bytes(const " << p
      << "_options *options);\n"
      << "\n/* Threads, 0 for one per processor, that several models may "
         "share; destroyed\n * after them. */\n"
      << "GANRT_MUST_USE ganrt_status_t\n"
      << p << "_pool_create(uint32_t threads, ganrt_pool **out);\n"
      << "void " << p << "_pool_destroy(ganrt_pool *pool);\n"
      << "\n/* Takes all memory that runs will need. */\n"
      << "GANRT_MUST_USE ganrt_status_t\n"
      << p << "_create(const " << p << "_options *options, " << p
      << " **out);\n"
      << "void " << p << "_destroy(" << p << " *model);\n"
      << "\n/* Runs `count` images through the network. The buffers are the "
         "caller's: SIZE\n * elements for each image, or once where BATCHED "
         "is 0. Any alignment is right;\n * multiples of 64 bytes save a "
         "copy. */\n"
      << "GANRT_MUST_USE ganrt_status_t\n"
      << p << "_run(" << p << " *model, size_t count";
  for (auto &[tensor, name] : parameters)
    out << ",\n    " << (tensor->isOutput ? "" : "const ") << cType(*tensor)
        << " *" << name;
  out << ");\n"
      << "\n/* The sentence of a status, as long as it lives; \"done\" for "
         "NULL. */\n"
      << "const char *" << p << "_strerror(ganrt_status_t status);\n"
      << "ganrt_code " << p << "_status_code(ganrt_status_t status);\n"
      << "void " << p << "_status_free(ganrt_status_t status);\n"
      << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << upper << "_H */\n";
  return text;
}

//===----------------------------------------------------------------------===//
// The functions
//===----------------------------------------------------------------------===//

namespace {

/// Writes functions that others see into a module.
class FunctionWriter {
public:
  FunctionWriter(llvm::GlobalVariable &root, StringRef prefix)
      : module(*root.getParent()), root(root), prefix(prefix),
        builder(module.getContext()), pointer(builder.getPtrTy()),
        size(builder.getInt64Ty()) {}

  /// `prefix`_`name` passes its arguments on to the runtime's `callee`, behind
  /// `first` if that is not null.
  void forward(StringRef name, StringRef callee, llvm::Type *result,
               ArrayRef<llvm::Type *> types, llvm::Value *first = nullptr) {
    llvm::Function *function = begin(name, result, types);
    SmallVector<llvm::Value *> arguments;
    if (first)
      arguments.push_back(first);
    for (llvm::Argument &argument : function->args())
      arguments.push_back(&argument);
    finish(call(callee, result, arguments));
  }

  void constant(StringRef name, llvm::Constant *value) {
    begin(name, value->getType(), {});
    builder.CreateRet(value);
  }

  /// `prefix`_run: gathers the buffers in two tables.
  void run(unsigned inputs, unsigned outputs) {
    SmallVector<llvm::Type *> types = {pointer, size};
    types.append(inputs + outputs, pointer);
    llvm::Function *function = begin("run", pointer, types);
    auto gather = [&](unsigned first, unsigned count) {
      llvm::Value *table =
          builder.CreateAlloca(pointer, builder.getInt32(std::max(1u, count)));
      for (unsigned i = 0; i < count; ++i)
        builder.CreateStore(
            function->getArg(first + i),
            builder.CreateConstInBoundsGEP1_64(pointer, table, i));
      return table;
    };
    llvm::Value *in = gather(2, inputs), *out = gather(2 + inputs, outputs);
    finish(call("ganrt_model_run", pointer,
                {function->getArg(0), function->getArg(1), in, out}));
  }

  llvm::Module &module;
  llvm::GlobalVariable &root;
  StringRef prefix;
  llvm::IRBuilder<> builder;
  llvm::Type *pointer, *size;

private:
  llvm::Function *begin(StringRef name, llvm::Type *result,
                        ArrayRef<llvm::Type *> types) {
    auto *function = llvm::Function::Create(
        llvm::FunctionType::get(result, types, false),
        llvm::GlobalValue::ExternalLinkage, prefix + "_" + name, module);
    function->setDoesNotThrow();
    builder.SetInsertPoint(
        llvm::BasicBlock::Create(module.getContext(), "", function));
    return function;
  }

  llvm::CallInst *call(StringRef callee, llvm::Type *result,
                       ArrayRef<llvm::Value *> arguments) {
    SmallVector<llvm::Type *> types;
    for (llvm::Value *argument : arguments)
      types.push_back(argument->getType());
    return builder.CreateCall(
        module.getOrInsertFunction(
            callee, llvm::FunctionType::get(result, types, false)),
        arguments);
  }

  void finish(llvm::CallInst *call) {
    if (call->getType()->isVoidTy())
      builder.CreateRetVoid();
    else
      builder.CreateRet(call);
  }
};

} // namespace

void gan::addLibraryFunctions(const Library &library,
                              llvm::GlobalVariable &root) {
  FunctionWriter w(root, library.prefix);
  llvm::Type *none = w.builder.getVoidTy(), *word = w.builder.getInt32Ty();
  w.constant("abi_version", w.builder.getInt32(GANRT_ABI_VERSION));
  w.constant(
      "model_sha256",
      new llvm::GlobalVariable(w.module,
                               llvm::ArrayType::get(w.builder.getInt8Ty(),
                                                    library.digest.size() + 1),
                               true, llvm::GlobalValue::PrivateLinkage,
                               llvm::ConstantDataArray::getString(
                                   w.module.getContext(), library.digest)));
  w.forward("workspace_bytes", "ganrt_model_workspace_bytes", w.size,
            {w.pointer}, &root);
  w.forward("pool_create", "ganrt_pool_create", w.pointer, {word, w.pointer},
            llvm::ConstantPointerNull::get(w.builder.getPtrTy()));
  w.forward("pool_destroy", "ganrt_pool_destroy", none, {w.pointer});
  w.forward("create", "ganrt_model_create", w.pointer, {w.pointer, w.pointer},
            &root);
  w.forward("destroy", "ganrt_model_destroy", none, {w.pointer});
  unsigned outputs = llvm::count_if(
      library.tensors, [](const InterfaceTensor &t) { return t.isOutput; });
  w.run(library.tensors.size() - outputs, outputs);
  w.forward("strerror", "ganrt_status_message", w.pointer, {w.pointer});
  w.forward("status_code", "ganrt_status_code", word, {w.pointer});
  w.forward("status_free", "ganrt_status_free", none, {w.pointer});
}
