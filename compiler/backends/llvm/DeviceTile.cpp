//===- DeviceTile.cpp - one tile of a product, by a group of threads ------===//
//
// Operands pass through shared memory, a block of the sum at a time. Then every
// thread adds up products for its own small tile in registers; or, where the
// numerics class lets factors be rounded, every warp of 32 threads gives the
// block to its matrix units.
//
// Matrix units (mma.sync of PTX) multiply 16 rows by 8 columns over eight words
// of the sum, a word being one number of TF32 or two neighbours of bf16.
// Threads are quads of four: thread `inQuad` of quad q holds, of the left
// operand, the words inQuad and inQuad + 4 of the rows q and q + 8; of the
// right one the same words of column q; and of the sums the columns 2 * inQuad
// and 2 * inQuad + 1 of both rows.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/DeviceTile.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

// What matrix units take at once.
constexpr int64_t kUnitRows = 16, kUnitColumns = 8, kUnitWords = 8;

TileWriter::TileWriter(DeviceContext &context, mlir::Operation *root,
                       const Contraction &c, const TilesPlan &plan,
                       SharedMemory &shared)
    : context(context), b(context.b), indices(context.indices),
      region(context.region), root(root), c(c), plan(plan), shape(plan.shape),
      shared(shared), rowTiles(llvm::divideCeil(c.rows, shape.rows)),
      columnTiles(llvm::divideCeil(c.columns, shape.columns)),
      blocks(llvm::divideCeil(c.sum(), shape.depth)) {}

//===----------------------------------------------------------------------===//
// Blocks in shared memory
//===----------------------------------------------------------------------===//

/// The element of an operand that step `step` of the sum takes at a place of
/// the tile; zero beyond the ends.
Access TileWriter::accessTo(const Side &side, Position at,
                            const IndexExpression &along,
                            const IndexExpression &step) {
  (side.isLeft ? at.row : at.column) = along;
  at.outer = indices.quotient(step, c.inner);
  at.inner = indices.remainder(step, c.inner);
  Access access = side.isLeft ? c.left(at) : c.right(at);
  access.guards.push_back({along, {0, (side.isLeft ? c.rows : c.columns) - 1}});
  access.guards.push_back({step, {0, c.sum() - 1}});
  return access;
}

/// Whether an operand's neighbours in memory are steps of the sum.
bool TileWriter::liesAlongSum(bool isLeft) {
  auto strideAlong = [&](bool sum) -> std::optional<int64_t> {
    IndexExpression variable =
        indices.makeVariable(sum ? c.inner : (isLeft ? c.rows : c.columns));
    if (variable.isConstant())
      return std::nullopt;
    Position at{0, 0, 0, 0, 0};
    (sum ? at.inner : isLeft ? at.row : at.column) = variable;
    Access access = isLeft ? c.left(at) : c.right(at);
    const Buffer *buffer = firstBuffer(region, access.value);
    if (!buffer || buffer->strides.size() != access.index.size())
      return std::nullopt;
    return buffer->offset(access.index).getStride(variable.getTerms()[0].first);
  };
  return strideAlong(true) == 1 || strideAlong(false) != 1;
}

/// Threads that read or write at once should not meet in one of 32 banks, hence
/// the words that nobody uses.
TileWriter::Side TileWriter::makeSide(bool isLeft) {
  int64_t extent = isLeft ? shape.rows : shape.columns,
          words = shape.depth / shape.numbersPerWord();
  Side side{isLeft, extent, {}, liesAlongSum(isLeft), 1, extent + 4};
  int64_t size = words * side.stepWords;
  if (shape.usesMatrixUnits()) {
    side.stepWords = extent + 8;
    // The operands of all products of a launch find room.
    size = std::max(words * side.stepWords, extent * (words + 4));
    if (side.alongSum) {
      side.ownStride = words + 4;
      side.stepWords = 1;
    }
  }
  std::optional<Buffer> &memory = isLeft ? shared.left : shared.right;
  if (!memory) {
    mlir::MLIRContext *types = root->getContext();
    mlir::Type type = mlir::Float32Type::get(types);
    if (shape.usesMatrixUnits())
      type = mlir::IntegerType::get(types, 32 / shape.numbersPerWord());
    memory = context.createShared(type, size * shape.numbersPerWord());
  }
  side.shared = *memory;
  return side;
}

IndexExpression TileWriter::placeOf(const Side &side,
                                    const IndexExpression &own,
                                    const IndexExpression &step) {
  int64_t numbers = shape.numbersPerWord();
  IndexExpression word =
      own * side.ownStride + indices.quotient(step, numbers) * side.stepWords;
  return word * numbers + indices.remainder(step, numbers);
}

