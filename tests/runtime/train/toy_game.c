/*===- toy_game.c - a small game to train in tests --------------------------===
 *
 * G learns the mean image of the data; nothing is differentiated, but state,
 * draws, data, labels, averages, options and derived buffers are used as a
 * compiled game uses them, and each step depends on all that came before.
 *
 * step:
 *   x, y = 16 images of 28x28 in [-1, 1] and their labels
 *   repeat option 'inner':
 *     z = 784 uniform numbers
 *     m = 0.9 m + (mean of x - derived w + 0.01 (z - 0.5))
 *     w = w + rate m;  derived w = w                rate falls with updates
 *     report Loss/generator = mean |m| + (nan at step 'poison')
 *   Gs/w = Gs/w + 0.1 (w - Gs/w)
 *   state/seen[y] += 1 for each label
 *   report brightness = mean of w
 * show/fakes: 16 images Gs/w + 0.2 (z - 0.5), z fixed for the run
 *===----------------------------------------------------------------------===*/
#include "ganrt/artefact.h"
#include "ganrt/random.h"

#include <math.h>
#include <string.h>

enum { BATCH = 16, PIXELS = 784, CLASSES = 10 };

/*===- Kernels
 * --------------------------------------------------------------===*/

/* z from key; the site tells step and show apart. */
static void draw_z(void *const *buffers, const ganrt_launch *launch) {
  const ganrt_random_key *key = buffers[1];
  (void)launch;
  ganrt_random_fill_uniform(*key, 7, 0, PIXELS, 0, 1, buffers[0]);
}

static void draw_shown_z(void *const *buffers, const ganrt_launch *launch) {
  const ganrt_random_key *key = buffers[1];
  uint64_t first = (uint64_t)launch->chunk * PIXELS;
  ganrt_random_fill_uniform(*key, 8, first, PIXELS, 0, 1,
                            (float *)buffers[0] + first);
}

/* m, from m, x, derived w and z; each chunk a quarter of the pixels. */
static void move(void *const *buffers, const ganrt_launch *launch) {
  float *m = buffers[0];
  const float *x = buffers[2], *w = buffers[3], *z = buffers[4];
  int begin = (int)launch->chunk * PIXELS / (int)launch->chunks;
  int end = ((int)launch->chunk + 1) * PIXELS / (int)launch->chunks;
  for (int i = begin; i < end; ++i) {
    float mean = 0;
    for (int n = 0; n < BATCH; ++n)
      mean += x[n * PIXELS + i];
    mean /= BATCH;
    m[i] = 0.9f * m[i] + (mean - w[i] + 0.01f * (z[i] - 0.5f));
  }
}

/* w and derived w, from w, m and rate. */
static void update(void *const *buffers, const ganrt_launch *launch) {
  float *w = buffers[0], *derived = buffers[1];
  const float *m = buffers[3], *rate = buffers[4];
  (void)launch;
  for (int i = 0; i < PIXELS; ++i)
    derived[i] = w[i] += *rate * m[i];
}

/* The loss, from m and what is to be added. */
static void measure(void *const *buffers, const ganrt_launch *launch) {
  const float *m = buffers[1], *addend = buffers[2];
  float sum = 0;
  (void)launch;
  for (int i = 0; i < PIXELS; ++i)
    sum += fabsf(m[i]);
  *(float *)buffers[0] = sum / PIXELS + *addend;
}

/* Gs/w, state/seen and brightness, from Gs/w, state/seen, w and y. */
static void average(void *const *buffers, const ganrt_launch *launch) {
  float *ema = buffers[0], *seen = buffers[1], sum = 0;
  const float *w = buffers[5];
  const int32_t *y = buffers[6];
  (void)launch;
  for (int i = 0; i < PIXELS; ++i) {
    ema[i] += 0.1f * (w[i] - ema[i]);
    sum += w[i];
  }
  for (int n = 0; n < BATCH; ++n)
    seen[y[n] % CLASSES] += 1;
  *(float *)buffers[2] = sum / PIXELS;
}

