//===- driver_test.cc - what the drivers of all devices share -------------===//
#include "runtime/src/devices/driver.h"

#include "tests/runtime/temporary_folder.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace {
std::string take(ganrt_status_t status) {
  std::string message = ganrt_status_message(status);
  ganrt_status_free(status);
  return message;
}

const ganrt_library ours = {"Any API", "libganrt-absent.so.1",
                            "GANRT_TEST_LIBRARY"};
// What the C library says.
constexpr char notThere[] =
    "cannot open shared object file: No such file or directory";
} // namespace

TEST(Library, Missing) {
  void *handle = nullptr;
  ganrt_status_t status = ganrt_library_open(&ours, &handle);
  EXPECT_EQ(ganrt_status_code(status), GANRT_NOT_FOUND);
  EXPECT_EQ(take(status),
            std::string("no Any API here: 'libganrt-absent.so.1': ") +
                notThere);
  setenv("GANRT_TEST_LIBRARY", "/nowhere/libother.so", 1);
  EXPECT_EQ(take(ganrt_library_open(&ours, &handle)),
            std::string("no Any API here: '/nowhere/libother.so': ") +
                notThere);
  setenv("GANRT_TEST_LIBRARY", "", 1);
  EXPECT_EQ(take(ganrt_library_open(&ours, &handle)),
            std::string("no Any API here: 'libganrt-absent.so.1': ") +
                notThere);
  unsetenv("GANRT_TEST_LIBRARY");
}

TEST(Library, Damaged) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("libdamaged.so");
  std::ofstream(path) << "This was a library.\n";
  setenv("GANRT_TEST_LIBRARY", path.c_str(), 1);
  void *handle = nullptr;
  EXPECT_EQ(take(ganrt_library_open(&ours, &handle)),
            "no Any API here: '" + path + "': file too short");
  unsetenv("GANRT_TEST_LIBRARY");
}

TEST(Library, EveryDriverSaysSo) {
  for (uint32_t i = 0; const ganrt_driver *driver = ganrt_driver_at(i); ++i) {
    std::string variable = "GANRT_";
    for (const char *letter = driver->name; *letter; ++letter)
      variable += char(std::toupper(*letter));
    variable += "_LIBRARY";
    setenv(variable.c_str(), "libganrt-absent.so.1", 1);
    std::string expected = "no " + std::string(driver->api) +
                           " here: 'libganrt-absent.so.1': " + notThere;
    void *device = static_cast<void *>(&device);
    ganrt_status_t status = driver->open(0, &device);
    EXPECT_EQ(ganrt_status_code(status), GANRT_NOT_FOUND);
    EXPECT_EQ(take(status), expected);
    EXPECT_EQ(device, nullptr);
    driver->close(device);
    EXPECT_EQ(take(driver->list(nullptr, [](void *, uint32_t,
                                            const char *) { ADD_FAILURE(); })),
              expected);
    // A library, but another one.
    setenv(variable.c_str(), "libz.so.1", 1);
    std::string message = take(driver->open(0, &device));
    EXPECT_EQ(message.find("no " + std::string(driver->api) +
                           " here: 'libz.so.1' has no function '"),
              0u)
        << message;
    unsetenv(variable.c_str());
  }
}

TEST(Library, Functions) {
  struct {
    int (*first)(int);
    size_t (*second)(const char *);
  } table = {};
  const ganrt_library c = {"C", "libc.so.6", "GANRT_TEST_LIBRARY"};
  void *handle = nullptr;
  ASSERT_EQ(take(ganrt_library_open(&c, &handle)), "done");
  const ganrt_symbol symbols[] = {
      {"abs", 0}, {"strlen", sizeof(void *)}, {"no_such_function", 0}};
  EXPECT_EQ(take(ganrt_library_functions(&c, ganrt_library_lookup, handle,
                                         symbols, 2, &table)),
            "done");
  EXPECT_EQ(table.first(-3), 3);
  EXPECT_EQ(table.second("four"), 4u);
  EXPECT_EQ(take(ganrt_library_functions(&c, ganrt_library_lookup, handle,
                                         symbols, 3, &table)),
            "no C here: 'libc.so.6' has no function 'no_such_function'");
}

