/*===- vulkan_api.h - what the driver uses of Vulkan 1.2 --------------------===
 *
 * The names, layouts and numbers are those of the Vulkan specification; flags
 * and enumerations are plain numbers, and what is always NULL here is a void
 * pointer. They are declared here so that the runtime builds on machines without
 * Vulkan's headers; a test compares them with the headers where there are some.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_DEVICES_VULKAN_API_H
#define RUNTIME_SRC_DEVICES_VULKAN_API_H

#include <stddef.h>
#include <stdint.h>

typedef struct VkInstance_T *VkInstance;
typedef struct VkPhysicalDevice_T *VkPhysicalDevice;
typedef struct VkDevice_T *VkDevice;
typedef struct VkQueue_T *VkQueue;
typedef struct VkCommandBuffer_T *VkCommandBuffer;
typedef struct VkBuffer_T *VkBuffer;
typedef struct VkDeviceMemory_T *VkDeviceMemory;
typedef struct VkFence_T *VkFence;
typedef struct VkCommandPool_T *VkCommandPool;
typedef struct VkDescriptorPool_T *VkDescriptorPool;
typedef struct VkDescriptorSet_T *VkDescriptorSet;
typedef struct VkDescriptorSetLayout_T *VkDescriptorSetLayout;
typedef struct VkPipeline_T *VkPipeline;
typedef struct VkPipelineCache_T *VkPipelineCache;
typedef struct VkPipelineLayout_T *VkPipelineLayout;
typedef struct VkShaderModule_T *VkShaderModule;

enum {
  VK_SUCCESS = 0,
  VK_INCOMPLETE = 5,
  VK_ERROR_OUT_OF_HOST_MEMORY = -1,
  VK_ERROR_OUT_OF_DEVICE_MEMORY = -2,
  VK_ERROR_INCOMPATIBLE_DRIVER = -9,
  VK_STRUCTURE_TYPE_APPLICATION_INFO = 0,
  VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO = 1,
  VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO = 2,
  VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO = 3,
  VK_STRUCTURE_TYPE_SUBMIT_INFO = 4,
  VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO = 5,
  VK_STRUCTURE_TYPE_FENCE_CREATE_INFO = 8,
  VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO = 12,
  VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO = 16,
  VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO = 18,
  VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO = 29,
  VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO = 30,
  VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO = 32,
  VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO = 33,
  VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO = 34,
  VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET = 35,
  VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO = 39,
  VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO = 40,
  VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO = 42,
  VK_STRUCTURE_TYPE_MEMORY_BARRIER = 46,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES = 49,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES = 51,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2 = 1000059000,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2 = 1000059001,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES = 1000168000,
  VK_PHYSICAL_DEVICE_TYPE_OTHER = 0,
  VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU = 1,
  VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU = 2,
  VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU = 3,
  VK_PHYSICAL_DEVICE_TYPE_CPU = 4,
  VK_QUEUE_COMPUTE_BIT = 0x00000002,
  VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT = 0x00000001,
  VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT = 0x00000002,
  VK_MEMORY_PROPERTY_HOST_COHERENT_BIT = 0x00000004,
  VK_MEMORY_PROPERTY_HOST_CACHED_BIT = 0x00000008,
  VK_BUFFER_USAGE_TRANSFER_SRC_BIT = 0x00000001,
  VK_BUFFER_USAGE_TRANSFER_DST_BIT = 0x00000002,
  VK_BUFFER_USAGE_STORAGE_BUFFER_BIT = 0x00000020,
  VK_SHARING_MODE_EXCLUSIVE = 0,
  VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT = 0x00000002,
  VK_COMMAND_BUFFER_LEVEL_PRIMARY = 0,
  VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT = 0x00000001,
  VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT = 0x00000800,
  VK_PIPELINE_STAGE_TRANSFER_BIT = 0x00001000,
  VK_PIPELINE_STAGE_HOST_BIT = 0x00004000,
  VK_ACCESS_SHADER_READ_BIT = 0x00000020,
  VK_ACCESS_SHADER_WRITE_BIT = 0x00000040,
  VK_ACCESS_TRANSFER_READ_BIT = 0x00000800,
  VK_ACCESS_TRANSFER_WRITE_BIT = 0x00001000,
  VK_ACCESS_HOST_READ_BIT = 0x00002000,
  VK_DESCRIPTOR_TYPE_STORAGE_BUFFER = 7,
  VK_SHADER_STAGE_COMPUTE_BIT = 0x00000020,
  VK_PIPELINE_BIND_POINT_COMPUTE = 1,
};

typedef struct VkApplicationInfo {
  uint32_t sType;
  const void *pNext;
  const char *pApplicationName;
  uint32_t applicationVersion;
  const char *pEngineName;
  uint32_t engineVersion, apiVersion;
} VkApplicationInfo;

typedef struct VkInstanceCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  const VkApplicationInfo *pApplicationInfo;
  uint32_t enabledLayerCount;
  const char *const *ppEnabledLayerNames;
  uint32_t enabledExtensionCount;
  const char *const *ppEnabledExtensionNames;
} VkInstanceCreateInfo;

typedef struct VkPhysicalDeviceLimits {
  uint32_t maxImageDimension1D, maxImageDimension2D, maxImageDimension3D,
      maxImageDimensionCube, maxImageArrayLayers, maxTexelBufferElements,
      maxUniformBufferRange, maxStorageBufferRange, maxPushConstantsSize,
      maxMemoryAllocationCount, maxSamplerAllocationCount;
  uint64_t bufferImageGranularity, sparseAddressSpaceSize;
  uint32_t maxBoundDescriptorSets, maxPerStageDescriptorSamplers,
      maxPerStageDescriptorUniformBuffers, maxPerStageDescriptorStorageBuffers,
      maxPerStageDescriptorSampledImages, maxPerStageDescriptorStorageImages,
      maxPerStageDescriptorInputAttachments, maxPerStageResources,
      maxDescriptorSetSamplers, maxDescriptorSetUniformBuffers,
      maxDescriptorSetUniformBuffersDynamic, maxDescriptorSetStorageBuffers,
      maxDescriptorSetStorageBuffersDynamic, maxDescriptorSetSampledImages,
      maxDescriptorSetStorageImages, maxDescriptorSetInputAttachments,
      maxVertexInputAttributes, maxVertexInputBindings,
      maxVertexInputAttributeOffset, maxVertexInputBindingStride,
      maxVertexOutputComponents, maxTessellationGenerationLevel,
      maxTessellationPatchSize, maxTessellationControlPerVertexInputComponents,
      maxTessellationControlPerVertexOutputComponents,
      maxTessellationControlPerPatchOutputComponents,
      maxTessellationControlTotalOutputComponents,
      maxTessellationEvaluationInputComponents,
      maxTessellationEvaluationOutputComponents, maxGeometryShaderInvocations,
      maxGeometryInputComponents, maxGeometryOutputComponents,
      maxGeometryOutputVertices, maxGeometryTotalOutputComponents,
      maxFragmentInputComponents, maxFragmentOutputAttachments,
      maxFragmentDualSrcAttachments, maxFragmentCombinedOutputResources,
      maxComputeSharedMemorySize, maxComputeWorkGroupCount[3],
      maxComputeWorkGroupInvocations, maxComputeWorkGroupSize[3],
      subPixelPrecisionBits, subTexelPrecisionBits, mipmapPrecisionBits,
      maxDrawIndexedIndexValue, maxDrawIndirectCount;
  float maxSamplerLodBias, maxSamplerAnisotropy;
  uint32_t maxViewports, maxViewportDimensions[2];
  float viewportBoundsRange[2];
  uint32_t viewportSubPixelBits;
  size_t minMemoryMapAlignment;
  uint64_t minTexelBufferOffsetAlignment, minUniformBufferOffsetAlignment,
      minStorageBufferOffsetAlignment;
  int32_t minTexelOffset;
  uint32_t maxTexelOffset;
  int32_t minTexelGatherOffset;
  uint32_t maxTexelGatherOffset;
  float minInterpolationOffset, maxInterpolationOffset;
  uint32_t subPixelInterpolationOffsetBits, maxFramebufferWidth,
      maxFramebufferHeight, maxFramebufferLayers;
  uint32_t framebufferColorSampleCounts, framebufferDepthSampleCounts,
      framebufferStencilSampleCounts, framebufferNoAttachmentsSampleCounts;
  uint32_t maxColorAttachments;
  uint32_t sampledImageColorSampleCounts, sampledImageIntegerSampleCounts,
      sampledImageDepthSampleCounts, sampledImageStencilSampleCounts,
      storageImageSampleCounts;
  uint32_t maxSampleMaskWords;
  uint32_t timestampComputeAndGraphics;
  float timestampPeriod;
  uint32_t maxClipDistances, maxCullDistances, maxCombinedClipAndCullDistances,
      discreteQueuePriorities;
  float pointSizeRange[2], lineWidthRange[2], pointSizeGranularity,
      lineWidthGranularity;
  uint32_t strictLines, standardSampleLocations;
  uint64_t optimalBufferCopyOffsetAlignment, optimalBufferCopyRowPitchAlignment,
      nonCoherentAtomSize;
} VkPhysicalDeviceLimits;

typedef struct VkPhysicalDeviceSparseProperties {
  uint32_t residencyStandard2DBlockShape,
      residencyStandard2DMultisampleBlockShape, residencyStandard3DBlockShape,
      residencyAlignedMipSize, residencyNonResidentStrict;
} VkPhysicalDeviceSparseProperties;

typedef struct VkPhysicalDeviceProperties {
  uint32_t apiVersion, driverVersion, vendorID, deviceID;
  uint32_t deviceType;
  char deviceName[256];
  uint8_t pipelineCacheUUID[16];
  VkPhysicalDeviceLimits limits;
  VkPhysicalDeviceSparseProperties sparseProperties;
} VkPhysicalDeviceProperties;

typedef struct VkPhysicalDeviceProperties2 {
  uint32_t sType;
  void *pNext;
  VkPhysicalDeviceProperties properties;
} VkPhysicalDeviceProperties2;

typedef struct VkPhysicalDeviceMaintenance3Properties {
  uint32_t sType;
  void *pNext;
  uint32_t maxPerSetDescriptors;
  uint64_t maxMemoryAllocationSize;
} VkPhysicalDeviceMaintenance3Properties;

typedef struct VkPhysicalDeviceFeatures {
  uint32_t robustBufferAccess, fullDrawIndexUint32, imageCubeArray,
      independentBlend, geometryShader, tessellationShader, sampleRateShading,
      dualSrcBlend, logicOp, multiDrawIndirect, drawIndirectFirstInstance,
      depthClamp, depthBiasClamp, fillModeNonSolid, depthBounds, wideLines,
      largePoints, alphaToOne, multiViewport, samplerAnisotropy,
      textureCompressionETC2, textureCompressionASTC_LDR, textureCompressionBC,
      occlusionQueryPrecise, pipelineStatisticsQuery,
      vertexPipelineStoresAndAtomics, fragmentStoresAndAtomics,
      shaderTessellationAndGeometryPointSize, shaderImageGatherExtended,
      shaderStorageImageExtendedFormats, shaderStorageImageMultisample,
      shaderStorageImageReadWithoutFormat, shaderStorageImageWriteWithoutFormat,
      shaderUniformBufferArrayDynamicIndexing,
      shaderSampledImageArrayDynamicIndexing,
      shaderStorageBufferArrayDynamicIndexing,
      shaderStorageImageArrayDynamicIndexing, shaderClipDistance,
      shaderCullDistance, shaderFloat64, shaderInt64, shaderInt16,
      shaderResourceResidency, shaderResourceMinLod, sparseBinding,
      sparseResidencyBuffer, sparseResidencyImage2D, sparseResidencyImage3D,
      sparseResidency2Samples, sparseResidency4Samples, sparseResidency8Samples,
      sparseResidency16Samples, sparseResidencyAliased, variableMultisampleRate,
      inheritedQueries;
} VkPhysicalDeviceFeatures;

typedef struct VkPhysicalDeviceFeatures2 {
  uint32_t sType;
  void *pNext;
  VkPhysicalDeviceFeatures features;
} VkPhysicalDeviceFeatures2;

typedef struct VkPhysicalDeviceVulkan11Features {
  uint32_t sType;
  void *pNext;
  uint32_t storageBuffer16BitAccess, uniformAndStorageBuffer16BitAccess,
      storagePushConstant16, storageInputOutput16, multiview,
      multiviewGeometryShader, multiviewTessellationShader,
      variablePointersStorageBuffer, variablePointers, protectedMemory,
      samplerYcbcrConversion, shaderDrawParameters;
} VkPhysicalDeviceVulkan11Features;

typedef struct VkPhysicalDeviceVulkan12Features {
  uint32_t sType;
  void *pNext;
  uint32_t samplerMirrorClampToEdge, drawIndirectCount, storageBuffer8BitAccess,
      uniformAndStorageBuffer8BitAccess, storagePushConstant8,
      shaderBufferInt64Atomics, shaderSharedInt64Atomics, shaderFloat16,
      shaderInt8, descriptorIndexing, shaderInputAttachmentArrayDynamicIndexing,
      shaderUniformTexelBufferArrayDynamicIndexing,
      shaderStorageTexelBufferArrayDynamicIndexing,
      shaderUniformBufferArrayNonUniformIndexing,
      shaderSampledImageArrayNonUniformIndexing,
      shaderStorageBufferArrayNonUniformIndexing,
      shaderStorageImageArrayNonUniformIndexing,
      shaderInputAttachmentArrayNonUniformIndexing,
      shaderUniformTexelBufferArrayNonUniformIndexing,
      shaderStorageTexelBufferArrayNonUniformIndexing,
      descriptorBindingUniformBufferUpdateAfterBind,
      descriptorBindingSampledImageUpdateAfterBind,
      descriptorBindingStorageImageUpdateAfterBind,
      descriptorBindingStorageBufferUpdateAfterBind,
      descriptorBindingUniformTexelBufferUpdateAfterBind,
      descriptorBindingStorageTexelBufferUpdateAfterBind,
      descriptorBindingUpdateUnusedWhilePending,
      descriptorBindingPartiallyBound, descriptorBindingVariableDescriptorCount,
      runtimeDescriptorArray, samplerFilterMinmax, scalarBlockLayout,
      imagelessFramebuffer, uniformBufferStandardLayout,
      shaderSubgroupExtendedTypes, separateDepthStencilLayouts, hostQueryReset,
      timelineSemaphore, bufferDeviceAddress, bufferDeviceAddressCaptureReplay,
      bufferDeviceAddressMultiDevice, vulkanMemoryModel,
      vulkanMemoryModelDeviceScope,
      vulkanMemoryModelAvailabilityVisibilityChains, shaderOutputViewportIndex,
      shaderOutputLayer, subgroupBroadcastDynamicId;
} VkPhysicalDeviceVulkan12Features;

typedef struct VkExtent3D {
  uint32_t width, height, depth;
} VkExtent3D;

typedef struct VkQueueFamilyProperties {
  uint32_t queueFlags;
  uint32_t queueCount, timestampValidBits;
  VkExtent3D minImageTransferGranularity;
} VkQueueFamilyProperties;

typedef struct VkMemoryType {
  uint32_t propertyFlags;
  uint32_t heapIndex;
} VkMemoryType;

typedef struct VkMemoryHeap {
  uint64_t size;
  uint32_t flags;
} VkMemoryHeap;

typedef struct VkPhysicalDeviceMemoryProperties {
  uint32_t memoryTypeCount;
  VkMemoryType memoryTypes[32];
  uint32_t memoryHeapCount;
  VkMemoryHeap memoryHeaps[16];
} VkPhysicalDeviceMemoryProperties;

typedef struct VkDeviceQueueCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint32_t queueFamilyIndex, queueCount;
  const float *pQueuePriorities;
} VkDeviceQueueCreateInfo;

typedef struct VkDeviceCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint32_t queueCreateInfoCount;
  const VkDeviceQueueCreateInfo *pQueueCreateInfos;
  uint32_t enabledLayerCount;
  const char *const *ppEnabledLayerNames;
  uint32_t enabledExtensionCount;
  const char *const *ppEnabledExtensionNames;
  const VkPhysicalDeviceFeatures *pEnabledFeatures;
} VkDeviceCreateInfo;

typedef struct VkBufferCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint64_t size;
  uint32_t usage;
  uint32_t sharingMode;
  uint32_t queueFamilyIndexCount;
  const uint32_t *pQueueFamilyIndices;
} VkBufferCreateInfo;

typedef struct VkMemoryRequirements {
  uint64_t size, alignment;
  uint32_t memoryTypeBits;
} VkMemoryRequirements;

typedef struct VkMemoryAllocateInfo {
  uint32_t sType;
  const void *pNext;
  uint64_t allocationSize;
  uint32_t memoryTypeIndex;
} VkMemoryAllocateInfo;

typedef struct VkCommandPoolCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint32_t queueFamilyIndex;
} VkCommandPoolCreateInfo;

typedef struct VkCommandBufferAllocateInfo {
  uint32_t sType;
  const void *pNext;
  VkCommandPool commandPool;
  uint32_t level;
  uint32_t commandBufferCount;
} VkCommandBufferAllocateInfo;

typedef struct VkCommandBufferBeginInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  const void *pInheritanceInfo;
} VkCommandBufferBeginInfo;

typedef struct VkFenceCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
} VkFenceCreateInfo;

typedef struct VkSubmitInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t waitSemaphoreCount;
  const void *pWaitSemaphores;
  const uint32_t *pWaitDstStageMask;
  uint32_t commandBufferCount;
  const VkCommandBuffer *pCommandBuffers;
  uint32_t signalSemaphoreCount;
  const void *pSignalSemaphores;
} VkSubmitInfo;

typedef struct VkMemoryBarrier {
  uint32_t sType;
  const void *pNext;
  uint32_t srcAccessMask, dstAccessMask;
} VkMemoryBarrier;

typedef struct VkBufferCopy {
  uint64_t srcOffset, dstOffset, size;
} VkBufferCopy;

typedef struct VkDescriptorSetLayoutBinding {
  uint32_t binding;
  uint32_t descriptorType;
  uint32_t descriptorCount;
  uint32_t stageFlags;
  const void *pImmutableSamplers;
} VkDescriptorSetLayoutBinding;

typedef struct VkDescriptorSetLayoutCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint32_t bindingCount;
  const VkDescriptorSetLayoutBinding *pBindings;
} VkDescriptorSetLayoutCreateInfo;

typedef struct VkPipelineLayoutCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint32_t setLayoutCount;
  const VkDescriptorSetLayout *pSetLayouts;
  uint32_t pushConstantRangeCount;
  const void *pPushConstantRanges;
} VkPipelineLayoutCreateInfo;

typedef struct VkShaderModuleCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  size_t codeSize;
  const uint32_t *pCode;
} VkShaderModuleCreateInfo;

typedef struct VkPipelineShaderStageCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint32_t stage;
  VkShaderModule module;
  const char *pName;
  const void *pSpecializationInfo;
} VkPipelineShaderStageCreateInfo;

typedef struct VkComputePipelineCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  VkPipelineShaderStageCreateInfo stage;
  VkPipelineLayout layout;
  VkPipeline basePipelineHandle;
  int32_t basePipelineIndex;
} VkComputePipelineCreateInfo;

typedef struct VkDescriptorPoolSize {
  uint32_t type;
  uint32_t descriptorCount;
} VkDescriptorPoolSize;

typedef struct VkDescriptorPoolCreateInfo {
  uint32_t sType;
  const void *pNext;
  uint32_t flags;
  uint32_t maxSets, poolSizeCount;
  const VkDescriptorPoolSize *pPoolSizes;
} VkDescriptorPoolCreateInfo;

typedef struct VkDescriptorSetAllocateInfo {
  uint32_t sType;
  const void *pNext;
  VkDescriptorPool descriptorPool;
  uint32_t descriptorSetCount;
  const VkDescriptorSetLayout *pSetLayouts;
} VkDescriptorSetAllocateInfo;

typedef struct VkDescriptorBufferInfo {
  VkBuffer buffer;
  uint64_t offset, range;
} VkDescriptorBufferInfo;

typedef struct VkWriteDescriptorSet {
  uint32_t sType;
  const void *pNext;
  VkDescriptorSet dstSet;
  uint32_t dstBinding, dstArrayElement, descriptorCount;
  uint32_t descriptorType;
  const void *pImageInfo;
  const VkDescriptorBufferInfo *pBufferInfo;
  const void *pTexelBufferView;
} VkWriteDescriptorSet;

typedef struct ganrt_vulkan_functions {
  int32_t (*vkEnumerateInstanceVersion)(uint32_t *);
  int32_t (*vkCreateInstance)(const VkInstanceCreateInfo *, const void *,
                              VkInstance *);
  void (*vkDestroyInstance)(VkInstance, const void *);
  int32_t (*vkEnumeratePhysicalDevices)(VkInstance, uint32_t *,
                                        VkPhysicalDevice *);
  void (*vkGetPhysicalDeviceProperties2)(VkPhysicalDevice,
                                         VkPhysicalDeviceProperties2 *);
  void (*vkGetPhysicalDeviceFeatures2)(VkPhysicalDevice,
                                       VkPhysicalDeviceFeatures2 *);
  void (*vkGetPhysicalDeviceQueueFamilyProperties)(VkPhysicalDevice, uint32_t *,
                                                   VkQueueFamilyProperties *);
  void (*vkGetPhysicalDeviceMemoryProperties)(
      VkPhysicalDevice, VkPhysicalDeviceMemoryProperties *);
  int32_t (*vkCreateDevice)(VkPhysicalDevice, const VkDeviceCreateInfo *,
                            const void *, VkDevice *);
  void (*vkDestroyDevice)(VkDevice, const void *);
  void (*vkGetDeviceQueue)(VkDevice, uint32_t, uint32_t, VkQueue *);
  int32_t (*vkDeviceWaitIdle)(VkDevice);
  int32_t (*vkCreateBuffer)(VkDevice, const VkBufferCreateInfo *, const void *,
                            VkBuffer *);
  void (*vkDestroyBuffer)(VkDevice, VkBuffer, const void *);
  void (*vkGetBufferMemoryRequirements)(VkDevice, VkBuffer,
                                        VkMemoryRequirements *);
  int32_t (*vkAllocateMemory)(VkDevice, const VkMemoryAllocateInfo *,
                              const void *, VkDeviceMemory *);
  void (*vkFreeMemory)(VkDevice, VkDeviceMemory, const void *);
  int32_t (*vkBindBufferMemory)(VkDevice, VkBuffer, VkDeviceMemory, uint64_t);
  int32_t (*vkMapMemory)(VkDevice, VkDeviceMemory, uint64_t, uint64_t, uint32_t,
                         void **);
  int32_t (*vkCreateCommandPool)(VkDevice, const VkCommandPoolCreateInfo *,
                                 const void *, VkCommandPool *);
  void (*vkDestroyCommandPool)(VkDevice, VkCommandPool, const void *);
  int32_t (*vkAllocateCommandBuffers)(VkDevice,
                                      const VkCommandBufferAllocateInfo *,
                                      VkCommandBuffer *);
  int32_t (*vkBeginCommandBuffer)(VkCommandBuffer,
                                  const VkCommandBufferBeginInfo *);
  int32_t (*vkEndCommandBuffer)(VkCommandBuffer);
  int32_t (*vkCreateFence)(VkDevice, const VkFenceCreateInfo *, const void *,
                           VkFence *);
  void (*vkDestroyFence)(VkDevice, VkFence, const void *);
  int32_t (*vkResetFences)(VkDevice, uint32_t, const VkFence *);
  int32_t (*vkWaitForFences)(VkDevice, uint32_t, const VkFence *, uint32_t,
                             uint64_t);
  int32_t (*vkQueueSubmit)(VkQueue, uint32_t, const VkSubmitInfo *, VkFence);
  void (*vkCmdPipelineBarrier)(VkCommandBuffer, uint32_t, uint32_t, uint32_t,
                               uint32_t, const VkMemoryBarrier *, uint32_t,
                               const void *, uint32_t, const void *);
  void (*vkCmdCopyBuffer)(VkCommandBuffer, VkBuffer, VkBuffer, uint32_t,
                          const VkBufferCopy *);
  void (*vkCmdFillBuffer)(VkCommandBuffer, VkBuffer, uint64_t, uint64_t,
                          uint32_t);
  void (*vkCmdBindPipeline)(VkCommandBuffer, uint32_t, VkPipeline);
  void (*vkCmdBindDescriptorSets)(VkCommandBuffer, uint32_t, VkPipelineLayout,
                                  uint32_t, uint32_t, const VkDescriptorSet *,
                                  uint32_t, const uint32_t *);
  void (*vkCmdDispatch)(VkCommandBuffer, uint32_t, uint32_t, uint32_t);
  int32_t (*vkCreateDescriptorSetLayout)(
      VkDevice, const VkDescriptorSetLayoutCreateInfo *, const void *,
      VkDescriptorSetLayout *);
  void (*vkDestroyDescriptorSetLayout)(VkDevice, VkDescriptorSetLayout,
                                       const void *);
  int32_t (*vkCreatePipelineLayout)(VkDevice,
                                    const VkPipelineLayoutCreateInfo *,
                                    const void *, VkPipelineLayout *);
  void (*vkDestroyPipelineLayout)(VkDevice, VkPipelineLayout, const void *);
  int32_t (*vkCreateShaderModule)(VkDevice, const VkShaderModuleCreateInfo *,
                                  const void *, VkShaderModule *);
  void (*vkDestroyShaderModule)(VkDevice, VkShaderModule, const void *);
  int32_t (*vkCreateComputePipelines)(VkDevice, VkPipelineCache, uint32_t,
                                      const VkComputePipelineCreateInfo *,
                                      const void *, VkPipeline *);
  void (*vkDestroyPipeline)(VkDevice, VkPipeline, const void *);
  int32_t (*vkCreateDescriptorPool)(VkDevice,
                                    const VkDescriptorPoolCreateInfo *,
                                    const void *, VkDescriptorPool *);
  void (*vkDestroyDescriptorPool)(VkDevice, VkDescriptorPool, const void *);
  int32_t (*vkResetDescriptorPool)(VkDevice, VkDescriptorPool, uint32_t);
  int32_t (*vkAllocateDescriptorSets)(VkDevice,
                                      const VkDescriptorSetAllocateInfo *,
                                      VkDescriptorSet *);
  void (*vkUpdateDescriptorSets)(VkDevice, uint32_t,
                                 const VkWriteDescriptorSet *, uint32_t,
                                 const void *);
} ganrt_vulkan_functions;

#endif /* RUNTIME_SRC_DEVICES_VULKAN_API_H */
