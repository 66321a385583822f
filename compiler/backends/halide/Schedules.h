//===- Schedules.h - how a kernel's pipeline runs -------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_SCHEDULES_H
#define COMPILER_BACKENDS_HALIDE_SCHEDULES_H

#include "compiler/backends/halide/PipelineBuilder.h"

namespace gan::halide {

/// Vectors, and tiles that stay in registers. No loop is parallel: chunks are
/// the runtime's. No element is computed twice, so a result may lie where an
/// operand does.
void scheduleForHost(Pipeline &pipeline, const KernelPlan &plan);

/// One thread for each element, or for what a fold makes of many; one kernel.
void scheduleForDevice(Pipeline &pipeline, const KernelPlan &plan,
                       Halide::DeviceAPI api);

/// The loops of a domain; none, if there is no domain.
std::vector<Halide::VarOrRVar> variablesOf(const Halide::RDom &domain);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_SCHEDULES_H
