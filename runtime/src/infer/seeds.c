/*===- seeds.c - lists of seeds and what is drawn from them ---------------===*/
#include "runtime/src/infer/seeds.h"

#include "ganrt/random.h"
#include "runtime/src/text.h"

#include <string.h>

/* The number in `length` bytes. */
static bool parse_number(const char *text, size_t length, uint64_t *out) {
  char digits[24];
  if (length >= sizeof(digits))
    return false;
  memcpy(digits, text, length);
  digits[length] = 0;
  return ganrt_parse_u64(digits, out);
}

/* "7" or "5-31". */
static bool parse_range(const char *text, size_t length, uint64_t *first,
                        uint64_t *last) {
  const char *dash = memchr(text, '-', length);
  if (!dash)
    return parse_number(text, length, first) &&
           parse_number(text, length, last);
  size_t left = (size_t)(dash - text);
  return parse_number(text, left, first) &&
         parse_number(dash + 1, length - left - 1, last) && *first <= *last;
}

ganrt_status_t ganrt_seeds_parse(const char *text, ganrt_seeds *out) {
  ganrt_seeds seeds = {0};
  for (const char *at = text;;) {
    size_t length = strcspn(at, ",");
    uint64_t first, last;
    ganrt_status_t status = GANRT_STATUS_OK;
    if (!parse_range(at, length, &first, &last))
      status = ganrt_status_make(GANRT_INVALID_ARGUMENT,
                                 "--seeds: expected a list such as 0,2,5-31, "
                                 "got '%s'",
                                 ganrt_quote(text).text);
    else if (last - first >= GANRT_MAX_SEEDS - seeds.count)
      status = ganrt_status_make(
          GANRT_LIMIT, "--seeds: expected at most %u seeds", GANRT_MAX_SEEDS);
    void *items = seeds.items;
    if (!status)
      status =
          ganrt_reallocate(NULL, seeds.count, seeds.count + (last - first) + 1,
                           sizeof(uint64_t), &items);
    if (status) {
      ganrt_seeds_destroy(&seeds);
      return status;
    }
    seeds.items = items;
    for (uint64_t k = 0; k <= last - first; ++k)
      seeds.items[seeds.count++] = first + k;
    if (!at[length])
      break;
    at += length + 1;
  }
  *out = seeds;
  return GANRT_STATUS_OK;
}

void ganrt_seeds_destroy(ganrt_seeds *seeds) {
  ganrt_release(NULL, seeds->items, seeds->count, sizeof(uint64_t));
  *seeds = (ganrt_seeds){0};
}

void ganrt_seeds_draw(uint64_t seed, const ganrt_tensor_info *input,
                      uint64_t count, float *values) {
  ganrt_random_key key = ganrt_random_key_make(seed, 0, 0);
  uint32_t site = ganrt_random_site(input->name, 1);
  if (input->low < input->high)
    ganrt_random_fill_uniform(key, site, 0, count, (float)input->low,
                              (float)(input->high - input->low), values);
  else
    ganrt_random_fill_normal(key, site, 0, count, 0, 1, values);
}
