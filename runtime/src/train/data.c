/*===- data.c - the data sets of a run and the streams they feed ----------===*/
#include "runtime/src/train/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* An integer stream that pairs another is its labels. */
static bool is_label(const ganrt_stream *stream) {
  return stream->pairs != GANRT_NONE &&
         (stream->dtype == GANRT_I32 || stream->dtype == GANRT_I64);
}

/* --data=a=PATH --data=b=PATH for all streams that need a path. */
static void expected(const ganrt_artefact *artefact, char usage[400]) {
  uint32_t needed = 0;
  size_t length = 0;
  usage[0] = 0;
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    needed += !is_label(&artefact->streams[i]);
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    if (!is_label(&artefact->streams[i]) && length < 400)
      length += (size_t)snprintf(
          usage + length, 400 - length, " --data=%s%sPATH",
          needed > 1 ? ganrt_quote(artefact->streams[i].name).text : "",
          needed > 1 ? "=" : "");
}

static ganrt_status_t explain(const ganrt_artefact *artefact,
                              const char *problem, const char *name) {
  char usage[400];
  expected(artefact, usage);
  return ganrt_status_make(GANRT_INVALID_ARGUMENT, "stream '%s' %s; expected%s",
                           ganrt_quote(name).text, problem, usage);
}

static ganrt_status_t bind_named(const ganrt_train_options *options,
                                 const char **paths) {
  const ganrt_artefact *artefact = options->artefact;
  for (uint32_t i = 0; i < options->data_count; ++i)
    for (uint32_t j = 0; options->data[i].name && j < artefact->stream_count;
         ++j)
      if (strcmp(options->data[i].name, artefact->streams[j].name) == 0) {
        if (paths[j])
          return explain(artefact, "was given twice",
                         artefact->streams[j].name);
        paths[j] = options->data[i].path;
      }
  return GANRT_STATUS_OK;
}

/* The folder `path` holds trainA and trainB, for two streams. */
static bool bind_pair(const char *path, const uint32_t open[2],
                      const char **paths, char folders[2][GANRT_PATH_MAX]) {
  static const char *const names[2] = {"trainA", "trainB"};
  struct stat info;
  for (int i = 0; i < 2; ++i) {
    if (ganrt_status_ignore(ganrt_path_join(path, names[i], folders[i])) ||
        stat(folders[i], &info) != 0 || !S_ISDIR(info.st_mode))
      return false;
    paths[open[i]] = folders[i];
  }
  return true;
}

/* Which path feeds which stream; NULL for labels that come with their images. */
static ganrt_status_t bind(const ganrt_train_options *options,
                           const char **paths,
                           char folders[2][GANRT_PATH_MAX]) {
  const ganrt_artefact *artefact = options->artefact;
  GANRT_RETURN_IF_ERROR(bind_named(options, paths));
  const char *unnamed = NULL;
  for (uint32_t i = 0; i < options->data_count; ++i) {
    if (options->data[i].name)
      continue;
    if (unnamed) {
      char usage[400];
      expected(artefact, usage);
      return ganrt_status_make(
          GANRT_INVALID_ARGUMENT,
          "two --data without a stream's name: '%s' and '%s'; expected%s",
          ganrt_quote(unnamed).text, ganrt_quote(options->data[i].path).text,
          usage);
    }
    unnamed = options->data[i].path;
  }
  uint32_t open[2] = {0, 0}, open_count = 0;
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    if (!paths[i] && !is_label(&artefact->streams[i])) {
      if (open_count < 2)
        open[open_count] = i;
      ++open_count;
    }
  if (unnamed && open_count == 0)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "no stream is left for --data=%s",
                             ganrt_quote(unnamed).text);
  if (unnamed && open_count == 1)
    paths[open[0]] = unnamed;
  else if (open_count && !(unnamed && open_count == 2 &&
                           bind_pair(unnamed, open, paths, folders)))
    return explain(artefact, "has no data", artefact->streams[open[0]].name);
  return GANRT_STATUS_OK;
}