Value *TileWriter::loadWord(const Side &side, const IndexExpression &own,
                            const IndexExpression &word) {
  IndexExpression place =
      (own * side.ownStride + word * side.stepWords) * shape.numbersPerWord();
  Value *pointer = b.pointerTo(
      side.shared, b.toMemoryType(side.shared.elementType), b.evaluate(place));
  return b.CreateAlignedLoad(b.getInt32Ty(), pointer, llvm::Align(4));
}

Value *TileWriter::roundFactor(Value *number) {
  switch (shape.factors) {
  case Factors::F32:
    return number;
  case Factors::Tf32:
    return b.CreateIntrinsic(llvm::Intrinsic::nvvm_f2tf32_rna, {number});
  case Factors::Bf16:
    return b.CreateBitCast(b.CreateFPTrunc(number, b.getBFloatTy()),
                           b.getInt16Ty());
  }
  llvm_unreachable("all factors are rounded somehow");
}

/// Reads this thread's share of a block's operand.
void TileWriter::copyBlock(const Side &side, const IndexExpression &block,
                           SmallVector<Copy, 8> &copies) {
  int64_t size = side.extent * shape.depth, threads = shape.groupSize();
  for (int64_t first = 0; first < size; first += threads) {
    IndexExpression number = thread + first, own, step;
    if (side.alongSum) {
      own = indices.quotient(number, shape.depth);
      step = indices.remainder(number, shape.depth);
    } else {
      step = indices.quotient(number, side.extent);
      own = indices.remainder(number, side.extent);
    }
    Access access = accessTo(side, {group, 0, 0, 0, 0},
                             (side.isLeft ? firstRow : firstColumn) + own,
                             block * shape.depth + step);
    // The last threads may have no share.
    access.guards.push_back({number, {0, size - 1}});
    Value *read = region.emitGuarded(access.guards, access.value, access.index);
    copies.push_back({roundFactor(read), b.isWithin(number, {0, size - 1}),
                      &side, placeOf(side, own, step)});
  }
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

TileWriter::Values TileWriter::multiply(const Side &left, const Side &right,
                                        ArrayRef<Value *> sums) {
  return b.loop(
      b.index(0), b.index(shape.depth), 1, sums,
      [&](Value *step, ArrayRef<Value *> sums) {
        IndexExpression at = indices.makeVariable(shape.depth, step);
        Values x, y, result;
        for (int64_t i = 0; i < shape.ownRows; ++i)
          x.push_back(b.load(left.shared, placeOf(left, ownRow + i, at)));
        for (int64_t j = 0; j < shape.ownColumns; ++j)
          y.push_back(b.load(right.shared, placeOf(right, ownColumn + j, at)));
        for (auto [i, sum] : llvm::enumerate(sums))
          result.push_back(b.multiplyAdd(x[i / shape.ownColumns],
                                         y[i % shape.ownColumns], sum));
        return result;
      });
}

/// All threads of a warp must meet in a product, so no optimisation may move it
/// into a branch.
TileWriter::Values TileWriter::multiplyByUnits(const Side &left,
                                               const Side &right,
                                               ArrayRef<Value *> sums) {
  llvm::Intrinsic::ID product =
      shape.factors == Factors::Tf32
          ? llvm::Intrinsic::nvvm_mma_m16n8k8_row_col_tf32
          : llvm::Intrinsic::nvvm_mma_m16n8k16_row_col_bf16;
  int64_t words = shape.depth / shape.numbersPerWord();
  return b.loop(
      b.index(0), b.index(words), kUnitWords, sums,
      [&](Value *first, ArrayRef<Value *> sums) {
        IndexExpression word = indices.makeVariable(words, first) + inQuad;
        SmallVector<Values> x, y;
        for (int64_t i = 0; i < shape.ownRows; i += kUnitRows) {
          IndexExpression row = ownRow + quad + i;
          x.push_back({loadWord(left, row, word), loadWord(left, row + 8, word),
                       loadWord(left, row, word + 4),
                       loadWord(left, row + 8, word + 4)});
        }
        for (int64_t j = 0; j < shape.ownColumns; j += kUnitColumns) {
          IndexExpression column = ownColumn + quad + j;
          y.push_back({loadWord(right, column, word),
                       loadWord(right, column, word + 4)});
        }
        Values result;
        for (const Values &rows : x)
          for (const Values &columns : y) {
            Values operands = rows;
            llvm::append_range(operands, columns);
            llvm::append_range(operands, sums.slice(result.size(), 4));
            llvm::CallInst *call = b.CreateIntrinsic(product, operands);
            call->setConvergent();
            for (unsigned number = 0; number < 4; ++number)
              result.push_back(b.CreateExtractValue(call, number));
          }
        return result;
      });
}

std::pair<IndexExpression, IndexExpression>
TileWriter::sumAt(int64_t number) const {
  if (!shape.usesMatrixUnits())
    return {ownRow + number / shape.ownColumns,
            ownColumn + number % shape.ownColumns};
  int64_t unit = number / 4, across = shape.ownColumns / kUnitColumns;
  return {ownRow + quad + unit / across * kUnitRows + (number % 4) / 2 * 8,
          ownColumn + inQuad * 2 + unit % across * kUnitColumns + number % 2};
}

TileWriter::Values TileWriter::emitSums() {
  Values sums(shape.sumsPerThread(), b.constant(b.getFloatTy(), 0));
  if (c.sum() == 0)
    return sums;
  Side left = makeSide(true), right = makeSide(false);
  int64_t share = llvm::divideCeil(blocks, plan.parts);
  Value *low = b.evaluate(part * share);
  Value *high = b.index(blocks);
  if (plan.parts > 1)
    high = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, high,
                                   b.evaluate(part * share + share));
  return b.loop(low, high, 1, sums, [&](Value *number, ArrayRef<Value *> sums) {
    RegionEmitter::Scope scope(region);
    IndexExpression block = indices.makeVariable(blocks, number);
    SmallVector<Copy, 8> copies;
    copyBlock(left, block, copies);
    copyBlock(right, block, copies);
    for (const Copy &copy : copies) {
      auto store = [&] { b.store(copy.number, copy.side->shared, copy.place); };
      if (copy.condition)
        b.branch(copy.condition, store);
      else
        store();
    }
    context.emitBarrier();
    Values next = shape.usesMatrixUnits() ? multiplyByUnits(left, right, sums)
                                          : multiply(left, right, sums);
    context.emitBarrier();
    return next;
  });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void TileWriter::whereInside(const Position &at,
                             llvm::function_ref<void()> body) {
  SmallVector<Guard, 4> guards{{at.row, {0, c.rows - 1}},
                               {at.column, {0, c.columns - 1}}};
  if (c.resultGuards)
    guards.append(c.resultGuards(at));
  Value *inside = nullptr;
  for (const Guard &guard : guards)
    if (Value *within = b.isWithin(guard.expression, guard.range))
      inside = inside ? b.CreateAnd(inside, within) : within;
  RegionEmitter::Scope scope(region);
  if (inside)
    b.branch(inside, body);
  else
    body();
}

Buffer TileWriter::getParts() {
  return context.getScratch(0, {plan.parts, c.groups, c.rows, c.columns});
}

void TileWriter::storeResult(const Position &at, Value *sum) {
  Index index = c.result(at);
  region.bind(root->getResult(0), index, sum);
  context.emitResults(index, shapeOf(root->getResult(0)));
}

void TileWriter::emitTile(const IndexExpression &unit) {
  Index parts =
      indices.delinearise(unit, {plan.parts, c.groups, rowTiles, columnTiles});
  part = parts[0];
  group = parts[1];
  firstRow = parts[2] * shape.rows;
  firstColumn = parts[3] * shape.columns;
  thread = indices.makeVariable(shape.groupSize(), context.getThread());
  IndexExpression owner = thread;
  if (shape.usesMatrixUnits()) {
    owner = indices.quotient(thread, kWarp);
    IndexExpression lane = indices.remainder(thread, kWarp);
    quad = indices.quotient(lane, 4);
    inQuad = indices.remainder(lane, 4);
  }
  int64_t across = shape.columns / shape.ownColumns;
  ownRow = indices.quotient(owner, across) * shape.ownRows;
  ownColumn = indices.remainder(owner, across) * shape.ownColumns;
  Values sums = emitSums();
  for (auto [number, sum] : llvm::enumerate(sums)) {
    auto [row, column] = sumAt(number);
    Position at{group, firstRow + row, firstColumn + column, 0, 0};
    whereInside(at, [&, sum = sum] {
      if (plan.parts == 1)
        return storeResult(at, sum);
      Buffer parts = getParts();
      b.store(sum, parts, parts.offset({part, at.group, at.row, at.column}));
    });
  }
}

void TileWriter::emitWhole(const IndexExpression &number) {
  Index place = indices.delinearise(number, {c.groups, c.rows, c.columns});
  Buffer parts = getParts();
  auto read = [&](const IndexExpression &part) {
    return b.load(parts, parts.offset({part, place[0], place[1], place[2]}));
  };
  Value *sum = read(0);
  for (int64_t i = 1; i < plan.parts; ++i)
    sum = b.CreateFAdd(sum, read(i));
  Position at{place[0], place[1], place[2], 0, 0};
  whereInside(at, [&] { storeResult(at, sum); });
}
