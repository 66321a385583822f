/*===- crc32c.h - the CRC-32C checksum ------------------------------------===*/
#ifndef RUNTIME_SRC_CRC32C_H
#define RUNTIME_SRC_CRC32C_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* CRC-32C (Castagnoli, reflected polynomial 0x82f63b78, all ones in and out).
 * To go on, pass the result so far; to start, pass 0. */
uint32_t ganrt_crc32c(uint32_t so_far, const void *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_CRC32C_H */
