/*===- abi.h - what a compiled artefact and the runtime agree on ------------===
 *
 * Plain C99, no includes beyond the two below. The compiler emits these tables
 * as constant data; the runtime walks them. Only kernels are code.
 *
 * Lifetime: everything reachable from a ganrt_artefact is constant and lives as
 * long as the artefact is loaded. Offsets and sizes are in bytes; every place
 * starts at a multiple of GANRT_ALIGNMENT of a base that has the same alignment.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_ABI_H
#define GANRT_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Changes with every incompatible change of this file. */
#define GANRT_ABI_VERSION 5u
#define GANRT_ALIGNMENT 64u
#define GANRT_NONE UINT32_MAX

/*===- Kernels --------------------------------------------------------------===*/

/* One call of a kernel is cut into `chunks` independent pieces with boundaries
 * fixed by the problem size; any thread may run any chunk. `workspace` belongs to
 * the calling thread and has at least the kernel's workspace_bytes. */
typedef struct ganrt_launch {
  uint32_t chunk;
  uint32_t chunks;
  void *workspace;
} ganrt_launch;

/* `buffers` are base pointers, results first, then operands. */
typedef void (*ganrt_kernel_function)(void *const *buffers,
                                      const ganrt_launch *launch);

typedef struct ganrt_kernel {
  const char *name;         /* e.g. k017_conv_lrelu_f32 */
  uint64_t workspace_bytes; /* per thread, at whatever level */
  double flop;              /* of one call; for profiles */
  double bytes;             /* read and written by one call */
  /* Bit i: place i of a call, or column i of a batch's row, is f32; what comes
   * after 64 is not told. Results come first. */
  uint64_t float_places;
  uint32_t result_count;
  uint32_t reserved;
} ganrt_kernel;

/* Levels of the x86-64 psABI. A higher number has all that a lower one has. */
typedef enum ganrt_cpu {
  GANRT_CPU_X86_64 = 1,    /* every x86-64 CPU */
  GANRT_CPU_X86_64_V3 = 3, /* AVX2 and FMA */
  GANRT_CPU_X86_64_V4 = 4  /* AVX-512 F, BW, CD, DQ, VL */
} ganrt_cpu;

/* The code of all kernels for one level. All levels give the same bits. */
typedef struct ganrt_level {
  uint32_t cpu; /* ganrt_cpu that the code needs */
  uint32_t reserved;
  const ganrt_kernel_function *functions; /* one per kernel */
} ganrt_level;

/* A batched kernel runs one region over many tensors of different size. Its
 * buffers[0] points to this struct; the operands shared by all rows follow.
 * pointers is row-major, rows x columns, results first in each row.
 * Chunk c covers elements [begin, end) of one row. */
typedef struct ganrt_batch_chunk {
  uint32_t row;
  uint32_t reserved;
  uint64_t begin;
  uint64_t end;
} ganrt_batch_chunk;

typedef struct ganrt_batch {
  void *const *pointers;
  const ganrt_batch_chunk *chunks;
  uint64_t columns;
} ganrt_batch;

/*===- Code for devices ------------------------------------------------------===*/

typedef enum ganrt_api {
  GANRT_API_CPU = 0,
  GANRT_API_OPENCL = 1,
  GANRT_API_VULKAN = 2,
  GANRT_API_CUDA = 3
} ganrt_api;

/* Places of a program with code for devices start at multiples of this. */
#define GANRT_DEVICE_ALIGNMENT 256u

/* As an argument: not a place of the call, but scratch buffer number
 * argument - GANRT_SCRATCH of the device code. */
#define GANRT_SCRATCH 0x80000000u

/* One launch. Arguments are places of the call, by number: results first, then
 * operands, as for a CPU kernel; in a batched call the columns of the row, then
 * the shared operands. In Vulkan argument i is binding i of set 0, a storage
 * buffer; in OpenCL it is a buffer, in CUDA a pointer. */
typedef struct ganrt_launch_row {
  uint32_t code;     /* index of a blob */
  const char *entry; /* of the code */
  uint32_t grid[3];  /* groups */
  uint32_t group[3]; /* threads of a group */
  /* Local memory that OpenCL passes behind the other arguments, or dynamic
   * shared memory of CUDA; 0: none, or none but what the code declares. */
  uint32_t shared_bytes;
  uint32_t argument_count;
  const uint32_t *arguments;
} ganrt_launch_row;

