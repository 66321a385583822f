/*===- text.c - growing text, quoting, numbers -----------------------------===
 *
 * Numbers are read and written in the C locale whatever the embedding program
 * has set: a file must not change with the user's language.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ganrt_text_destroy(ganrt_text *text) {
  ganrt_release(text->allocator, text->data, text->capacity, 1);
  *text = (ganrt_text){.allocator = text->allocator};
}

/* Makes room for `more` bytes and a terminator. */
static bool reserve(ganrt_text *text, uint64_t more) {
  uint64_t needed;
  if (text->failed || !ganrt_add(text->length, more, &needed) ||
      !ganrt_add(needed, 1, &needed)) {
    text->failed = true;
    return false;
  }
  if (needed <= text->capacity)
    return true;
  uint64_t capacity = text->capacity ? text->capacity : 256;
  while (capacity < needed)
    capacity = capacity > UINT64_MAX / 2 ? needed : capacity * 2;
  void *data = text->data;
  if (ganrt_status_ignore(ganrt_reallocate(text->allocator, text->capacity,
                                           capacity, 1, &data))) {
    text->failed = true;
    return false;
  }
  text->data = data;
  text->capacity = capacity;
  return true;
}

void ganrt_text_append_bytes(ganrt_text *text, const void *bytes,
                             uint64_t length) {
  if (!reserve(text, length))
    return;
  if (length)
    memcpy(text->data + text->length, bytes, length);
  text->length += length;
  text->data[text->length] = 0;
}

void ganrt_text_append(ganrt_text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0 || !reserve(text, (uint64_t)length)) {
    text->failed = true;
    return;
  }
  va_start(arguments, format);
  vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  text->length += (uint64_t)length;
}

