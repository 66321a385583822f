//===- cpu_test.cc - which level of an artefact's code is run -------------===//

#include "ganrt/cpu.h"
#include "tests/runtime/helpers.h"
#include "tests/runtime/samples.h"

#include <gtest/gtest.h>
#include <string>

namespace {

/// The level chosen, or the sentence.
std::string choose(std::initializer_list<ganrt_cpu> codes, ganrt_cpu highest,
                   const char *name = nullptr) {
  ganrt_level levels[4] = {};
  uint32_t count = 0;
  for (ganrt_cpu cpu : codes)
    levels[count++].cpu = cpu;
  ganrt_artefact artefact = sample_generator;
  artefact.levels = levels;
  artefact.level_count = count;
  const ganrt_level *chosen = nullptr;
  ganrt_status_t status = ganrt_level_choose(&artefact, highest, name, &chosen);
  std::string text =
      status ? ganrt_status_message(status) : ganrt_cpu_name(chosen->cpu);
  ganrt_status_free(status);
  return text;
}

const std::initializer_list<ganrt_cpu> kBoth = {GANRT_CPU_X86_64_V3,
                                                GANRT_CPU_X86_64_V4};

} // namespace

TEST(Cpu, TakesTheHighestLevelThatTheCpuHas) {
  EXPECT_EQ(choose(kBoth, GANRT_CPU_X86_64_V4), "x86-64-v4");
  EXPECT_EQ(choose(kBoth, GANRT_CPU_X86_64_V3), "x86-64-v3");
  EXPECT_EQ(choose({GANRT_CPU_X86_64}, GANRT_CPU_X86_64_V4), "x86-64");
}

TEST(Cpu, TakesTheLevelThatIsNamed) {
  EXPECT_EQ(choose(kBoth, GANRT_CPU_X86_64_V4, "x86-64-v3"), "x86-64-v3");
  EXPECT_EQ(choose(kBoth, GANRT_CPU_X86_64_V4, "x86-64-v2"),
            "'sample' has no code for cpu 'x86-64-v2'; its best is x86-64-v4");
}

TEST(Cpu, SaysWhatTheCpuLacks) {
  EXPECT_EQ(choose(kBoth, GANRT_CPU_X86_64),
            "expected a CPU with AVX2 and FMA (x86-64-v3), got one that has "
            "x86-64 only");
  EXPECT_EQ(choose(kBoth, GANRT_CPU_X86_64_V3, "x86-64-v4"),
            "expected a CPU with AVX-512 (x86-64-v4), got one that has "
            "x86-64-v3 only");
}

TEST(Cpu, ThisCpuHasALevel) {
  EXPECT_NE(ganrt_cpu_name(ganrt_cpu_highest()), nullptr);
}
