/*===- infer.c - the command line of generated networks ---------------------===
 *
 * Everything that can be refused is refused before the network runs. Results are
 * written before they are judged, so that a bad image can be looked at.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/infer/infer.h"

#include "runtime/src/devices/choice.h"
#include "runtime/src/infer/bench.h"
#include "runtime/src/infer/images.h"
#include "runtime/src/infer/information.h"
#include "runtime/src/infer/inputs.h"
#include "runtime/src/infer/literal.h"
#include "runtime/src/infer/screen.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Elements of an output that are printed. */
enum { MOST_PRINTED = 1024 };

typedef struct session {
  const ganrt_artefact *artefact;
  const ganrt_infer_options *options;
  ganrt_model *model;
  ganrt_inputs inputs;
  ganrt_seeds seeds;
  uint32_t threads;
  FILE *out, *words;
} session;

/*===- Outputs as numbers ---------------------------------------------------===*/

/* The output a text names, or the one whose turn it is; the literal behind. */
static ganrt_status_t find_output(const session *s, const char *text,
                                  uint32_t *position, uint32_t *index,
                                  const char **literal) {
  const char *name;
  uint64_t length;
  *literal = ganrt_literal_split(text, &name, &length);
  uint32_t count = ganrt_model_output_count(s->model);
  *index = *position;
  for (uint32_t i = 0; name && i <= count; ++i) {
    if (i == count)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "there is no output '%s'; see --model-info",
                               ganrt_quote_bytes(name, length).text);
    const char *other = ganrt_model_output(s->model, i).info->name;
    *index = i;
    if (strlen(other) == length && memcmp(other, name, length) == 0)
      break;
  }
  if (*index >= count)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected at most %u outputs, got more", count);
  *position = *index + 1;
  return GANRT_STATUS_OK;
}

static ganrt_status_t compare_output(const session *s, const ganrt_tensor *got,
                                     const char *literal) {
  ganrt_tensor expected;
  GANRT_RETURN_IF_ERROR(ganrt_literal_parse(NULL, literal, &expected));
  ganrt_status_t status = ganrt_screen_expected(
      got, &expected, s->options->relative, s->options->absolute);
  ganrt_tensor_destroy(&expected);
  return status;
}

static ganrt_status_t write_outputs(const session *s,
                                    const ganrt_outputs *outputs) {
  uint32_t position = 0, index;
  const char *literal;
  for (uint32_t i = 0; i < s->options->outputs.count; ++i) {
    GANRT_RETURN_IF_ERROR(find_output(s, s->options->outputs.items[i],
                                      &position, &index, &literal));
    GANRT_RETURN_IF_ERROR(
        ganrt_literal_write(literal + 1, &outputs->items[index]));
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t compare_outputs(const session *s,
                                      const ganrt_outputs *outputs) {
  uint32_t position = 0, index;
  const char *literal;
  for (uint32_t i = 0; i < s->options->expected.count; ++i) {
    GANRT_RETURN_IF_ERROR(find_output(s, s->options->expected.items[i],
                                      &position, &index, &literal));
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        compare_output(s, &outputs->items[index], literal), "output '%s'",
        ganrt_quote(ganrt_model_output(s->model, index).info->name).text));
  }
  return GANRT_STATUS_OK;
}

/* In the form that --expected_output reads. */
static ganrt_status_t print_outputs(const session *s,
                                    const ganrt_outputs *outputs) {
  ganrt_text text = {0};
  for (uint32_t i = 0; i < outputs->count; ++i) {
    ganrt_text_append(
        &text,
        "%s=", ganrt_quote(ganrt_model_output(s->model, i).info->name).text);
    ganrt_literal_append(&text, &outputs->items[i], MOST_PRINTED);
    ganrt_text_append(&text, "\n");
  }
  ganrt_status_t status = ganrt_text_status(&text);
  if (!status && text.length)
    fwrite(text.data, 1, text.length, s->out);
  ganrt_text_destroy(&text);
  return status;
}

static ganrt_status_t screen_outputs(const session *s,
                                     const ganrt_outputs *outputs) {
  for (uint32_t i = 0; i < outputs->count; ++i) {
    const ganrt_tensor *tensor = &outputs->items[i];
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        ganrt_screen_finite(tensor->dtype, tensor->data, tensor->count),
        "output '%s'",
        ganrt_quote(ganrt_model_output(s->model, i).info->name).text));
  }
  return GANRT_STATUS_OK;
}

