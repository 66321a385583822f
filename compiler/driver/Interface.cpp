//===- Interface.cpp - inputs and outputs of an inference program ---------===//

#include "compiler/driver/Interface.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace gan;

std::string InterfaceTensor::dtype() const {
  Type element = type.getElementType();
  if (element.isInteger(1))
    return "bool";
  return (element.isFloat() ? "f" : "i") +
         std::to_string(element.getIntOrFloatBitWidth());
}

SmallVector<InterfaceTensor> gan::interfaceOf(gan::ProgramOp program) {
  SmallVector<InterfaceTensor> tensors;
  auto add = [&](StringRef text, Type type, StringRef kind) {
    bool isBatched = text.consume_front("batched ");
    bool isMixed = text.consume_front("mixed ");
    // As ONNX has it, -1 is the last.
    int64_t indexes = 0;
    if (text.consume_front("indexes ") && !text.consumeInteger(10, indexes))
      text.consume_front(" ");
    bool isUniform = text.consume_front("uniform ");
    if (!text.consume_front(kind))
      return;
    auto tensor = cast<RankedTensorType>(type);
    bool isOutput = kind == "output ";
    // Images lie between -1 and 1, as generators write them.
    bool isImage = isOutput && tensor.getRank() == 4;
    tensors.push_back(
        {text.str(), tensor, isOutput, isBatched, isMixed,
         isImage ? -1.0 : 0 - double(indexes),
         isImage || isUniform ? 1.0 : double(indexes - (indexes > 0))});
  };
  for (auto [name, value] :
       llvm::zip(program.getResultNames().getAsRange<StringAttr>(),
                 program.getTerminator().getValues()))
    add(name, value.getType(), "output ");
  for (auto [name, argument] :
       llvm::zip(program.getArgumentNames().getAsRange<StringAttr>(),
                 program.getBody().getArguments()))
    add(name, argument.getType(), "input ");
  return tensors;
}

int64_t gan::batchOf(ArrayRef<InterfaceTensor> tensors) {
  for (const InterfaceTensor &tensor : tensors)
    if (tensor.isBatched)
      return tensor.type.getDimSize(0);
  return 0;
}

//===----------------------------------------------------------------------===//
// Identifiers
//===----------------------------------------------------------------------===//

/// Words of C and C++ that cannot name anything, and a function that is there.
static bool isReserved(StringRef name) {
  static const llvm::StringSet<> words = {"alignas",
                                          "alignof",
                                          "and",
                                          "and_eq",
                                          "asm",
                                          "auto",
                                          "bitand",
                                          "bitor",
                                          "bool",
                                          "break",
                                          "case",
                                          "catch",
                                          "char",
                                          "class",
                                          "compl",
                                          "concept",
                                          "const",
                                          "const_cast",
                                          "consteval",
                                          "constexpr",
                                          "constinit",
                                          "continue",
                                          "decltype",
                                          "default",
                                          "delete",
                                          "do",
                                          "double",
                                          "dynamic_cast",
                                          "else",
                                          "enum",
                                          "explicit",
                                          "export",
                                          "extern",
                                          "false",
                                          "float",
                                          "for",
                                          "friend",
                                          "goto",
                                          "if",
                                          "inline",
                                          "int",
                                          "long",
                                          "main",
                                          "mutable",
                                          "namespace",
                                          "new",
                                          "noexcept",
                                          "not",
                                          "not_eq",
                                          "nullptr",
                                          "operator",
                                          "or",
                                          "or_eq",
                                          "private",
                                          "protected",
                                          "public",
                                          "register",
                                          "requires",
                                          "restrict",
                                          "return",
                                          "short",
                                          "signed",
                                          "sizeof",
                                          "static",
                                          "static_cast",
                                          "struct",
                                          "switch",
                                          "template",
                                          "this",
                                          "thread_local",
                                          "throw",
                                          "true",
                                          "try",
                                          "typedef",
                                          "typeid",
                                          "typename",
                                          "typeof",
                                          "union",
                                          "unsigned",
                                          "using",
                                          "virtual",
                                          "void",
                                          "volatile",
                                          "wchar_t",
                                          "while",
                                          "xor",
                                          "xor_eq",
                                          "linux",
                                          "unix",
                                          "char8_t",
                                          "char16_t",
                                          "char32_t",
                                          "static_assert",
                                          "reinterpret_cast",
                                          "typeof_unqual"};
  return words.contains(name);
}

std::string gan::identifierOf(StringRef name) {
  std::string text;
  // Leading underscores and pairs of them belong to the languages.
  for (char c : name.take_front(64))
    if (llvm::isAlnum(c))
      text += c;
    else if (!text.empty() && text.back() != '_')
      text += '_';
  text = StringRef(text).rtrim('_').str();
  if (text.empty() || llvm::isDigit(text.front()))
    text = "t" + text;
  return isReserved(text) ? text + "_" : text;
}

std::string gan::uniqueIdentifier(StringRef name, llvm::StringSet<> &taken) {
  std::string base = identifierOf(name), text = base;
  for (unsigned i = 2; !taken.insert(text).second; ++i)
    text = base + "_" + std::to_string(i);
  return text;
}
