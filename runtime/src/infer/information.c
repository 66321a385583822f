/*===- information.c - what --model-info says -----------------------------===*/
#include "runtime/src/infer/information.h"

#include "ganrt/cpu.h"
#include "ganrt/tensor.h"
#include "runtime/src/device_code.h"

#include <string.h>

typedef unsigned long long ull;

/* Floating point operations of one run of a plan. */
static double plan_flop(const ganrt_artefact *a, const ganrt_function *plan) {
  double flop = 0;
  for (uint32_t i = 0; i < plan->instruction_count; ++i)
    if (plan->instructions[i].opcode == GANRT_OP_CALL)
      flop += a->kernels[plan->instructions[i].a].flop;
  return flop;
}

static ull code_bytes(const ganrt_device_code *code) {
  ull bytes = 0;
  for (uint32_t i = 0; i < code->blob_count; ++i)
    bytes += code->blobs[i].size;
  return bytes;
}

/* "?x4xf32" if batched. */
static const char *shape_text(ganrt_model_argument argument, char *text,
                              size_t capacity) {
  const ganrt_tensor_info *info = argument.info;
  text[0] = '?';
  text[1] = 'x';
  if (argument.is_batched)
    ganrt_shape_format(info->dtype, info->rank - 1, info->shape + 1, text + 2,
                       capacity - 2);
  else
    ganrt_shape_format(info->dtype, info->rank, info->shape, text, capacity);
  return text;
}

static void append_argument(ganrt_text *text, const char *what,
                            ganrt_model_argument argument) {
  char shape[256];
  ganrt_text_append(text, "%-8s %s: %s", what,
                    ganrt_quote(argument.info->name).text,
                    shape_text(argument, shape, sizeof(shape)));
  if (argument.info->low < argument.info->high)
    ganrt_text_append(
        text, ", %s %g ... %g",
        argument.info->dtype == GANRT_F32 && !strcmp(what, "output") ? "pixels"
                                                                     : "from",
        argument.info->low, argument.info->high);
  ganrt_text_append(text, "%s\n",
                    argument.info->mixed ? ", from all images of a run" : "");
}

void ganrt_information_text(ganrt_text *text, ganrt_model *model,
                            uint32_t threads) {
  const ganrt_artefact *a = ganrt_program_artefact(ganrt_model_program(model));
  ganrt_text_append(text, "%-8s %s\n", "network", ganrt_quote(a->name).text);
  for (uint32_t i = 0; i < ganrt_model_input_count(model); ++i)
    append_argument(text, "input", ganrt_model_input(model, i));
  for (uint32_t i = 0; i < ganrt_model_output_count(model); ++i)
    append_argument(text, "output", ganrt_model_output(model, i));
  const ganrt_function *plan = NULL;
  while ((plan = ganrt_artefact_function(a, "infer", plan)))
    ganrt_text_append(text,
                      "%-8s batch %u, %u instructions, %.6g GFLOP, arena "
                      "%llu bytes\n",
                      "plan", plan->batch, plan->instruction_count,
                      plan_flop(a, plan) * 1e-9, (ull)plan->arena_bytes);
  ganrt_text_append(text,
                    "%-8s %llu bytes weights, %llu bytes more with %u threads "
                    "(%llu of them derived)\n",
                    "memory", (ull)a->constant_bytes,
                    (ull)ganrt_program_bytes(a, threads), threads,
                    (ull)a->derived_bytes);
  ganrt_text_append(text, "%-8s", "code");
  for (uint32_t i = 0; i < a->level_count; ++i)
    ganrt_text_append(text, "%s %s", i ? "," : "",
                      ganrt_cpu_name(a->levels[i].cpu));
  ganrt_text_append(
      text, "; %s runs\n",
      ganrt_cpu_name(ganrt_program_level(ganrt_model_program(model))->cpu));
  for (uint32_t i = 0; i < a->device_count; ++i)
    ganrt_text_append(text, "%-8s %s (%s), %u launches, %llu bytes of code\n",
                      "device", ganrt_api_name(a->devices[i].api),
                      a->devices[i].target, a->devices[i].launch_count,
                      code_bytes(&a->devices[i]));
  ganrt_text_append(text, "%-8s %s\n%-8s %s\n", "numerics", a->numerics,
                    "digest", a->digest);
}

