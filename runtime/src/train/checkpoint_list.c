/*===- checkpoint_list.c - which checkpoints a run has --------------------===*/
#include "runtime/src/train/checkpoint_manifest.h"
#include "runtime/src/train/durable.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "checkpoint-";
static const char temporary_mark[] = ".tmp-";

/* checkpoint-NNN…, not a temporary one and not checkpoint-latest. */
static bool is_checkpoint(const char *name) {
  size_t length = sizeof prefix - 1;
  return strncmp(name, prefix, length) == 0 && name[length] >= '0' &&
         name[length] <= '9' && !strstr(name, temporary_mark) &&
         strlen(name) < sizeof((ganrt_checkpoint_found *)NULL)->name;
}

/* Newest first; broken ones, which tell no step, at the end by name. */
static int compare(const void *left, const void *right) {
  const ganrt_checkpoint_found *a = left, *b = right;
  if (a->is_whole != b->is_whole)
    return a->is_whole ? -1 : 1;
  if (a->step != b->step)
    return a->step > b->step ? -1 : 1;
  return strcmp(b->name, a->name);
}

static ganrt_status_t add_found(const char *run, const char *name,
                                ganrt_checkpoint_list *list,
                                ganrt_text *warnings) {
  void *grown = realloc(list->found, (list->count + 1) * sizeof *list->found);
  if (!grown)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  list->found = grown;
  ganrt_checkpoint_found *found = &list->found[list->count++];
  memset(found, 0, sizeof *found);
  snprintf(found->name, sizeof found->name, "%s", name);
  char path[GANRT_PATH_MAX];
  GANRT_RETURN_IF_ERROR(ganrt_path_join(run, name, path));
  ganrt_manifest manifest;
  ganrt_status_t status = ganrt_manifest_read(path, &manifest);
  /* Made by a newer program or another kind of machine: that is no damage. */
  if (warnings && ganrt_status_code(status) == GANRT_UNSUPPORTED)
    return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
  if (!status) {
    found->is_whole = true;
    found->step = manifest.step;
    ganrt_manifest_destroy(&manifest);
  } else if (warnings)
    ganrt_text_append(warnings, "%s is damaged and was passed over: %s\n", name,
                      ganrt_status_message(status));
  ganrt_status_free(status);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_checkpoint_list_make(const char *run, ganrt_text *warnings,
                                          ganrt_checkpoint_list *list) {
  list->found = NULL;
  list->count = 0;
  DIR *folder = opendir(run);
  if (!folder)
    return ganrt_status_from_errno(errno, "cannot read the folder '%s'",
                                   ganrt_quote(run).text);
  ganrt_status_t status = GANRT_STATUS_OK;
  for (struct dirent *entry; !status && (entry = readdir(folder));)
    if (is_checkpoint(entry->d_name))
      status = add_found(run, entry->d_name, list, warnings);
  closedir(folder);
  if (status)
    ganrt_checkpoint_list_destroy(list);
  else if (list->count)
    qsort(list->found, list->count, sizeof *list->found, compare);
  return status;
}

void ganrt_checkpoint_list_destroy(ganrt_checkpoint_list *list) {
  free(list->found);
  list->found = NULL;
  list->count = 0;
}

ganrt_status_t ganrt_checkpoint_is_taken(const char *run, const char *name,
                                         bool *is_taken) {
  *is_taken = false;
  DIR *folder = opendir(run);
  if (!folder)
    return ganrt_status_from_errno(errno, "cannot read the folder '%s'",
                                   ganrt_quote(run).text);
  size_t length = strlen(name);
  for (struct dirent *entry; (entry = readdir(folder));)
    if (is_checkpoint(entry->d_name) &&
        strncmp(entry->d_name, name, length) == 0 &&
        (entry->d_name[length] == 0 || entry->d_name[length] == '-'))
      *is_taken = true;
  closedir(folder);
  return GANRT_STATUS_OK;
}

/* A checkpoint being deleted has a temporary name first, so that a half of it
 * is never mistaken for one. */
static ganrt_status_t delete_checkpoint(const char *run, const char *name) {
  char path[GANRT_PATH_MAX], temporary[GANRT_PATH_MAX + 32];
  GANRT_RETURN_IF_ERROR(ganrt_path_join(run, name, path));
  ganrt_durable_temporary_name(path, temporary, sizeof temporary);
  if (rename(path, temporary) != 0)
    return ganrt_status_from_errno(errno, "cannot delete '%s'",
                                   ganrt_quote(path).text);
  return ganrt_remove_tree(temporary);
}

ganrt_status_t ganrt_checkpoint_prune(const char *run, uint64_t step,
                                      uint64_t keep) {
  ganrt_checkpoint_list list;
  GANRT_RETURN_IF_ERROR(ganrt_checkpoint_list_make(run, NULL, &list));
  ganrt_status_t status = GANRT_STATUS_OK;
  uint64_t kept = 0;
  for (size_t i = 0; !status && i < list.count && list.found[i].is_whole; ++i)
    if (list.found[i].step <= step && ++kept > keep)
      status = delete_checkpoint(run, list.found[i].name);
  ganrt_checkpoint_list_destroy(&list);
  return status;
}

ganrt_status_t ganrt_checkpoint_clean(const char *run) {
  char path[GANRT_PATH_MAX];
  DIR *folder = opendir(run);
  if (!folder)
    return ganrt_status_from_errno(errno, "cannot read the folder '%s'",
                                   ganrt_quote(run).text);
  ganrt_status_t status = GANRT_STATUS_OK;
  for (struct dirent *entry; !status && (entry = readdir(folder));) {
    const char *mark = strstr(entry->d_name, temporary_mark);
    uint64_t process;
    if (!mark || !ganrt_parse_u64(mark + sizeof temporary_mark - 1, &process) ||
        process > INT32_MAX)
      continue;
    if ((pid_t)process != getpid() &&
        (kill((pid_t)process, 0) == 0 || errno != ESRCH))
      continue;
    status = ganrt_path_join(run, entry->d_name, path);
    if (!status)
      status = ganrt_remove_tree(path);
  }
  closedir(folder);
  return status;
}
