/*===- json.h - a strict JSON reader ----------------------------------------===
 *
 * RFC 8259 and nothing beside it; moreover no key twice in an object, no U+0000
 * in a string, no number beyond f64. Text may be hostile: depth, nodes and bytes
 * are bounded.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_JSON_H
#define RUNTIME_SRC_JSON_H

#include "ganrt/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ganrt_json_kind {
  GANRT_JSON_NULL,
  GANRT_JSON_BOOL,
  GANRT_JSON_NUMBER,
  GANRT_JSON_STRING,
  GANRT_JSON_ARRAY,
  GANRT_JSON_OBJECT
} ganrt_json_kind;

/* A value. Strings are UTF-8 and zero-terminated. */
typedef struct ganrt_json {
  ganrt_json_kind kind;
  bool is_integer; /* a number without fraction and exponent that fits i64 */
  bool boolean;
  const char *key;    /* in an object */
  const char *string; /* of a string */
  double number;
  int64_t integer;
  uint64_t count; /* of elements or members */
  const struct ganrt_json *first;
  const struct ganrt_json *next; /* the sibling */
} ganrt_json;

typedef struct ganrt_json_limits {
  uint64_t bytes;
  uint32_t depth; /* at most 64 */
  uint64_t nodes;
} ganrt_json_limits;

typedef struct ganrt_json_document ganrt_json_document;

/* Reads the whole of `text`; white space may surround the value. */
GANRT_MUST_USE ganrt_status_t ganrt_json_parse(const ganrt_allocator *allocator,
                                               const char *text, uint64_t size,
                                               ganrt_json_limits limits,
                                               ganrt_json_document **out);
void ganrt_json_destroy(ganrt_json_document *document);
const ganrt_json *ganrt_json_root(const ganrt_json_document *document);

/* The member of this name, or NULL, also if `object` isn't an object. */
const ganrt_json *ganrt_json_find(const ganrt_json *object, const char *key);

/* The member, which must exist and be of the kind; else a sentence. */
GANRT_MUST_USE ganrt_status_t ganrt_json_member(const ganrt_json *object,
                                                const char *key,
                                                ganrt_json_kind kind,
                                                const ganrt_json **out);
GANRT_MUST_USE ganrt_status_t ganrt_json_integer(const ganrt_json *object,
                                                 const char *key, int64_t low,
                                                 int64_t high, int64_t *out);
GANRT_MUST_USE ganrt_status_t ganrt_json_string(const ganrt_json *object,
                                                const char *key,
                                                const char **out);

/* "an object", "a number", … */
const char *ganrt_json_kind_name(ganrt_json_kind kind);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_JSON_H */