/* OpenCL C, PTX or a cubin, or SPIR-V. Behind the bytes there is a NUL that is
 * not counted. */
typedef struct ganrt_device_blob {
  const uint8_t *bytes;
  uint64_t size;
} ganrt_device_blob;

/* The code of all kernels for one kind of device. A call is launches
 * of_kernel[k] ... of_kernel[k + 1] - 1, enqueued in order; row r of a batched
 * call is launches of_row[r] ... of_row[r + 1] - 1, the rows of all tables
 * counted in one. */
typedef struct ganrt_device_code {
  uint32_t api; /* ganrt_api */
  uint32_t blob_count, launch_count, scratch_count;
  const char *target; /* "OpenCL C 1.2", "Vulkan 1.2", "sm_80": for messages */
  const ganrt_device_blob *blobs;
  const ganrt_launch_row *launches;
  const uint32_t *of_kernel;     /* kernel_count + 1 */
  const uint32_t *of_row;        /* rows of all tables + 1 */
  const uint64_t *scratch_bytes; /* of each scratch buffer */
} ganrt_device_code;

/*===- Places ---------------------------------------------------------------===*/

typedef enum ganrt_dtype {
  GANRT_F32 = 0,
  GANRT_F64 = 1,
  GANRT_I32 = 2,
  GANRT_I64 = 3,
  GANRT_BOOL = 4, /* one byte, 0 or 1 */
  GANRT_BF16 = 5
} ganrt_dtype;

typedef enum ganrt_space {
  GANRT_SPACE_ARGUMENT = 0, /* offset is the index of the function's argument */
  GANRT_SPACE_CONSTANT = 1, /* the artefact's read-only weights */
  GANRT_SPACE_STATE = 2,    /* survives steps; what a checkpoint holds */
  GANRT_SPACE_DERIVED = 3,  /* filled from state or constants by "derive" */
  GANRT_SPACE_ARENA = 4,    /* scratch of one function */
  GANRT_SPACE_TABLE = 5     /* offset is the index of a ganrt_table */
} ganrt_space;

/* One operand of an instruction. */
typedef struct ganrt_place {
  uint32_t space;    /* ganrt_space */
  uint32_t reserved; /* 0 */
  uint64_t offset;
  uint64_t bytes;
} ganrt_place;

/* The operand table of a batched call: rows x columns places starting at
 * first_place, and the chunk list. */
typedef struct ganrt_table {
  uint32_t first_place;
  uint32_t rows;
  uint32_t columns;
  uint32_t chunk_count;
  const ganrt_batch_chunk *chunks;
} ganrt_table;

/*===- Host expressions -----------------------------------------------------===*/

/* A stack program in f64. Each expression is a range of codes and leaves one
 * value. true is 1.0, false 0.0. */
typedef enum ganrt_expression_opcode {
  GANRT_EXPRESSION_CONSTANT = 0, /* value */
  GANRT_EXPRESSION_OPTION = 1,   /* index of an option */
  GANRT_EXPRESSION_STEP = 2,     /* finished steps */
  GANRT_EXPRESSION_IMAGES = 3,   /* drawn from stream 0 so far */
  GANRT_EXPRESSION_EPOCH = 4,    /* images / size of stream 0, a real number */
  GANRT_EXPRESSION_COUNT = 5,    /* index of a player: its updates so far */
  GANRT_EXPRESSION_HELD = 6,     /* index of a held number */
  GANRT_EXPRESSION_ADD = 16,
  GANRT_EXPRESSION_SUB,
  GANRT_EXPRESSION_MUL,
  GANRT_EXPRESSION_DIV,
  GANRT_EXPRESSION_MOD, /* floored: a - b * floor(a / b) */
  GANRT_EXPRESSION_POW,
  GANRT_EXPRESSION_MIN,
  GANRT_EXPRESSION_MAX,
  GANRT_EXPRESSION_NEG,
  GANRT_EXPRESSION_ABS,
  GANRT_EXPRESSION_FLOOR,
  GANRT_EXPRESSION_SQRT,
  GANRT_EXPRESSION_EXP,
  GANRT_EXPRESSION_LOG,
  GANRT_EXPRESSION_COS,
  GANRT_EXPRESSION_LT,
  GANRT_EXPRESSION_LE,
  GANRT_EXPRESSION_EQ,
  GANRT_EXPRESSION_NE,
  GANRT_EXPRESSION_AND,
  GANRT_EXPRESSION_OR,
  GANRT_EXPRESSION_NOT,
  GANRT_EXPRESSION_SELECT /* condition, then, else */
} ganrt_expression_opcode;

