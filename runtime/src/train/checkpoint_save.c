/*===- checkpoint_save.c - writing a checkpoint -----------------------------===
 *
 *  1. Is there room for two?
 *  2. Write state.safetensors, manifest.json and COMMIT into a folder with a
 *     temporary name; fsync each file and the folder.
 *  3. Rename the folder; fsync its parent.
 *  4. Replace checkpoint-latest.
 *  5. Delete what is older than the newest `keep`.
 * A failure up to 3 removes the temporary folder; nothing else was touched.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/formats/safetensors.h"
#include "runtime/src/train/checkpoint_manifest.h"
#include "runtime/src/train/durable.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { reserve_bytes = 1 << 20 };

uint64_t ganrt_checkpoint_bytes(const ganrt_checkpoint *checkpoint) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < checkpoint->tensor_count; ++i)
    bytes += checkpoint->tensors[i].bytes;
  return bytes;
}

static ganrt_status_t check_room(const char *run, uint64_t bytes) {
  struct statvfs info;
  if (statvfs(run, &info) != 0)
    return ganrt_status_from_errno(errno, "cannot look at the disk of '%s'",
                                   ganrt_quote(run).text);
  uint64_t free_bytes = (uint64_t)info.f_bavail * info.f_frsize;
  uint64_t needed = 2 * bytes + reserve_bytes;
  if (free_bytes < needed)
    return ganrt_status_make(
        GANRT_IO,
        "expected %llu free bytes for a checkpoint on the disk of '%s', got "
        "%llu",
        (unsigned long long)needed, ganrt_quote(run).text,
        (unsigned long long)free_bytes);
  return GANRT_STATUS_OK;
}

/* The file's header, up to the first tensor. */
static ganrt_status_t make_header(const ganrt_checkpoint *checkpoint,
                                  ganrt_text *header) {
  ganrt_safetensor_source *sources =
      calloc((size_t)checkpoint->tensor_count + 1, sizeof *sources);
  if (!sources)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  for (uint32_t i = 0; i < checkpoint->tensor_count; ++i) {
    const ganrt_checkpoint_tensor *tensor = &checkpoint->tensors[i];
    sources[i] =
        (ganrt_safetensor_source){tensor->name,  tensor->dtype, tensor->rank,
                                  tensor->shape, tensor->bytes, tensor->data};
  }
  ganrt_status_t status = ganrt_safetensors_header(
      sources, checkpoint->tensor_count, NULL, 0, header);
  free(sources);
  return status;
}

static ganrt_status_t write_tensors(const ganrt_checkpoint *checkpoint,
                                    ganrt_durable_file *out,
                                    ganrt_checkpoint_file *file) {
  ganrt_text header = {0};
  ganrt_status_t status = make_header(checkpoint, &header);
  if (!status) {
    file->header_bytes = header.length;
    ganrt_xxh3_of(header.data, header.length, file->header_hash);
    status = ganrt_durable_write(out, header.data, header.length);
  }
  ganrt_text_destroy(&header);
  for (uint32_t i = 0; !status && i < checkpoint->tensor_count; ++i) {
    const ganrt_checkpoint_tensor *tensor = &checkpoint->tensors[i];
    ganrt_xxh3_of(tensor->data, tensor->bytes, file->tensor_hashes[i]);
    status = ganrt_durable_write(out, tensor->data, tensor->bytes);
  }
  file->file_bytes = out->bytes;
  return status;
}

static ganrt_status_t write_state(const char *folder,
                                  const ganrt_checkpoint *checkpoint,
                                  ganrt_checkpoint_file *file) {
  char path[GANRT_PATH_MAX];
  ganrt_durable_file out;
  GANRT_RETURN_IF_ERROR(ganrt_path_join(folder, "state.safetensors", path));
  GANRT_RETURN_IF_ERROR(ganrt_durable_open(path, &out));
  ganrt_status_t status = write_tensors(checkpoint, &out, file);
  if (!status)
    status = ganrt_durable_close(&out);
  ganrt_durable_abandon(&out);
  return status;
}

