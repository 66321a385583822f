//===- artefact_test.cc - what must hold before a program is walked -------===//
#include "ganrt/program.h"

#include "tests/runtime/samples.h"

#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
std::string check(const ganrt_artefact &artefact) {
  ganrt_status_t status = ganrt_artefact_check(&artefact);
  std::string message = ganrt_status_message(status);
  ganrt_status_free(status);
  return message;
}

// A copy of the sample game whose tables can be broken.
struct Broken {
  ganrt_artefact artefact = sample_game;
  std::vector<ganrt_kernel> kernels;
  std::vector<ganrt_place> places;
  std::vector<ganrt_table> tables;
  std::vector<ganrt_batch_chunk> chunks;
  std::vector<ganrt_expression> expressions;
  std::vector<ganrt_expression_code> codes;
  std::vector<ganrt_function> functions;
  std::vector<ganrt_instruction> step;
  std::vector<ganrt_state_tensor> states;
  std::vector<ganrt_stream> streams;
  std::vector<ganrt_tensor_info> arguments;

  template <typename T>
  static std::vector<T> copy(const T *table, uint32_t count) {
    return std::vector<T>(table, table + count);
  }

  Broken() {
    const ganrt_artefact &a = sample_game;
    kernels = copy(a.kernels, a.kernel_count);
    places = copy(a.places, a.place_count);
    tables = copy(a.tables, a.table_count);
    chunks = copy(a.tables[0].chunks, a.tables[0].chunk_count);
    expressions = copy(a.expressions, a.expression_count);
    codes = copy(a.expression_codes, a.expression_code_count);
    functions = copy(a.functions, a.function_count);
    step = copy(a.functions[0].instructions, a.functions[0].instruction_count);
    states = copy(a.states, a.state_count);
    streams = copy(a.streams, a.stream_count);
    arguments = copy(a.functions[1].arguments, a.functions[1].argument_count);
    artefact.kernels = kernels.data();
    artefact.places = places.data();
    artefact.tables = tables.data();
    tables[0].chunks = chunks.data();
    artefact.expressions = expressions.data();
    artefact.expression_codes = codes.data();
    artefact.functions = functions.data();
    functions[0].instructions = step.data();
    functions[1].arguments = arguments.data();
    artefact.states = states.data();
    artefact.streams = streams.data();
  }
};
} // namespace

TEST(Artefact, SamplesAreValid) {
  EXPECT_EQ(check(sample_generator), "done");
  EXPECT_EQ(check(sample_game), "done");
  EXPECT_EQ(check(Broken().artefact), "done");
}

TEST(Artefact, FindsFunctionsByName) {
  const ganrt_function *one =
      ganrt_artefact_function(&sample_generator, "infer", nullptr);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->batch, 1u);
  const ganrt_function *four =
      ganrt_artefact_function(&sample_generator, "infer", one);
  ASSERT_NE(four, nullptr);
  EXPECT_EQ(four->batch, 4u);
  EXPECT_EQ(ganrt_artefact_function(&sample_generator, "infer", four), nullptr);
  EXPECT_EQ(ganrt_artefact_function(&sample_generator, "step", nullptr),
            nullptr);
}

TEST(Artefact, NullIsRefused) {
  ganrt_status_t status = ganrt_artefact_check(nullptr);
  EXPECT_STREQ(ganrt_status_message(status), "the artefact is null");
  ganrt_status_free(status);
}

