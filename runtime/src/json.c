/*===- json.c - a strict JSON reader ----------------------------------------===
 *
 * The text is copied once and strings are decoded in place: a decoded string is
 * never longer than its source, and its closing quote makes room for the zero.
 * Nodes live in blocks that never move. Keys of an object are sorted to find one
 * that occurs twice, so a large object costs n log n.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/json.h"

#include "runtime/src/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_NODES = 256, MOST_DEPTH = 64 };

typedef struct block {
  struct block *next;
  uint64_t used;
  ganrt_json nodes[BLOCK_NODES];
} block;

struct ganrt_json_document {
  const ganrt_allocator *allocator;
  char *text;
  uint64_t size; /* without the terminator */
  block *blocks;
  ganrt_json *root;
};

typedef struct parser {
  ganrt_json_document *document;
  ganrt_json_limits limits;
  char *text;
  uint64_t at, size, nodes;
} parser;

const char *ganrt_json_kind_name(ganrt_json_kind kind) {
  static const char *const names[] = {"null",     "a truth value", "a number",
                                      "a string", "an array",      "an object"};
  return names[kind];
}

/* "expected … at byte n, got …" */
static ganrt_status_t unexpected(const parser *p, const char *expected) {
  if (p->at >= p->size)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected %s at byte %llu, got the end", expected,
                             (unsigned long long)p->at);
  unsigned length = ganrt_utf8_length(p->text + p->at, p->size - p->at);
  return ganrt_status_make(
      GANRT_INVALID_DATA, "expected %s at byte %llu, got '%s'", expected,
      (unsigned long long)p->at,
      ganrt_quote_bytes(p->text + p->at, length ? length : 1).text);
}

static void skip_space(parser *p) {
  while (p->at < p->size && memchr(" \t\n\r", p->text[p->at], 4))
    ++p->at;
}

static bool take(parser *p, char c) {
  if (p->at < p->size && p->text[p->at] == c) {
    ++p->at;
    return true;
  }
  return false;
}

static ganrt_status_t new_node(parser *p, ganrt_json **out) {
  if (p->nodes == p->limits.nodes)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most %llu values, got more",
                             (unsigned long long)p->limits.nodes);
  ganrt_json_document *document = p->document;
  if (!document->blocks || document->blocks->used == BLOCK_NODES) {
    void *memory;
    GANRT_RETURN_IF_ERROR(
        ganrt_allocate(document->allocator, 1, sizeof(block), &memory));
    block *fresh = memory;
    fresh->next = document->blocks;
    document->blocks = fresh;
  }
  ++p->nodes;
  *out = &document->blocks->nodes[document->blocks->used++];
  return GANRT_STATUS_OK;
}

/* Four hex digits at the current position; false if they aren't there. */
static bool hex4(parser *p, uint32_t *out) {
  if (p->size - p->at < 4)
    return false;
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    char c = p->text[p->at + (uint64_t)i];
    uint32_t digit;
    if (c >= '0' && c <= '9')
      digit = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = (uint32_t)(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      digit = (uint32_t)(c - 'A' + 10);
    else
      return false;
    value = value * 16 + digit;
  }
  p->at += 4;
  *out = value;
  return true;
}

static char *put_utf8(char *to, uint32_t c) {
  if (c < 0x80) {
    *to++ = (char)c;
  } else if (c < 0x800) {
    *to++ = (char)(0xc0 | c >> 6);
    *to++ = (char)(0x80 | (c & 63));
  } else if (c < 0x10000) {
    *to++ = (char)(0xe0 | c >> 12);
    *to++ = (char)(0x80 | (c >> 6 & 63));
    *to++ = (char)(0x80 | (c & 63));
  } else {
    *to++ = (char)(0xf0 | c >> 18);
    *to++ = (char)(0x80 | (c >> 12 & 63));
    *to++ = (char)(0x80 | (c >> 6 & 63));
    *to++ = (char)(0x80 | (c & 63));
  }
  return to;
}

/* Behind a backslash. */
static ganrt_status_t parse_escape(parser *p, char **to) {
  static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
  if (p->at < p->size && p->text[p->at] != 0) {
    const char *found = strchr(from, p->text[p->at]);
    if (found) {
      ++p->at;
      *(*to)++ = into[found - from];
      return GANRT_STATUS_OK;
    }
  }
  uint32_t code, low;
  if (!take(p, 'u') || !hex4(p, &code))
    return unexpected(p, "an escape");
  if (code >= 0xd800 && code <= 0xdbff) {
    if (!take(p, '\\') || !take(p, 'u') || !hex4(p, &low) || low < 0xdc00 ||
        low > 0xdfff)
      return unexpected(p, "the second half of a surrogate pair");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  } else if (code == 0 || (code >= 0xdc00 && code <= 0xdfff)) {
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected a character before byte %llu, got "
                             "U+%04X",
                             (unsigned long long)p->at, code);
  }
  *to = put_utf8(*to, code);
  return GANRT_STATUS_OK;
}

