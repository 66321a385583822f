/*===- stream.c - drawing batches of data ---------------------------------===*/
#include "runtime/src/train/stream.h"

#include "ganrt/random.h"
#include "runtime/src/text.h"

#include <stdio.h>
#include <string.h>

uint32_t ganrt_stream_leader(const ganrt_artefact *artefact, uint32_t index) {
  uint32_t leader = index;
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    if (artefact->streams[leader].pairs != GANRT_NONE)
      leader = artefact->streams[leader].pairs;
  return leader;
}

uint64_t ganrt_source_size(const ganrt_source *source) {
  return (uint64_t)source->values->shape[0] * (source->is_mirrored ? 2 : 1);
}

/* The shape of one sample, "1x28x28", or "one number". */
static const char *format_sample(uint32_t rank, const int64_t *shape,
                                 char *text, size_t capacity) {
  size_t length = 0;
  snprintf(text, capacity, "one number");
  for (uint32_t i = 1; i < rank && length < capacity; ++i)
    length += (size_t)snprintf(text + length, capacity - length, "%s%lld",
                               i > 1 ? "x" : "", (long long)shape[i]);
  return text;
}

static ganrt_status_t check_shape(const ganrt_stream *stream,
                                  const ganrt_tensor *values) {
  char expected[160], got[160];
  bool equal = stream->rank == values->rank;
  for (uint32_t i = 1; equal && i < stream->rank; ++i)
    equal = stream->shape[i] == values->shape[i];
  if (equal)
    return GANRT_STATUS_OK;
  return ganrt_status_make(
      GANRT_INVALID_ARGUMENT,
      "stream '%s' expects %s per sample, the data has %s",
      ganrt_quote(stream->name).text,
      format_sample(stream->rank, stream->shape, expected, sizeof expected),
      format_sample(values->rank, values->shape, got, sizeof got));
}

static ganrt_status_t check_types(const ganrt_stream *stream,
                                  const ganrt_tensor *values) {
  bool fits = false;
  const char *possible = "";
  switch (stream->dtype) {
  case GANRT_F32:
    possible = " or u8";
    fits = values->dtype == GANRT_U8 || values->dtype == GANRT_F32;
    break;
  case GANRT_I32:
  case GANRT_I64:
    possible = stream->dtype == GANRT_I64 ? ", i32 or u8" : " or u8";
    fits = values->dtype == GANRT_U8 || values->dtype == GANRT_I32 ||
           (values->dtype == GANRT_I64 && stream->dtype == GANRT_I64);
    break;
  default:
    break;
  }
  if (fits)
    return GANRT_STATUS_OK;
  return ganrt_status_make(
      GANRT_INVALID_ARGUMENT,
      "stream '%s' expects %s%s, the data has %s: convert it, as with "
      "NumPy's astype",
      ganrt_quote(stream->name).text, ganrt_dtype_name(stream->dtype), possible,
      ganrt_dtype_name(values->dtype));
}

/* Labels choose classes: one that there is not would be read from nowhere. */
static ganrt_status_t check_labels(const ganrt_stream *stream,
                                   const ganrt_tensor *values) {
  uint64_t count = values->bytes / ganrt_dtype_bytes(values->dtype);
  bool choose = stream->dtype != GANRT_F32 && stream->low < stream->high;
  for (uint64_t i = 0; choose && i < count; ++i) {
    double label = ganrt_element_read(values->dtype, values->data, i);
    if (label < stream->low || label > stream->high)
      return ganrt_status_make(
          GANRT_INVALID_ARGUMENT,
          "stream '%s' expects labels from %.0f to %.0f, sample %llu has %.0f",
          ganrt_quote(stream->name).text, stream->low, stream->high,
          (unsigned long long)(i / (count / (uint64_t)values->shape[0])),
          label);
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_source_make(const ganrt_artefact *artefact, uint32_t index,
                                 const ganrt_dataset *dataset,
                                 bool takes_labels, bool mirror,
                                 ganrt_source *source) {
  const ganrt_stream *stream = &artefact->streams[index];
  memset(source, 0, sizeof *source);
  source->stream = stream;
  source->dataset = dataset;
  source->is_mirrored = mirror;
  source->values = takes_labels ? &dataset->labels : &dataset->samples;
  if (takes_labels && !dataset->labels.data)
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "stream '%s' needs labels, the data has none: expected one folder of "
        "images for each class, a dataset.json, a file *-labels-idx1-ubyte "
        "beside the images, or --data=%s=LABELS.npy",
        ganrt_quote(stream->name).text, ganrt_quote(stream->name).text);
  GANRT_RETURN_IF_ERROR(check_types(stream, source->values));
  GANRT_RETURN_IF_ERROR(check_shape(stream, source->values));
  GANRT_RETURN_IF_ERROR(check_labels(stream, source->values));
  if (source->values->shape[0] == 0)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "stream '%s' got no samples",
                             ganrt_quote(stream->name).text);
  source->leader = ganrt_stream_leader(artefact, index);
  source->site = ganrt_random_site(artefact->streams[source->leader].name, 0);
  source->batch = (uint64_t)stream->shape[0];
  source->elements = 1;
  for (uint32_t i = 1; i < stream->rank; ++i)
    source->elements *= (uint64_t)stream->shape[i];
  bool has_range = stream->low != stream->high;
  for (int i = 0; i < 256; ++i)
    source->numbers[i] =
        (float)(has_range ? stream->low + i * (stream->high - stream->low) / 255
                          : i);
  return GANRT_STATUS_OK;
}