static void append_json_argument(ganrt_text *text,
                                 ganrt_model_argument argument) {
  const ganrt_tensor_info *info = argument.info;
  ganrt_text_append(text, "{\"name\": ");
  ganrt_text_append_json_string(text, info->name);
  ganrt_text_append(text, ", \"dtype\": \"%s\", \"shape\": [",
                    ganrt_dtype_name(info->dtype));
  for (uint32_t i = 0; i < info->rank; ++i) {
    if (i)
      ganrt_text_append(text, ", ");
    if (i == 0 && argument.is_batched)
      ganrt_text_append(text, "null");
    else
      ganrt_text_append(text, "%lld", (long long)info->shape[i]);
  }
  ganrt_text_append(text, "]%s", info->mixed ? ", \"mixed\": true" : "");
  if (info->low < info->high) {
    ganrt_text_append(text, ", \"low\": ");
    ganrt_text_append_json_number(text, info->low);
    ganrt_text_append(text, ", \"high\": ");
    ganrt_text_append_json_number(text, info->high);
  }
  ganrt_text_append(text, "}");
}

void ganrt_information_json(ganrt_text *text, ganrt_model *model,
                            uint32_t threads) {
  const ganrt_artefact *a = ganrt_program_artefact(ganrt_model_program(model));
  ganrt_text_append(text, "{\"name\": ");
  ganrt_text_append_json_string(text, a->name);
  ganrt_text_append(text, ",\n \"inputs\": [");
  for (uint32_t i = 0; i < ganrt_model_input_count(model); ++i) {
    ganrt_text_append(text, i ? ", " : "");
    append_json_argument(text, ganrt_model_input(model, i));
  }
  ganrt_text_append(text, "],\n \"outputs\": [");
  for (uint32_t i = 0; i < ganrt_model_output_count(model); ++i) {
    ganrt_text_append(text, i ? ", " : "");
    append_json_argument(text, ganrt_model_output(model, i));
  }
  ganrt_text_append(text, "],\n \"plans\": [");
  const ganrt_function *plan = NULL;
  for (bool first = true; (plan = ganrt_artefact_function(a, "infer", plan));
       first = false) {
    ganrt_text_append(
        text,
        "%s{\"batch\": %u, \"instructions\": %u, \"arena_bytes\": "
        "%llu, \"flop\": ",
        first ? "" : ", ", plan->batch, plan->instruction_count,
        (ull)plan->arena_bytes);
    ganrt_text_append_json_number(text, plan_flop(a, plan));
    ganrt_text_append(text, "}");
  }
  ganrt_text_append(text,
                    "],\n \"weight_bytes\": %llu, \"derived_bytes\": %llu, "
                    "\"memory_bytes\": %llu, \"threads\": %u,\n \"numerics\": ",
                    (ull)a->constant_bytes, (ull)a->derived_bytes,
                    (ull)ganrt_program_bytes(a, threads), threads);
  ganrt_text_append_json_string(text, a->numerics);
  ganrt_text_append(
      text, ", \"cpu\": \"%s\"",
      ganrt_cpu_name(ganrt_program_level(ganrt_model_program(model))->cpu));
  ganrt_text_append(text, ", \"devices\": [");
  for (uint32_t i = 0; i < a->device_count; ++i) {
    ganrt_text_append(text, "%s{\"api\": \"%s\", \"target\": ", i ? ", " : "",
                      ganrt_api_name(a->devices[i].api));
    ganrt_text_append_json_string(text, a->devices[i].target);
    ganrt_text_append(text, ", \"launches\": %u, \"code_bytes\": %llu}",
                      a->devices[i].launch_count, code_bytes(&a->devices[i]));
  }
  ganrt_text_append(text, "]");
  ganrt_text_append(text, ", \"digest\": ");
  ganrt_text_append_json_string(text, a->digest);
  ganrt_text_append(text, ", \"abi_version\": %u}\n", a->abi_version);
}
