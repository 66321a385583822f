//===- OpTable.cpp - which operators are read, and by whom ----------------===//

#include "frontends/onnx/OpTable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

static OnnxOperators makeTable() {
  OnnxOperators operators;
  addActivationOperators(operators);
  addConstantOperators(operators);
  addContractionOperators(operators);
  addConvolutionOperators(operators);
  addElementwiseOperators(operators);
  addGatherOperators(operators);
  addLogicOperators(operators);
  addNoiseOperators(operators);
  addNormalizationOperators(operators);
  addOrderOperators(operators);
  addPoolingOperators(operators);
  addReductionOperators(operators);
  addResampleOperators(operators);
  addResizeOperators(operators);
  addShapeOperators(operators);
  addSliceOperators(operators);
  addTrigonometryOperators(operators);
  llvm::sort(operators, [](const OnnxOperator &a, const OnnxOperator &b) {
    return std::tie(a.domain, a.name) < std::tie(b.domain, b.name);
  });
  return operators;
}

const OnnxOperators &onnximport::onnxOperators() {
  static const OnnxOperators operators = makeTable();
  return operators;
}

const OnnxOperator *onnximport::findOnnxOperator(StringRef domain,
                                                 StringRef name) {
  const OnnxOperators &operators = onnxOperators();
  auto found = llvm::lower_bound(operators, std::make_pair(domain, name),
                                 [](const OnnxOperator &row, const auto &key) {
                                   return std::tie(row.domain, row.name) <
                                          std::tie(key.first, key.second);
                                 });
  bool isIt = found != operators.end() && found->domain == domain &&
              found->name == name;
  return isIt ? &*found : nullptr;
}

static std::vector<StringRef> namesOf(unsigned types) {
  std::vector<StringRef> names;
  for (auto [bit, name] : {std::pair<unsigned, StringRef>(kFloat, "float"),
                           {kInt32, "int32"},
                           {kInt64, "int64"},
                           {kBool, "bool"}})
    if (types & bit)
      names.push_back(name);
  return names;
}

void gan::printSupportedOnnxOperators(raw_ostream &stream, bool json) {
  if (json) {
    llvm::json::OStream writer(stream, 2);
    writer.object([&] {
      writer.attribute("oldest_opset", kOldestOpset);
      writer.attribute("newest_opset", kNewestOpset);
      writer.attributeArray("operators", [&] {
        for (const OnnxOperator &row : onnxOperators())
          writer.object([&] {
            writer.attribute("domain", row.domain);
            writer.attribute("name", row.name);
            writer.attribute("versions", llvm::json::Array(row.versions));
            writer.attribute("fewest_inputs", row.fewestInputs);
            // 0: any number.
            writer.attribute("most_inputs",
                             row.mostInputs == kVariadic ? 0 : row.mostInputs);
            writer.attribute("types", llvm::json::Array(namesOf(row.types)));
            writer.attribute("limits", row.limits);
            writer.attributeObject("known_when_compiling", [&] {
              for (const KnownInput &input : row.known)
                writer.attribute(input.name, input.index);
            });
          });
      });
    });
    stream << '\n';
    return;
  }
  stream << "ONNX operators, opset " << kOldestOpset << " to " << kNewestOpset
         << '\n'
         << llvm::formatv("{0,-22} {1,-28} {2,-23} {3,-24} {4}\n", "operator",
                          "versions read", "first input",
                          "known when compiling", "not supported");
  auto numbers = [](const std::vector<int> &list) {
    return llvm::join(
        llvm::map_range(list, [](int n) { return std::to_string(n); }), " ");
  };
  auto known = [](const std::vector<KnownInput> &list) {
    return llvm::join(
        llvm::map_range(list,
                        [](const KnownInput &input) { return input.name; }),
        " ");
  };
  for (const OnnxOperator &row : onnxOperators()) {
    std::string line = llvm::formatv(
        "{0,-22} {1,-28} {2,-23} {3,-24} {4}", row.name, numbers(row.versions),
        llvm::join(namesOf(row.types), " "), known(row.known), row.limits);
    stream << StringRef(line).rtrim() << '\n';
  }
}
