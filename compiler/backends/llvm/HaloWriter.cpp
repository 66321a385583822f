//===- HaloWriter.cpp - products from copies with a halo ------------------===//
//
//   convolutions:                         weight gradients:
//   pack the right operand                for block of samples
//   for block of samples                    copy it with its halo
//     copy it with its halo                 pack the right operand's steps
//     for panel, for tile of rows           for panel, for tile of rows
//       sums from registers                   add registers to the sums
//     results of the panel                results from all sums
//
// A copy holds every element once, whatever the taps, with zeros around it, and
// producers are evaluated while copying. Tiles are boxes in the digits of the
// rows, so the rows of a tile and the steps of the sum lie at constant
// displacements from one pointer. Tiles that reach beyond the end compute from
// whatever lies there, and nothing of it is stored.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/ProductWriter.h"
#include <numeric>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

namespace {
class HaloWriter final : public ProductWriter {
public:
  HaloWriter(KernelContext &context, mlir::Operation *root,
             const Contraction &contraction, const ProductPlan &plan,
             Value *workspace)
      : ProductWriter(context, root, contraction, plan, workspace),
        halo(*c.halo), cut(*plan.halo), batch(halo.samples()),
        blocks(llvm::divideCeil(batch, cut.samples)) {}

private:
  using Values = SmallVector<Value *>;
  /// The samples of a block.
  struct Samples {
    Value *first, *count;
  };
  void emitCell(Value *cell) override;
  void emitConvolution(Value *cell);
  void emitWeightGradient(Value *cell);
  void forBlocks(Value *first, Value *last,
                 llvm::function_ref<void(const Samples &)> body);
  void packBlock(const Samples &own);
  void packAxis(size_t axis, Index place, Value *base);
  void emitTiles(Value *panelBase, Value *sumBase, const Samples &own);
  using Tile = llvm::function_ref<void(Value *, Value *)>;
  void forTiles(size_t digit, Value *leftBase, Value *slot, Tile body);
  void forSums(size_t digit, Value *leftBase, Value *step, Tile body);
  void emitTile(Value *leftBase, Value *rightBase, Value *sumBase,
                const Samples &own);
  struct Digit {
    Value *count;
    int64_t extent, shift, below; // below: steps of the digits after it
  };
  SmallVector<Digit> chainOf(const Samples &own);
  Values emitChain(ArrayRef<Digit> digits, Value *leftBase, Value *rightBase,
                   ArrayRef<Value *> carried);
  void emitEpilogue(const Samples &own, Value *first, Value *last);
  bool hasManySums() const { return !halo.samplesAreRows || cut.lead > 0; }
  int64_t panelSums() const { return cut.slots * plan.tileRows * panelWidth; }

