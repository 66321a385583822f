/*===- sample_game.c - a game like those of papers --------------------------===
 *
 * step:
 *   x = draw data (stream 0, 2x4 f32)
 *   repeat option 'inner':
 *     key of block 0; z = the first 4 uniform numbers at site 7
 *     report 0: z[0]
 *     rate = option 'rate' / (1 + updates of player 0)
 *     w, v = w - rate * 1, v - rate * 1          one batched call, two rows
 *     count player 0
 *   if step mod 2 == 0: mean = w                 else: mean = 0
 *   record w
 *===----------------------------------------------------------------------===*/
#include "ganrt/random.h"
#include "tests/runtime/samples.h"

static void draw_uniform(void *const *buffers, const ganrt_launch *launch) {
  (void)launch;
  const ganrt_random_key *key = buffers[1];
  ganrt_random_fill_uniform(*key, 7, 0, 4, 0, 1, buffers[0]);
}

/* Batched: each row is {result, parameter}; rate is shared. */
static void descend(void *const *buffers, const ganrt_launch *launch) {
  const ganrt_batch *batch = buffers[0];
  const float *rate = buffers[1];
  const ganrt_batch_chunk *chunk = &batch->chunks[launch->chunk];
  void *const *row = batch->pointers + chunk->row * batch->columns;
  for (uint64_t i = chunk->begin; i < chunk->end; ++i)
    ((float *)row[0])[i] = ((const float *)row[1])[i] - rate[0];
}

static void zero(void *const *buffers, const ganrt_launch *launch) {
  (void)launch;
  for (int i = 0; i < 5; ++i)
    ((float *)buffers[0])[i] = 0;
}

static const ganrt_kernel kernels[] = {
    {"k000_uniform", 0, 0, 16, 0x1, 1, 0},
    {"k001_descend", 0, 8, 64, 0x7, 1, 0},
    {"k002_zero", 0, 0, 20, 0x1, 1, 0},
};

static const ganrt_kernel_function code[] = {draw_uniform, descend, zero};
static const ganrt_level levels[] = {{GANRT_CPU_X86_64, 0, code}};

enum {
  X,
  Z,
  KEY,
  REPORT,
  BATCH,
  RATE,
  ROW_W,
  ROW_V = ROW_W + 2,
  MEAN = 10,
  KEYS
};
static const ganrt_place places[] = {
    {GANRT_SPACE_ARENA, 0, 0, 32},    /* x */
    {GANRT_SPACE_ARENA, 0, 64, 16},   /* z */
    {GANRT_SPACE_ARENA, 0, 128, 16},  /* key */
    {GANRT_SPACE_ARENA, 0, 64, 4},    /* z[0] */
    {GANRT_SPACE_TABLE, 0, 0, 0},     /* the batch, then what its rows share */
    {GANRT_SPACE_ARENA, 0, 192, 4},   /* rate */
    {GANRT_SPACE_STATE, 0, 0, 20},    /* row 0: w, w */
    {GANRT_SPACE_STATE, 0, 0, 20},    /* */
    {GANRT_SPACE_STATE, 0, 64, 12},   /* row 1: v, v */
    {GANRT_SPACE_STATE, 0, 64, 12},   /* */
    {GANRT_SPACE_STATE, 0, 128, 20},  /* mean */
    {GANRT_SPACE_ARGUMENT, 0, 0, 16}, /* keys */
    {GANRT_SPACE_ARGUMENT, 0, 1, 16}, /* */
    {GANRT_SPACE_ARGUMENT, 0, 2, 16}, /* */
    {GANRT_SPACE_ARGUMENT, 0, 3, 16}, /* */
};

static const ganrt_batch_chunk chunks[] = {
    {0, 0, 0, 2}, {0, 0, 2, 5}, {1, 0, 0, 3}};
static const ganrt_table tables[] = {{ROW_W, 2, 2, 3, chunks}};

static const ganrt_expression_code codes[] = {
    {GANRT_EXPRESSION_OPTION, 1, 0}, /* 0: inner */
    {GANRT_EXPRESSION_OPTION, 0, 0}, /* 1: rate / (1 + updates) */
    {GANRT_EXPRESSION_CONSTANT, 0, 1}, {GANRT_EXPRESSION_COUNT, 0, 0},
    {GANRT_EXPRESSION_ADD, 0, 0},      {GANRT_EXPRESSION_DIV, 0, 0},
    {GANRT_EXPRESSION_STEP, 0, 0}, /* 6: step mod 2 == 0 */
    {GANRT_EXPRESSION_CONSTANT, 0, 2}, {GANRT_EXPRESSION_MOD, 0, 0},
    {GANRT_EXPRESSION_CONSTANT, 0, 0}, {GANRT_EXPRESSION_EQ, 0, 0},
};
static const ganrt_expression expressions[] = {{0, 1}, {1, 5}, {6, 5}};

