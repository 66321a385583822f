//===- declarations_test.cc - our declarations of APIs, and theirs --------===//
//
// The drivers declare what they use of an API themselves. Where its headers are
// installed, this compares numbers, layouts, and the sizes of what functions
// take and give. It is done when it compiles; what could not be compared is
// said.
//
//===----------------------------------------------------------------------===//
#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>

namespace ours {
#include "runtime/src/devices/cuda_api.h"
#include "runtime/src/devices/opencl_api.h"
#include "runtime/src/devices/vulkan_api.h"
} // namespace ours

// The sizes of a function's result and parameters.
template <typename T> constexpr size_t sizeOf() {
  if constexpr (std::is_void_v<T>)
    return 0;
  else
    return sizeof(T);
}
template <typename Result, typename... Parameters>
constexpr std::array<size_t, sizeof...(Parameters) + 1>
sizes(Result (*)(Parameters...)) {
  return {sizeOf<Result>(), sizeOf<Parameters>()...};
}
template <typename Ours, typename Theirs>
constexpr bool sameSizes(Ours ours, Theirs theirs) {
  auto left = sizes(ours);
  auto right = sizes(theirs);
  if (left.size() != right.size())
    return false;
  for (size_t i = 0; i < left.size(); ++i)
    if (left[i] != right[i])
      return false;
  return true;
}

