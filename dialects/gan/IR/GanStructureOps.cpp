//===- GanStructureOps.cpp - networks, programs, state and the host -------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace gan;

//===----------------------------------------------------------------------===//
// network, return, parameter
//===----------------------------------------------------------------------===//

ParseResult NetworkOp::parse(OpAsmParser &parser, OperationState &result) {
  auto build = [](Builder &builder, ArrayRef<Type> inputs,
                  ArrayRef<Type> results, function_interface_impl::VariadicFlag,
                  std::string &) {
    return builder.getFunctionType(inputs, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false,
      getFunctionTypeAttrName(result.name), build,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void NetworkOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

StringRef NetworkOp::getArgumentName(unsigned index) {
  auto name = getArgAttrOfType<StringAttr>(index, "gan.name");
  return name ? name.getValue() : StringRef();
}

StringRef NetworkOp::getResultName(unsigned index) {
  auto name = getResultAttrOfType<StringAttr>(index, "gan.name");
  return name ? name.getValue() : StringRef();
}

LogicalResult ReturnOp::verify() {
  auto network = cast<NetworkOp>((*this)->getParentOp());
  if (getValues().getTypes() != TypeRange(network.getResultTypes()))
    return emitOpError() << "expected the network's result types ("
                         << network.getResultTypes() << ") (C1), got ("
                         << getValues().getTypes() << ")";
  return success();
}

LogicalResult ParameterOp::verify() {
  auto type = tensorType(getResult());
  uint64_t width = std::max(1u, type.getElementTypeBitWidth() / 8);
  if (!type.hasStaticShape() ||
      getBlob().getBytes() != type.getNumElements() * width)
    return emitOpError() << "expected a blob of the type's size (C1), got "
                         << getBlob().getBytes() << " bytes for " << type;
  return success();
}

//===----------------------------------------------------------------------===//
// grad
//===----------------------------------------------------------------------===//

void GradOp::build(OpBuilder &builder, OperationState &state, Value value,
                   ValueRange wrt, bool zeroWithoutPath) {
  build(builder, state, wrt.getTypes(), value, wrt, zeroWithoutPath);
}

LogicalResult GradOp::verify() {
  if (getGradients().getTypes() != getWrt().getTypes())
    return emitOpError() << "expected results of the types of wrt (C1)";
  return success();
}

//===----------------------------------------------------------------------===//
// program
//===----------------------------------------------------------------------===//

// gan.program @NAME(%arg: type, …) arguments [...] results [...] { … }
ParseResult ProgramOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  SmallVector<OpAsmParser::Argument> arguments;
  ArrayAttr argumentNames, resultNames;
  if (parser.parseSymbolName(name, SymbolTable::getSymbolAttrName(),
                             result.attributes) ||
      parser.parseArgumentList(arguments, OpAsmParser::Delimiter::Paren,
                               /*allowType=*/true) ||
      parser.parseKeyword("arguments") ||
      parser.parseAttribute(argumentNames,
                            getArgumentNamesAttrName(result.name),
                            result.attributes) ||
      parser.parseKeyword("results") ||
      parser.parseAttribute(resultNames, getResultNamesAttrName(result.name),
                            result.attributes) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  return parser.parseRegion(*result.addRegion(), arguments);
}

void ProgramOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << '(';
  llvm::interleaveComma(
      getBody().getArguments(), printer,
      [&](BlockArgument a) { printer.printRegionArgument(a); });
  printer << ") arguments ";
  printer.printAttributeWithoutType(getArgumentNamesAttr());
  printer << " results ";
  printer.printAttributeWithoutType(getResultNamesAttr());
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                           {SymbolTable::getSymbolAttrName(),
                                            getArgumentNamesAttrName(),
                                            getResultNamesAttrName()});
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

static StringRef stateOf(ArrayAttr names, unsigned index) {
  StringRef name = cast<StringAttr>(names[index]).getValue();
  return name.consume_front("state ") ? name : StringRef();
}

StringRef ProgramOp::getArgumentState(unsigned index) {
  return stateOf(getArgumentNames(), index);
}
StringRef ProgramOp::getResultState(unsigned index) {
  return stateOf(getResultNames(), index);
}
YieldOp ProgramOp::getTerminator() {
  return cast<YieldOp>(getBody().front().getTerminator());
}

LogicalResult ProgramOp::verify() {
  Block &block = getBody().front();
  auto yield = dyn_cast<YieldOp>(block.back());
  if (!yield || block.getNumArguments() != getArgumentNames().size() ||
      yield.getValues().size() != getResultNames().size())
    return emitOpError()
           << "expected a name for every argument and result (C1)";
  llvm::StringMap<Type> declared;
  if (auto module = (*this)->getParentOfType<ModuleOp>())
    for (auto state : module.getOps<StateOp>())
      declared[state.getName()] = state.getType();
  auto check = [&](StringRef name, Type type) -> LogicalResult {
    if (name.empty() || declared.lookup(name) == type)
      return success();
    auto found = declared.find(name);
    if (found == declared.end())
      return emitOpError() << "expected state '" << name
                           << "' to be declared (C2)";
    return emitOpError() << "expected state '" << name << "' of type "
                         << found->second << " (C2), got " << type;
  };
  for (auto [index, argument] : llvm::enumerate(block.getArguments()))
    if (failed(check(getArgumentState(index), argument.getType())))
      return failure();
  for (auto [index, value] : llvm::enumerate(yield.getValues()))
    if (failed(check(getResultState(index), value.getType())))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// repeat, if
//===----------------------------------------------------------------------===//

// gan.repeat %n carry (%a = %x, …) : types { … }
ParseResult RepeatOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand count;
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> initial;
  SmallVector<Type> types;
  if (parser.parseOperand(count) || parser.parseKeyword("carry") ||
      parser.parseAssignmentList(arguments, initial) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.parseOptionalColonTypeList(types))
    return failure();
  if (types.size() != initial.size())
    return parser.emitError(parser.getNameLoc())
           << "expected one type per carried value, got " << types.size()
           << " for " << initial.size();
  for (auto [argument, type] : llvm::zip(arguments, types))
    argument.type = type;
  result.addTypes(types);
  return failure(parser.resolveOperand(count, parser.getBuilder().getF64Type(),
                                       result.operands) ||
                 parser.resolveOperands(initial, types, parser.getNameLoc(),
                                        result.operands) ||
                 parser.parseRegion(*result.addRegion(), arguments));
}

void RepeatOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getCount() << " carry (";
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getInitial()),
                        printer, [&](auto pair) {
                          printer << std::get<0>(pair) << " = "
                                  << std::get<1>(pair);
                        });
  printer << ')';
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  if (!getInitial().empty())
    printer << " : " << getInitial().getTypes();
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult RepeatOp::verify() {
  Block &block = getBody().front();
  auto yield = dyn_cast<YieldOp>(block.back());
  TypeRange types = getInitial().getTypes();
  if (!yield || TypeRange(block.getArgumentTypes()) != types ||
      yield.getValues().getTypes() != types || getResultTypes() != types)
    return emitOpError() << "expected one list of types for initial values, "
                            "arguments, yield and results (C1)";
  return success();
}

LogicalResult IfOp::verify() {
  for (Region *region : {&getThenRegion(), &getElseRegion()}) {
    Block &block = region->front();
    auto yield = block.empty() ? YieldOp() : dyn_cast<YieldOp>(block.back());
    if (!yield || yield.getValues().getTypes() != getResultTypes())
      return emitOpError()
             << "expected both regions to yield the result types (C1)";
  }
  return success();
}
