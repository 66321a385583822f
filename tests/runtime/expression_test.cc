//===- expression_test.cc - host expressions in f64 -----------------------===//
#include "runtime/src/expression.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace {
using Code = ganrt_expression_code;
const double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Expression {
  std::vector<Code> codes;
  ganrt_expression expression;
  ganrt_artefact artefact = {};

  explicit Expression(std::vector<Code> c) : codes(std::move(c)) {
    expression = {0, static_cast<uint32_t>(codes.size())};
    artefact.expressions = &expression;
    artefact.expression_count = 1;
    artefact.expression_codes = codes.data();
    artefact.expression_code_count = expression.code_count;
    artefact.option_count = 2;
    artefact.player_count = 2;
    artefact.held_count = 2;
  }
  std::string check() {
    ganrt_status_t status = ganrt_expression_check(&artefact, 0);
    std::string message = ganrt_status_message(status);
    ganrt_status_free(status);
    return message;
  }
  double value() {
    EXPECT_EQ(check(), "done");
    double options[] = {0.25, 7};
    uint64_t updates[] = {3, 4};
    ganrt_counters counters = {1, 10, 640, 256, updates};
    double held[] = {1.5, -2.5};
    ganrt_expression_inputs inputs = {options, &counters, held};
    return ganrt_expression_evaluate(&artefact, 0, &inputs);
  }
};

Code constant(double value) { return {GANRT_EXPRESSION_CONSTANT, 0, value}; }

double apply(uint32_t opcode, std::vector<double> operands) {
  std::vector<Code> codes;
  for (double operand : operands)
    codes.push_back(constant(operand));
  codes.push_back({opcode, 0, 0});
  return Expression(codes).value();
}
} // namespace

TEST(Expression, Leaves) {
  EXPECT_EQ(Expression({constant(3)}).value(), 3);
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_OPTION, 1, 0}}).value(), 7);
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_STEP, 0, 0}}).value(), 10);
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_IMAGES, 0, 0}}).value(), 640);
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_EPOCH, 0, 0}}).value(), 2.5);
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_COUNT, 1, 0}}).value(), 4);
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_HELD, 1, 0}}).value(), -2.5);
}

TEST(Expression, Arithmetic) {
  EXPECT_EQ(apply(GANRT_EXPRESSION_ADD, {2, 3}), 5);
  EXPECT_EQ(apply(GANRT_EXPRESSION_SUB, {2, 3}), -1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_MUL, {2, 3}), 6);
  EXPECT_EQ(apply(GANRT_EXPRESSION_DIV, {3, 2}), 1.5);
  EXPECT_EQ(apply(GANRT_EXPRESSION_POW, {2, 10}), 1024);
  EXPECT_EQ(apply(GANRT_EXPRESSION_NEG, {2}), -2);
  EXPECT_EQ(apply(GANRT_EXPRESSION_ABS, {-2}), 2);
  EXPECT_EQ(apply(GANRT_EXPRESSION_FLOOR, {-1.5}), -2);
  EXPECT_EQ(apply(GANRT_EXPRESSION_SQRT, {9}), 3);
  EXPECT_EQ(apply(GANRT_EXPRESSION_EXP, {0}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_LOG, {1}), 0);
  EXPECT_EQ(apply(GANRT_EXPRESSION_COS, {0}), 1);
}

TEST(Expression, ModIsFloored) {
  EXPECT_EQ(apply(GANRT_EXPRESSION_MOD, {7, 3}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_MOD, {-7, 3}), 2);
  EXPECT_EQ(apply(GANRT_EXPRESSION_MOD, {7, -3}), -2);
}

TEST(Expression, MinAndMaxKeepNaN) {
  EXPECT_EQ(apply(GANRT_EXPRESSION_MIN, {2, 3}), 2);
  EXPECT_EQ(apply(GANRT_EXPRESSION_MAX, {2, 3}), 3);
  for (uint32_t opcode : {GANRT_EXPRESSION_MIN, GANRT_EXPRESSION_MAX}) {
    EXPECT_TRUE(std::isnan(apply(opcode, {kNaN, 1})));
    EXPECT_TRUE(std::isnan(apply(opcode, {1, kNaN})));
  }
}

TEST(Expression, Comparisons) {
  EXPECT_EQ(apply(GANRT_EXPRESSION_LT, {1, 2}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_LT, {2, 2}), 0);
  EXPECT_EQ(apply(GANRT_EXPRESSION_LE, {2, 2}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_EQ, {2, 2}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_NE, {2, 2}), 0);
  EXPECT_EQ(apply(GANRT_EXPRESSION_LE, {kNaN, 2}), 0);
  EXPECT_EQ(apply(GANRT_EXPRESSION_AND, {2, 0}), 0);
  EXPECT_EQ(apply(GANRT_EXPRESSION_AND, {2, 3}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_OR, {0, 3}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_NOT, {0}), 1);
  EXPECT_EQ(apply(GANRT_EXPRESSION_SELECT, {1, 5, 6}), 5);
  EXPECT_EQ(apply(GANRT_EXPRESSION_SELECT, {0, 5, 6}), 6);
}

TEST(Expression, RefusesWhatDoesNotBalance) {
  EXPECT_EQ(Expression({constant(1), constant(2)}).check(),
            "expected one value at the end, got 2");
  EXPECT_EQ(Expression({}).check(), "expected one value at the end, got 0");
  EXPECT_EQ(Expression({constant(1), {GANRT_EXPRESSION_ADD, 0, 0}}).check(),
            "expected 2 operands on the stack, got 1");
  EXPECT_EQ(Expression({{7, 0, 0}}).check(), "unknown opcode 7");
  EXPECT_EQ(Expression({{99, 0, 0}}).check(), "unknown opcode 99");
  EXPECT_EQ(Expression(std::vector<Code>(65, constant(1))).check(),
            "expected at most 64 values on the stack, got more");
}

TEST(Expression, RefusesIndicesBeyond) {
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_OPTION, 2, 0}}).check(),
            "expected an option below 2, got 2");
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_COUNT, 2, 0}}).check(),
            "expected a player below 2, got 2");
  EXPECT_EQ(Expression({{GANRT_EXPRESSION_HELD, 2, 0}}).check(),
            "expected a held number below 2, got 2");
}
