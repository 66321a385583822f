//===- GanOps.td - umbrella of the operation families ---------------------===//

include "dialects/gan/IR/GanElementwiseOps.td"
include "dialects/gan/IR/GanShapeOps.td"
include "dialects/gan/IR/GanReduceOps.td"
include "dialects/gan/IR/GanIndexOps.td"
include "dialects/gan/IR/GanOrderOps.td"
include "dialects/gan/IR/GanConvOps.td"
include "dialects/gan/IR/GanRandomOps.td"
include "dialects/gan/IR/GanActivationOps.td"
include "dialects/gan/IR/GanNormOps.td"
include "dialects/gan/IR/GanStructureOps.td"
