/*===- cpu.c - which level of an artefact's code a CPU can run --------------===
 *
 * Feature bits decide, never the model's name: virtual machines mask it. A level
 * counts only if the operating system saves its registers, which XGETBV tells.
 *===----------------------------------------------------------------------===*/
#include "ganrt/cpu.h"

#include "runtime/src/text.h"

#include <string.h>

static const struct {
  ganrt_cpu cpu;
  const char *name, *instructions;
} levels[] = {
    {GANRT_CPU_X86_64, "x86-64", "x86-64"},
    {GANRT_CPU_X86_64_V3, "x86-64-v3", "AVX2 and FMA"},
    {GANRT_CPU_X86_64_V4, "x86-64-v4", "AVX-512"},
};

enum { LEVELS = sizeof(levels) / sizeof(levels[0]) };

const char *ganrt_cpu_name(uint32_t cpu) {
  for (int i = 0; i < LEVELS; ++i)
    if (levels[i].cpu == cpu)
      return levels[i].name;
  return NULL;
}

#if defined(__x86_64__)
#include <cpuid.h>

#define BIT(n) (1u << (n))

/* The register state that the operating system saves. */
static unsigned saved_state(void) {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

ganrt_cpu ganrt_cpu_highest(void) {
  /* SSE3, SSSE3, FMA, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE, POPCNT, OSXSAVE, AVX,
   * F16C; BMI1, AVX2, BMI2; LAHF, LZCNT. */
  const unsigned basic = BIT(0) | BIT(9) | BIT(12) | BIT(13) | BIT(19) |
                         BIT(20) | BIT(22) | BIT(23) | BIT(27) | BIT(28) |
                         BIT(29);
  const unsigned extended = BIT(3) | BIT(5) | BIT(8), further = BIT(0) | BIT(5);
  /* AVX512F, DQ, CD, BW, VL. */
  const unsigned wide = BIT(16) | BIT(17) | BIT(28) | BIT(30) | BIT(31);
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & basic) != basic)
    return GANRT_CPU_X86_64;
  unsigned state = saved_state(); /* exists with OSXSAVE */
  if (!__get_cpuid(0x80000001u, &a, &b, &c, &d) || (c & further) != further)
    return GANRT_CPU_X86_64;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & extended) != extended ||
      (state & 0x06) != 0x06)
    return GANRT_CPU_X86_64;
  if ((b & wide) != wide || (state & 0xe6) != 0xe6)
    return GANRT_CPU_X86_64_V3;
  return GANRT_CPU_X86_64_V4;
}

#else

ganrt_cpu ganrt_cpu_highest(void) {
  return GANRT_CPU_X86_64;
}

#endif

static const char *instructions_of(uint32_t cpu) {
  for (int i = 0; i < LEVELS; ++i)
    if (levels[i].cpu == cpu)
      return levels[i].instructions;
  return "an unknown CPU";
}

ganrt_status_t ganrt_level_choose(const ganrt_artefact *artefact,
                                  ganrt_cpu highest, const char *name,
                                  const ganrt_level **out) {
  const ganrt_level *end = artefact->levels + artefact->level_count;
  const ganrt_level *found = NULL, *lowest = artefact->levels;
  if (name) {
    for (lowest = artefact->levels; lowest < end; ++lowest)
      if (strcmp(ganrt_cpu_name(lowest->cpu), name) == 0)
        break;
    if (lowest == end)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "'%s' has no code for cpu '%s'; its best is %s",
                               ganrt_quote(artefact->name).text,
                               ganrt_quote(name).text,
                               ganrt_cpu_name(end[-1].cpu));
    end = lowest + 1;
  }
  for (const ganrt_level *level = lowest; level < end; ++level)
    if (level->cpu <= (uint32_t)highest)
      found = level;
  if (!found)
    return ganrt_status_make(
        GANRT_UNSUPPORTED,
        "expected a CPU with %s (%s), got one that has %s only",
        instructions_of(lowest->cpu), ganrt_cpu_name(lowest->cpu),
        ganrt_cpu_name((uint32_t)highest));
  *out = found;
  return GANRT_STATUS_OK;
}
