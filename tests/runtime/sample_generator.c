/*===- sample_generator.c - a generator as the compiler would emit it ------===
 *===----------------------------------------------------------------------===*/
#include "tests/runtime/samples.h"

const float sample_generator_scale[4] = {1.0f, 0.5f, 0.25f, -1.0f};
const float sample_generator_bias[4] = {0.0f, 0.25f, 0.0f, 0.5f};

/* scale at 0, half the bias at 64. */
_Alignas(4096) static const float constants[32] = {
    1.0f, 0.5f, 0.25f, -1.0f, 0, 0, 0,    0,      0,    0,
    0,    0,    0,     0,     0, 0, 0.0f, 0.125f, 0.0f, 0.25f};

/* One chunk per image. */
static void generate(void *const *buffers, const ganrt_launch *launch) {
  float *image = (float *)buffers[0] + 4 * launch->chunk;
  const float *z = (const float *)buffers[1] + 4 * launch->chunk;
  const float *scale = buffers[2], *bias = buffers[3];
  float *scratch = launch->workspace;
  for (int i = 0; i < 4; ++i)
    scratch[i] = z[i] * scale[i] + bias[i];
  for (int i = 0; i < 4; ++i)
    image[i] = scratch[i] < -1 ? -1 : scratch[i] > 1 ? 1 : scratch[i];
}

static void twice(void *const *buffers, const ganrt_launch *launch) {
  (void)launch;
  for (int i = 0; i < 4; ++i)
    ((float *)buffers[0])[i] = 2 * ((const float *)buffers[1])[i];
}

static const ganrt_kernel kernels[] = {
    {"k000_generate", 16, 8, 32, 0xf, 1, 0},
    {"k001_twice", 0, 4, 32, 0x3, 1, 0},
};

static const ganrt_kernel_function code[] = {generate, twice};
static const ganrt_level levels[] = {{GANRT_CPU_X86_64, 0, code}};

static const ganrt_place places[] = {
    {GANRT_SPACE_ARGUMENT, 0, 0, 16}, /* 0: image, one */
    {GANRT_SPACE_ARGUMENT, 0, 1, 16}, /*    z */
    {GANRT_SPACE_CONSTANT, 0, 0, 16}, /*    scale */
    {GANRT_SPACE_DERIVED, 0, 0, 16},  /*    bias */
    {GANRT_SPACE_ARGUMENT, 0, 0, 64}, /* 4: image, four */
    {GANRT_SPACE_ARGUMENT, 0, 1, 64},
    {GANRT_SPACE_CONSTANT, 0, 0, 16},
    {GANRT_SPACE_DERIVED, 0, 0, 16},
    {GANRT_SPACE_DERIVED, 0, 0, 16}, /* 8: bias from its half */
    {GANRT_SPACE_CONSTANT, 0, 64, 16},
};

static const ganrt_instruction infer_one[] = {{GANRT_OP_CALL, 0, 0, 4, 1},
                                              {GANRT_OP_END, 0, 0, 0, 0}};
static const ganrt_instruction infer_four[] = {{GANRT_OP_CALL, 0, 4, 4, 4},
                                               {GANRT_OP_END, 0, 0, 0, 0}};
static const ganrt_instruction derive[] = {{GANRT_OP_CALL, 1, 8, 2, 1},
                                           {GANRT_OP_END, 0, 0, 0, 0}};

static const int64_t image_one[] = {1, 1, 2, 2}, z_one[] = {1, 4};
static const int64_t image_four[] = {4, 1, 2, 2}, z_four[] = {4, 4};
static const ganrt_tensor_info arguments_one[] = {
    {"image", GANRT_F32, 4, image_one, 16, -1, 1, 1, 0},
    {"z", GANRT_F32, 2, z_one, 16, 0, 0, 1, 0}};
static const ganrt_tensor_info arguments_four[] = {
    {"image", GANRT_F32, 4, image_four, 64, -1, 1, 1, 0},
    {"z", GANRT_F32, 2, z_four, 64, 0, 0, 1, 0}};

static const ganrt_function functions[] = {
    {"infer", infer_one, 2, 1, 2, 1, arguments_one, 0},
    {"infer", infer_four, 2, 1, 2, 4, arguments_four, 0},
    {"derive", derive, 2, 0, 0, 0, 0, 0},
};

const ganrt_artefact sample_generator = {
    .abi_version = GANRT_ABI_VERSION,
    .name = "sample",
    .digest =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    .numerics = "exact",
    .structure = "0",
    .kernels = kernels,
    .levels = levels,
    .level_count = 1,
    .places = places,
    .functions = functions,
    .kernel_count = 2,
    .place_count = 10,
    .function_count = 3,
    .constants = (const uint8_t *)constants,
    .constant_bytes = sizeof(constants),
    .derived_bytes = 64,
};