/* Sixteen images, from Gs/w and z. */
static void show(void *const *buffers, const ganrt_launch *launch) {
  float *images = buffers[0];
  const float *w = buffers[1], *z = buffers[2];
  (void)launch;
  for (int i = 0; i < BATCH * PIXELS; ++i)
    images[i] = w[i % PIXELS] + 0.2f * (z[i] - 0.5f);
}

static const ganrt_kernel kernels[] = {
    {"k000_z", 0, 10 * PIXELS, 4 * PIXELS, 0x1, 1, 0},
    {"k001_move", 0, 20 * PIXELS, 80 * PIXELS, 0x1f, 1, 0},
    {"k002_update", 0, 2 * PIXELS, 16 * PIXELS, 0x1f, 2, 0},
    {"k003_measure", 0, 2 * PIXELS, 4 * PIXELS, 0x7, 1, 0},
    {"k004_average", 0, 3 * PIXELS, 12 * PIXELS, 0x2d, 3, 0},
    {"k005_shown_z", 0, 160 * PIXELS, 64 * PIXELS, 0x1, 1, 0},
    {"k006_show", 0, 32 * PIXELS, 128 * PIXELS, 0x7, 1, 0},
};

static const ganrt_kernel_function code[] = {
    draw_z, move, update, measure, average, draw_shown_z, show};
static const ganrt_level levels[] = {{GANRT_CPU_X86_64, 0, code}};

/*===- Places
 * ---------------------------------------------------------------===*/

#define IMAGE (PIXELS * 4) /* 3136 = 49 * 64 */
enum {
  STATE_W = 0,
  STATE_M = IMAGE,
  STATE_EMA = 2 * IMAGE,
  STATE_SEEN = 3 * IMAGE,
  STATE_BYTES = 3 * IMAGE + 64,
  ARENA_X = 0,
  ARENA_Z = BATCH * IMAGE,
  ARENA_SHOWN_Z = 0,
  ARENA_Y = 17 * IMAGE,
  ARENA_KEY = ARENA_Y + 64,
  ARENA_RATE = ARENA_KEY + 64,
  ARENA_LOSS = ARENA_RATE + 64,
  ARENA_ADDEND = ARENA_LOSS + 64,
  ARENA_BRIGHTNESS = ARENA_ADDEND + 64,
  ARENA_BYTES = ARENA_BRIGHTNESS + 64
};

#define AT(space, offset, bytes) {GANRT_SPACE_##space, 0, offset, bytes}
#define W AT(STATE, STATE_W, IMAGE)
#define M AT(STATE, STATE_M, IMAGE)
#define EMA AT(STATE, STATE_EMA, IMAGE)
#define SEEN AT(STATE, STATE_SEEN, CLASSES * 4)
#define DERIVED AT(DERIVED, 0, IMAGE)
#define X AT(ARENA, ARENA_X, BATCH *IMAGE)
#define Y AT(ARENA, ARENA_Y, BATCH * 4)
#define Z AT(ARENA, ARENA_Z, IMAGE)
#define KEY AT(ARENA, ARENA_KEY, 16)
#define RATE AT(ARENA, ARENA_RATE, 4)
#define LOSS AT(ARENA, ARENA_LOSS, 4)
#define ADDEND AT(ARENA, ARENA_ADDEND, 4)
#define BRIGHTNESS AT(ARENA, ARENA_BRIGHTNESS, 4)
#define SHOWN_Z AT(ARENA, ARENA_SHOWN_Z, BATCH *IMAGE)

enum {
  AT_Z = 0,
  AT_KEY = 1,
  AT_MOVE = 2,
  AT_X = 4,
  AT_UPDATE = 7,
  AT_RATE = 11,
  AT_MEASURE = 12,
  AT_ADDEND = 14,
  AT_AVERAGE = 15,
  AT_BRIGHTNESS = 17,
  AT_W = 20,
  AT_Y = 21,
  AT_SHOWN_Z = 22,
  AT_SHOW = 24,
  AT_DERIVE = 27,
  PLACE_COUNT = 29
};
static const ganrt_place places[PLACE_COUNT] = {
    Z,
    KEY, /* k000 */
    M,
    M,
    X,
    DERIVED,
    Z, /* k001 */
    W,
    DERIVED,
    W,
    M,
    RATE, /* k002 */
    LOSS,
    M,
    ADDEND, /* k003 */
    EMA,
    SEEN,
    BRIGHTNESS,
    EMA,
    SEEN,
    W,
    Y, /* k004 */
    SHOWN_Z,
    KEY, /* k005 */
    AT(ARGUMENT, 0, BATCH *IMAGE),
    EMA,
    SHOWN_Z, /* k006 */
    W,
    DERIVED, /* derive */
};