TEST(Artefact, EachRuleHasASentence) {
  const std::pair<std::function<void(Broken &)>, const char *> cases[] = {
      {[](Broken &b) { b.artefact.abi_version = 99; },
       "expected an artefact of version 5, got 99"},
      {[](Broken &b) { b.artefact.places = nullptr; },
       "there are 15 places, but no table of them"},
      {[](Broken &b) { b.artefact.digest = nullptr; },
       "name, digest, numerics or structure is missing"},
      {[](Broken &b) {
         static const char *const none[] = {nullptr};
         b.artefact.players = none;
       },
       "player 0 has no name"},
      {[](Broken &b) { b.artefact.state_bytes = uint64_t(1) << 41; },
       "expected at most 2^40 bytes of state, derived buffers and constants, "
       "got more"},
      {[](Broken &b) { b.artefact.constants = (const uint8_t *)"" + 1; },
       "the constants don't start at a multiple of 64 bytes"},
      {[](Broken &b) { b.kernels[1].name = nullptr; }, "kernel 1 has no name"},
      {[](Broken &b) { b.artefact.level_count = 0; }, "there is no code"},
      {[](Broken &b) {
         static const ganrt_level none[] = {{GANRT_CPU_X86_64_V3, 0, nullptr}};
         b.artefact.levels = none;
       },
       "kernel 'k000_uniform' has no code for x86-64-v3"},
      {[](Broken &b) {
         static const ganrt_level odd[] = {{2, 0, nullptr}};
         b.artefact.levels = odd;
       },
       "level 0: expected a CPU above that before, got 2"},
      {[](Broken &b) { b.kernels[1].workspace_bytes = UINT64_MAX; },
       "kernel 'k001_descend': expected at most 2^40 bytes of workspace, got "
       "18446744073709551615"},
      {[](Broken &b) { b.tables[0].rows = 0; },
       "table 0: there are no rows or no columns"},
      {[](Broken &b) { b.tables[0].rows = 7; },
       "table 0: expected places below 15, got 6 + 14"},
      {[](Broken &b) { b.places[7].space = GANRT_SPACE_TABLE; },
       "table 0: place 7 is a table in a table"},
      {[](Broken &b) { b.chunks[2].row = 2; },
       "table 0: chunk 2 covers [0, 3) of row 2 of 2"},
      {[](Broken &b) { b.expressions[1].code_count = 100; },
       "expression 1: expected codes below 11, got 101"},
      {[](Broken &b) { b.states[1].bytes = 16; },
       "state 'G/v': expected 12 bytes, got 16"},
      {[](Broken &b) { b.states[1].offset = 32; },
       "state 'G/v': expected a multiple of 64 as offset in the state, got 32"},
      {[](Broken &b) { b.states[1].offset = 192; },
       "state 'G/v': expected bytes below 192 in the state, got 192 + 12"},
      {[](Broken &b) { b.states[1].offset = UINT64_MAX - 1; },
       "state 'G/v': expected bytes below 192 in the state, got "
       "18446744073709551614 + 12"},
      {[](Broken &b) { b.states[2].offset = 64; },
       "state 'Gs/w': expected an offset of at least 76 behind the tensor "
       "before, got 64"},
      {[](Broken &b) { b.states[2].source = 2; },
       "state 'Gs/w': expected an earlier state below 2, got 2"},
      {[](Broken &b) { b.states[2].source = 1; },
       "state 'Gs/w': expected 20 bytes to copy, got 12"},
      {[](Broken &b) { b.states[0].dtype = GANRT_I32; },
       "state 'G/w': expected f32 for random values, got i32"},
      {[](Broken &b) { b.states[0].initializer = 9; },
       "state 'G/w': unknown initializer 9"},
      {[](Broken &b) { b.states[0].initializer = GANRT_INITIALIZE_WEIGHTS; },
       "state 'G/w': expected bytes below 0 in the constants, got 0 + 20"},
      {[](Broken &b) { b.streams[0].pairs = 1; },
       "stream 'x': expected a stream below 1, got 1"},
      {[](Broken &b) { b.streams[0].rank = 0; },
       "stream 'x': there is no batch"},
      {[](Broken &b) { b.functions[1].result_count = 5; },
       "function 'show/keys': expected at most 4 results, got 5"},
      {[](Broken &b) { b.arguments[2].bytes = 15; },
       "function 'show/keys': argument 'step': expected 16 bytes, got 15"},
      {[](Broken &b) { b.arguments[2].batched = 1; },
       "function 'show/keys': argument 'step': expected the batch 0 as axis "
       "0"},
      {[](Broken &b) { b.arguments[0].mixed = 2; },
       "function 'show/keys': argument 'first': expected mixed to be 0, or 1 "
       "for a result, got 2"},
      {[](Broken &b) { b.step[2].opcode = 77; },
       "function 'step': instruction 2: unknown opcode 77"},
      {[](Broken &b) { b.step[3].a = 3; },
       "function 'step': instruction 3: expected a kernel below 3, got 3"},
      {[](Broken &b) { b.step[6].opcode = GANRT_OP_HOLD; },
       "function 'step': instruction 6: expected a held number below 0, got "
       "5"},
      {[](Broken &b) { b.step[4].opcode = GANRT_OP_READ; },
       "function 'step': instruction 4: expected 4 bytes in place 1, got 16"},
      {[](Broken &b) { b.step[3].c = 15; },
       "function 'step': instruction 3: expected places below 15, got 1 + 15"},
      {[](Broken &b) { b.step[3].c = 0; },
       "function 'step': instruction 3: a call without places"},
      {[](Broken &b) { b.step[3].d = 0; },
       "function 'step': instruction 3: expected 1 ... 16777215 chunks, got "
       "0"},
      {[](Broken &b) { b.step[3].c = 4; },
       "function 'step': instruction 3: expected a table as first place only, "
       "got one as place 3 of the call"},
      {[](Broken &b) { b.step[7].d = 2; },
       "function 'step': instruction 7: expected the 3 chunks of the table, "
       "got 2"},
      {[](Broken &b) { b.places[1].offset = 256; },
       "function 'step': instruction 3: place 1: expected bytes below 256 in "
       "the arena, got 256 + 16"},
      {[](Broken &b) { b.places[9].space = GANRT_SPACE_ARGUMENT; },
       "function 'step': instruction 7: place 9: expected an argument below 0, "
       "got 64"},
      {[](Broken &b) { b.places[1].space = 6; },
       "function 'step': instruction 3: place 1: unknown space 6"},
      {[](Broken &b) { b.places[11].bytes = 17; },
       "function 'show/keys': instruction 0: place 11: expected at most the 16 "
       "bytes of the argument, got 17"},
      {[](Broken &b) { b.places[2].bytes = 12; },
       "function 'step': instruction 2: expected 16 bytes in place 2, got 12"},
      {[](Broken &b) { b.step[2].b = 3; },
       "function 'step': instruction 2: expected a scope below 3, got 3"},
      {[](Broken &b) { b.step[0].c = 2; },
       "function 'step': instruction 0: expected a draw below 2, got 2"},
      {[](Broken &b) { b.step[0].d = 3; },
       "function 'step': instruction 0: expected a scope below 3, got 3"},
      {[](Broken &b) { b.step[0].b = 1; },
       "function 'step': instruction 0: expected 32 bytes in place 1, got 16"},
      {[](Broken &b) { b.step[5].b = 4; },
       "function 'step': instruction 5: place 4 is a table"},
      {[](Broken &b) { b.step[10].b = 8; },
       "function 'step': instruction 10: expected 20 bytes in place 8, got "
       "12"},
      {[](Broken &b) { b.step[1].b = 1; },
       "function 'step': instruction 1: expected a body up to 14 at most, got "
       "1"},
      {[](Broken &b) { b.step[9].c = 15; },
       "function 'step': instruction 9: expected parts up to 14 at most, got "
       "11 and 15"},
      {[](Broken &b) { b.step[8].opcode = GANRT_OP_END; },
       "function 'step': instruction 8: an end before the end"},
      {[](Broken &b) { b.step[12].a = 1; },
       "function 'step': instruction 12: expected a record below 1, got 1"},
  };
  for (const auto &[damage, message] : cases) {
    Broken broken;
    damage(broken);
    EXPECT_EQ(check(broken.artefact), message);
  }
}