static ganrt_status_t parse_string(parser *p, const char **out) {
  if (!take(p, '"'))
    return unexpected(p, "a string");
  char *begin = p->text + p->at, *to = begin;
  while (!take(p, '"')) {
    unsigned length = ganrt_utf8_length(p->text + p->at, p->size - p->at);
    if (length == 0 || (unsigned char)p->text[p->at] < 0x20)
      return unexpected(p, "a character of a string");
    if (take(p, '\\')) {
      GANRT_RETURN_IF_ERROR(parse_escape(p, &to));
      continue;
    }
    memmove(to, p->text + p->at, length);
    to += length;
    p->at += length;
  }
  *to = 0;
  *out = begin;
  return GANRT_STATUS_OK;
}

static bool digits(parser *p) {
  uint64_t start = p->at;
  while (p->at < p->size && p->text[p->at] >= '0' && p->text[p->at] <= '9')
    ++p->at;
  return p->at > start;
}

static ganrt_status_t parse_number(parser *p, ganrt_json *node) {
  uint64_t start = p->at;
  bool whole = true;
  take(p, '-');
  if (!take(p, '0') && !digits(p))
    return unexpected(p, "a value");
  if (take(p, '.')) {
    whole = false;
    if (!digits(p))
      return unexpected(p, "a digit");
  }
  if (take(p, 'e') || take(p, 'E')) {
    whole = false;
    if (!take(p, '-'))
      take(p, '+');
    if (!digits(p))
      return unexpected(p, "a digit");
  }
  /* Terminated for a moment: the text has room for one byte behind its end. */
  char after = p->text[p->at];
  p->text[p->at] = 0;
  const char *literal = p->text + start;
  node->kind = GANRT_JSON_NUMBER;
  node->is_integer = whole && ganrt_parse_i64(literal, &node->integer);
  bool fits =
      ganrt_parse_double(literal, &node->number) && isfinite(node->number);
  p->text[p->at] = after;
  if (!fits)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected a number that f64 can hold at byte %llu",
                             (unsigned long long)start);
  return GANRT_STATUS_OK;
}

static bool take_word(parser *p, const char *word) {
  size_t length = strlen(word);
  if (p->size - p->at < length || memcmp(p->text + p->at, word, length) != 0)
    return false;
  p->at += length;
  return true;
}

static int compare_keys(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static ganrt_status_t check_keys(const parser *p, const ganrt_json *object) {
  if (object->count < 2)
    return GANRT_STATUS_OK;
  void *memory;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(p->document->allocator, object->count,
                                       sizeof(char *), &memory));
  const char **keys = memory;
  uint64_t count = 0;
  for (const ganrt_json *m = object->first; m; m = m->next)
    keys[count++] = m->key;
  qsort(keys, count, sizeof(*keys), compare_keys);
  ganrt_status_t status = GANRT_STATUS_OK;
  for (uint64_t i = 1; i < count && !status; ++i)
    if (strcmp(keys[i - 1], keys[i]) == 0)
      status = ganrt_status_make(GANRT_INVALID_DATA, "key '%s' occurs twice",
                                 ganrt_quote(keys[i]).text);
  ganrt_release(p->document->allocator, memory, object->count, sizeof(char *));
  return status;
}

static ganrt_status_t parse_value(parser *p, uint32_t depth, const char *key,
                                  ganrt_json **out);

/* The elements or members behind the opening bracket of `node`. */
static ganrt_status_t parse_children(parser *p, uint32_t depth,
                                     ganrt_json *node) {
  bool object = node->kind == GANRT_JSON_OBJECT;
  char close = object ? '}' : ']';
  const ganrt_json **link = &node->first;
  skip_space(p);
  if (take(p, close))
    return GANRT_STATUS_OK;
  for (;;) {
    const char *key = NULL;
    if (object) {
      skip_space(p);
      GANRT_RETURN_IF_ERROR(parse_string(p, &key));
      skip_space(p);
      if (!take(p, ':'))
        return unexpected(p, "':'");
    }
    ganrt_json *child;
    GANRT_RETURN_IF_ERROR(parse_value(p, depth + 1, key, &child));
    *link = child;
    link = &child->next;
    ++node->count;
    skip_space(p);
    if (take(p, close))
      return object ? check_keys(p, node) : GANRT_STATUS_OK;
    if (!take(p, ','))
      return unexpected(p, object ? "',' or '}'" : "',' or ']'");
  }
}

