//===- choice_test.cc - which device a command line means -----------------===//
#include "runtime/src/devices/choice.h"

#include "tests/runtime/device_sample.h"

#include <gtest/gtest.h>
#include <string>

namespace {
std::string choose(const ganrt_artefact &artefact, const char *text,
                   ganrt_device_choice *choice) {
  ganrt_status_t status = ganrt_device_choose(&artefact, text, choice);
  std::string message = ganrt_status_message(status);
  ganrt_status_free(status);
  return message;
}
} // namespace

TEST(DeviceChoice, FollowsTheText) {
  DeviceSample sample;
  ganrt_device_choice choice;
  EXPECT_EQ(choose(sample.artefact, nullptr, &choice), "done");
  EXPECT_EQ(choice.driver, nullptr);
  EXPECT_EQ(choose(sample.artefact, "cpu", &choice), "done");
  EXPECT_EQ(choice.driver, nullptr);
  EXPECT_EQ(choose(sample.artefact, "opencl", &choice), "done");
  EXPECT_EQ(choice.driver, &ganrt_opencl);
  EXPECT_EQ(choice.code, &sample.devices[0]);
  EXPECT_EQ(choice.index, 0u);
  EXPECT_EQ(choose(sample.artefact, "opencl:3", &choice), "done");
  EXPECT_EQ(choice.index, 3u);
}

TEST(DeviceChoice, RefusesInASentence) {
  DeviceSample sample;
  ganrt_device_choice choice;
  EXPECT_EQ(choose(sample.artefact, "vulkan", &choice),
            "'sample game' has no code for vulkan, but for cpu and opencl; "
            "compile it with --device=cpu,opencl,vulkan");
  EXPECT_EQ(choose(sample_game, "opencl", &choice),
            "'sample game' has no code for opencl, but for cpu; compile it "
            "with --device=cpu,opencl");
  for (const char *text :
       {"gpu", "", "opencl:", "opencl:x", "opencl:-1", "opencl:99999999999",
        "cpu:1", "a name that is longer than any"})
    EXPECT_EQ(choose(sample.artefact, text, &choice),
              "there is no device '" + std::string(text) +
                  "'; expected cpu, opencl, vulkan or cuda, or one of several "
                  "as in opencl:1");
}

TEST(DeviceChoice, ListsWhatThereIs) {
  DeviceSample sample;
  ganrt_text text = {};
  ganrt_devices_list(&sample.artefact, &text);
  std::string lines = text.data;
  ganrt_text_destroy(&text);
  EXPECT_EQ(lines.find("cpu        x86-64"), 0u);
  EXPECT_NE(lines.find("\nopencl"), std::string::npos) << lines;
}