#define SAME_FUNCTION(table, name)                                             \
  static_assert(sameSizes(decltype(ours::table::name){nullptr},                \
                          static_cast<decltype(&::name)>(nullptr)),            \
                #name)
#define SAME_STRUCT(name) static_assert(sizeof(ours::name) == sizeof(::name))
#define SAME_FIELD(name, field)                                                \
  static_assert(offsetof(ours::name, field) == offsetof(::name, field) &&      \
                sizeof(ours::name::field) == sizeof(::name::field))

#if __has_include(<CL/cl.h>)
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#define SAME(name) static_assert(int64_t(ours::GANRT_##name) == int64_t(name))
SAME(CL_SUCCESS);
SAME(CL_DEVICE_NOT_FOUND);
SAME(CL_INVALID_KERNEL_NAME);
SAME(CL_FALSE);
SAME(CL_DEVICE_TYPE_CPU);
SAME(CL_DEVICE_TYPE_GPU);
SAME(CL_DEVICE_TYPE_ACCELERATOR);
SAME(CL_DEVICE_MAX_WORK_GROUP_SIZE);
SAME(CL_DEVICE_MAX_WORK_ITEM_SIZES);
SAME(CL_DEVICE_MAX_MEM_ALLOC_SIZE);
SAME(CL_DEVICE_MAX_PARAMETER_SIZE);
SAME(CL_DEVICE_MEM_BASE_ADDR_ALIGN);
SAME(CL_DEVICE_SINGLE_FP_CONFIG);
SAME(CL_DEVICE_LOCAL_MEM_SIZE);
SAME(CL_DEVICE_NAME);
SAME(CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT);
SAME(CL_MEM_READ_WRITE);
SAME(CL_PROGRAM_BUILD_LOG);
SAME(CL_BUFFER_CREATE_TYPE_REGION);
#undef SAME
SAME_FIELD(cl_buffer_region, origin);
SAME_FIELD(cl_buffer_region, size);
#define SAME(name) SAME_FUNCTION(ganrt_opencl_functions, name)
SAME(clGetPlatformIDs);
SAME(clGetDeviceIDs);
SAME(clGetDeviceInfo);
SAME(clCreateContext);
SAME(clReleaseContext);
SAME(clCreateCommandQueue);
SAME(clReleaseCommandQueue);
SAME(clCreateBuffer);
SAME(clCreateSubBuffer);
SAME(clReleaseMemObject);
SAME(clCreateProgramWithSource);
SAME(clBuildProgram);
SAME(clGetProgramBuildInfo);
SAME(clReleaseProgram);
SAME(clCreateKernel);
SAME(clReleaseKernel);
SAME(clSetKernelArg);
SAME(clEnqueueNDRangeKernel);
SAME(clEnqueueReadBuffer);
SAME(clEnqueueWriteBuffer);
SAME(clEnqueueCopyBuffer);
SAME(clEnqueueFillBuffer);
SAME(clFlush);
SAME(clFinish);
#undef SAME
TEST(Declarations, OfOpenCL) {}
#else
TEST(Declarations, OfOpenCL) { GTEST_SKIP() << "no header CL/cl.h"; }
#endif

#if __has_include(<cuda.h>)
#include <cuda.h>

#define SAME(name) static_assert(int64_t(ours::GANRT_##name) == int64_t(name))
SAME(CUDA_SUCCESS);
SAME(CUDA_ERROR_OUT_OF_MEMORY);
SAME(CUDA_ERROR_NO_DEVICE);
SAME(CUDA_ERROR_INVALID_CONTEXT);
SAME(CUDA_ERROR_INVALID_PTX);
SAME(CUDA_ERROR_NOT_FOUND);
SAME(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
SAME(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X);
SAME(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X);
SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
SAME(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
SAME(CU_JIT_ERROR_LOG_BUFFER);
SAME(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
SAME(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
SAME(CU_STREAM_NON_BLOCKING);
#undef SAME
#define SAME(name) SAME_FUNCTION(ganrt_cuda_functions, name)
SAME(cuInit);
SAME(cuDeviceGetCount);
SAME(cuDeviceGet);
SAME(cuDeviceGetName);
SAME(cuDeviceGetAttribute);
SAME(cuDeviceTotalMem_v2);
SAME(cuDevicePrimaryCtxRetain);
SAME(cuDevicePrimaryCtxRelease_v2);
SAME(cuCtxPushCurrent_v2);
SAME(cuCtxPopCurrent_v2);
SAME(cuStreamCreate);
SAME(cuStreamDestroy_v2);
SAME(cuStreamSynchronize);
SAME(cuMemAlloc_v2);
SAME(cuMemFree_v2);
SAME(cuMemAllocHost_v2);
SAME(cuMemFreeHost);
SAME(cuMemsetD32Async);
SAME(cuMemcpyHtoDAsync_v2);
SAME(cuMemcpyDtoHAsync_v2);
SAME(cuMemcpyDtoDAsync_v2);
SAME(cuModuleLoadDataEx);
SAME(cuModuleUnload);
SAME(cuModuleGetFunction);
SAME(cuFuncSetAttribute);
SAME(cuLaunchKernel);
SAME(cuStreamBeginCapture_v2);
SAME(cuStreamEndCapture);
SAME(cuGraphInstantiateWithFlags);
SAME(cuGraphLaunch);
SAME(cuGraphExecDestroy);
SAME(cuGraphDestroy);
#undef SAME
TEST(Declarations, OfCUDA) {}
#else
TEST(Declarations, OfCUDA) { GTEST_SKIP() << "no header cuda.h"; }
#endif

#if __has_include(<vulkan/vulkan_core.h>)
#include <vulkan/vulkan_core.h>

#define SAME(name) static_assert(int64_t(ours::name) == int64_t(::name))
SAME(VK_SUCCESS);
SAME(VK_INCOMPLETE);
SAME(VK_ERROR_OUT_OF_HOST_MEMORY);
SAME(VK_ERROR_OUT_OF_DEVICE_MEMORY);
SAME(VK_ERROR_INCOMPATIBLE_DRIVER);
SAME(VK_STRUCTURE_TYPE_APPLICATION_INFO);
SAME(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_SUBMIT_INFO);
SAME(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
SAME(VK_STRUCTURE_TYPE_FENCE_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO);
SAME(VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET);
SAME(VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO);
SAME(VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO);
SAME(VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO);
SAME(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
SAME(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES);
SAME(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES);
SAME(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2);
SAME(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2);
SAME(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES);
SAME(VK_PHYSICAL_DEVICE_TYPE_OTHER);
SAME(VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU);
SAME(VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU);
SAME(VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU);
SAME(VK_PHYSICAL_DEVICE_TYPE_CPU);
SAME(VK_QUEUE_COMPUTE_BIT);
SAME(VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
SAME(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
SAME(VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
SAME(VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
SAME(VK_BUFFER_USAGE_TRANSFER_SRC_BIT);
SAME(VK_BUFFER_USAGE_TRANSFER_DST_BIT);
SAME(VK_BUFFER_USAGE_STORAGE_BUFFER_BIT);
SAME(VK_SHARING_MODE_EXCLUSIVE);
SAME(VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT);
SAME(VK_COMMAND_BUFFER_LEVEL_PRIMARY);
SAME(VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT);
SAME(VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
SAME(VK_PIPELINE_STAGE_TRANSFER_BIT);
SAME(VK_PIPELINE_STAGE_HOST_BIT);
SAME(VK_ACCESS_SHADER_READ_BIT);
SAME(VK_ACCESS_SHADER_WRITE_BIT);
SAME(VK_ACCESS_TRANSFER_READ_BIT);
SAME(VK_ACCESS_TRANSFER_WRITE_BIT);
SAME(VK_ACCESS_HOST_READ_BIT);
SAME(VK_DESCRIPTOR_TYPE_STORAGE_BUFFER);
SAME(VK_SHADER_STAGE_COMPUTE_BIT);
SAME(VK_PIPELINE_BIND_POINT_COMPUTE);
#undef SAME
SAME_STRUCT(VkApplicationInfo);
SAME_STRUCT(VkInstanceCreateInfo);
SAME_STRUCT(VkPhysicalDeviceLimits);
SAME_STRUCT(VkPhysicalDeviceSparseProperties);
SAME_STRUCT(VkPhysicalDeviceProperties);
SAME_STRUCT(VkPhysicalDeviceProperties2);
SAME_STRUCT(VkPhysicalDeviceMaintenance3Properties);
SAME_STRUCT(VkPhysicalDeviceFeatures);
SAME_STRUCT(VkPhysicalDeviceFeatures2);
SAME_STRUCT(VkPhysicalDeviceVulkan11Features);
SAME_STRUCT(VkPhysicalDeviceVulkan12Features);
SAME_STRUCT(VkExtent3D);
SAME_STRUCT(VkQueueFamilyProperties);
SAME_STRUCT(VkMemoryType);
SAME_STRUCT(VkMemoryHeap);
SAME_STRUCT(VkPhysicalDeviceMemoryProperties);
SAME_STRUCT(VkDeviceQueueCreateInfo);
SAME_STRUCT(VkDeviceCreateInfo);
SAME_STRUCT(VkBufferCreateInfo);
SAME_STRUCT(VkMemoryRequirements);
SAME_STRUCT(VkMemoryAllocateInfo);
SAME_STRUCT(VkCommandPoolCreateInfo);
SAME_STRUCT(VkCommandBufferAllocateInfo);
SAME_STRUCT(VkCommandBufferBeginInfo);
SAME_STRUCT(VkFenceCreateInfo);
SAME_STRUCT(VkSubmitInfo);
SAME_STRUCT(VkMemoryBarrier);
SAME_STRUCT(VkBufferCopy);
SAME_STRUCT(VkDescriptorSetLayoutBinding);
SAME_STRUCT(VkDescriptorSetLayoutCreateInfo);
SAME_STRUCT(VkPipelineLayoutCreateInfo);
SAME_STRUCT(VkShaderModuleCreateInfo);
SAME_STRUCT(VkPipelineShaderStageCreateInfo);
SAME_STRUCT(VkComputePipelineCreateInfo);
SAME_STRUCT(VkDescriptorPoolSize);
SAME_STRUCT(VkDescriptorPoolCreateInfo);
SAME_STRUCT(VkDescriptorSetAllocateInfo);
SAME_STRUCT(VkDescriptorBufferInfo);
SAME_STRUCT(VkWriteDescriptorSet);
SAME_FIELD(VkPhysicalDeviceLimits, maxStorageBufferRange);
SAME_FIELD(VkPhysicalDeviceLimits, maxPerStageDescriptorStorageBuffers);
SAME_FIELD(VkPhysicalDeviceLimits, maxDescriptorSetStorageBuffers);
SAME_FIELD(VkPhysicalDeviceLimits, maxComputeSharedMemorySize);
SAME_FIELD(VkPhysicalDeviceLimits, maxComputeWorkGroupCount);
SAME_FIELD(VkPhysicalDeviceLimits, maxComputeWorkGroupInvocations);
SAME_FIELD(VkPhysicalDeviceLimits, maxComputeWorkGroupSize);
SAME_FIELD(VkPhysicalDeviceLimits, minStorageBufferOffsetAlignment);
SAME_FIELD(VkPhysicalDeviceProperties, apiVersion);
SAME_FIELD(VkPhysicalDeviceProperties, deviceType);
SAME_FIELD(VkPhysicalDeviceProperties, deviceName);
SAME_FIELD(VkPhysicalDeviceProperties, limits);
SAME_FIELD(VkPhysicalDeviceMaintenance3Properties, maxMemoryAllocationSize);
SAME_FIELD(VkPhysicalDeviceFeatures, shaderFloat64);
SAME_FIELD(VkPhysicalDeviceFeatures, shaderInt64);
SAME_FIELD(VkPhysicalDeviceFeatures, shaderInt16);
SAME_FIELD(VkPhysicalDeviceVulkan11Features, storageBuffer16BitAccess);
SAME_FIELD(VkPhysicalDeviceVulkan11Features,
           uniformAndStorageBuffer16BitAccess);
SAME_FIELD(VkPhysicalDeviceVulkan11Features, variablePointersStorageBuffer);
SAME_FIELD(VkPhysicalDeviceVulkan11Features, variablePointers);
SAME_FIELD(VkPhysicalDeviceVulkan12Features, storageBuffer8BitAccess);
SAME_FIELD(VkPhysicalDeviceVulkan12Features, uniformAndStorageBuffer8BitAccess);
SAME_FIELD(VkPhysicalDeviceVulkan12Features, shaderFloat16);
SAME_FIELD(VkPhysicalDeviceVulkan12Features, shaderInt8);
SAME_FIELD(VkPhysicalDeviceVulkan12Features, scalarBlockLayout);
SAME_FIELD(VkPhysicalDeviceVulkan12Features, vulkanMemoryModel);
SAME_FIELD(VkPhysicalDeviceVulkan12Features, vulkanMemoryModelDeviceScope);
SAME_FIELD(VkApplicationInfo, sType);
SAME_FIELD(VkApplicationInfo, pNext);
SAME_FIELD(VkApplicationInfo, pApplicationName);
SAME_FIELD(VkApplicationInfo, applicationVersion);
SAME_FIELD(VkApplicationInfo, pEngineName);
SAME_FIELD(VkApplicationInfo, engineVersion);
SAME_FIELD(VkApplicationInfo, apiVersion);
SAME_FIELD(VkInstanceCreateInfo, sType);
SAME_FIELD(VkInstanceCreateInfo, pNext);
SAME_FIELD(VkInstanceCreateInfo, flags);
SAME_FIELD(VkInstanceCreateInfo, pApplicationInfo);
SAME_FIELD(VkInstanceCreateInfo, enabledLayerCount);
SAME_FIELD(VkInstanceCreateInfo, ppEnabledLayerNames);
SAME_FIELD(VkInstanceCreateInfo, enabledExtensionCount);
SAME_FIELD(VkInstanceCreateInfo, ppEnabledExtensionNames);
SAME_FIELD(VkPhysicalDeviceProperties2, sType);
SAME_FIELD(VkPhysicalDeviceProperties2, pNext);
SAME_FIELD(VkPhysicalDeviceProperties2, properties);
SAME_FIELD(VkPhysicalDeviceFeatures2, sType);
SAME_FIELD(VkPhysicalDeviceFeatures2, pNext);
SAME_FIELD(VkPhysicalDeviceFeatures2, features);
SAME_FIELD(VkExtent3D, width);
SAME_FIELD(VkExtent3D, height);
SAME_FIELD(VkExtent3D, depth);
SAME_FIELD(VkQueueFamilyProperties, queueFlags);
SAME_FIELD(VkQueueFamilyProperties, queueCount);
SAME_FIELD(VkQueueFamilyProperties, timestampValidBits);
SAME_FIELD(VkQueueFamilyProperties, minImageTransferGranularity);
SAME_FIELD(VkMemoryType, propertyFlags);
SAME_FIELD(VkMemoryType, heapIndex);
SAME_FIELD(VkMemoryHeap, size);
SAME_FIELD(VkMemoryHeap, flags);
SAME_FIELD(VkPhysicalDeviceMemoryProperties, memoryTypeCount);
SAME_FIELD(VkPhysicalDeviceMemoryProperties, memoryTypes);
SAME_FIELD(VkPhysicalDeviceMemoryProperties, memoryHeapCount);
SAME_FIELD(VkPhysicalDeviceMemoryProperties, memoryHeaps);
SAME_FIELD(VkDeviceQueueCreateInfo, sType);
SAME_FIELD(VkDeviceQueueCreateInfo, pNext);
SAME_FIELD(VkDeviceQueueCreateInfo, flags);
SAME_FIELD(VkDeviceQueueCreateInfo, queueFamilyIndex);
SAME_FIELD(VkDeviceQueueCreateInfo, queueCount);
SAME_FIELD(VkDeviceQueueCreateInfo, pQueuePriorities);
SAME_FIELD(VkDeviceCreateInfo, sType);
SAME_FIELD(VkDeviceCreateInfo, pNext);
SAME_FIELD(VkDeviceCreateInfo, flags);
SAME_FIELD(VkDeviceCreateInfo, queueCreateInfoCount);
SAME_FIELD(VkDeviceCreateInfo, pQueueCreateInfos);
SAME_FIELD(VkDeviceCreateInfo, enabledLayerCount);
SAME_FIELD(VkDeviceCreateInfo, ppEnabledLayerNames);
SAME_FIELD(VkDeviceCreateInfo, enabledExtensionCount);
SAME_FIELD(VkDeviceCreateInfo, ppEnabledExtensionNames);
SAME_FIELD(VkDeviceCreateInfo, pEnabledFeatures);
SAME_FIELD(VkBufferCreateInfo, sType);
SAME_FIELD(VkBufferCreateInfo, pNext);
SAME_FIELD(VkBufferCreateInfo, flags);
SAME_FIELD(VkBufferCreateInfo, size);
SAME_FIELD(VkBufferCreateInfo, usage);
SAME_FIELD(VkBufferCreateInfo, sharingMode);
SAME_FIELD(VkBufferCreateInfo, queueFamilyIndexCount);
SAME_FIELD(VkBufferCreateInfo, pQueueFamilyIndices);
SAME_FIELD(VkMemoryRequirements, size);
SAME_FIELD(VkMemoryRequirements, alignment);
SAME_FIELD(VkMemoryRequirements, memoryTypeBits);
SAME_FIELD(VkMemoryAllocateInfo, sType);
SAME_FIELD(VkMemoryAllocateInfo, pNext);
SAME_FIELD(VkMemoryAllocateInfo, allocationSize);
SAME_FIELD(VkMemoryAllocateInfo, memoryTypeIndex);
SAME_FIELD(VkCommandPoolCreateInfo, sType);
SAME_FIELD(VkCommandPoolCreateInfo, pNext);
SAME_FIELD(VkCommandPoolCreateInfo, flags);
SAME_FIELD(VkCommandPoolCreateInfo, queueFamilyIndex);
SAME_FIELD(VkCommandBufferAllocateInfo, sType);
SAME_FIELD(VkCommandBufferAllocateInfo, pNext);
SAME_FIELD(VkCommandBufferAllocateInfo, commandPool);
SAME_FIELD(VkCommandBufferAllocateInfo, level);
SAME_FIELD(VkCommandBufferAllocateInfo, commandBufferCount);
SAME_FIELD(VkCommandBufferBeginInfo, sType);
SAME_FIELD(VkCommandBufferBeginInfo, pNext);
SAME_FIELD(VkCommandBufferBeginInfo, flags);
SAME_FIELD(VkCommandBufferBeginInfo, pInheritanceInfo);
SAME_FIELD(VkFenceCreateInfo, sType);
SAME_FIELD(VkFenceCreateInfo, pNext);
SAME_FIELD(VkFenceCreateInfo, flags);
SAME_FIELD(VkSubmitInfo, sType);
SAME_FIELD(VkSubmitInfo, pNext);
SAME_FIELD(VkSubmitInfo, waitSemaphoreCount);
SAME_FIELD(VkSubmitInfo, pWaitSemaphores);
SAME_FIELD(VkSubmitInfo, pWaitDstStageMask);
SAME_FIELD(VkSubmitInfo, commandBufferCount);
SAME_FIELD(VkSubmitInfo, pCommandBuffers);
SAME_FIELD(VkSubmitInfo, signalSemaphoreCount);
SAME_FIELD(VkSubmitInfo, pSignalSemaphores);
SAME_FIELD(VkMemoryBarrier, sType);
SAME_FIELD(VkMemoryBarrier, pNext);
SAME_FIELD(VkMemoryBarrier, srcAccessMask);
SAME_FIELD(VkMemoryBarrier, dstAccessMask);
SAME_FIELD(VkBufferCopy, srcOffset);
SAME_FIELD(VkBufferCopy, dstOffset);
SAME_FIELD(VkBufferCopy, size);
SAME_FIELD(VkDescriptorSetLayoutBinding, binding);
SAME_FIELD(VkDescriptorSetLayoutBinding, descriptorType);
SAME_FIELD(VkDescriptorSetLayoutBinding, descriptorCount);
SAME_FIELD(VkDescriptorSetLayoutBinding, stageFlags);
SAME_FIELD(VkDescriptorSetLayoutBinding, pImmutableSamplers);
SAME_FIELD(VkDescriptorSetLayoutCreateInfo, sType);
SAME_FIELD(VkDescriptorSetLayoutCreateInfo, pNext);
SAME_FIELD(VkDescriptorSetLayoutCreateInfo, flags);
SAME_FIELD(VkDescriptorSetLayoutCreateInfo, bindingCount);
SAME_FIELD(VkDescriptorSetLayoutCreateInfo, pBindings);
SAME_FIELD(VkPipelineLayoutCreateInfo, sType);
SAME_FIELD(VkPipelineLayoutCreateInfo, pNext);
SAME_FIELD(VkPipelineLayoutCreateInfo, flags);
SAME_FIELD(VkPipelineLayoutCreateInfo, setLayoutCount);
SAME_FIELD(VkPipelineLayoutCreateInfo, pSetLayouts);
SAME_FIELD(VkPipelineLayoutCreateInfo, pushConstantRangeCount);
SAME_FIELD(VkPipelineLayoutCreateInfo, pPushConstantRanges);
SAME_FIELD(VkShaderModuleCreateInfo, sType);
SAME_FIELD(VkShaderModuleCreateInfo, pNext);
SAME_FIELD(VkShaderModuleCreateInfo, flags);
SAME_FIELD(VkShaderModuleCreateInfo, codeSize);
SAME_FIELD(VkShaderModuleCreateInfo, pCode);
SAME_FIELD(VkPipelineShaderStageCreateInfo, sType);
SAME_FIELD(VkPipelineShaderStageCreateInfo, pNext);
SAME_FIELD(VkPipelineShaderStageCreateInfo, flags);
SAME_FIELD(VkPipelineShaderStageCreateInfo, stage);
SAME_FIELD(VkPipelineShaderStageCreateInfo, module);
SAME_FIELD(VkPipelineShaderStageCreateInfo, pName);
SAME_FIELD(VkPipelineShaderStageCreateInfo, pSpecializationInfo);
SAME_FIELD(VkComputePipelineCreateInfo, sType);
SAME_FIELD(VkComputePipelineCreateInfo, pNext);
SAME_FIELD(VkComputePipelineCreateInfo, flags);
SAME_FIELD(VkComputePipelineCreateInfo, stage);
SAME_FIELD(VkComputePipelineCreateInfo, layout);
SAME_FIELD(VkComputePipelineCreateInfo, basePipelineHandle);
SAME_FIELD(VkComputePipelineCreateInfo, basePipelineIndex);
SAME_FIELD(VkDescriptorPoolSize, type);
SAME_FIELD(VkDescriptorPoolSize, descriptorCount);
SAME_FIELD(VkDescriptorPoolCreateInfo, sType);
SAME_FIELD(VkDescriptorPoolCreateInfo, pNext);
SAME_FIELD(VkDescriptorPoolCreateInfo, flags);
SAME_FIELD(VkDescriptorPoolCreateInfo, maxSets);
SAME_FIELD(VkDescriptorPoolCreateInfo, poolSizeCount);
SAME_FIELD(VkDescriptorPoolCreateInfo, pPoolSizes);
SAME_FIELD(VkDescriptorSetAllocateInfo, sType);
SAME_FIELD(VkDescriptorSetAllocateInfo, pNext);
SAME_FIELD(VkDescriptorSetAllocateInfo, descriptorPool);
SAME_FIELD(VkDescriptorSetAllocateInfo, descriptorSetCount);
SAME_FIELD(VkDescriptorSetAllocateInfo, pSetLayouts);
SAME_FIELD(VkDescriptorBufferInfo, buffer);
SAME_FIELD(VkDescriptorBufferInfo, offset);
SAME_FIELD(VkDescriptorBufferInfo, range);
SAME_FIELD(VkWriteDescriptorSet, sType);
SAME_FIELD(VkWriteDescriptorSet, pNext);
SAME_FIELD(VkWriteDescriptorSet, dstSet);
SAME_FIELD(VkWriteDescriptorSet, dstBinding);
SAME_FIELD(VkWriteDescriptorSet, dstArrayElement);
SAME_FIELD(VkWriteDescriptorSet, descriptorCount);
SAME_FIELD(VkWriteDescriptorSet, descriptorType);
SAME_FIELD(VkWriteDescriptorSet, pImageInfo);
SAME_FIELD(VkWriteDescriptorSet, pBufferInfo);
SAME_FIELD(VkWriteDescriptorSet, pTexelBufferView);
#define SAME(name) SAME_FUNCTION(ganrt_vulkan_functions, name)
SAME(vkEnumerateInstanceVersion);
SAME(vkCreateInstance);
SAME(vkDestroyInstance);
SAME(vkEnumeratePhysicalDevices);
SAME(vkGetPhysicalDeviceProperties2);
SAME(vkGetPhysicalDeviceFeatures2);
SAME(vkGetPhysicalDeviceQueueFamilyProperties);
SAME(vkGetPhysicalDeviceMemoryProperties);
SAME(vkCreateDevice);
SAME(vkDestroyDevice);
SAME(vkGetDeviceQueue);
SAME(vkDeviceWaitIdle);
SAME(vkCreateBuffer);
SAME(vkDestroyBuffer);
SAME(vkGetBufferMemoryRequirements);
SAME(vkAllocateMemory);
SAME(vkFreeMemory);
SAME(vkBindBufferMemory);
SAME(vkMapMemory);
SAME(vkCreateCommandPool);
SAME(vkDestroyCommandPool);
SAME(vkAllocateCommandBuffers);
SAME(vkBeginCommandBuffer);
SAME(vkEndCommandBuffer);
SAME(vkCreateFence);
SAME(vkDestroyFence);
SAME(vkResetFences);
SAME(vkWaitForFences);
SAME(vkQueueSubmit);
SAME(vkCmdPipelineBarrier);
SAME(vkCmdCopyBuffer);
SAME(vkCmdFillBuffer);
SAME(vkCmdBindPipeline);
SAME(vkCmdBindDescriptorSets);
SAME(vkCmdDispatch);
SAME(vkCreateDescriptorSetLayout);
SAME(vkDestroyDescriptorSetLayout);
SAME(vkCreatePipelineLayout);
SAME(vkDestroyPipelineLayout);
SAME(vkCreateShaderModule);
SAME(vkDestroyShaderModule);
SAME(vkCreateComputePipelines);
SAME(vkDestroyPipeline);
SAME(vkCreateDescriptorPool);
SAME(vkDestroyDescriptorPool);
SAME(vkResetDescriptorPool);
SAME(vkAllocateDescriptorSets);
SAME(vkUpdateDescriptorSets);
#undef SAME
TEST(Declarations, OfVulkan) {}
#else
TEST(Declarations, OfVulkan) {
  GTEST_SKIP() << "no header vulkan/vulkan_core.h";
}
#endif