static ganrt_status_t parse_value(parser *p, uint32_t depth, const char *key,
                                  ganrt_json **out) {
  ganrt_json *node;
  GANRT_RETURN_IF_ERROR(new_node(p, &node));
  node->key = key;
  *out = node;
  skip_space(p);
  bool object = take(p, '{');
  if (object || take(p, '[')) {
    if (depth > p->limits.depth || depth > MOST_DEPTH)
      return ganrt_status_make(GANRT_LIMIT,
                               "expected at most %u levels, got more at byte "
                               "%llu",
                               p->limits.depth, (unsigned long long)p->at);
    node->kind = object ? GANRT_JSON_OBJECT : GANRT_JSON_ARRAY;
    return parse_children(p, depth, node);
  }
  if (p->at < p->size && p->text[p->at] == '"') {
    node->kind = GANRT_JSON_STRING;
    return parse_string(p, &node->string);
  }
  if (take_word(p, "null")) {
    node->kind = GANRT_JSON_NULL;
    return GANRT_STATUS_OK;
  }
  node->boolean = take_word(p, "true");
  if (node->boolean || take_word(p, "false")) {
    node->kind = GANRT_JSON_BOOL;
    return GANRT_STATUS_OK;
  }
  return parse_number(p, node);
}

ganrt_status_t ganrt_json_parse(const ganrt_allocator *allocator,
                                const char *text, uint64_t size,
                                ganrt_json_limits limits,
                                ganrt_json_document **out) {
  if (size > limits.bytes)
    return ganrt_status_make(
        GANRT_LIMIT, "expected at most %llu bytes of JSON, got %llu",
        (unsigned long long)limits.bytes, (unsigned long long)size);
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(allocator, 1, sizeof(ganrt_json_document), &memory));
  ganrt_json_document *document = memory;
  document->allocator = allocator;
  document->size = size;
  ganrt_status_t status = ganrt_allocate(allocator, size + 1, 1, &memory);
  if (!status) {
    document->text = memory;
    if (size)
      memcpy(document->text, text, size);
    parser p = {document, limits, document->text, 0, size, 0};
    status = parse_value(&p, 1, NULL, &document->root);
    if (!status) {
      skip_space(&p);
      if (p.at < p.size)
        status = unexpected(&p, "the end");
    }
  }
  if (status) {
    ganrt_json_destroy(document);
    return status;
  }
  *out = document;
  return GANRT_STATUS_OK;
}

void ganrt_json_destroy(ganrt_json_document *document) {
  if (!document)
    return;
  const ganrt_allocator *allocator = document->allocator;
  for (block *b = document->blocks; b;) {
    block *next = b->next;
    ganrt_release(allocator, b, 1, sizeof(block));
    b = next;
  }
  ganrt_release(allocator, document->text, document->size + 1, 1);
  ganrt_release(allocator, document, 1, sizeof(*document));
}

const ganrt_json *ganrt_json_root(const ganrt_json_document *document) {
  return document->root;
}

const ganrt_json *ganrt_json_find(const ganrt_json *object, const char *key) {
  if (object->kind != GANRT_JSON_OBJECT)
    return NULL;
  for (const ganrt_json *m = object->first; m; m = m->next)
    if (strcmp(m->key, key) == 0)
      return m;
  return NULL;
}

ganrt_status_t ganrt_json_member(const ganrt_json *object, const char *key,
                                 ganrt_json_kind kind, const ganrt_json **out) {
  const ganrt_json *member = ganrt_json_find(object, key);
  if (!member)
    return ganrt_status_make(GANRT_INVALID_DATA, "there is no '%s'", key);
  if (member->kind != kind)
    return ganrt_status_make(GANRT_INVALID_DATA, "expected %s as '%s', got %s",
                             ganrt_json_kind_name(kind), key,
                             ganrt_json_kind_name(member->kind));
  *out = member;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_json_integer(const ganrt_json *object, const char *key,
                                  int64_t low, int64_t high, int64_t *out) {
  const ganrt_json *member;
  GANRT_RETURN_IF_ERROR(
      ganrt_json_member(object, key, GANRT_JSON_NUMBER, &member));
  if (!member->is_integer || member->integer < low || member->integer > high)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected an integer in %lld ... %lld as '%s', "
                             "got %g",
                             (long long)low, (long long)high, key,
                             member->number);
  *out = member->integer;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_json_string(const ganrt_json *object, const char *key,
                                 const char **out) {
  const ganrt_json *member;
  GANRT_RETURN_IF_ERROR(
      ganrt_json_member(object, key, GANRT_JSON_STRING, &member));
  *out = member->string;
  return GANRT_STATUS_OK;
}
