/*===- status.h - how every function of the runtime reports -----------------===
 *
 * A status is either NULL (done) or an object that holds a code and a sentence.
 * The caller that receives one owns it: it handles it and frees it, or returns
 * it. Nothing in the runtime prints.
 *
 * Sentences have one form: lower case, the subject quoted, expected before got,
 * no full stop. Names that come from files are escaped while formatting, see
 * ganrt_quote in text.h.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_STATUS_H
#define GANRT_STATUS_H

#include "ganrt/types.h"

#include <stdarg.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANRT_STATUS_OK ((ganrt_status_t)0)

#if defined(__GNUC__)
#define GANRT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define GANRT_PRINTF(text, first)
#endif

/* Makes a status. When memory is short the result is a constant object of the
 * code GANRT_OUT_OF_MEMORY, so a failure is never lost. Any thread. */
GANRT_MUST_USE ganrt_status_t ganrt_status_make(ganrt_code code,
                                                const char *format, ...)
    GANRT_PRINTF(2, 3);

/* Makes a status of code GANRT_IO, or a more telling one for errors such as
 * ENOENT and ENOMEM. The system's words for `error` follow the sentence. */
GANRT_MUST_USE ganrt_status_t ganrt_status_from_errno(int error,
                                                      const char *format, ...)
    GANRT_PRINTF(2, 3);

/* Puts "context: " in front of a failed status; NULL stays NULL. Consumes
 * `status`. */
GANRT_MUST_USE ganrt_status_t ganrt_status_annotate(ganrt_status_t status,
                                                    const char *format, ...)
    GANRT_PRINTF(2, 3);

/* Frees a status; NULL is allowed. */
void ganrt_status_free(ganrt_status_t status);

/* Frees a status whose failure doesn't matter; true if it was a failure. */
bool ganrt_status_ignore(ganrt_status_t status);

/* The sentence; "done" for NULL. It lives as long as the status. */
const char *ganrt_status_message(ganrt_status_t status);

ganrt_code ganrt_status_code(ganrt_status_t status);

/* The exit code that all our programs use for this status. */
int ganrt_status_exit_code(ganrt_status_t status);

/* Returns early from a function when `expression` failed. */
#define GANRT_RETURN_IF_ERROR(expression)                                      \
  do {                                                                         \
    ganrt_status_t ganrt_status_ = (expression);                               \
    if (ganrt_status_)                                                         \
      return ganrt_status_;                                                    \
  } while (0)

#ifdef __cplusplus
}
#endif

#endif /* GANRT_STATUS_H */
