//===- ConstantWriter.h - C structs as LLVM constants ---------------------===//

#ifndef COMPILER_DRIVER_CONSTANTWRITER_H
#define COMPILER_DRIVER_CONSTANTWRITER_H

#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include <array>

namespace gan {

/// Makes constants with the layout that C gives a struct of these fields.
class ConstantWriter {
public:
  explicit ConstantWriter(llvm::Module &module)
      : module(module), context(module.getContext()) {}

  using Constant = llvm::Constant *;

  Constant u32(uint64_t value) const {
    return llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), value);
  }
  Constant u64(uint64_t value) const {
    return llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), value);
  }
  Constant f64(double value) const {
    return llvm::ConstantFP::get(llvm::Type::getDoubleTy(context), value);
  }
  Constant null() const {
    return llvm::ConstantPointerNull::get(
        llvm::PointerType::getUnqual(context));
  }
  Constant structure(llvm::ArrayRef<Constant> fields) const {
    return llvm::ConstantStruct::getAnon(context, fields);
  }
  /// A pointer to a private, NUL-terminated copy of `text`.
  Constant string(llvm::StringRef text) {
    return global(llvm::ConstantDataArray::getString(context, text));
  }
  /// A pointer to the elements, NULL if there are none.
  Constant array(llvm::ArrayRef<Constant> elements) {
    if (elements.empty())
      return null();
    auto *type =
        llvm::ArrayType::get(elements.front()->getType(), elements.size());
    return global(llvm::ConstantArray::get(type, elements));
  }
  /// A pointer to a copy of `bytes`.
  Constant data(llvm::ArrayRef<uint8_t> bytes) {
    return global(llvm::ConstantDataArray::get(context, bytes));
  }
  /// A pointer to bytes that may be read as words, with a NUL behind them.
  Constant blob(llvm::StringRef bytes) {
    auto *pointer = llvm::cast<llvm::GlobalVariable>(string(bytes));
    pointer->setAlignment(llvm::Align(16));
    return pointer;
  }
  /// A pointer to the numbers, NULL if there are none.
  Constant u32s(llvm::ArrayRef<uint32_t> values) {
    if (values.empty())
      return null();
    return global(llvm::ConstantDataArray::get(context, values));
  }
  Constant u32x3(const std::array<uint32_t, 3> &values) const {
    return llvm::ConstantDataArray::get(context,
                                        llvm::ArrayRef<uint32_t>(values));
  }
  Constant numbers(llvm::ArrayRef<int64_t> values) {
    llvm::SmallVector<Constant> elements;
    for (int64_t value : values)
      elements.push_back(u64(value));
    return array(elements);
  }
  /// A symbol that another object defines.
  Constant external(llvm::StringRef symbol, llvm::Type *type) {
    return module.getOrInsertGlobal(symbol, type);
  }

  llvm::Module &module;
  llvm::LLVMContext &context;

private:
  Constant global(Constant value) {
    auto *made =
        new llvm::GlobalVariable(module, value->getType(), true,
                                 llvm::GlobalValue::PrivateLinkage, value);
    made->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return made;
  }
};

} // namespace gan

#endif // COMPILER_DRIVER_CONSTANTWRITER_H