/*===- Programs
 * -------------------------------------------------------------===*/

static const ganrt_expression_code codes[] = {
    {GANRT_EXPRESSION_OPTION, 1, 0}, /* 0: inner */
    {GANRT_EXPRESSION_OPTION, 0, 0}, /* 1: rate / (1 + 0.001 updates) */
    {GANRT_EXPRESSION_CONSTANT, 0, 1},  {GANRT_EXPRESSION_CONSTANT, 0, 0.001},
    {GANRT_EXPRESSION_COUNT, 0, 0},     {GANRT_EXPRESSION_MUL, 0, 0},
    {GANRT_EXPRESSION_ADD, 0, 0},       {GANRT_EXPRESSION_DIV, 0, 0},
    {GANRT_EXPRESSION_STEP, 0, 0}, /* 8: step == poison ? log -1 : 0 */
    {GANRT_EXPRESSION_OPTION, 2, 0},    {GANRT_EXPRESSION_EQ, 0, 0},
    {GANRT_EXPRESSION_CONSTANT, 0, -1}, {GANRT_EXPRESSION_LOG, 0, 0},
    {GANRT_EXPRESSION_CONSTANT, 0, 0},  {GANRT_EXPRESSION_SELECT, 0, 0},
};
static const ganrt_expression expressions[] = {{0, 1}, {1, 7}, {8, 7}};

static const ganrt_instruction step[] = {
    {GANRT_OP_DRAW_DATA, 0, AT_X, 0, 0},
    {GANRT_OP_DRAW_DATA, 1, AT_Y, 1, 0},
    {GANRT_OP_REPEAT, 0, 14, 0, 0}, /* body 3 ... 13 */
    {GANRT_OP_KEY, 0, GANRT_SCOPE_BLOCK, AT_KEY, 0},
    {GANRT_OP_CALL, 0, AT_Z, 2, 1},
    {GANRT_OP_DRAWN, 2, AT_Z, 0, 0},
    {GANRT_OP_CALL, 1, AT_MOVE, 5, 4},
    {GANRT_OP_RECORD, 0, AT_MOVE, 0, 0},
    {GANRT_OP_SCALAR, 1, AT_RATE, 0, 0},
    {GANRT_OP_CALL, 2, AT_UPDATE, 5, 1},
    {GANRT_OP_SCALAR, 2, AT_ADDEND, 0, 0},
    {GANRT_OP_CALL, 3, AT_MEASURE, 3, 1},
    {GANRT_OP_REPORT, 0, AT_MEASURE, 0, 0},
    {GANRT_OP_COUNT, 0, 0, 0, 0},
    {GANRT_OP_RECORD, 1, AT_UPDATE, 0, 0},
    {GANRT_OP_CALL, 4, AT_AVERAGE, 7, 1},
    {GANRT_OP_REPORT, 1, AT_BRIGHTNESS, 0, 0},
};
static const ganrt_instruction derive[] = {
    {GANRT_OP_COPY, AT_DERIVE, AT_DERIVE + 1, 0, 0}};
static const ganrt_instruction show_fakes[] = {
    {GANRT_OP_KEY, 1, GANRT_SCOPE_RUN, AT_KEY, 0},
    {GANRT_OP_CALL, 5, AT_SHOWN_Z, 2, BATCH},
    {GANRT_OP_CALL, 6, AT_SHOW, 3, 1},
};

static const int64_t pixels[] = {PIXELS}, classes[] = {CLASSES},
                     batch[] = {BATCH}, images[] = {BATCH, 1, 28, 28};