TEST(Library, NumbersOfDevices) {
  EXPECT_EQ(take(ganrt_library_check_index(&ours, 1, 2)), "done");
  EXPECT_EQ(take(ganrt_library_check_index(&ours, 2, 2)),
            "there is no Any API device number 2, the last one is number 1");
  EXPECT_EQ(take(ganrt_library_check_index(&ours, 0, 0)),
            "no Any API here: 'libganrt-absent.so.1' knows of no device");
}

TEST(Sentences, OfCalls) {
  ganrt_status_t status = ganrt_library_failed(&ours, "anyCall", -54);
  EXPECT_EQ(ganrt_status_code(status), GANRT_IO);
  EXPECT_EQ(take(status),
            "the Any API driver failed: 'anyCall' gave error -54");
}

TEST(Sentences, OfCompilers) {
  ganrt_device_limits limits = {};
  limits.name[0] = 'd';
  auto say = [&](const char *log) {
    return take(ganrt_device_no_code(&limits, log));
  };
  EXPECT_EQ(say(nullptr), "'d' refuses the code: it does not say why");
  EXPECT_EQ(say("\n \n"), "'d' refuses the code: it does not say why");
  EXPECT_EQ(say("\nfirst\tline\nsecond"), "'d' refuses the code: first line");
  EXPECT_EQ(say("warning: w\nx.cl:1:2: error: bad\nerror: more"),
            "'d' refuses the code: x.cl:1:2: error: bad");
  EXPECT_EQ(say("err"), "'d' refuses the code: err");
  EXPECT_EQ(say(std::string(1000, 'x').c_str()),
            "'d' refuses the code: " + std::string(255, 'x'));
}

TEST(Tables, EntriesAreFound) {
  ganrt_code_table table = {};
  ganrt_device_limits limits = {};
  limits.max_group = 8;
  for (int i = 0; i < 3; ++i)
    limits.max_groups[i] = limits.max_group_side[i] = 4;
  const char *const names[] = {"b", "a", "c"};
  uint32_t code = 7;
  for (uint32_t i = 0; i < 40; ++i) {
    ASSERT_EQ(take(ganrt_code_add(&table, names, i % 4, &code)), "done");
    EXPECT_EQ(code, i);
  }
  int handles[3];
  for (int i = 0; i < 3; ++i)
    table.items[3].entries[i].handle = &handles[i];
  ganrt_launch_row row = {};
  row.entry = "b";
  for (int i = 0; i < 3; ++i)
    row.grid[i] = row.group[i] = 2;
  void *handle = nullptr;
  EXPECT_EQ(take(ganrt_code_find(&table, &limits, 3, &row, &handle)), "done");
  EXPECT_EQ(handle, &handles[1]);
  // Not loaded, not there, no such code.
  EXPECT_EQ(take(ganrt_code_find(&table, &limits, 7, &row, &handle)),
            "the device code has no kernel 'b'");
  EXPECT_EQ(take(ganrt_code_find(&table, &limits, 0, &row, &handle)),
            "the device code has no kernel 'b'");
  EXPECT_EQ(take(ganrt_code_find(&table, &limits, 40, &row, &handle)),
            "the device code has no kernel 'b'");
  // Too many threads in all, though not on any side.
  row.group[0] = 4;
  EXPECT_EQ(take(ganrt_code_find(&table, &limits, 3, &row, &handle)),
            "'' takes no launch of 2 x 2 x 2 groups of 4 x 2 x 2 threads, "
            "which kernel 'b' needs");
  row.group[0] = row.group[1] = row.group[2] = 0x80000000u;
  for (int i = 0; i < 3; ++i)
    limits.max_group_side[i] = UINT32_MAX;
  EXPECT_EQ(take(ganrt_code_find(&table, &limits, 3, &row, &handle)),
            "'' takes no launch of 2 x 2 x 2 groups of 2147483648 x "
            "2147483648 x 2147483648 threads, which kernel 'b' needs");
  ganrt_code_destroy(&table);
}

TEST(Staging, IsTakenUntilFull) {
  ganrt_staging staging = {nullptr, 256, 0};
  EXPECT_EQ(ganrt_staging_take(&staging, 1), 0u);
  EXPECT_EQ(ganrt_staging_take(&staging, 64), 64u);
  EXPECT_EQ(ganrt_staging_take(&staging, 129), UINT64_MAX);
  EXPECT_EQ(ganrt_staging_take(&staging, 128), 128u);
  EXPECT_EQ(ganrt_staging_take(&staging, 1), UINT64_MAX);
}
