/*===- device_sample.h - the sample game with code for OpenCL -------------===*/
#ifndef TESTS_RUNTIME_DEVICE_SAMPLE_H
#define TESTS_RUNTIME_DEVICE_SAMPLE_H

#include "tests/runtime/samples.h"

#include <cstring>
#include <vector>

// The sample game as ganc writes it for devices: places at multiples of 256
// bytes, blocks of 1,024, and launches of OpenCL C. Every table can be changed.
struct DeviceSample {
  enum { STATE_W = 0, STATE_V = 256, STATE_MEAN = 512 };

  ganrt_artefact artefact = sample_game;
  std::vector<ganrt_place> places;
  std::vector<ganrt_state_tensor> states;
  std::vector<ganrt_function> functions;
  ganrt_device_blob blob;
  std::vector<uint32_t> drawArguments{0, 1}, descendArguments{0, 1, 2},
      zeroArguments{0}, ofKernel{0, 1, 1, 2}, ofRow{2, 3, 4};
  std::vector<ganrt_launch_row> launches;
  std::vector<uint64_t> scratch;
  std::vector<ganrt_device_code> devices;

  static const char *source() {
    return R"(
__kernel void draw_uniform(__global float *z, __global const uint *key) {
  uint c0 = 0, c1 = key[2], c2 = key[3], c3 = 7, k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round) {
    uint h0 = mul_hi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
    uint h1 = mul_hi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
    c0 = h1 ^ c1 ^ k0;
    c1 = l1;
    c2 = h0 ^ c3 ^ k1;
    c3 = l0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  uint words[4] = {c0, c1, c2, c3};
  z[get_global_id(0)] = (float)(words[get_global_id(0)] >> 8) * 0x1p-24f;
}
__kernel void descend(__global float *result, __global const float *parameter,
                      __global const float *rate) {
  uint i = get_global_id(0);
  result[i] = parameter[i] - rate[0];
}
__kernel void zero(__global float *result) { result[get_global_id(0)] = 0; }
)";
  }

  ganrt_launch_row row(const char *entry, uint32_t threads,
                       const std::vector<uint32_t> &arguments) {
    return {0,
            entry,
            {1, 1, 1},
            {threads, 1, 1},
            0,
            static_cast<uint32_t>(arguments.size()),
            arguments.data()};
  }

  DeviceSample() {
    const ganrt_artefact &a = sample_game;
    places.assign(a.places, a.places + a.place_count);
    for (ganrt_place &place : places)
      if (place.space != GANRT_SPACE_ARGUMENT)
        place.offset *= 4;
    states.assign(a.states, a.states + a.state_count);
    for (ganrt_state_tensor &state : states)
      state.offset *= 4;
    functions.assign(a.functions, a.functions + a.function_count);
    functions[0].arena_bytes *= 4;
    const char *text = source();
    blob = {reinterpret_cast<const uint8_t *>(text), strlen(text)};
    launches = {row("draw_uniform", 4, drawArguments),
                row("zero", 5, zeroArguments),
                row("descend", 5, descendArguments),
                row("descend", 3, descendArguments)};
    devices = {{GANRT_API_OPENCL, 1, 4, 0, "OpenCL C 1.2", &blob,
                launches.data(), ofKernel.data(), ofRow.data(), nullptr}};
    artefact.places = places.data();
    artefact.states = states.data();
    artefact.functions = functions.data();
    artefact.state_bytes *= 4;
    artefact.devices = devices.data();
    artefact.device_count = 1;
    artefact.device_block_bytes = 1024;
  }
  DeviceSample(const DeviceSample &) = delete;
};

#endif // TESTS_RUNTIME_DEVICE_SAMPLE_H