/* Names and targets, before anything runs. */
static ganrt_status_t check_outputs(const session *s, const ganrt_texts *texts,
                                    bool are_files) {
  uint32_t position = 0, index;
  const char *literal;
  for (uint32_t i = 0; i < texts->count; ++i) {
    GANRT_RETURN_IF_ERROR(
        find_output(s, texts->items[i], &position, &index, &literal));
    if (are_files && (literal[0] != '@' || !literal[1]))
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "--output: expected @FILE.npy or @FILE.bin, got "
                               "'%s'",
                               ganrt_quote(literal).text);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t run_numbers(const session *s) {
  bool compares = s->options->expected.count > 0;
  GANRT_RETURN_IF_ERROR(check_outputs(s, &s->options->outputs, true));
  GANRT_RETURN_IF_ERROR(check_outputs(s, &s->options->expected, false));
  uint64_t rows = s->seeds.count ? s->seeds.count : s->inputs.rows;
  ganrt_outputs outputs;
  GANRT_RETURN_IF_ERROR(ganrt_inputs_run(&s->inputs, s->model,
                                         s->seeds.count ? &s->seeds : NULL, 0,
                                         rows, &outputs));
  ganrt_status_t status = write_outputs(s, &outputs);
  if (!status && !compares && !s->options->outputs.count)
    status = print_outputs(s, &outputs);
  if (!status)
    status =
        compares ? compare_outputs(s, &outputs) : screen_outputs(s, &outputs);
  ganrt_outputs_destroy(&outputs);
  return status;
}

/*===- What was asked for ---------------------------------------------------===*/

static ganrt_status_t run_images(session *s) {
  const char *folder = s->options->outdir ? s->options->outdir : ".";
  GANRT_RETURN_IF_ERROR(ganrt_images_make_folder(folder));
  ganrt_text notes = {0};
  ganrt_status_t status =
      ganrt_images_of_seeds(s->model, &s->inputs, &s->seeds, folder, &notes);
  if (notes.length)
    fputs(notes.data, s->words);
  ganrt_text_destroy(&notes);
  return status;
}

static ganrt_status_t print_text(session *s, ganrt_text *text) {
  ganrt_status_t status = ganrt_text_status(text);
  if (!status)
    fputs(text->data, s->out);
  ganrt_text_destroy(text);
  return status;
}

static ganrt_status_t run_bench(session *s) {
  ganrt_text text = {0};
  ganrt_status_t status =
      ganrt_bench(s->model, &s->inputs, s->options, s->threads, &text);
  if (!status)
    return print_text(s, &text);
  ganrt_text_destroy(&text);
  return status;
}

static ganrt_status_t print_information(session *s) {
  ganrt_text text = {0};
  if (s->options->model_info == GANRT_FORM_JSON)
    ganrt_information_json(&text, s->model, s->threads);
  else
    ganrt_information_text(&text, s->model, s->threads);
  return print_text(s, &text);
}

static ganrt_status_t check_combination(const ganrt_infer_options *o) {
  bool numbers = o->outputs.count || o->expected.count;
  const char *problem = NULL;
  if (!o->image_in != !o->image_out)
    problem = "--in and --out belong together";
  else if (o->image_in && (o->seeds || numbers || o->bench))
    problem = "--in takes no --seeds, --output, --expected_output or --bench";
  else if (o->bench && (o->seeds || numbers))
    problem = "--bench takes no --seeds, --output or --expected_output";
  else if (o->outdir && !o->seeds)
    problem = "--outdir needs --seeds";
  else if ((o->export_times || o->export_profile || o->batch) && !o->bench)
    problem = "--batch, --export-times and --export-profile need --bench";
  return problem ? ganrt_status_make(GANRT_INVALID_ARGUMENT, "%s", problem)
                 : GANRT_STATUS_OK;
}

static ganrt_status_t serve(session *s) {
  const ganrt_infer_options *o = s->options;
  if (o->model_info)
    return print_information(s);
  GANRT_RETURN_IF_ERROR(ganrt_inputs_create(s->model, o, &s->inputs));
  if (o->bench)
    return run_bench(s);
  if (o->image_in)
    return ganrt_images_of_files(s->model, &s->inputs, o->image_in,
                                 o->image_out);
  if (!o->seeds)
    return run_numbers(s);
  GANRT_RETURN_IF_ERROR(ganrt_seeds_parse(o->seeds, &s->seeds));
  if (s->inputs.rows > 1 && s->inputs.rows != s->seeds.count)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "--seeds: expected one seed for each of the %llu "
                             "rows of the inputs, got %llu",
                             (unsigned long long)s->inputs.rows,
                             (unsigned long long)s->seeds.count);
  GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
      ganrt_model_check_count(s->model, s->seeds.count), "--seeds"));
  bool numbers = o->outputs.count || o->expected.count;
  if (o->outdir || (!numbers && ganrt_images_are_made(s->model)))
    GANRT_RETURN_IF_ERROR(run_images(s));
  else
    numbers = true;
  return numbers ? run_numbers(s) : GANRT_STATUS_OK;
}