static const ganrt_instruction step[] = {
    {GANRT_OP_DRAW_DATA, 0, X, 0, 0},             /* 0 */
    {GANRT_OP_REPEAT, 0, 9, 0, 0},                /* 1: body 2 ... 8 */
    {GANRT_OP_KEY, 0, GANRT_SCOPE_BLOCK, KEY, 0}, /* 2 */
    {GANRT_OP_CALL, 0, Z, 2, 1},                  /* 3: z from key */
    {GANRT_OP_DRAWN, 1, Z, 0, 0},                 /* 4 */
    {GANRT_OP_REPORT, 0, REPORT, 0, 0},           /* 5 */
    {GANRT_OP_SCALAR, 1, RATE, 0, 0},             /* 6 */
    {GANRT_OP_CALL, 1, BATCH, 2, 3},              /* 7: w, v from rate */
    {GANRT_OP_COUNT, 0, 0, 0, 0},                 /* 8 */
    {GANRT_OP_IF, 2, 11, 12, 0},                  /* 9: then 10, else 11 */
    {GANRT_OP_COPY, ROW_W, MEAN, 0, 0},           /* 10 */
    {GANRT_OP_CALL, 2, MEAN, 1, 1},               /* 11 */
    {GANRT_OP_RECORD, 0, ROW_W, 0, 0},            /* 12 */
    {GANRT_OP_END, 0, 0, 0, 0},                   /* 13 */
};

/* Keys of every scope into arguments. */
static const ganrt_instruction keys[] = {
    {GANRT_OP_KEY, 0, GANRT_SCOPE_BLOCK, KEYS, 0},
    {GANRT_OP_KEY, 0, GANRT_SCOPE_BLOCK, KEYS + 1, 0},
    {GANRT_OP_KEY, 0, GANRT_SCOPE_STEP, KEYS + 2, 0},
    {GANRT_OP_KEY, 0, GANRT_SCOPE_RUN, KEYS + 3, 0},
};

static const int64_t four[] = {4}, five[] = {5}, three[] = {3},
                     batch[] = {2, 4};
static const ganrt_tensor_info key_arguments[] = {
    {"first", GANRT_I32, 1, four, 16, 0, 0, 0, 0},
    {"second", GANRT_I32, 1, four, 16, 0, 0, 0, 0},
    {"step", GANRT_I32, 1, four, 16, 0, 0, 0, 0},
    {"run", GANRT_I32, 1, four, 16, 0, 0, 0, 0}};

static const ganrt_function functions[] = {
    {"step", step, 14, 0, 0, 0, 0, 256},
    {"show/keys", keys, 4, 4, 4, 0, key_arguments, 0},
};

static const ganrt_state_tensor states[] = {
    {"G/w", GANRT_F32, 1, five, SAMPLE_STATE_W, 20, GANRT_INITIALIZE_NORMAL, 11,
     1.0, 0.5, 0},
    {"G/v", GANRT_F32, 1, three, SAMPLE_STATE_V, 12, GANRT_INITIALIZE_UNIFORM,
     12, -1.0, 1.0, 0},
    {"Gs/w", GANRT_F32, 1, five, SAMPLE_STATE_MEAN, 20, GANRT_INITIALIZE_COPY,
     0, 0, 0, 0},
};

static const ganrt_option options[] = {
    {"rate", "learning rate", 0.5, 0, 1},
    {"inner", "updates per step", 3, 1, 0},
};
static const ganrt_stream streams[] = {
    {"x", GANRT_F32, 2, batch, -1, 1, GANRT_NONE, 0}};
static const char *const players[] = {"generator"};
static const char *const reports[] = {"Loss/generator"};
static const ganrt_tensor_info draws[] = {
    {"x", GANRT_F32, 2, batch, 32, 0, 0, 0, 0},
    {"z", GANRT_F32, 1, four, 16, 0, 0, 0, 0}};
static const ganrt_tensor_info records[] = {
    {"G/w", GANRT_F32, 1, five, 20, 0, 0, 0, 0}};

const ganrt_artefact sample_game = {
    .abi_version = GANRT_ABI_VERSION,
    .is_trainer = 1,
    .name = "sample game",
    .digest =
        "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210",
    .numerics = "exact",
    .structure = "0",
    .kernels = kernels,
    .levels = levels,
    .level_count = 1,
    .places = places,
    .tables = tables,
    .expressions = expressions,
    .expression_codes = codes,
    .functions = functions,
    .kernel_count = 3,
    .place_count = 15,
    .table_count = 1,
    .expression_count = 3,
    .expression_code_count = 11,
    .function_count = 2,
    .state_bytes = 192,
    .states = states,
    .options = options,
    .streams = streams,
    .players = players,
    .reports = reports,
    .draws = draws,
    .records = records,
    .state_count = 3,
    .option_count = 2,
    .stream_count = 1,
    .player_count = 1,
    .report_count = 1,
    .draw_count = 2,
    .record_count = 1,
    .block_count = 1,
};
