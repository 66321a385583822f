/*===- grid.c - image grids of a run --------------------------------------===*/
#include "runtime/src/train/grid.h"

#include "runtime/src/formats/png.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_width = 7680, max_height = 4320, real_cells = 64 };

static const char show_prefix[] = "show/";

uint64_t ganrt_grid_cells(uint64_t count, uint64_t width, uint64_t height) {
  uint64_t columns = max_width / width, rows = max_height / height;
  columns = columns ? columns : 1;
  rows = rows ? rows : 1;
  return count < columns * rows ? count : columns * rows;
}

static bool is_image(const ganrt_tensor_info *info) {
  return info->dtype == GANRT_F32 && info->rank == 4 && info->shape[0] > 0 &&
         (info->shape[1] == 1 || info->shape[1] == 3) && info->shape[2] > 0 &&
         info->shape[3] > 0;
}

ganrt_status_t ganrt_grid_make(const ganrt_tensor_info *info,
                               const float *values, ganrt_image *out) {
  memset(out, 0, sizeof *out);
  if (!is_image(info))
    return GANRT_STATUS_OK;
  uint32_t channels = (uint32_t)info->shape[1];
  uint32_t height = (uint32_t)info->shape[2], width = (uint32_t)info->shape[3];
  uint64_t cells = ganrt_grid_cells((uint64_t)info->shape[0], width, height);
  uint32_t columns = ganrt_grid_columns(cells);
  if (columns > max_width / width && max_width / width)
    columns = max_width / width;
  uint32_t rows = (uint32_t)((cells + columns - 1) / columns);
  if (rows > max_height / height && max_height / height) {
    rows = max_height / height;
    columns = (uint32_t)((cells + rows - 1) / rows);
  }
  GANRT_RETURN_IF_ERROR(
      ganrt_image_create(NULL, columns * width, rows * height, channels, out));
  ganrt_pixel_range range = ganrt_pixel_range_make(info->low, info->high);
  size_t elements = (size_t)channels * height * width;
  for (uint32_t i = 0; i < cells; ++i)
    ganrt_image_put(out, i % columns * width, i / columns * height,
                    values + i * elements, height, width, range);
  return GANRT_STATUS_OK;
}

/* Writes one grid as run/name.png. */
static ganrt_status_t write_grid(const char *run, const char *name,
                                 const ganrt_tensor_info *info,
                                 const float *values) {
  char file[128], path[GANRT_PATH_MAX];
  ganrt_image image;
  snprintf(file, sizeof file, "%s.png", name);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(run, file, path));
  GANRT_RETURN_IF_ERROR(ganrt_grid_make(info, values, &image));
  if (!image.pixels)
    return GANRT_STATUS_OK;
  ganrt_status_t status = ganrt_png_write(path, &image);
  ganrt_image_destroy(&image);
  return status;
}

ganrt_status_t ganrt_grid_write_reals(const char *run,
                                      const ganrt_artefact *artefact,
                                      ganrt_data *data, uint64_t seed) {
  if (!artefact->stream_count)
    return GANRT_STATUS_OK;
  const ganrt_stream *stream = &artefact->streams[0];
  const ganrt_source *source = &data->sources[0];
  int64_t shape[GANRT_MAX_RANK];
  ganrt_tensor_info info = {.name = "x",
                            .dtype = stream->dtype,
                            .rank = stream->rank,
                            .shape = shape,
                            .low = stream->low,
                            .high = stream->high};
  memcpy(shape, stream->shape, stream->rank * sizeof *shape);
  if (stream->rank != 4 || stream->shape[2] < 1 || stream->shape[3] < 1)
    return GANRT_STATUS_OK;
  uint64_t size = ganrt_source_size(source);
  uint64_t cells = ganrt_grid_cells(size < real_cells ? size : real_cells,
                                    (uint64_t)shape[3], (uint64_t)shape[2]);
  uint64_t batches = (cells + source->batch - 1) / source->batch;
  uint64_t batch_bytes =
      source->batch * source->elements * ganrt_dtype_bytes(stream->dtype);
  shape[0] = (int64_t)cells;
  void *values = NULL;
  if (!is_image(&info))
    return GANRT_STATUS_OK;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, batches, batch_bytes, &values));
  ganrt_data_preview(data, seed, batches, batch_bytes, values);
  ganrt_status_t status = write_grid(run, "reals", &info, values);
  ganrt_release(NULL, values, batches, batch_bytes);
  return status;
}

/* Runs one show and writes its first result. */
static ganrt_status_t write_show(const char *run, ganrt_program *program,
                                 const ganrt_function *function,
                                 const char *suffix) {
  const char *show = function->name + sizeof show_prefix - 1;
  char name[112];
  void *arguments[8] = {NULL};
  uint32_t count = function->argument_count;
  if (count != function->result_count || count == 0 || count > 8)
    return GANRT_STATUS_OK;
  ganrt_status_t status = GANRT_STATUS_OK;
  for (uint32_t i = 0; !status && i < count; ++i)
    status =
        ganrt_allocate(NULL, function->arguments[i].bytes, 1, &arguments[i]);
  if (!status)
    status = ganrt_program_run(program, function, arguments);
  for (uint32_t i = 0; !status && i < count; ++i) {
    if (count == 1)
      snprintf(name, sizeof name, "%.64s%.32s", show, suffix);
    else
      snprintf(name, sizeof name, "%.64s-%u%.32s", show, i, suffix);
    for (char *at = name; *at; ++at)
      if (*at == '/')
        *at = '_';
    status = write_grid(run, name, &function->arguments[i], arguments[i]);
  }
  for (uint32_t i = 0; i < count; ++i)
    ganrt_release(NULL, arguments[i], function->arguments[i].bytes, 1);
  return status;
}

ganrt_status_t ganrt_grid_write_shows(const char *run, ganrt_program *program,
                                      const char *suffix) {
  const ganrt_artefact *artefact = ganrt_program_artefact(program);
  ganrt_status_t status = GANRT_STATUS_OK;
  for (uint32_t i = 0; !status && i < artefact->function_count; ++i) {
    const ganrt_function *function = &artefact->functions[i];
    if (strncmp(function->name, show_prefix, sizeof show_prefix - 1) == 0)
      status = ganrt_status_annotate(write_show(run, program, function, suffix),
                                     "'%s'", ganrt_quote(function->name).text);
  }
  return status;
}
