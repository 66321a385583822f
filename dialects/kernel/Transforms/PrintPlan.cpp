//===- PrintPlan.cpp - the plan as a table for readers --------------------===//

#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_PRINTPLANPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

/// 1234567 as "1.23 M": three digits and a unit of a thousand.
static std::string readable(double number) {
  static const char *const units[] = {" ", " k", " M", " G", " T", " P"};
  unsigned unit = 0;
  while (number >= 999.5 && unit + 1 < std::size(units)) {
    number /= 1000;
    ++unit;
  }
  int digits = unit == 0 || number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%.*f", digits, number) << units[unit];
  return text;
}

namespace {
struct Row {
  std::string name, root, operations, flop, bytes, chunks, backend, devices;
};

class PlanPrinter {
public:
  PlanPrinter(ModuleOp module, raw_ostream &out)
      : symbols(module), out(out), hasDevices(module->hasAttr(kDevicesName)) {}

  void print(ProgramOp program);

private:
  SymbolTable symbols;
  raw_ostream &out;
  bool hasDevices;
  SmallVector<Row> rows;
  KernelCost total;
  unsigned numCalls = 0, numCopies = 0;

  void addBlock(Block &block, unsigned depth);
  void addCall(Operation *op, StringRef callee, unsigned depth);
  void printRows();
};
} // namespace

void PlanPrinter::addCall(Operation *op, StringRef callee, unsigned depth) {
  auto define = symbols.lookup<DefineOp>(callee);
  KernelCost cost = costOfCall(op, define);
  total.flop += cost.flop;
  total.bytes += cost.bytes;
  ++numCalls;
  Operation *root = rootOf(define);
  Row row;
  row.name = std::string(2 * depth, ' ') + callee.str();
  row.root = root ? root->getName().stripDialect().str() : "";
  row.operations =
      std::to_string(std::distance(define.getBody().front().begin(),
                                   define.getBody().front().end()) -
                     1);
  row.flop = readable(cost.flop);
  row.bytes = readable(cost.bytes) + "B";
  if (auto chunks = op->getAttrOfType<IntegerAttr>("chunks"))
    row.chunks = std::to_string(chunks.getInt());
  else if (auto batch = dyn_cast<BatchOp>(op))
    row.chunks = llvm::formatv("{0} rows", batch.getNumResults() /
                                               define.getResultTypes().size())
                     .str();
  if (auto backend = op->getAttrOfType<StringAttr>("backend"))
    row.backend = backend.str();
  if (auto devices = define->getAttrOfType<DictionaryAttr>(kDeviceBackendsName))
    for (NamedAttribute device : devices) {
      row.devices += (row.devices.empty() ? "" : ", ") +
                     device.getName().str() + " " +
                     cast<StringAttr>(device.getValue()).str();
      auto all = define->getAttrOfType<DictionaryAttr>(kDeviceOffersName);
      if (auto text = all ? all.getAs<StringAttr>(device.getName()) : nullptr)
        row.devices += " (of " + text.str() + ")";
    }
  if (auto offers = define->getAttrOfType<StringAttr>(kOffersName))
    row.backend += ", of " + offers.str();
  rows.push_back(row);
}