/* Turns the rows of an image around. */
static void flip(const ganrt_stream *stream, void *image) {
  uint64_t size = ganrt_dtype_bytes(stream->dtype);
  uint64_t width = (uint64_t)stream->shape[3];
  uint64_t rows = (uint64_t)(stream->shape[1] * stream->shape[2]);
  uint8_t *row = image, pixel[8];
  for (uint64_t i = 0; i < rows; ++i, row += width * size)
    for (uint64_t left = 0, right = width; left + 1 < right--; ++left) {
      memcpy(pixel, row + left * size, size);
      memcpy(row + left * size, row + right * size, size);
      memcpy(row + right * size, pixel, size);
    }
}

static void convert(const ganrt_source *source, uint64_t index, void *out) {
  uint64_t sample = index % (uint64_t)source->values->shape[0];
  uint64_t count = source->elements;
  uint32_t type = source->values->dtype;
  const uint8_t *bytes = source->values->data;
  bytes += sample * count * ganrt_dtype_bytes(type);
  if (type == source->stream->dtype)
    memcpy(out, bytes, count * ganrt_dtype_bytes(type));
  else if (source->stream->dtype == GANRT_F32)
    for (uint64_t i = 0; i < count; ++i)
      ((float *)out)[i] = source->numbers[bytes[i]];
  else
    for (uint64_t i = 0; i < count; ++i) {
      int64_t value = type == GANRT_U8
                          ? bytes[i]
                          : ((const int32_t *)(const void *)bytes)[i];
      if (source->stream->dtype == GANRT_I64)
        ((int64_t *)out)[i] = value;
      else
        ((int32_t *)out)[i] = (int32_t)value;
    }
  if (index != sample && source->stream->rank == 4)
    flip(source->stream, out);
}

/* Where the batch begins that sources[index] is to get. */
static uint64_t advance(ganrt_source *sources, uint32_t index,
                        ganrt_scope scope) {
  ganrt_source *source = &sources[index];
  ganrt_source *leader = &sources[source->leader];
  int64_t batch = (int64_t)source->batch;
  if (scope == GANRT_SCOPE_RUN)
    return 0;
  if (source == leader)
    leader->position += batch;
  return (uint64_t)(leader->position - batch);
}

void ganrt_source_draw(ganrt_source *sources, uint32_t index, uint64_t seed,
                       ganrt_scope scope, void *batch) {
  uint64_t begin = advance(sources, index, scope);
  const ganrt_source *source = &sources[index];
  uint64_t size = ganrt_source_size(source);
  uint64_t sample_bytes =
      source->elements * ganrt_dtype_bytes(source->stream->dtype);
  ganrt_permutation permutation =
      ganrt_permutation_make(seed, source->site, begin / size, size);
  for (uint64_t i = 0; i < source->batch; ++i) {
    uint64_t epoch = (begin + i) / size;
    if (epoch != permutation.epoch)
      permutation = ganrt_permutation_make(seed, source->site, epoch, size);
    uint64_t sample = ganrt_permutation_at(&permutation, (begin + i) % size);
    convert(source, sample, (uint8_t *)batch + i * sample_bytes);
  }
}
