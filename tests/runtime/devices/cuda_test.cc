//===- cuda_test.cc - the CUDA driver -------------------------------------===//
//
// CTest runs this twice: with the library of stand_in_cuda.c, and with
// libcuda.so.1, where there is a GPU.
//
//===----------------------------------------------------------------------===//
#include "tests/runtime/devices/driver_conformance.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

// The number of the thread in a launch of one dimension becomes %r1, and the
// parameters %d1 and %d2.
#define INDEX                                                                  \
  "  .reg .b32 %r<9>;\n"                                                       \
  "  .reg .b64 %d<9>;\n"                                                       \
  "  .reg .f32 %f<4>;\n"                                                       \
  "  mov.u32 %r2, %ctaid.x;\n"                                                 \
  "  mov.u32 %r3, %ntid.x;\n"                                                  \
  "  mov.u32 %r4, %tid.x;\n"                                                   \
  "  mad.lo.u32 %r1, %r2, %r3, %r4;\n"                                         \
  "  ld.param.u64 %d1, [a];\n"                                                 \
  "  cvta.to.global.u64 %d1, %d1;\n"                                           \
  "  ld.param.u64 %d2, [b];\n"                                                 \
  "  cvta.to.global.u64 %d2, %d2;\n"
// The addresses of its elements become %d3 and %d4.
#define ELEMENTS(size)                                                         \
  "  mul.wide.u32 %d5, %r1, " size ";\n"                                       \
  "  add.u64 %d3, %d1, %d5;\n"                                                 \
  "  add.u64 %d4, %d2, %d5;\n"

static const char kernels[] = R"(
.version 7.1
.target sm_80
.address_size 64
.extern .shared .align 4 .f32 tile[];

.visible .entry scale(.param .u64 a, .param .u64 b)
{
)" INDEX ELEMENTS("4") R"(
  ld.global.f32 %f1, [%d4];
  fma.rn.f32 %f2, %f1, 0f40400000, 0f3F800000;
  st.global.f32 [%d3], %f2;
  ret;
}

.visible .entry advance(.param .u64 a, .param .u64 b)
{
)" INDEX ELEMENTS("4") R"(
  ld.global.u32 %r5, [%d3];
  ld.global.u32 %r6, [%d4];
  add.u32 %r7, %r5, %r6;
  st.global.u32 [%d3], %r7;
  ret;
}

.visible .entry flip(.param .u64 a, .param .u64 b)
{
)" INDEX ELEMENTS("1") R"(
  ld.global.u8 %r5, [%d4];
  sub.u32 %r6, 1, %r5;
  st.global.u8 [%d3], %r6;
  ret;
}

.visible .entry reverse(.param .u64 a, .param .u64 b)
{
)" INDEX ELEMENTS("4") R"(
  mov.u32 %r5, tile;
  ld.global.f32 %f1, [%d4];
  shl.b32 %r6, %r4, 2;
  add.u32 %r6, %r5, %r6;
  st.shared.f32 [%r6], %f1;
  bar.sync 0;
  sub.u32 %r7, %r3, %r4;
  sub.u32 %r7, %r7, 1;
  shl.b32 %r7, %r7, 2;
  add.u32 %r7, %r5, %r7;
  ld.shared.f32 %f2, [%r7];
  st.global.f32 [%d3], %f2;
  ret;
}

.visible .entry number(.param .u64 a)
{
  .reg .b32 %r<16>;
  .reg .b64 %d<4>;
  mov.u32 %r1, %ctaid.x;
  mov.u32 %r2, %ntid.x;
  mov.u32 %r3, %tid.x;
  mad.lo.u32 %r1, %r1, %r2, %r3;
  mov.u32 %r4, %nctaid.x;
  mul.lo.u32 %r2, %r2, %r4;
  mov.u32 %r4, %ctaid.y;
  mov.u32 %r5, %ntid.y;
  mov.u32 %r6, %tid.y;
  mad.lo.u32 %r4, %r4, %r5, %r6;
  mov.u32 %r6, %nctaid.y;
  mul.lo.u32 %r5, %r5, %r6;
  mov.u32 %r7, %ctaid.z;
  mad.lo.u32 %r4, %r7, %r5, %r4;
  mad.lo.u32 %r1, %r4, %r2, %r1;
  ld.param.u64 %d1, [a];
  cvta.to.global.u64 %d1, %d1;
  mul.wide.u32 %d2, %r1, 4;
  add.u64 %d1, %d1, %d2;
  st.global.u32 [%d1], %r1;
  ret;
}
)";

TEST(PtxKernels, CanBeAssembled) {
  if (std::system("command -v ptxas >/dev/null") != 0)
    GTEST_SKIP() << "no ptxas";
  std::string path = testing::TempDir() + "/ganrt_kernels.ptx";
  std::ofstream(path) << kernels;
  EXPECT_EQ(
      std::system(("ptxas -arch=sm_80 -o " + path + ".cubin " + path).c_str()),
      0);
  std::remove(path.c_str());
  std::remove((path + ".cubin").c_str());
}

INSTANTIATE_TEST_SUITE_P(CUDA, DriverConformance,
                         testing::Values(DriverUnderTest{
                             &ganrt_cuda, kernels,
                             ".target sm_80\nthis is no PTX\n",
                             " refuses the code: ", true}),
                         [](const auto &) { return "cuda"; });
