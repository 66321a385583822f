/*===- literal.h - tensors on a command line --------------------------------===
 *
 *   @x.npy                a numpy file, gzipped or not
 *   2x3xf32=@x.bin        raw little-endian elements of a file
 *   2x3xf32=[1 2 3][4 5 6]  elements; brackets and commas only separate
 *   2x3xf32=1             one value for all elements
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_INFER_LITERAL_H
#define RUNTIME_SRC_INFER_LITERAL_H

#include "ganrt/tensor.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads one of the forms above. */
GANRT_MUST_USE ganrt_status_t ganrt_literal_parse(
    const ganrt_allocator *allocator, const char *text, ganrt_tensor *out);

/* Cuts "name=" off a literal; NULL if there is none. Returns the literal. */
const char *ganrt_literal_split(const char *text, const char **name,
                                uint64_t *name_length);

/* Appends 2x3xf32=[1 2 3][4 5 6], the last axis in brackets; after `most`
 * elements "..." . */
void ganrt_literal_append(ganrt_text *text, const ganrt_tensor *tensor,
                          uint64_t most);

/* Writes a tensor to x.npy, or its elements to x.bin or any other name. */
GANRT_MUST_USE ganrt_status_t ganrt_literal_write(const char *path,
                                                  const ganrt_tensor *tensor);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_LITERAL_H */