void PlanPrinter::addBlock(Block &block, unsigned depth) {
  auto add = [&](const Twine &text) {
    Row row;
    row.name = std::string(2 * depth, ' ') + text.str();
    rows.push_back(row);
  };
  for (Operation &op : block) {
    if (auto call = dyn_cast<CallOp>(op)) {
      addCall(call, call.getCallee(), depth);
    } else if (auto batch = dyn_cast<BatchOp>(op)) {
      addCall(batch, batch.getCallee(), depth);
    } else if (auto copy = dyn_cast<CopyOp>(op)) {
      ++numCopies;
      double bytes = 2.0 * bytesOf(copy.getResult().getType());
      total.bytes += bytes;
      add("copy");
      rows.back().bytes = readable(bytes) + "B";
    } else if (auto draw = dyn_cast<DrawDataOp>(op)) {
      add("draw " + draw.getStream());
      rows.back().bytes = readable(bytesOf(draw.getResult().getType())) + "B";
    } else if (auto report = dyn_cast<ReportOp>(op)) {
      add("report " + report.getName());
    } else if (isa<ToHostOp>(op)) {
      add("to host: synchronises");
    } else if (auto loop = dyn_cast<RepeatOp>(op)) {
      add("repeat");
      addBlock(loop.getBody().front(), depth + 1);
    } else if (auto choice = dyn_cast<IfOp>(op)) {
      add("if");
      addBlock(choice.getThenRegion().front(), depth + 1);
      if (choice.getElseRegion().front().getOperations().size() > 1) {
        add("else");
        addBlock(choice.getElseRegion().front(), depth + 1);
      }
    }
  }
}

void PlanPrinter::printRows() {
  using Column = std::string Row::*;
  static constexpr std::pair<const char *, Column> columns[] = {
      {"kernel", &Row::name},     {"root", &Row::root},
      {"ops", &Row::operations},  {"FLOP", &Row::flop},
      {"bytes", &Row::bytes},     {"chunks", &Row::chunks},
      {"backend", &Row::backend}, {"devices", &Row::devices}};
  SmallVector<Row> table = rows;
  Row heading;
  for (auto [title, column] : columns)
    heading.*column = title;
  if (!hasDevices)
    heading.devices.clear();
  table.insert(table.begin(), heading);
  size_t widths[std::size(columns)] = {};
  for (auto [index, pair] : llvm::enumerate(columns))
    for (const Row &row : table)
      widths[index] = std::max(widths[index], (row.*pair.second).size());
  for (const Row &row : table) {
    std::string line = "  ";
    for (auto [index, pair] : llvm::enumerate(columns)) {
      const std::string &text = row.*pair.second;
      std::string fill(widths[index] - text.size(), ' ');
      // Numbers stand at the right of their column.
      bool isNumber = index >= 2 && index <= 5;
      line += isNumber ? fill + text : text + fill;
      line += "  ";
    }
    out << StringRef(line).rtrim() << '\n';
  }
}

void PlanPrinter::print(ProgramOp program) {
  rows.clear();
  total = {};
  numCalls = numCopies = 0;
  addBlock(program.getBody().front(), 0);
  out << "program " << program.getSymName() << '\n';
  printRows();
  out << "  " << numCalls << " calls, " << numCopies << " copies, "
      << readable(total.flop) << " FLOP, " << readable(total.bytes) << "B";
  if (auto arena = program->getAttrOfType<IntegerAttr>(kArenaBytesName))
    out << ", arena " << readable(arena.getInt()) << "B";
  out << "\n\n";
}

void kernel::printPlan(ModuleOp module, raw_ostream &out) {
  PlanPrinter printer(module, out);
  for (auto program : module.getOps<ProgramOp>())
    printer.print(program);
  for (StringRef name :
       {StringRef(kStateBytesName), StringRef(kConstantBytesName)})
    if (auto bytes = module->getAttrOfType<IntegerAttr>(name))
      out << name.drop_front(sizeof("kernel.") - 1)
                 .drop_back(sizeof("_bytes") - 1)
          << ' ' << readable(bytes.getInt()) << "B\n";
  auto devices = module->getAttrOfType<ArrayAttr>(kDevicesName);
  auto block = module->getAttrOfType<IntegerAttr>(kDeviceBlockName);
  if (!devices || !block)
    return;
  out << "devices ";
  llvm::interleaveComma(devices.getAsRange<StringAttr>(), out,
                        [&](StringAttr name) { out << name.getValue(); });
  out << ", blocks of " << readable(block.getInt()) << "B\n";
}

namespace {
class PrintPlanPass final
    : public gan::kernel::impl::PrintPlanPassBase<PrintPlanPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    printPlan(getOperation(), llvm::outs());
    markAllAnalysesPreserved();
  }
};
} // namespace