static const ganrt_tensor_info shown[] = {
    {"fakes", GANRT_F32, 4, images, BATCH * IMAGE, -1, 1, 0, 0}};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
static const ganrt_function functions[] = {
    {"step", step, LENGTH(step), 0, 0, 0, 0, ARENA_BYTES},
    {"derive", derive, LENGTH(derive), 0, 0, 0, 0, 0},
    {"show/fakes", show_fakes, LENGTH(show_fakes), 1, 1, 0, shown, ARENA_BYTES},
};

/*===- State and names
 * ------------------------------------------------------===*/

static const ganrt_state_tensor states[] = {
    {"G/w", GANRT_F32, 1, pixels, STATE_W, IMAGE, GANRT_INITIALIZE_NORMAL, 11,
     0, 0.5, 0},
    {"generator/G/w@m", GANRT_F32, 1, pixels, STATE_M, IMAGE,
     GANRT_INITIALIZE_ZERO, 0, 0, 0, 0},
    {"Gs/w", GANRT_F32, 1, pixels, STATE_EMA, IMAGE, GANRT_INITIALIZE_COPY, 0,
     0, 0, 0},
    {"state/seen", GANRT_F32, 1, classes, STATE_SEEN, CLASSES * 4,
     GANRT_INITIALIZE_ZERO, 0, 0, 0, 0},
};
static const ganrt_option options[] = {
    {"rate", "learning rate", 0.05, 0, 1},
    {"inner", "updates per step", 2, 1, 100},
    {"poison", "the step whose loss is not a number", -1, 1, 0},
};
static const ganrt_stream streams[] = {
    {"x", GANRT_F32, 4, images, -1, 1, GANRT_NONE, 0},
    {"y", GANRT_I32, 1, batch, 0, 0, 0, 0},
};
static const ganrt_tensor_info draws[] = {
    {"x", GANRT_F32, 4, images, BATCH * IMAGE, 0, 0, 0, 0},
    {"y", GANRT_I32, 1, batch, BATCH * 4, 0, CLASSES - 1, 0, 0},
    {"z", GANRT_F32, 1, pixels, IMAGE, 0, 0, 0, 0},
};
static const ganrt_tensor_info records[] = {
    {"generator/G/w@gradient", GANRT_F32, 1, pixels, IMAGE, 0, 0, 0, 0},
    {"generator/G/w", GANRT_F32, 1, pixels, IMAGE, 0, 0, 0, 0},
};
static const char *const players[] = {"generator"};
static const char *const reports[] = {"Loss/generator", "brightness"};

static const uint8_t template_bytes[4 + 4] = {'H', 'E', 'A', 'D'};
static const ganrt_export_gap gaps[] = {{4, 2, 0}};
static const ganrt_export exports[] = {
    {"network-snapshot", template_bytes, sizeof template_bytes, gaps, 1, 0}};

const ganrt_artefact ganrt_artefact_root = {
    .abi_version = GANRT_ABI_VERSION,
    .is_trainer = 1,
    .name = "toy",
    .digest =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    .numerics = "exact",
    .structure = "toy1",
    .kernels = kernels,
    .levels = levels,
    .level_count = 1,
    .places = places,
    .expressions = expressions,
    .expression_codes = codes,
    .functions = functions,
    .kernel_count = LENGTH(kernels),
    .place_count = PLACE_COUNT,
    .expression_count = LENGTH(expressions),
    .expression_code_count = LENGTH(codes),
    .function_count = LENGTH(functions),
    .state_bytes = STATE_BYTES,
    .derived_bytes = IMAGE,
    .states = states,
    .options = options,
    .streams = streams,
    .players = players,
    .reports = reports,
    .draws = draws,
    .records = records,
    .exports = exports,
    .state_count = LENGTH(states),
    .option_count = LENGTH(options),
    .stream_count = LENGTH(streams),
    .player_count = 1,
    .report_count = LENGTH(reports),
    .draw_count = LENGTH(draws),
    .record_count = LENGTH(records),
    .export_count = 1,
    .block_count = 2,
};