unsigned ganrt_utf8_length(const char *bytes, uint64_t available) {
  const unsigned char *b = (const unsigned char *)bytes;
  unsigned length;
  if (available == 0)
    return 0;
  if (b[0] < 0x80)
    return 1;
  if (b[0] >= 0xc2 && b[0] <= 0xdf)
    length = 2;
  else if (b[0] >= 0xe0 && b[0] <= 0xef)
    length = 3;
  else if (b[0] >= 0xf0 && b[0] <= 0xf4)
    length = 4;
  else
    return 0;
  if (available < length)
    return 0;
  for (unsigned i = 1; i < length; ++i)
    if ((b[i] & 0xc0) != 0x80)
      return 0;
  /* Overlong forms, surrogates, beyond U+10FFFF. */
  if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
      (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
    return 0;
  return length;
}

void ganrt_text_append_json_string(ganrt_text *text, const char *string) {
  uint64_t left = strlen(string);
  ganrt_text_append_bytes(text, "\"", 1);
  while (left) {
    unsigned length = ganrt_utf8_length(string, left);
    unsigned char c = (unsigned char)*string;
    if (length == 0) {
      ganrt_text_append(text, "\\ufffd");
      length = 1;
    } else if (c == '"' || c == '\\') {
      ganrt_text_append(text, "\\%c", c);
    } else if (c < 0x20 || c == 0x7f) {
      ganrt_text_append(text, "\\u%04x", c);
    } else {
      ganrt_text_append_bytes(text, string, length);
    }
    string += length;
    left -= length;
  }
  ganrt_text_append_bytes(text, "\"", 1);
}

void ganrt_text_append_json_number(ganrt_text *text, double value) {
  if (!isfinite(value)) {
    ganrt_text_append(text, "null");
    return;
  }
  char digits[40];
  for (int precision = 6; precision <= 17; ++precision) {
    snprintf(digits, sizeof(digits), "%.*g", precision, value);
    char *comma = strchr(digits, ',');
    if (comma)
      *comma = '.';
    double back;
    if (ganrt_parse_double(digits, &back) && back == value)
      break;
  }
  ganrt_text_append(text, "%s", digits);
}

ganrt_status_t ganrt_text_status(const ganrt_text *text) {
  if (text->failed)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory for text");
  return GANRT_STATUS_OK;
}

ganrt_quoted ganrt_quote_bytes(const char *bytes, uint64_t length) {
  ganrt_quoted quoted;
  size_t used = 0;
  /* Room for one more escape, the dots and the terminator. */
  const size_t end = sizeof(quoted.text) - 12;
  while (length && used < end) {
    unsigned size = ganrt_utf8_length(bytes, length);
    unsigned char c = (unsigned char)*bytes;
    bool c1_control = size == 2 && c == 0xc2 && (unsigned char)bytes[1] < 0xa0;
    if (size == 0 || c < 0x20 || c == 0x7f || c1_control) {
      snprintf(quoted.text + used, 5, "\\x%02x", c);
      used += 4;
      size = 1;
    } else if (c == '\'' || c == '\\') {
      quoted.text[used++] = '\\';
      quoted.text[used++] = (char)c;
    } else {
      memcpy(quoted.text + used, bytes, size);
      used += size;
    }
    bytes += size;
    length -= size;
  }
  if (length) {
    memcpy(quoted.text + used, "...", 3);
    used += 3;
  }
  quoted.text[used] = 0;
  return quoted;
}

ganrt_quoted ganrt_quote(const char *name) {
  return ganrt_quote_bytes(name, strlen(name));
}

unsigned ganrt_edit_distance(const char *left, const char *right) {
  enum { MOST = 64 };
  unsigned row[MOST];
  size_t columns = strlen(right);
  if (columns >= MOST || strlen(left) >= MOST)
    return MOST;
  for (unsigned j = 0; j <= columns; ++j)
    row[j] = j;
  for (size_t i = 0; left[i]; ++i) {
    unsigned diagonal = row[0];
    row[0] = (unsigned)i + 1;
    for (size_t j = 0; j < columns; ++j) {
      unsigned best = diagonal + (left[i] != right[j]);
      diagonal = row[j + 1];
      if (row[j + 1] + 1 < best)
        best = row[j + 1] + 1;
      if (row[j] + 1 < best)
        best = row[j] + 1;
      row[j + 1] = best;
    }
  }
  return row[columns];
}

ganrt_suggestion ganrt_suggestion_make(const char *wanted) {
  return (ganrt_suggestion){wanted, NULL, 1 + (unsigned)strlen(wanted) / 2};
}

void ganrt_suggestion_consider(ganrt_suggestion *suggestion,
                               const char *known) {
  unsigned distance = ganrt_edit_distance(suggestion->wanted, known);
  if (distance >= suggestion->distance)
    return;
  suggestion->distance = distance;
  suggestion->nearest = known;
}

ganrt_status_t
ganrt_suggestion_unknown_option(const ganrt_suggestion *suggestion) {
  ganrt_quoted wanted = ganrt_quote(suggestion->wanted);
  if (suggestion->nearest)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "unknown option '--%s'; did you mean '--%s'?",
                             wanted.text, suggestion->nearest);
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "unknown option '--%s'; see --help", wanted.text);
}

bool ganrt_parse_double(const char *text, double *out) {
  if (!*text || isspace((unsigned char)*text))
    return false;
  locale_t neutral = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!neutral)
    return false;
  locale_t before = uselocale(neutral);
  char *end;
  double value = strtod(text, &end);
  uselocale(before);
  freelocale(neutral);
  if (*end)
    return false;
  *out = value;
  return true;
}

bool ganrt_parse_u64(const char *text, uint64_t *out) {
  if (!isdigit((unsigned char)*text))
    return false;
  errno = 0;
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (*end || errno)
    return false;
  *out = value;
  return true;
}

bool ganrt_parse_i64(const char *text, int64_t *out) {
  if (!isdigit((unsigned char)text[*text == '-']))
    return false;
  errno = 0;
  char *end;
  long long value = strtoll(text, &end, 10);
  if (*end || errno)
    return false;
  *out = value;
  return true;
}
