//===- spirv_test.cc - what a driver must know of SPIR-V ------------------===//
#include "runtime/src/devices/spirv.h"

#include "tests/runtime/devices/spirv_kernels.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
constexpr uint32_t capability = 2 << 16 | 17;

std::string check(const std::vector<uint32_t> &words, const char *entry,
                  uint32_t features = ~0u, uint32_t version = 0x00010500) {
  const ganrt_spirv_target target = {version, features};
  ganrt_status_t status = ganrt_spirv_check(words.data(), words.size(), &target,
                                            &entry, entry ? 1 : 0);
  std::string message = ganrt_status_message(status);
  ganrt_status_free(status);
  return message;
}

const std::vector<uint32_t> module(std::begin(spirvKernels),
                                   std::end(spirvKernels));
} // namespace

// The array is what its source says.
TEST(Spirv, KernelsAreTheirSource) {
  if (std::system("command -v spirv-as >/dev/null") != 0)
    GTEST_SKIP() << "no spirv-as";
  FILE *assembled = popen("spirv-as --target-env vulkan1.1 -o - " SOURCE, "r");
  ASSERT_NE(assembled, nullptr);
  std::string words(sizeof spirvKernels + 4, '\0');
  words.resize(fread(&words[0], 1, words.size(), assembled));
  EXPECT_EQ(pclose(assembled), 0);
  EXPECT_EQ(words.size(), sizeof spirvKernels);
  EXPECT_EQ(std::memcmp(words.data(), spirvKernels, words.size()), 0);
}

TEST(Spirv, Entries) {
  for (const char *name : {"scale", "advance", "flip", "reverse", "number"})
    EXPECT_EQ(check(module, name), "done");
  for (const char *name : {"scal", "scales", "", "a name longer than any"})
    EXPECT_EQ(check(module, name),
              "the device code has no kernel '" + std::string(name) + "'");
  // An entry of another kind: a vertex shader.
  std::vector<uint32_t> other = module;
  for (size_t i = 5; i < other.size(); i += other[i] >> 16)
    if ((other[i] & 0xffff) == 15)
      other[i + 1] = 0;
  EXPECT_EQ(check(other, "scale"), "the device code has no kernel 'scale'");
}

TEST(Spirv, Versions) {
  EXPECT_EQ(check(module, nullptr, ~0u, 0x00010300), "done");
  EXPECT_EQ(check(module, nullptr, ~0u, 0x00010000),
            "the code is SPIR-V 1.3, the device takes 1.0");
}

TEST(Spirv, Capabilities) {
  EXPECT_EQ(check(module, nullptr, 0),
            "the code needs 8-bit integers, which the device has not");
  EXPECT_EQ(check(module, nullptr, GANRT_SPIRV_INT8),
            "the code needs buffers of 8-bit values, which the device has not");
  EXPECT_EQ(check(module, "scale", GANRT_SPIRV_INT8 | GANRT_SPIRV_STORAGE8),
            "done");
  struct {
    uint32_t number, feature;
    const char *words;
  } all[] = {{9, GANRT_SPIRV_FLOAT16, "16-bit floats"},
             {10, GANRT_SPIRV_FLOAT64, "64-bit floats"},
             {11, GANRT_SPIRV_INT64, "64-bit integers"},
             {22, GANRT_SPIRV_INT16, "16-bit integers"},
             {4433, GANRT_SPIRV_STORAGE16, "buffers of 16-bit values"},
             {4441, GANRT_SPIRV_VARIABLE_POINTERS, "variable pointers"},
             {5345, GANRT_SPIRV_MEMORY_MODEL, "Vulkan's memory model"}};
  for (auto &one : all) {
    std::vector<uint32_t> words = module;
    words.insert(words.begin() + 5, {capability, one.number});
    EXPECT_EQ(check(words, "flip"), "done");
    EXPECT_EQ(check(words, "flip", ~one.feature),
              "the code needs " + std::string(one.words) +
                  ", which the device has not");
  }
}

TEST(Spirv, OtherBytes) {
  EXPECT_EQ(check({}, nullptr), "the device code is not SPIR-V");
  EXPECT_EQ(check({1, 2, 3, 4, 5, 6}, nullptr),
            "the device code is not SPIR-V");
  // Cut off, or with instructions that end nowhere: nothing is read behind the
  // end, which the sanitizers see.
  for (size_t size = 0; size < module.size(); ++size) {
    std::vector<uint32_t> head(module.begin(), module.begin() + size);
    std::string message = check(head, "absent");
    EXPECT_TRUE(message == "the device code is not SPIR-V" ||
                message == "the SPIR-V of the device code breaks off" ||
                message == "the device code has no kernel 'absent'")
        << message;
  }
  for (uint32_t bad : {0u, 15u, 0xffff0000u | 15, 1u << 16 | 15, 2u << 16 | 15,
                       3u << 16 | 15, 1u << 16 | 17}) {
    std::vector<uint32_t> words(module.begin(), module.begin() + 5);
    words.push_back(bad);
    EXPECT_EQ(check(words, "scale"),
              "the SPIR-V of the device code breaks off");
  }
}