/* The data set at `path`, read unless it was read before. */
static ganrt_status_t load(const char *path, const ganrt_dataset_limits *limits,
                           ganrt_data *data, const ganrt_dataset **out) {
  for (uint32_t i = 0; i < data->dataset_count; ++i)
    if (strcmp(data->paths[i], path) == 0) {
      *out = &data->datasets[i];
      return GANRT_STATUS_OK;
    }
  char *copy = strdup(path);
  if (!copy)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  ganrt_dataset *dataset = &data->datasets[data->dataset_count];
  ganrt_status_t status = ganrt_dataset_load(path, limits, dataset);
  if (status) {
    free(copy);
    return status;
  }
  data->paths[data->dataset_count++] = copy;
  *out = dataset;
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_pair(const ganrt_data *data, uint32_t index) {
  const ganrt_source *source = &data->sources[index];
  const ganrt_source *leader = &data->sources[source->leader];
  if (source->batch != leader->batch)
    return ganrt_status_make(
        GANRT_INVALID_DATA, "stream '%s' has batch %llu, its partner '%s' %llu",
        source->stream->name, (unsigned long long)source->batch,
        leader->stream->name, (unsigned long long)leader->batch);
  if (ganrt_source_size(source) != ganrt_source_size(leader))
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "stream '%s' has %llu samples, its partner '%s' %llu",
        source->stream->name, (unsigned long long)ganrt_source_size(source),
        leader->stream->name, (unsigned long long)ganrt_source_size(leader));
  return GANRT_STATUS_OK;
}

static ganrt_status_t open_streams(const ganrt_train_options *options,
                                   const ganrt_dataset_limits *limits,
                                   const char **paths, ganrt_data *data) {
  const ganrt_artefact *artefact = options->artefact;
  bool has_pictures = false;
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    has_pictures |= artefact->streams[i].rank == 4;
  if (options->mirror && !has_pictures)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "--mirror turns pictures around, and the data of "
                             "this game is none");
  /* Leaders first: labels come from their data. */
  for (int pass = 0; pass < 2; ++pass)
    for (uint32_t i = 0; i < artefact->stream_count; ++i) {
      const ganrt_stream *stream = &artefact->streams[i];
      uint32_t leader = ganrt_stream_leader(artefact, i);
      if ((paths[i] == NULL) != (pass == 1))
        continue;
      const ganrt_dataset *dataset;
      if (paths[i])
        GANRT_RETURN_IF_ERROR(load(paths[i], limits, data, &dataset));
      else
        dataset = data->sources[leader].dataset;
      const char *path = paths[i] ? paths[i] : paths[leader];
      GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
          ganrt_source_make(artefact, i, dataset, !paths[i], options->mirror,
                            &data->sources[i]),
          "'%s'", ganrt_quote(path).text));
      data->infos[i] =
          (ganrt_checkpoint_data){stream->name, dataset->fingerprint,
                                  ganrt_source_size(&data->sources[i])};
    }
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    GANRT_RETURN_IF_ERROR(check_pair(data, i));
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_data_open(const ganrt_train_options *options,
                               bool (*should_stop)(uint64_t done, uint64_t all),
                               ganrt_data *out) {
  uint32_t count = options->artefact->stream_count;
  ganrt_dataset_limits limits = {options->max_dataset_bytes, should_stop};
  char folders[2][GANRT_PATH_MAX];
  memset(out, 0, sizeof *out);
  out->stream_count = count;
  out->sources = calloc(count + 1, sizeof *out->sources);
  out->infos = calloc(count + 1, sizeof *out->infos);
  out->datasets = calloc(count + 1, sizeof *out->datasets);
  out->paths = calloc(count + 1, sizeof *out->paths);
  const char **paths = calloc(count + 1, sizeof *paths);
  ganrt_status_t status = GANRT_STATUS_OK;
  if (!out->sources || !out->infos || !out->datasets || !out->paths || !paths)
    status = ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  if (!status)
    status = bind(options, paths, folders);
  if (!status)
    status = open_streams(options, &limits, paths, out);
  free(paths);
  if (status)
    ganrt_data_close(out);
  return status;
}

void ganrt_data_close(ganrt_data *data) {
  for (uint32_t i = 0; i < data->dataset_count; ++i) {
    ganrt_dataset_destroy(&data->datasets[i]);
    free(data->paths[i]);
  }
  free(data->sources);
  free(data->infos);
  free(data->datasets);
  free(data->paths);
  memset(data, 0, sizeof *data);
}

void ganrt_data_preview(ganrt_data *data, uint64_t seed, uint64_t count,
                        uint64_t batch_bytes, void *out) {
  int64_t position = data->sources[0].position;
  data->sources[0].position = 0;
  for (uint64_t i = 0; i < count; ++i)
    ganrt_source_draw(data->sources, 0, seed, GANRT_SCOPE_BLOCK,
                      (uint8_t *)out + i * batch_bytes);
  data->sources[0].position = position;
}
