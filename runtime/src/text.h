/*===- text.h - growing text, quoting, numbers ----------------------------===*/
#ifndef RUNTIME_SRC_TEXT_H
#define RUNTIME_SRC_TEXT_H

#include "ganrt/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Text that grows. A failed append is remembered, so a writer appends all it
 * has and asks once with ganrt_text_status. Start from {.allocator = …}. */
typedef struct ganrt_text {
  const ganrt_allocator *allocator;
  char *data; /* zero-terminated once anything was appended */
  uint64_t length;
  uint64_t capacity;
  bool failed;
} ganrt_text;

void ganrt_text_destroy(ganrt_text *text);
void ganrt_text_append_bytes(ganrt_text *text, const void *bytes,
                             uint64_t length);
void ganrt_text_append(ganrt_text *text, const char *format, ...)
    GANRT_PRINTF(2, 3);

/* "…" with JSON's escapes. The bytes must be UTF-8; others become U+FFFD. */
void ganrt_text_append_json_string(ganrt_text *text, const char *string);
/* The shortest number that reads back as `value`; null for NaN and infinity. */
void ganrt_text_append_json_number(ganrt_text *text, double value);

GANRT_MUST_USE ganrt_status_t ganrt_text_status(const ganrt_text *text);

/* A name fit for a message: control characters and quotes escaped, long names
 * shortened. As a value, so that a message can say ganrt_quote(name).text. */
typedef struct ganrt_quoted {
  char text[104];
} ganrt_quoted;

ganrt_quoted ganrt_quote(const char *name);
ganrt_quoted ganrt_quote_bytes(const char *bytes, uint64_t length);

/* The length of the UTF-8 sequence at `bytes`, or 0 if there is none. */
unsigned ganrt_utf8_length(const char *bytes, uint64_t available);

/* Least number of insertions, deletions and replacements between two names;
 * names of 64 bytes and more are far from everything. */
unsigned ganrt_edit_distance(const char *left, const char *right);

/* The known name that `wanted` may have meant: give it all known names. */
typedef struct ganrt_suggestion {
  const char *wanted;
  const char *nearest; /* NULL: none is near */
  unsigned distance;
} ganrt_suggestion;

ganrt_suggestion ganrt_suggestion_make(const char *wanted);
void ganrt_suggestion_consider(ganrt_suggestion *suggestion, const char *known);
/* "unknown option '--seed'; did you mean '--seeds'?" */
GANRT_MUST_USE ganrt_status_t
ganrt_suggestion_unknown_option(const ganrt_suggestion *suggestion);

/* Reads all of `text` as a number, whatever the locale; false if it isn't one.
 * Integers are decimal. */
bool ganrt_parse_double(const char *text, double *out);
bool ganrt_parse_u64(const char *text, uint64_t *out);
bool ganrt_parse_i64(const char *text, int64_t *out);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TEXT_H */
