/*===- sample_conditional.c - a network with a class and a truncation -----===
 *===--------------------------------------------------------------------===*/
#include "tests/runtime/infer/sample_conditional.h"

static void condition(void *const *buffers, const ganrt_launch *launch) {
  (void)launch;
  float *y = buffers[0];
  const float *z = buffers[1], *class = buffers[2], *psi = buffers[3];
  for (int i = 0; i < 4; ++i)
    y[i] = z[i] * psi[0] + (class[1] + 2 * class[2]);
}

static void negate(void *const *buffers, const ganrt_launch *launch) {
  (void)launch;
  for (int i = 0; i < 4; ++i)
    ((float *)buffers[0])[i] = 1 - ((const float *)buffers[1])[i];
}

static const ganrt_kernel kernels[] = {{"k000_condition", 0, 8, 48, 0xf, 1, 0},
                                       {"k001_negate", 0, 4, 32, 0x3, 1, 0}};

static const ganrt_kernel_function code[] = {condition, negate};
static const ganrt_level levels[] = {{GANRT_CPU_X86_64, 0, code}};
static const ganrt_place places[] = {{GANRT_SPACE_ARGUMENT, 0, 0, 16},
                                     {GANRT_SPACE_ARGUMENT, 0, 1, 16},
                                     {GANRT_SPACE_ARGUMENT, 0, 2, 12},
                                     {GANRT_SPACE_ARGUMENT, 0, 3, 4}};
static const ganrt_instruction call_condition[] = {{GANRT_OP_CALL, 0, 0, 4, 1}};
static const ganrt_instruction call_negate[] = {{GANRT_OP_CALL, 1, 0, 2, 1}};

static const int64_t four[] = {1, 4}, three[] = {1, 3}, one[] = {1};
static const int64_t image[] = {1, 1, 2, 2};
/* psi is one number for all images. */
static const ganrt_tensor_info condition_arguments[] = {
    {"y", GANRT_F32, 2, four, 16, 0, 0, 1, 0},
    {"z", GANRT_F32, 2, four, 16, 0, 0, 1, 0},
    {"class", GANRT_F32, 2, three, 12, 0, 0, 1, 0},
    {"psi", GANRT_F32, 1, one, 4, 0, 0, 0, 0}};
static const ganrt_tensor_info negate_arguments[] = {
    {"negative", GANRT_F32, 4, image, 16, 0, 1, 1, 0},
    {"image", GANRT_F32, 4, image, 16, 0, 1, 1, 0}};

static const ganrt_function condition_functions[] = {
    {"infer", call_condition, 1, 1, 4, 1, condition_arguments, 0}};
static const ganrt_function negate_functions[] = {
    {"infer", call_negate, 1, 1, 2, 1, negate_arguments, 0}};

const ganrt_artefact sample_conditional = {
    .abi_version = GANRT_ABI_VERSION,
    .name = "conditional",
    .digest = "0",
    .numerics = "exact",
    .structure = "0",
    .kernels = kernels,
    .levels = levels,
    .level_count = 1,
    .places = places,
    .functions = condition_functions,
    .kernel_count = 2,
    .place_count = 4,
    .function_count = 1,
};

const ganrt_artefact sample_negative = {
    .abi_version = GANRT_ABI_VERSION,
    .name = "negative",
    .digest = "0",
    .numerics = "exact",
    .structure = "0",
    .kernels = kernels,
    .levels = levels,
    .level_count = 1,
    .places = places,
    .functions = negate_functions,
    .kernel_count = 2,
    .place_count = 4,
    .function_count = 1,
};