static ganrt_status_t write_manifest(const char *folder,
                                     const ganrt_checkpoint *checkpoint,
                                     const ganrt_checkpoint_file *file) {
  char path[GANRT_PATH_MAX];
  ganrt_text text = {0};
  ganrt_sha256_hex hash;
  ganrt_status_t status = ganrt_manifest_write(checkpoint, file, &text, hash);
  if (!status)
    status = ganrt_path_join(folder, "manifest.json", path);
  if (!status)
    status = ganrt_durable_create(path, text.data, text.length);
  ganrt_text_destroy(&text);
  GANRT_RETURN_IF_ERROR(status);
  char commit[sizeof hash + 1];
  int length = snprintf(commit, sizeof commit, "%s\n", hash);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(folder, "COMMIT", path));
  return ganrt_durable_create(path, commit, (uint64_t)length);
}

static ganrt_status_t write_folder(const char *folder,
                                   const ganrt_checkpoint *checkpoint) {
  ganrt_checkpoint_file file = {0};
  if (mkdir(folder, 0777) != 0)
    return ganrt_status_from_errno(errno, "cannot make the folder '%s'",
                                   ganrt_quote(folder).text);
  file.tensor_hashes =
      calloc(checkpoint->tensor_count + 1, sizeof *file.tensor_hashes);
  ganrt_status_t status =
      file.tensor_hashes
          ? write_state(folder, checkpoint, &file)
          : ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  if (!status)
    status = write_manifest(folder, checkpoint, &file);
  if (!status)
    status = ganrt_durable_sync_folder(folder);
  free(file.tensor_hashes);
  return status;
}

ganrt_status_t ganrt_checkpoint_moment(const char *run, uint64_t images,
                                       uint64_t step, char moment[48]) {
  char name[64];
  bool is_taken;
  snprintf(moment, 48, "%06llu", (unsigned long long)(images / 1000));
  snprintf(name, sizeof name, "checkpoint-%s", moment);
  GANRT_RETURN_IF_ERROR(ganrt_checkpoint_is_taken(run, name, &is_taken));
  if (is_taken)
    snprintf(moment, 48, "%06llu-step%llu", (unsigned long long)(images / 1000),
             (unsigned long long)step);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_checkpoint_save(const char *run,
                                     const ganrt_checkpoint *checkpoint,
                                     uint64_t keep, char name[64]) {
  char path[GANRT_PATH_MAX], temporary[GANRT_PATH_MAX + 32], moment[48];
  GANRT_RETURN_IF_ERROR(check_room(run, ganrt_checkpoint_bytes(checkpoint)));
  GANRT_RETURN_IF_ERROR(ganrt_checkpoint_moment(run, checkpoint->images,
                                                checkpoint->step, moment));
  snprintf(name, 64, "checkpoint-%s", moment);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(run, name, path));
  ganrt_durable_temporary_name(path, temporary, sizeof temporary);
  GANRT_RETURN_IF_ERROR(ganrt_remove_tree(temporary));
  ganrt_status_t status = write_folder(temporary, checkpoint);
  /* Only a damaged checkpoint of the same step can be in the way. */
  if (!status)
    status = ganrt_remove_tree(path);
  if (!status)
    status = ganrt_durable_rename(temporary, path);
  if (status) {
    ganrt_status_ignore(ganrt_remove_tree(temporary));
    return status;
  }
  char line[80];
  int length = snprintf(line, sizeof line, "%s\n", name);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(run, "checkpoint-latest", path));
  GANRT_RETURN_IF_ERROR(ganrt_durable_replace(path, line, (uint64_t)length));
  return ganrt_checkpoint_prune(run, checkpoint->step, keep < 2 ? 2 : keep);
}
