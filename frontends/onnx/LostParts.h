//===- LostParts.h - what an exporter took out of a network ---------------===//

#ifndef FRONTENDS_ONNX_LOSTPARTS_H
#define FRONTENDS_ONNX_LOSTPARTS_H

#include "frontends/onnx/Implementation.h"

namespace gan::onnximport {

/// Parts of the model that training needs and the file has no more, as far as
/// it shows: `the dropout 'n'`, `the spectral norm of 'w'`.
std::vector<std::string> findLostParts(const OnnxModel::Implementation &model);

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_LOSTPARTS_H