typedef struct ganrt_expression_code {
  uint32_t opcode;
  uint32_t index;
  double value;
} ganrt_expression_code;

typedef struct ganrt_expression {
  uint32_t first_code;
  uint32_t code_count;
} ganrt_expression;

/*===- Programs -------------------------------------------------------------===*/

/* Instructions are walked in order. Operand indices refer to the artefact's
 * table of places. */
typedef enum ganrt_opcode {
  GANRT_OP_END = 0,
  /* a kernel, b first place, c place count, d chunks */
  GANRT_OP_CALL = 1,
  /* a expression (count, rounded down, negative is 0), b index after the body */
  GANRT_OP_REPEAT = 2,
  /* a expression, b index of the else part, c index after the else part. The
   * then part ends where the else part begins. */
  GANRT_OP_IF = 3,
  /* a stream, b place, c draw, d ganrt_scope: the next batch of a data stream,
   * or of scope run always the first one, which moves nothing. A draw with
   * index c is recorded and can be given like a sample. A stream that pairs
   * another gets the samples that one drew last, so it is drawn right behind
   * that one. */
  GANRT_OP_DRAW_DATA = 4,
  /* a block, b ganrt_scope, c place of 4 x i32: the random key for the draws
   * of one instance of a block: {seed low, seed high,
   * iteration + 2^20 * (step div 2^32), step mod 2^32}. iteration is how often
   * this block's key was made before in this step. */
  GANRT_OP_KEY = 5,
  /* a expression, b place of one f32 */
  GANRT_OP_SCALAR = 6,
  /* a report, b place of one f32 */
  GANRT_OP_REPORT = 7,
  /* a player: its count of updates goes up by one */
  GANRT_OP_COUNT = 8,
  /* a source place, b destination place, equal sizes */
  GANRT_OP_COPY = 9,
  /* a draw, b place: a sample was just drawn; --given overwrites it and
   * --record writes it out */
  GANRT_OP_DRAWN = 10,
  /* a record, b place: a gradient or parameter that --record writes out */
  GANRT_OP_RECORD = 11,
  /* a expression, b held number: its value at this moment, for expressions that
   * are evaluated after what it reads has changed */
  GANRT_OP_HOLD = 12,
  /* a place of one f32, b held number */
  GANRT_OP_READ = 13
} ganrt_opcode;

typedef enum ganrt_scope {
  GANRT_SCOPE_BLOCK = 0,
  GANRT_SCOPE_STEP = 1, /* iteration 0 */
  GANRT_SCOPE_RUN = 2   /* iteration 0, step 0 */
} ganrt_scope;

typedef struct ganrt_instruction {
  uint32_t opcode;
  uint32_t a, b, c, d;
} ganrt_instruction;

typedef struct ganrt_tensor_info {
  const char *name;
  uint32_t dtype; /* ganrt_dtype */
  uint32_t rank;
  const int64_t *shape;
  uint64_t bytes;
  /* Range of pixels, of integers (with both ends), or of an f32 input that seeds
   * draw evenly, not normally; low == high: none. */
  double low, high;
  uint32_t batched; /* 1: axis 0 counts images and is the function's batch */
  /* 1: a result that is made from all images of a run, so that no run may be
   * filled up with repetitions; if it isn't batched, there may be one run only. */
  uint32_t mixed;
} ganrt_tensor_info;

/* A program with its own arena. Arguments are results first, then operands, in
 * the order of `arguments`. Names: "step", "derive", "start/state", "show/NAME",
 * "export/NAME", "infer". */
typedef struct ganrt_function {
  const char *name;
  const ganrt_instruction *instructions;
  uint32_t instruction_count;
  uint32_t result_count;
  uint32_t argument_count; /* results included */
  uint32_t batch;          /* of an inference function; else 0 */
  const ganrt_tensor_info *arguments;
  uint64_t arena_bytes;
} ganrt_function;

/*===- State ----------------------------------------------------------------===*/