  const Halo &halo;
  const HaloPlan &cut;
  int64_t batch, blocks;
  // Tiles along the samples of the current block, or along the channels of the
  // current cell.
  Value *firstTile = nullptr, *lastTile = nullptr;
  size_t cutDigit() const {
    return halo.samplesAreRows ? 0 : halo.rows.size() - 1;
  }
  /// The channels that are copied: from the first to below the second.
  std::pair<Value *, Value *> channelsOfCell() {
    Value *all = b.getInt64(halo.channels());
    if (halo.samplesAreRows || plan.rowCells == 1)
      return {b.getInt64(0), all};
    int64_t part = cut.tile.back();
    return {times(firstTile, part), minimum(times(lastTile, part), all)};
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Copying
//===----------------------------------------------------------------------===//

void HaloWriter::forBlocks(Value *first, Value *last,
                           llvm::function_ref<void(const Samples &)> body) {
  b.loop(first, last, 1, [&](Value *block) {
    RegionEmitter::Scope scope(region);
    Value *start = times(block, cut.samples);
    Value *count = b.getInt64(cut.samples);
    if (batch % cut.samples != 0)
      count = minimum(count, b.CreateSub(b.getInt64(batch), start));
    body({start, count});
  });
}

void HaloWriter::packBlock(const Samples &own) {
  loopFrom(own.first, own.count, batch, [&](const IndexExpression &sample) {
    Value *local = b.CreateSub(b.evaluate(sample), own.first);
    packAxis(1, {sample}, offset(left, times(local, cut.strides[0])));
  });
}

/// Fills the part of the block at a place along the axes so far: vectors along
/// the channels, or along the last axis of space where there are few of them.
void HaloWriter::packAxis(size_t axis, Index place, Value *base) {
  auto read = [&](const IndexExpression &at) {
    Index full = place;
    full.push_back(at);
    return emitAccess(halo.read(group, full));
  };
  int64_t channels = halo.channels();
  if (axis + 1 == halo.axes.size()) {
    // Whole vectors of channels; the first one lies where the block begins.
    auto [first, last] = channelsOfCell();
    Value *low = b.CreateUDiv(first, b.getInt64(kLanes));
    Value *high = b.CreateUDiv(b.CreateAdd(last, b.getInt64(kLanes - 1)),
                               b.getInt64(kLanes));
    return loopVectors(low, high, channels, [&](const Lanes &lanes) {
      storeVector(read(lanes.index), base,
                  b.CreateSub(b.evaluate(lanes.start), times(low, kLanes)));
    });
  }
  int64_t extent = cut.extents[axis], stride = cut.strides[axis];
  const Halo::Axis &own = halo.axes[axis];
  if (axis + 2 < halo.axes.size() || channels >= kLanes)
    return loop(b.getInt64(0), b.getInt64(extent), extent,
                [&](const IndexExpression &at) {
                  Index next = place;
                  next.push_back(at + own.origin);
                  packAxis(axis + 1, next,
                           offset(base, times(b.evaluate(at), stride)));
                });
  loop(b.getInt64(0), b.getInt64(channels), channels,
       [&](const IndexExpression &channel) {
         Value *from = offset(base, b.evaluate(channel));
         loopVectors(
             b.getInt64(0), b.getInt64(llvm::divideCeil(extent, kLanes)),
             extent, [&](const Lanes &lanes) {
               Index full = place;
               full.push_back(lanes.index + own.origin);
               full.push_back(channel);
               Value *numbers = emitAccess(halo.read(group, full));
               Value *start = times(b.evaluate(lanes.start), stride);
               // What a last vector writes too much is written again later.
               if (stride == 1)
                 return storeVector(numbers, from, start);
               for (int64_t lane = 0; lane < lanes.active; ++lane)
                 b.CreateAlignedStore(b.CreateExtractElement(numbers, lane),
                                      b.CreateConstGEP1_64(b.getFloatTy(),
                                                           offset(from, start),
                                                           lane * stride),
                                      llvm::Align(4));
             });
       });
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// The digits of the step that are summed in registers, those joined whose
/// places follow each other.
SmallVector<HaloWriter::Digit> HaloWriter::chainOf(const Samples &own) {
  SmallVector<Digit> digits;
  int64_t below = 1;
  for (size_t digit = halo.steps.size(); digit-- > cut.lead;) {
    bool isSample = !halo.samplesAreRows && digit == 0;
    int64_t extent = isSample ? 0 : halo.steps[digit];
    Digit made{isSample ? own.count : b.getInt64(extent), extent,
               cut.stepShifts[digit], below};
    below *= std::max<int64_t>(extent, 1);
    if (!digits.empty() && !isSample &&
        made.shift == digits.back().extent * digits.back().shift) {
      Digit &last = digits.back();
      last.extent *= extent;
      last.count = b.getInt64(last.extent);
      continue;
    }
    digits.push_back(made);
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

HaloWriter::Values HaloWriter::emitChain(ArrayRef<Digit> digits,
                                         Value *leftBase, Value *rightBase,
                                         ArrayRef<Value *> carried) {
  const Digit &own = digits.front();
  if (digits.size() > 1)
    return b.loop(
        b.getInt64(0), own.count, 1, carried,
        [&](Value *at, ArrayRef<Value *> values) {
          return emitChain(
              digits.drop_front(), offset(leftBase, times(at, own.shift)),
              offset(rightBase, times(at, own.below * panelWidth)), values);
        });
  int64_t unroll = std::gcd<int64_t>(4, own.extent ? own.extent : 1);
  auto load = [&](llvm::Type *type, Value *base, int64_t displacement) {
    return b.CreateAlignedLoad(
        type, b.CreateConstGEP1_64(b.getFloatTy(), base, displacement),
        llvm::Align(4));
  };
  // Places of the tile's rows.
  SmallVector<int64_t> rows{0};
  for (size_t digit = 0; digit < cut.tile.size(); ++digit) {
    SmallVector<int64_t> longer;
    for (int64_t start : rows)
      for (int64_t i = 0; i < cut.tile[digit]; ++i)
        longer.push_back(start + i * cut.rowShifts[digit]);
    rows = std::move(longer);
  }
  llvm::VectorType *type = b.toVector(b.getFloatTy());
  return b.loop(b.getInt64(0), own.count, unroll, carried,
                [&](Value *step, ArrayRef<Value *> values) {
                  Values next(values);
                  Value *leftStep = offset(leftBase, times(step, own.shift));
                  Value *rightStep = offset(rightBase, times(step, panelWidth));
                  for (int64_t u = 0; u < unroll; ++u) {
                    Values vectors;
                    for (int64_t v = 0; v < plan.tileVectors; ++v)
                      vectors.push_back(
                          load(type, rightStep, u * panelWidth + v * kLanes));
                    for (auto [row, place] : llvm::enumerate(rows)) {
                      Value *factor = b.splat(load(b.getFloatTy(), leftStep,
                                                   place + u * own.shift));
                      for (int64_t v = 0; v < plan.tileVectors; ++v) {
                        Value *&sum = next[row * plan.tileVectors + v];
                        sum = b.multiplyAdd(factor, vectors[v], sum);
                      }
                    }
                  }
                  return next;
                });
}

void HaloWriter::emitTile(Value *leftBase, Value *rightBase, Value *sumBase,
                          const Samples &own) {
  llvm::VectorType *type = b.toVector(b.getFloatTy());
  Values zeros(plan.tileRows * plan.tileVectors,
               llvm::Constant::getNullValue(type));
  Values products = emitChain(chainOf(own), leftBase, rightBase, zeros);
  for (auto [i, product] : llvm::enumerate(products)) {
    Value *place = b.CreateConstGEP1_64(b.getFloatTy(), sumBase, i * kLanes);
    if (hasManySums())
      product = b.CreateFAdd(product,
                             b.CreateAlignedLoad(type, place, llvm::Align(4)));
    b.CreateAlignedStore(product, place, llvm::Align(4));
  }
}

/// All tiles of the block or cell, and the number of each.
void HaloWriter::forTiles(size_t digit, Value *leftBase, Value *slot,
                          Tile body) {
  if (digit == cut.tile.size())
    return body(leftBase, slot);
  Value *count = digit == cutDigit() ? b.CreateSub(lastTile, firstTile)
                                     : b.getInt64(cut.grid[digit]);
  b.loop(b.getInt64(0), count, 1, [&](Value *at) {
    Value *next = b.CreateAdd(times(slot, cut.grid[digit]), at);
    forTiles(
        digit + 1,
        offset(leftBase, times(at, cut.tile[digit] * cut.rowShifts[digit])),
        next, body);
  });
}

/// The digits of the step that begin a sum of their own.
void HaloWriter::forSums(size_t digit, Value *leftBase, Value *step,
                         Tile body) {
  if (digit == cut.lead)
    return body(leftBase, step);
  b.loop(b.getInt64(0), b.getInt64(halo.steps[digit]), 1, [&](Value *at) {
    forSums(digit + 1, offset(leftBase, times(at, cut.stepShifts[digit])),
            b.CreateAdd(times(step, halo.steps[digit]), at), body);
  });
}

void HaloWriter::emitTiles(Value *panelBase, Value *sumBase,
                           const Samples &own) {
  int64_t chained = 1;
  for (int64_t extent : ArrayRef<int64_t>(halo.steps).drop_front(cut.lead))
    chained *= extent;
  // The cell's first channel.
  Value *start =
      offset(left, b.CreateURem(channelsOfCell().first, b.getInt64(kLanes)));
  forSums(0, start, b.getInt64(0), [&](Value *leftBase, Value *sum) {
    Value *rightBase = offset(panelBase, times(sum, chained * panelWidth));
    forTiles(0, leftBase, b.getInt64(0), [&](Value *tileBase, Value *slot) {
      emitTile(tileBase, rightBase,
               offset(sumBase, times(slot, plan.tileRows * panelWidth)), own);
    });
  });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Every result of the block or cell in a range of panels. The sums of a weight
/// gradient are those of all panels; its taps are neighbours in memory, so they
/// run within.
void HaloWriter::emitEpilogue(const Samples &own, Value *first, Value *last) {
  SmallVector<size_t> order;
  for (size_t digit = 0; digit < halo.rows.size(); ++digit)
    order.push_back(digit);
  if (!halo.samplesAreRows)
    std::rotate(order.begin(), order.end() - 1, order.end());
  Index digits(halo.rows.size());
  std::function<void(size_t)> from = [&](size_t number) {
    if (number == order.size()) {
      Value *slot = b.getInt64(0), *within = slot;
      for (size_t digit = 0; digit < digits.size(); ++digit) {
        Value *tile, *place;
        if (digit == cutDigit()) {
          Value *start = halo.samplesAreRows
                             ? own.first
                             : times(firstTile, cut.tile[digit]);
          Value *local = b.CreateSub(b.evaluate(digits[digit]), start);
          tile = b.CreateUDiv(local, b.getInt64(cut.tile[digit]));
          place = b.CreateURem(local, b.getInt64(cut.tile[digit]));
        } else {
          tile = b.evaluate(indices.quotient(digits[digit], cut.tile[digit]));
          place = b.evaluate(indices.remainder(digits[digit], cut.tile[digit]));
        }
        slot = b.CreateAdd(times(slot, cut.grid[digit]), tile);
        within = b.CreateAdd(times(within, cut.tile[digit]), place);
      }
      Value *place =
          times(b.CreateAdd(times(slot, plan.tileRows), within), panelWidth);
      return emitRowResults(
          indices.linearise(digits, halo.rows), first, last, [&](Value *panel) {
            Value *base = sums;
            if (!halo.samplesAreRows)
              base = offset(sums,
                            times(b.CreateSub(panel, firstPanel), panelSums()));
            return offset(base, place);
          });
    }
    size_t digit = order[number];
    Value *low = b.getInt64(0), *high = b.getInt64(halo.rows[digit]);
    if (digit == cutDigit() && halo.samplesAreRows) {
      low = own.first;
      high = b.CreateAdd(own.first, own.count);
    } else if (digit == cutDigit()) {
      low = times(firstTile, cut.tile[digit]);
      high = minimum(times(lastTile, cut.tile[digit]), high);
    }
    loop(low, high, halo.rows[digit], [&](const IndexExpression &at) {
      digits[digit] = at;
      from(number + 1);
    });
  };
  from(0);
}

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

void HaloWriter::emitCell(Value *cell) {
  if (halo.samplesAreRows)
    emitConvolution(cell);
  else
    emitWeightGradient(cell);
}

void HaloWriter::emitConvolution(Value *cell) {
  auto [firstBlock, lastBlock] = partOf(cell, plan.rowCells, blocks);
  packRight({b.getInt64(0), b.getInt64(0), b.getInt64(c.outer),
             b.getInt64(c.inner), b.getInt64(c.sum())},
            c.sum());
  forBlocks(firstBlock, lastBlock, [&](const Samples &own) {
    packBlock(own);
    firstTile = b.getInt64(0);
    lastTile = b.CreateUDiv(b.CreateAdd(own.count, b.getInt64(cut.tile[0] - 1)),
                            b.getInt64(cut.tile[0]));
    forPanels([&](Value *panel) {
      if (hasManySums())
        clearSums(b.getInt64(panelSums()));
      Value *place =
          times(b.CreateSub(panel, firstPanel), c.sum() * panelWidth);
      emitTiles(offset(right, place), sums, own);
      emitEpilogue(own, panel, b.CreateAdd(panel, b.getInt64(1)));
    });
  });
}

void HaloWriter::emitWeightGradient(Value *cell) {
  std::tie(firstTile, lastTile) = partOf(
      cell, plan.rowCells, llvm::divideCeil(halo.channels(), cut.tile.back()));
  Value *count = b.CreateSub(lastPanel, firstPanel);
  clearSums(times(count, panelSums()));
  int64_t outerSteps = c.outer / batch;
  int64_t stepsInPanel = cut.samples * outerSteps * c.inner;
  forBlocks(b.getInt64(0), b.getInt64(blocks), [&](const Samples &own) {
    packBlock(own);
    packRight({times(own.first, outerSteps), b.getInt64(0),
               times(own.count, outerSteps), b.getInt64(c.inner), nullptr},
              stepsInPanel);
    forPanels([&](Value *panel) {
      Value *number = b.CreateSub(panel, firstPanel);
      emitTiles(offset(right, times(number, stepsInPanel * panelWidth)),
                offset(sums, times(number, panelSums())), own);
    });
  });
  emitEpilogue({}, firstPanel, lastPanel);
}

std::unique_ptr<ProductWriter>
gan::codegen::createHaloWriter(KernelContext &context, mlir::Operation *root,
                               const Contraction &contraction,
                               const ProductPlan &plan, Value *workspace) {
  return std::make_unique<HaloWriter>(context, root, contraction, plan,
                                      workspace);
}