/* Four fifths of the machine's memory, unless a flag says otherwise. */
static uint64_t memory_limit(const ganrt_infer_options *options) {
  if (options->max_memory)
    return options->max_memory;
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (uint64_t)pages / 5 * 4 * (uint64_t)page : 0;
}

static ganrt_status_t open_and_serve(session *s) {
  const ganrt_infer_options *o = s->options;
  if (o->threads > UINT32_MAX)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "--threads: %llu are too many",
                             (unsigned long long)o->threads);
  s->threads = o->threads ? (uint32_t)o->threads : ganrt_processor_count();
  ganrt_model_options options = {.threads = s->threads,
                                 .profile = o->export_profile != NULL,
                                 .device = o->device,
                                 .cpu = o->cpu,
                                 .max_memory = memory_limit(o)};
  GANRT_RETURN_IF_ERROR(ganrt_model_create(s->artefact, &options, &s->model));
  ganrt_status_t status = serve(s);
  ganrt_inputs_destroy(&s->inputs);
  ganrt_seeds_destroy(&s->seeds);
  ganrt_model_destroy(s->model);
  return status;
}

static ganrt_status_t parse_and_run(session *s, const char *program, int argc,
                                    const char *const *argv) {
  ganrt_infer_options options;
  ganrt_status_t status = ganrt_infer_options_parse(argc, argv, &options);
  s->options = &options;
  ganrt_text text = {0};
  if (status) {
    /* said by the caller */
  } else if (options.help) {
    ganrt_infer_options_help(program, &text);
    status = print_text(s, &text);
  } else if (options.version) {
    ganrt_text_append(&text, "%s %s, ganrt %s, abi %u, numerics %s, code for ",
                      ganrt_quote(s->artefact->name).text, s->artefact->digest,
                      GANRT_VERSION, s->artefact->abi_version,
                      s->artefact->numerics);
    ganrt_devices_append(s->artefact, &text);
    ganrt_text_append(&text, "\n");
    status = print_text(s, &text);
  } else if (options.list_devices) {
    ganrt_devices_list(s->artefact, &text);
    status = print_text(s, &text);
  } else {
    status = check_combination(&options);
    if (!status)
      status = open_and_serve(s);
  }
  ganrt_infer_options_destroy(&options, argc);
  return status;
}

int ganrt_infer_main(const ganrt_artefact *artefact, int argc,
                     const char *const *argv, FILE *out, FILE *words) {
  const char *program = argc > 0 && argv[0] ? argv[0] : "infer";
  const char *slash = strrchr(program, '/');
  if (slash)
    program = slash + 1;
  session s = {.artefact = artefact, .out = out, .words = words};
  signal(SIGXFSZ, SIG_IGN); /* a write past the limit just fails */
  ganrt_status_t status = ganrt_artefact_check(artefact);
  if (!status)
    status = parse_and_run(&s, program, argc, argv);
  /* What was printed must have arrived. */
  if ((fflush(out) != 0 || ferror(out)) && !status)
    status =
        ganrt_status_from_errno(errno ? errno : EIO, "cannot write output");
  if (status)
    fprintf(words, "%s: error: %s\n", ganrt_quote(program).text,
            ganrt_status_message(status));
  int code = ganrt_status_exit_code(status);
  ganrt_status_free(status);
  return code;
}
