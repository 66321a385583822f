/*===- status.c - how every function of the runtime reports -----------------===
 *
 * A status is one heap object with its sentence behind it. Out of memory is a
 * constant object, since there may be no memory left to say so.
 *===----------------------------------------------------------------------===*/
#include "ganrt/status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ganrt_status_object {
  ganrt_code code;
  const char *message;
};

static struct ganrt_status_object out_of_memory = {GANRT_OUT_OF_MEMORY,
                                                   "out of memory"};

/* "prefix formatted suffix" behind a fresh status object. */
GANRT_PRINTF(2, 0)
static ganrt_status_t make(ganrt_code code, const char *format,
                           va_list arguments, const char *suffix) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  ganrt_status_t status = NULL;
  if (length >= 0) {
    size_t suffix_length = strlen(suffix);
    status = malloc(sizeof(*status) + (size_t)length + suffix_length + 1);
    if (status) {
      char *text = (char *)(status + 1);
      vsnprintf(text, (size_t)length + 1, format, again);
      memcpy(text + length, suffix, suffix_length + 1);
      status->code = code;
      status->message = text;
    }
  }
  va_end(again);
  return status ? status : &out_of_memory;
}

ganrt_status_t ganrt_status_make(ganrt_code code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  ganrt_status_t status = make(code, format, arguments, "");
  va_end(arguments);
  return status;
}

static ganrt_code code_of_errno(int error) {
  switch (error) {
  case ENOMEM:
    return GANRT_OUT_OF_MEMORY;
  case ENOENT:
  case ENOTDIR:
    return GANRT_NOT_FOUND;
  case EACCES:
  case EPERM:
  case EROFS:
  case EISDIR:
  case EEXIST:
  case ELOOP:
  case ENAMETOOLONG:
  case EINVAL:
    return GANRT_INVALID_ARGUMENT;
  default:
    return GANRT_IO;
  }
}

ganrt_status_t ganrt_status_from_errno(int error, const char *format, ...) {
  char words[128];
  char suffix[160];
  if (strerror_r(error, words, sizeof(words)) != 0)
    snprintf(words, sizeof(words), "error %d", error);
  /* The system's words begin with a capital letter, ours don't. */
  if (words[0] >= 'A' && words[0] <= 'Z' &&
      !(words[1] >= 'A' && words[1] <= 'Z'))
    words[0] = (char)(words[0] - 'A' + 'a');
  snprintf(suffix, sizeof(suffix), ": %s", words);
  va_list arguments;
  va_start(arguments, format);
  ganrt_status_t status = make(code_of_errno(error), format, arguments, suffix);
  va_end(arguments);
  return status;
}

ganrt_status_t ganrt_status_annotate(ganrt_status_t status, const char *format,
                                     ...) {
  if (!status || status == &out_of_memory)
    return status;
  size_t length = strlen(status->message);
  char *suffix = malloc(length + 3);
  if (!suffix)
    return status;
  memcpy(suffix, ": ", 2);
  memcpy(suffix + 2, status->message, length + 1);
  va_list arguments;
  va_start(arguments, format);
  ganrt_status_t outer = make(status->code, format, arguments, suffix);
  va_end(arguments);
  free(suffix);
  ganrt_status_free(status);
  return outer;
}

void ganrt_status_free(ganrt_status_t status) {
  if (status != &out_of_memory)
    free(status);
}

bool ganrt_status_ignore(ganrt_status_t status) {
  ganrt_status_free(status);
  return status != NULL;
}

const char *ganrt_status_message(ganrt_status_t status) {
  return status ? status->message : "done";
}

ganrt_code ganrt_status_code(ganrt_status_t status) {
  return status ? status->code : GANRT_OK;
}

int ganrt_status_exit_code(ganrt_status_t status) {
  switch (ganrt_status_code(status)) {
  case GANRT_OK:
    return 0;
  case GANRT_NUMERIC:
    return 65;
  case GANRT_INTERNAL:
    return 70;
  case GANRT_OUT_OF_MEMORY:
  case GANRT_IO:
    return 74;
  default:
    return 1;
  }
}