typedef enum ganrt_initializer_kind {
  GANRT_INITIALIZE_ZERO = 0,
  GANRT_INITIALIZE_FILL = 1,    /* a */
  GANRT_INITIALIZE_WEIGHTS = 2, /* offset in the constant section */
  GANRT_INITIALIZE_COPY = 3,    /* offset is the index of an earlier state */
  GANRT_INITIALIZE_NORMAL = 4,  /* mean a, standard deviation b */
  GANRT_INITIALIZE_UNIFORM = 5  /* from a to b */
} ganrt_initializer_kind;
/* xavier and kaiming become NORMAL or UNIFORM when compiling. Random values use
 * the run's seed, step 0, iteration 0 and the tensor's own site. */

typedef struct ganrt_state_tensor {
  const char *name; /* G/0.weight, critic/D/0.weight@m, Gs/0.weight, state/k */
  uint32_t dtype;
  uint32_t rank;
  const int64_t *shape;
  uint64_t offset; /* in the state block */
  uint64_t bytes;
  uint32_t initializer; /* ganrt_initializer_kind */
  uint32_t site;
  double a, b;
  uint64_t source; /* see ganrt_initializer_kind */
} ganrt_state_tensor;

typedef struct ganrt_option {
  const char *name;
  const char *help;
  double value;
  double low, high; /* low > high: no bounds */
} ganrt_option;

typedef struct ganrt_stream {
  const char *name;
  uint32_t dtype;
  uint32_t rank;        /* with the batch */
  const int64_t *shape; /* batch first */
  /* Pixels 0 ... 255 become these; integers must lie in them, both ends with
   * it. Equal: as they are. */
  double low, high;
  uint32_t pairs; /* index of the stream it is paired with, or GANRT_NONE */
  uint32_t reserved;
} ganrt_stream;

/* An ONNX file without the bytes of its tensors, and where they belong. */
typedef struct ganrt_export_gap {
  uint64_t template_offset; /* the tensor comes before this byte */
  uint32_t state;           /* its canonical bytes */
  /* 1 + index of the argument of "export/NAME" that stands there instead, of
   * the same size; 0: none */
  uint32_t folded;
} ganrt_export_gap;

typedef struct ganrt_export {
  const char *name; /* file name without number and suffix */
  const uint8_t *template_bytes;
  uint64_t template_size;
  const ganrt_export_gap *gaps;
  uint32_t gap_count;
  uint32_t reserved;
} ganrt_export;

/*===- The artefact ---------------------------------------------------------===*/

typedef struct ganrt_artefact {
  uint32_t abi_version; /* GANRT_ABI_VERSION; first, for ever */
  uint32_t is_trainer;
  const char *name;      /* the game's or the network's */
  const char *digest;    /* hex SHA-256 of the sources and options */
  const char *numerics;  /* exact, fast, bf16, portable */
  const char *structure; /* hash of networks, players, state and draws */

  const ganrt_kernel *kernels;
  const ganrt_place *places;
  const ganrt_table *tables;
  const ganrt_expression *expressions;
  const ganrt_expression_code *expression_codes;
  const ganrt_function *functions;
  uint32_t kernel_count, place_count, table_count, expression_count;
  uint32_t expression_code_count, function_count;

  const uint8_t *constants; /* page aligned; NULL when constant_bytes is 0 */
  uint64_t constant_bytes;
  uint64_t state_bytes;
  uint64_t derived_bytes;

  const ganrt_state_tensor *states;
  const ganrt_option *options;
  const ganrt_stream *streams;
  const char *const *players;
  const char *const *reports;       /* Loss/critic, ... */
  const ganrt_tensor_info *draws;   /* for --record and --given */
  const ganrt_tensor_info *records; /* gradients and parameters */
  const ganrt_export *exports;
  uint32_t state_count, option_count, stream_count, player_count;
  uint32_t report_count, draw_count, record_count, export_count;
  uint32_t block_count; /* blocks that make keys */
  uint32_t held_count;  /* numbers that the host holds within a run */
  uint32_t level_count, reserved;
  const ganrt_level *levels; /* from the lowest to the highest */

  /* Code for devices, of each API once. Every space is then a row of blocks of
   * device_block_bytes, a multiple of GANRT_DEVICE_ALIGNMENT, and no place lies
   * in two of them. */
  const ganrt_device_code *devices;
  uint64_t device_block_bytes;
  uint32_t device_count, reserved_too;
} ganrt_artefact;

#endif /* GANRT_ABI_H */