TEST(Artefact, ConstantsAreNotWritten) {
  Broken broken;
  alignas(64) static const uint8_t constants[64] = {};
  broken.artefact.constants = constants;
  broken.artefact.constant_bytes = 64;
  broken.places[2].space = GANRT_SPACE_CONSTANT;
  broken.places[2].offset = 0;
  EXPECT_EQ(check(broken.artefact),
            "function 'step': instruction 2: place 2 is written and constant");
}

TEST(Artefact, NestingIsBounded) {
  Broken broken;
  std::vector<ganrt_instruction> deep;
  for (int i = 0; i < 70; ++i)
    deep.push_back({GANRT_OP_REPEAT, 0, 70, 0, 0});
  broken.functions[0].instructions = deep.data();
  broken.functions[0].instruction_count = 70;
  EXPECT_EQ(check(broken.artefact),
            "function 'step': expected at most 64 levels of nesting, got more");
}

TEST(Artefact, ExportGapsAreOrdered) {
  Broken broken;
  const uint8_t bytes[4] = {};
  ganrt_export_gap gaps[] = {{2, 0, 0}, {1, 1, 0}};
  ganrt_export exported = {"G", bytes, 4, gaps, 2, 0};
  broken.artefact.exports = &exported;
  broken.artefact.export_count = 1;
  EXPECT_EQ(check(broken.artefact),
            "export 'G': expected gap 1 in 2 ... 4, got 1");
  gaps[1].template_offset = 4;
  EXPECT_EQ(check(broken.artefact), "done");
  gaps[1].state = 3;
  EXPECT_EQ(check(broken.artefact), "expected a state below 3, got 3");
}

TEST(Artefact, FoldedGapsAreResults) {
  Broken broken;
  const uint8_t bytes[4] = {};
  ganrt_export_gap gap = {2, 0, 5};
  ganrt_export exported = {"G", bytes, 4, &gap, 1, 0};
  broken.artefact.exports = &exported;
  broken.artefact.export_count = 1;
  EXPECT_EQ(check(broken.artefact),
            "export 'G': expected a result below 0, got 4");
  broken.functions[1].name = "export/G";
  EXPECT_EQ(check(broken.artefact),
            "export 'G': expected a result below 4, got 4");
  gap.folded = 1;
  EXPECT_EQ(check(broken.artefact), "export 'G': expected 20 bytes, got 16");
  broken.functions[1].result_count = 3;
  EXPECT_EQ(check(broken.artefact), "export 'G': expected no operands, got 1");
}

// Whatever single word of the instructions and places is damaged, the check
// ends with an answer (the sanitizers watch).
TEST(Artefact, DamagedWordsNeverCrash) {
  const uint32_t words[] = {0, 1, 5, 14, 15, 0x7fffffff, 0xffffffff};
  for (size_t i = 0; i < Broken().step.size(); ++i)
    for (int field = 0; field < 5; ++field)
      for (uint32_t word : words) {
        Broken broken;
        memcpy(reinterpret_cast<uint32_t *>(&broken.step[i]) + field, &word, 4);
        EXPECT_FALSE(check(broken.artefact).empty());
      }
  for (size_t i = 0; i < Broken().places.size(); ++i)
    for (int field = 0; field < 6; ++field)
      for (uint32_t word : words) {
        Broken broken;
        memcpy(reinterpret_cast<uint32_t *>(&broken.places[i]) + field, &word,
               4);
        EXPECT_FALSE(check(broken.artefact).empty());
      }
}
