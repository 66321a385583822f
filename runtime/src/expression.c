/*===- expression.c - host expressions in f64 -----------------------------===*/
#include "runtime/src/expression.h"

#include <math.h>

/* Values that a code takes from the stack; -1 if there is no such code. Each
 * leaves one. */
static int operand_count(uint32_t opcode) {
  if (opcode <= GANRT_EXPRESSION_HELD)
    return 0;
  switch (opcode) {
  case GANRT_EXPRESSION_NEG:
  case GANRT_EXPRESSION_ABS:
  case GANRT_EXPRESSION_FLOOR:
  case GANRT_EXPRESSION_SQRT:
  case GANRT_EXPRESSION_EXP:
  case GANRT_EXPRESSION_LOG:
  case GANRT_EXPRESSION_COS:
  case GANRT_EXPRESSION_NOT:
    return 1;
  case GANRT_EXPRESSION_SELECT:
    return 3;
  default:
    return opcode >= GANRT_EXPRESSION_ADD && opcode <= GANRT_EXPRESSION_OR ? 2
                                                                           : -1;
  }
}

static ganrt_status_t check_index(const ganrt_artefact *artefact,
                                  const ganrt_expression_code *code) {
  uint64_t end = UINT64_MAX;
  const char *what = "";
  if (code->opcode == GANRT_EXPRESSION_OPTION) {
    end = artefact->option_count;
    what = "an option";
  } else if (code->opcode == GANRT_EXPRESSION_COUNT) {
    end = artefact->player_count;
    what = "a player";
  } else if (code->opcode == GANRT_EXPRESSION_HELD) {
    end = artefact->held_count;
    what = "a held number";
  }
  if (code->index >= end)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected %s below %llu, got %u", what,
                             (unsigned long long)end, code->index);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_expression_check(const ganrt_artefact *artefact,
                                      uint32_t index) {
  const ganrt_expression *expression = &artefact->expressions[index];
  uint64_t end = (uint64_t)expression->first_code + expression->code_count;
  if (end > artefact->expression_code_count)
    return ganrt_status_make(
        GANRT_INVALID_DATA, "expected codes below %u, got %llu",
        artefact->expression_code_count, (unsigned long long)end);
  int depth = 0;
  for (uint64_t i = expression->first_code; i < end; ++i) {
    const ganrt_expression_code *code = &artefact->expression_codes[i];
    int operands = operand_count(code->opcode);
    if (operands < 0)
      return ganrt_status_make(GANRT_INVALID_DATA, "unknown opcode %u",
                               code->opcode);
    if (operands > depth)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "expected %d operands on the stack, got %d",
                               operands, depth);
    GANRT_RETURN_IF_ERROR(check_index(artefact, code));
    depth += 1 - operands;
    if (depth > (int)GANRT_MAX_EXPRESSION_STACK)
      return ganrt_status_make(GANRT_LIMIT,
                               "expected at most %u values on the stack, got "
                               "more",
                               GANRT_MAX_EXPRESSION_STACK);
  }
  if (depth != 1)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected one value at the end, got %d", depth);
  return GANRT_STATUS_OK;
}

static double leaf(const ganrt_expression_code *code,
                   const ganrt_expression_inputs *inputs) {
  const ganrt_counters *counters = inputs->counters;
  switch (code->opcode) {
  case GANRT_EXPRESSION_CONSTANT:
    return code->value;
  case GANRT_EXPRESSION_OPTION:
    return inputs->options[code->index];
  case GANRT_EXPRESSION_STEP:
    return (double)counters->step;
  case GANRT_EXPRESSION_IMAGES:
    return (double)counters->images;
  case GANRT_EXPRESSION_EPOCH:
    return counters->stream_size > 0
               ? (double)counters->images / counters->stream_size
               : 0.0;
  case GANRT_EXPRESSION_COUNT:
    return (double)counters->updates[code->index];
  default: /* GANRT_EXPRESSION_HELD */
    return inputs->held[code->index];
  }
}

static double unary(uint32_t opcode, double x) {
  switch (opcode) {
  case GANRT_EXPRESSION_NEG:
    return -x;
  case GANRT_EXPRESSION_ABS:
    return fabs(x);
  case GANRT_EXPRESSION_FLOOR:
    return floor(x);
  case GANRT_EXPRESSION_SQRT:
    return sqrt(x);
  case GANRT_EXPRESSION_EXP:
    return exp(x);
  case GANRT_EXPRESSION_LOG:
    return log(x);
  case GANRT_EXPRESSION_COS:
    return cos(x);
  default: /* GANRT_EXPRESSION_NOT */
    return x == 0;
  }
}

static double binary(uint32_t opcode, double x, double y) {
  switch (opcode) {
  case GANRT_EXPRESSION_ADD:
    return x + y;
  case GANRT_EXPRESSION_SUB:
    return x - y;
  case GANRT_EXPRESSION_MUL:
    return x * y;
  case GANRT_EXPRESSION_DIV:
    return x / y;
  case GANRT_EXPRESSION_MOD:
    return x - y * floor(x / y);
  case GANRT_EXPRESSION_POW:
    return pow(x, y);
  case GANRT_EXPRESSION_MIN: /* a NaN on either side stays */
    return x < y || isnan(x) ? x : y;
  case GANRT_EXPRESSION_MAX:
    return x > y || isnan(x) ? x : y;
  case GANRT_EXPRESSION_LT:
    return x < y;
  case GANRT_EXPRESSION_LE:
    return x <= y;
  case GANRT_EXPRESSION_EQ:
    return x == y;
  case GANRT_EXPRESSION_NE:
    return x != y;
  case GANRT_EXPRESSION_AND:
    return x != 0 && y != 0;
  default: /* GANRT_EXPRESSION_OR */
    return x != 0 || y != 0;
  }
}

double ganrt_expression_evaluate(const ganrt_artefact *artefact, uint32_t index,
                                 const ganrt_expression_inputs *inputs) {
  const ganrt_expression *expression = &artefact->expressions[index];
  const ganrt_expression_code *code =
      &artefact->expression_codes[expression->first_code];
  double stack[GANRT_MAX_EXPRESSION_STACK];
  int top = -1;
  for (uint32_t i = 0; i < expression->code_count; ++i, ++code) {
    switch (operand_count(code->opcode)) {
    case 0:
      stack[++top] = leaf(code, inputs);
      break;
    case 1:
      stack[top] = unary(code->opcode, stack[top]);
      break;
    case 2:
      --top;
      stack[top] = binary(code->opcode, stack[top], stack[top + 1]);
      break;
    default: /* GANRT_EXPRESSION_SELECT */
      top -= 2;
      stack[top] = stack[top] != 0 ? stack[top + 1] : stack[top + 2];
      break;
    }
  }
  return stack[0];
}
