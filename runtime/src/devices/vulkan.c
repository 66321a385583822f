/*===- vulkan.c - devices through Vulkan 1.2 --------------------------------===
 *
 * One compute queue. Commands are recorded into one of two slots, each with a
 * command buffer, descriptor sets, staging memory and a fence. A full slot is
 * submitted and recording goes on in the other one, once the device is through
 * with what that held before. Waiting submits too.
 *
 * Every command comes behind a barrier that orders it after all before it, also
 * those of earlier submissions. All kernels have one layout: storage buffers at
 * bindings 0 ... of set 0, as many as the largest kernel may have; a launch
 * fills in those that it uses.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/devices/driver.h"
#include "runtime/src/devices/spirv.h"
#include "runtime/src/devices/vulkan_api.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum {
  most_devices = 64,
  most_families = 32,
  most_arguments = 64, /* a set has so many, used or not */
  slot_count = 2,
  slot_launches = 256,
  slot_commands = 1024
};

#define VERSION(minor) (1u << 22 | (minor) << 12)

/* A buffer with memory of its own. */
typedef struct vulkan_buffer {
  VkBuffer buffer;
  VkDeviceMemory memory;
  uint64_t bytes;
} vulkan_buffer;

typedef struct vulkan_slot {
  VkCommandBuffer commands;
  VkDescriptorPool sets;
  VkFence fence;
  vulkan_buffer memory;
  ganrt_staging staging;
  uint32_t launch_count, command_count;
  bool recording, submitted;
} vulkan_slot;

typedef struct vulkan_device {
  void *library;
  ganrt_vulkan_functions vk;
  ganrt_device_limits limits;
  ganrt_spirv_target target;
  VkInstance instance;
  VkPhysicalDevice physical;
  VkPhysicalDeviceMemoryProperties memory;
  VkDevice device;
  VkQueue queue;
  VkCommandPool pool;
  VkDescriptorSetLayout set_layout;
  VkPipelineLayout layout;
  vulkan_slot slots[slot_count];
  uint32_t slot; /* the one that is recorded */

  vulkan_buffer *blocks;
  uint32_t block_count, block_capacity;
  ganrt_code_table code; /* handles are VkPipeline */
} vulkan_device;

/* What can be opened, best first. */
typedef struct vulkan_devices {
  VkPhysicalDevice physical[most_devices];
  uint32_t families[most_devices]; /* of the queue */
  uint32_t count;
} vulkan_devices;

static const ganrt_library library = {
    .api = "Vulkan 1.2",
    .file = "libvulkan.so.1",
    .variable = "GANRT_VULKAN_LIBRARY",
};

#define SYMBOL(name) {#name, offsetof(ganrt_vulkan_functions, name)}
static const ganrt_symbol symbols[] = {
    SYMBOL(vkEnumerateInstanceVersion),
    SYMBOL(vkCreateInstance),
    SYMBOL(vkDestroyInstance),
    SYMBOL(vkEnumeratePhysicalDevices),
    SYMBOL(vkGetPhysicalDeviceProperties2),
    SYMBOL(vkGetPhysicalDeviceFeatures2),
    SYMBOL(vkGetPhysicalDeviceQueueFamilyProperties),
    SYMBOL(vkGetPhysicalDeviceMemoryProperties),
    SYMBOL(vkCreateDevice),
    SYMBOL(vkDestroyDevice),
    SYMBOL(vkGetDeviceQueue),
    SYMBOL(vkDeviceWaitIdle),
    SYMBOL(vkCreateBuffer),
    SYMBOL(vkDestroyBuffer),
    SYMBOL(vkGetBufferMemoryRequirements),
    SYMBOL(vkAllocateMemory),
    SYMBOL(vkFreeMemory),
    SYMBOL(vkBindBufferMemory),
    SYMBOL(vkMapMemory),
    SYMBOL(vkCreateCommandPool),
    SYMBOL(vkDestroyCommandPool),
    SYMBOL(vkAllocateCommandBuffers),
    SYMBOL(vkBeginCommandBuffer),
    SYMBOL(vkEndCommandBuffer),
    SYMBOL(vkCreateFence),
    SYMBOL(vkDestroyFence),
    SYMBOL(vkResetFences),
    SYMBOL(vkWaitForFences),
    SYMBOL(vkQueueSubmit),
    SYMBOL(vkCmdPipelineBarrier),
    SYMBOL(vkCmdCopyBuffer),
    SYMBOL(vkCmdFillBuffer),
    SYMBOL(vkCmdBindPipeline),
    SYMBOL(vkCmdBindDescriptorSets),
    SYMBOL(vkCmdDispatch),
    SYMBOL(vkCreateDescriptorSetLayout),
    SYMBOL(vkDestroyDescriptorSetLayout),
    SYMBOL(vkCreatePipelineLayout),
    SYMBOL(vkDestroyPipelineLayout),
    SYMBOL(vkCreateShaderModule),
    SYMBOL(vkDestroyShaderModule),
    SYMBOL(vkCreateComputePipelines),
    SYMBOL(vkDestroyPipeline),
    SYMBOL(vkCreateDescriptorPool),
    SYMBOL(vkDestroyDescriptorPool),
    SYMBOL(vkResetDescriptorPool),
    SYMBOL(vkAllocateDescriptorSets),
    SYMBOL(vkUpdateDescriptorSets),
};
#undef SYMBOL

static ganrt_status_t check(int32_t result, const char *call) {
  return result == VK_SUCCESS ? GANRT_STATUS_OK
                              : ganrt_library_failed(&library, call, result);
}

/* What a call that failed leaves in *handle means nothing. */
static ganrt_status_t created(int32_t result, const char *call, void *handle) {
  if (result != VK_SUCCESS)
    memset(handle, 0, sizeof(void *));
  return check(result, call);
}

/*===- Devices --------------------------------------------------------------===*/

static ganrt_status_t open_instance(vulkan_device *d) {
  GANRT_RETURN_IF_ERROR(ganrt_library_open(&library, &d->library));
  GANRT_RETURN_IF_ERROR(ganrt_library_functions(
      &library, ganrt_library_lookup, d->library, symbols,
      sizeof symbols / sizeof *symbols, &d->vk));
  const VkApplicationInfo application = {
      .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
      .pApplicationName = "ganc",
      .apiVersion = VERSION(3),
  };
  const VkInstanceCreateInfo info = {
      .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
      .pApplicationInfo = &application,
  };
  int32_t result = d->vk.vkCreateInstance(&info, NULL, &d->instance);
  if (result == VK_SUCCESS)
    return GANRT_STATUS_OK;
  d->instance = NULL;
  return result == VK_ERROR_INCOMPATIBLE_DRIVER
             ? ganrt_library_check_index(&library, 0, 0)
             : check(result, "vkCreateInstance");
}

/* The first family of queues that compute. */
static bool find_family(const ganrt_vulkan_functions *vk,
                        VkPhysicalDevice physical, uint32_t *out) {
  VkQueueFamilyProperties families[most_families];
  uint32_t count = most_families;
  vk->vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families);
  for (uint32_t i = 0; i < count; ++i)
    if (families[i].queueCount &&
        (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)) {
      *out = i;
      return true;
    }
  return false;
}

/* Lower is better. */
static uint32_t rank_of(uint32_t type) {
  switch (type) {
  case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
    return 0;
  case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
    return 1;
  case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
    return 2;
  default:
    return 3;
  }
}

static ganrt_status_t find_devices(const vulkan_device *d,
                                   vulkan_devices *out) {
  const ganrt_vulkan_functions *vk = &d->vk;
  VkPhysicalDevice all[most_devices];
  uint32_t count = most_devices;
  int32_t result = vk->vkEnumeratePhysicalDevices(d->instance, &count, all);
  if (result != VK_INCOMPLETE)
    GANRT_RETURN_IF_ERROR(check(result, "vkEnumeratePhysicalDevices"));
  out->count = 0;
  for (uint32_t rank = 0; rank <= 3; ++rank)
    for (uint32_t i = 0; i < count; ++i) {
      VkPhysicalDeviceProperties2 properties = {
          .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2};
      vk->vkGetPhysicalDeviceProperties2(all[i], &properties);
      if (rank_of(properties.properties.deviceType) == rank &&
          properties.properties.apiVersion >= VERSION(2) &&
          find_family(vk, all[i], &out->families[out->count]))
        out->physical[out->count++] = all[i];
    }
  return GANRT_STATUS_OK;
}

static uint64_t least(uint64_t left, uint64_t right) {
  return left < right ? left : right;
}

static void get_limits(vulkan_device *d) {
  VkPhysicalDeviceMaintenance3Properties third = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES};
  VkPhysicalDeviceProperties2 properties = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &third};
  d->vk.vkGetPhysicalDeviceProperties2(d->physical, &properties);
  const VkPhysicalDeviceLimits *from = &properties.properties.limits;
  ganrt_device_limits *limits = &d->limits;
  snprintf(limits->name, sizeof limits->name, "%s",
           properties.properties.deviceName);
  limits->block_bytes =
      least(from->maxStorageBufferRange, third.maxMemoryAllocationSize) /
      GANRT_DEVICE_ALIGNMENT * GANRT_DEVICE_ALIGNMENT;
  limits->alignment = (uint32_t)from->minStorageBufferOffsetAlignment;
  limits->max_group = from->maxComputeWorkGroupInvocations;
  for (int i = 0; i < 3; ++i) {
    limits->max_groups[i] = from->maxComputeWorkGroupCount[i];
    limits->max_group_side[i] = from->maxComputeWorkGroupSize[i];
  }
  limits->max_arguments =
      (uint32_t)least(least(from->maxPerStageDescriptorStorageBuffers,
                            from->maxDescriptorSetStorageBuffers),
                      most_arguments);
  limits->shared_bytes = from->maxComputeSharedMemorySize;
  d->target.version =
      properties.properties.apiVersion >= VERSION(3) ? 0x00010600 : 0x00010500;
  d->vk.vkGetPhysicalDeviceMemoryProperties(d->physical, &d->memory);
}

/* Makes the device, with those of the features there that code may need. */
static ganrt_status_t create_device(vulkan_device *d, uint32_t family) {
  VkPhysicalDeviceVulkan12Features there12 = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
  VkPhysicalDeviceVulkan11Features there11 = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
      .pNext = &there12};
  VkPhysicalDeviceFeatures2 there = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &there11};
  d->vk.vkGetPhysicalDeviceFeatures2(d->physical, &there);

  VkPhysicalDeviceVulkan12Features wanted12 = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
      .storageBuffer8BitAccess = there12.storageBuffer8BitAccess,
      .uniformAndStorageBuffer8BitAccess =
          there12.uniformAndStorageBuffer8BitAccess,
      .shaderFloat16 = there12.shaderFloat16,
      .shaderInt8 = there12.shaderInt8,
      .scalarBlockLayout = there12.scalarBlockLayout,
      .vulkanMemoryModel = there12.vulkanMemoryModel,
      .vulkanMemoryModelDeviceScope = there12.vulkanMemoryModelDeviceScope};
  VkPhysicalDeviceVulkan11Features wanted11 = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
      .pNext = &wanted12,
      .storageBuffer16BitAccess = there11.storageBuffer16BitAccess,
      .uniformAndStorageBuffer16BitAccess =
          there11.uniformAndStorageBuffer16BitAccess,
      .variablePointersStorageBuffer = there11.variablePointersStorageBuffer,
      .variablePointers = there11.variablePointers};
  VkPhysicalDeviceFeatures2 wanted = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
      .pNext = &wanted11,
      .features = {.shaderFloat64 = there.features.shaderFloat64,
                   .shaderInt64 = there.features.shaderInt64,
                   .shaderInt16 = there.features.shaderInt16}};
  const struct {
    uint32_t there, feature;
  } features[] = {
      {wanted12.shaderFloat16, GANRT_SPIRV_FLOAT16},
      {wanted.features.shaderFloat64, GANRT_SPIRV_FLOAT64},
      {wanted12.shaderInt8, GANRT_SPIRV_INT8},
      {wanted.features.shaderInt16, GANRT_SPIRV_INT16},
      {wanted.features.shaderInt64, GANRT_SPIRV_INT64},
      {wanted12.storageBuffer8BitAccess, GANRT_SPIRV_STORAGE8},
      {wanted11.storageBuffer16BitAccess, GANRT_SPIRV_STORAGE16},
      {wanted11.variablePointers, GANRT_SPIRV_VARIABLE_POINTERS},
      {wanted12.vulkanMemoryModel, GANRT_SPIRV_MEMORY_MODEL},
  };
  for (size_t i = 0; i < sizeof features / sizeof *features; ++i)
    d->target.features |= features[i].there ? features[i].feature : 0;

  const float priority = 1;
  const VkDeviceQueueCreateInfo queue = {
      .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
      .queueFamilyIndex = family,
      .queueCount = 1,
      .pQueuePriorities = &priority};
  const VkDeviceCreateInfo info = {.sType =
                                       VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                   .pNext = &wanted,
                                   .queueCreateInfoCount = 1,
                                   .pQueueCreateInfos = &queue};
  GANRT_RETURN_IF_ERROR(
      created(d->vk.vkCreateDevice(d->physical, &info, NULL, &d->device),
              "vkCreateDevice", (void *)&d->device));
  d->vk.vkGetDeviceQueue(d->device, family, 0, &d->queue);
  return GANRT_STATUS_OK;
}

static ganrt_status_t create_layout(vulkan_device *d) {
  VkDescriptorSetLayoutBinding bindings[most_arguments] = {{0}};
  for (uint32_t i = 0; i < d->limits.max_arguments; ++i)
    bindings[i] = (VkDescriptorSetLayoutBinding){
        .binding = i,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .descriptorCount = 1,
        .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
  const VkDescriptorSetLayoutCreateInfo set = {
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
      .bindingCount = d->limits.max_arguments,
      .pBindings = bindings};
  GANRT_RETURN_IF_ERROR(created(
      d->vk.vkCreateDescriptorSetLayout(d->device, &set, NULL, &d->set_layout),
      "vkCreateDescriptorSetLayout", (void *)&d->set_layout));
  const VkPipelineLayoutCreateInfo layout = {
      .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
      .setLayoutCount = 1,
      .pSetLayouts = &d->set_layout};
  return created(
      d->vk.vkCreatePipelineLayout(d->device, &layout, NULL, &d->layout),
      "vkCreatePipelineLayout", (void *)&d->layout);
}

/* A type of memory among `types` with all these properties: the first one that
 * has those of `better`, too. */
static bool find_memory(const vulkan_device *d, uint32_t types,
                        uint32_t properties, uint32_t better, uint32_t *out) {
  for (int pass = 0; pass < 2; ++pass, better = 0)
    for (uint32_t i = 0; i < d->memory.memoryTypeCount; ++i) {
      uint32_t wanted = properties | better;
      if ((types >> i & 1) &&
          (d->memory.memoryTypes[i].propertyFlags & wanted) == wanted) {
        *out = i;
        return true;
      }
    }
  return false;
}

static void destroy_buffer(vulkan_device *d, vulkan_buffer *buffer) {
  d->vk.vkDestroyBuffer(d->device, buffer->buffer, NULL);
  d->vk.vkFreeMemory(d->device, buffer->memory, NULL);
  *buffer = (vulkan_buffer){0};
}

/* What was made stays in *out also on failure. */
static int32_t create_buffer(vulkan_device *d, uint64_t bytes, uint32_t usage,
                             uint32_t properties, uint32_t better,
                             vulkan_buffer *out) {
  const ganrt_vulkan_functions *vk = &d->vk;
  const VkBufferCreateInfo info = {
      .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
      .size = bytes,
      .usage = usage | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
               VK_BUFFER_USAGE_TRANSFER_DST_BIT,
      .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
  *out = (vulkan_buffer){.bytes = bytes};
  int32_t result = vk->vkCreateBuffer(d->device, &info, NULL, &out->buffer);
  if (result != VK_SUCCESS) {
    out->buffer = NULL;
    return result;
  }
  VkMemoryRequirements needs;
  vk->vkGetBufferMemoryRequirements(d->device, out->buffer, &needs);
  VkMemoryAllocateInfo allocation = {.sType =
                                         VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                     .allocationSize = needs.size};
  if (!find_memory(d, needs.memoryTypeBits, properties, better,
                   &allocation.memoryTypeIndex))
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;
  result = vk->vkAllocateMemory(d->device, &allocation, NULL, &out->memory);
  return result == VK_SUCCESS
             ? vk->vkBindBufferMemory(d->device, out->buffer, out->memory, 0)
             : result;
}

static ganrt_status_t create_slot(vulkan_device *d, vulkan_slot *slot) {
  const ganrt_vulkan_functions *vk = &d->vk;
  const VkCommandBufferAllocateInfo commands = {
      .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
      .commandPool = d->pool,
      .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
      .commandBufferCount = 1};
  GANRT_RETURN_IF_ERROR(
      check(vk->vkAllocateCommandBuffers(d->device, &commands, &slot->commands),
            "vkAllocateCommandBuffers"));
  const VkFenceCreateInfo fence = {.sType =
                                       VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
  GANRT_RETURN_IF_ERROR(
      created(vk->vkCreateFence(d->device, &fence, NULL, &slot->fence),
              "vkCreateFence", (void *)&slot->fence));
  const VkDescriptorPoolSize size = {
      .type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .descriptorCount = slot_launches * d->limits.max_arguments};
  const VkDescriptorPoolCreateInfo sets = {
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
      .maxSets = slot_launches,
      .poolSizeCount = 1,
      .pPoolSizes = &size};
  GANRT_RETURN_IF_ERROR(
      created(vk->vkCreateDescriptorPool(d->device, &sets, NULL, &slot->sets),
              "vkCreateDescriptorPool", (void *)&slot->sets));
  GANRT_RETURN_IF_ERROR(
      check(create_buffer(d, GANRT_STAGING_BYTES, 0,
                          VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                              VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                          VK_MEMORY_PROPERTY_HOST_CACHED_BIT, &slot->memory),
            "vkAllocateMemory"));
  void *mapped;
  GANRT_RETURN_IF_ERROR(check(vk->vkMapMemory(d->device, slot->memory.memory, 0,
                                              GANRT_STAGING_BYTES, 0, &mapped),
                              "vkMapMemory"));
  slot->staging = (ganrt_staging){.bytes = mapped, .size = GANRT_STAGING_BYTES};
  return GANRT_STATUS_OK;
}

static ganrt_status_t open_device(vulkan_device *d, uint32_t index) {
  vulkan_devices devices;
  GANRT_RETURN_IF_ERROR(open_instance(d));
  GANRT_RETURN_IF_ERROR(find_devices(d, &devices));
  GANRT_RETURN_IF_ERROR(
      ganrt_library_check_index(&library, index, devices.count));
  d->physical = devices.physical[index];
  get_limits(d);
  GANRT_RETURN_IF_ERROR(create_device(d, devices.families[index]));
  GANRT_RETURN_IF_ERROR(create_layout(d));
  const VkCommandPoolCreateInfo pool = {
      .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
      .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
      .queueFamilyIndex = devices.families[index]};
  GANRT_RETURN_IF_ERROR(
      created(d->vk.vkCreateCommandPool(d->device, &pool, NULL, &d->pool),
              "vkCreateCommandPool", (void *)&d->pool));
  for (uint32_t i = 0; i < slot_count; ++i)
    GANRT_RETURN_IF_ERROR(create_slot(d, &d->slots[i]));
  return GANRT_STATUS_OK;
}

/* All of the device that was made so far. Vulkan takes NULL for any of it. */
static void destroy_device(vulkan_device *d) {
  const ganrt_vulkan_functions *vk = &d->vk;
  vk->vkDeviceWaitIdle(d->device);
  for (uint32_t i = 0; i < slot_count; ++i) {
    vk->vkDestroyFence(d->device, d->slots[i].fence, NULL);
    vk->vkDestroyDescriptorPool(d->device, d->slots[i].sets, NULL);
    destroy_buffer(d, &d->slots[i].memory);
  }
  vk->vkDestroyCommandPool(d->device, d->pool, NULL);
  for (uint32_t i = 0; i < d->code.count; ++i)
    for (uint32_t j = 0; j < d->code.items[i].entry_count; ++j)
      vk->vkDestroyPipeline(d->device, d->code.items[i].entries[j].handle,
                            NULL);
  vk->vkDestroyPipelineLayout(d->device, d->layout, NULL);
  vk->vkDestroyDescriptorSetLayout(d->device, d->set_layout, NULL);
  for (uint32_t i = 0; i < d->block_count; ++i)
    destroy_buffer(d, &d->blocks[i]);
  vk->vkDestroyDevice(d->device, NULL);
}

static void vulkan_close(void *device) {
  vulkan_device *d = device;
  if (!d)
    return;
  if (d->device)
    destroy_device(d);
  ganrt_code_destroy(&d->code);
  ganrt_release(NULL, d->blocks, d->block_capacity, sizeof *d->blocks);
  if (d->instance)
    d->vk.vkDestroyInstance(d->instance, NULL);
  if (d->library)
    dlclose(d->library);
  ganrt_release(NULL, d, 1, sizeof *d);
}

static ganrt_status_t vulkan_open(uint32_t index, void **device) {
  *device = NULL;
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, 1, sizeof(vulkan_device), &memory));
  ganrt_status_t status = open_device(memory, index);
  if (status)
    vulkan_close(memory);
  else
    *device = memory;
  return status;
}

static ganrt_status_t vulkan_list(void *context, ganrt_device_visitor visit) {
  void *memory;
  vulkan_devices devices;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, 1, sizeof(vulkan_device), &memory));
  vulkan_device *d = memory;
  ganrt_status_t status = open_instance(d);
  if (!status)
    status = find_devices(d, &devices);
  if (!status)
    status = ganrt_library_check_index(&library, 0, devices.count);
  for (uint32_t i = 0; !status && i < devices.count; ++i) {
    d->physical = devices.physical[i];
    get_limits(d);
    visit(context, i, d->limits.name);
  }
  vulkan_close(d);
  return status;
}

static void vulkan_limits(void *device, ganrt_device_limits *out) {
  *out = ((vulkan_device *)device)->limits;
}

/*===- The queue ------------------------------------------------------------===*/

static ganrt_status_t wait_for(vulkan_device *d, vulkan_slot *slot) {
  if (!slot->submitted)
    return GANRT_STATUS_OK;
  slot->submitted = false;
  return check(d->vk.vkWaitForFences(d->device, 1, &slot->fence, 1, UINT64_MAX),
               "vkWaitForFences");
}

/* The slot that is recorded: begins it if need be. */
static ganrt_status_t record(vulkan_device *d, vulkan_slot **out) {
  const ganrt_vulkan_functions *vk = &d->vk;
  vulkan_slot *slot = *out = &d->slots[d->slot];
  if (slot->recording)
    return GANRT_STATUS_OK;
  GANRT_RETURN_IF_ERROR(wait_for(d, slot));
  slot->staging.used = 0;
  slot->launch_count = slot->command_count = 0;
  GANRT_RETURN_IF_ERROR(
      check(vk->vkResetFences(d->device, 1, &slot->fence), "vkResetFences"));
  GANRT_RETURN_IF_ERROR(
      check(vk->vkResetDescriptorPool(d->device, slot->sets, 0),
            "vkResetDescriptorPool"));
  const VkCommandBufferBeginInfo info = {
      .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
      .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
  GANRT_RETURN_IF_ERROR(check(vk->vkBeginCommandBuffer(slot->commands, &info),
                              "vkBeginCommandBuffer"));
  slot->recording = true;
  return GANRT_STATUS_OK;
}

/* Hands over what was recorded, if anything, and turns to the next slot. */
static ganrt_status_t submit(vulkan_device *d) {
  vulkan_slot *slot = &d->slots[d->slot];
  if (!slot->recording)
    return GANRT_STATUS_OK;
  slot->recording = false;
  GANRT_RETURN_IF_ERROR(
      check(d->vk.vkEndCommandBuffer(slot->commands), "vkEndCommandBuffer"));
  const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                             .commandBufferCount = 1,
                             .pCommandBuffers = &slot->commands};
  GANRT_RETURN_IF_ERROR(check(
      d->vk.vkQueueSubmit(d->queue, 1, &info, slot->fence), "vkQueueSubmit"));
  slot->submitted = true;
  d->slot = (d->slot + 1) % slot_count;
  return GANRT_STATUS_OK;
}

/* The slot for the next command, which is ordered after all before it. */
static ganrt_status_t next_command(vulkan_device *d, vulkan_slot **out) {
  if (d->slots[d->slot].command_count == slot_commands)
    GANRT_RETURN_IF_ERROR(submit(d));
  GANRT_RETURN_IF_ERROR(record(d, out));
  ++(*out)->command_count;
  const uint32_t stages =
      VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
  const uint32_t writes =
      VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
  const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                   .srcAccessMask = writes,
                                   .dstAccessMask =
                                       writes | VK_ACCESS_SHADER_READ_BIT |
                                       VK_ACCESS_TRANSFER_READ_BIT};
  d->vk.vkCmdPipelineBarrier((*out)->commands, stages, stages, 0, 1, &barrier,
                             0, NULL, 0, NULL);
  return GANRT_STATUS_OK;
}

/* The same, with `bytes` of its staging memory at *offset. */
static ganrt_status_t next_staged(vulkan_device *d, uint64_t bytes,
                                  vulkan_slot **out, uint64_t *offset) {
  GANRT_RETURN_IF_ERROR(record(d, out));
  *offset = ganrt_staging_take(&(*out)->staging, bytes);
  if (*offset == UINT64_MAX || (*out)->command_count == slot_commands) {
    GANRT_RETURN_IF_ERROR(submit(d));
    GANRT_RETURN_IF_ERROR(record(d, out));
    *offset = ganrt_staging_take(&(*out)->staging, bytes);
  }
  return next_command(d, out);
}

static ganrt_status_t vulkan_finish(void *device) {
  vulkan_device *d = device;
  GANRT_RETURN_IF_ERROR(submit(d));
  for (uint32_t i = 0; i < slot_count; ++i)
    GANRT_RETURN_IF_ERROR(wait_for(d, &d->slots[i]));
  return GANRT_STATUS_OK;
}

/*===- Memory ---------------------------------------------------------------===*/

static ganrt_status_t vulkan_allocate(void *device, uint64_t bytes,
                                      uint32_t *block) {
  vulkan_device *d = device;
  if (bytes > d->limits.block_bytes)
    return ganrt_device_no_room(&d->limits, bytes);
  void *blocks = d->blocks;
  GANRT_RETURN_IF_ERROR(ganrt_grow(&blocks, d->block_count, &d->block_capacity,
                                   sizeof *d->blocks));
  d->blocks = blocks;
  vulkan_buffer made;
  if (create_buffer(d, ganrt_block_round(bytes ? bytes : 1),
                    VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, 0,
                    VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, &made) != VK_SUCCESS) {
    destroy_buffer(d, &made);
    return ganrt_device_no_room(&d->limits, bytes);
  }
  *block = d->block_count++;
  d->blocks[*block] = made;
  vulkan_slot *slot;
  GANRT_RETURN_IF_ERROR(next_command(d, &slot));
  d->vk.vkCmdFillBuffer(slot->commands, made.buffer, 0, made.bytes, 0);
  return GANRT_STATUS_OK;
}

/* The buffer that a region lies in. */
static ganrt_status_t find_block(const vulkan_device *d, ganrt_region region,
                                 VkBuffer *out) {
  bool known = region.block < d->block_count;
  GANRT_RETURN_IF_ERROR(
      ganrt_region_check(region, known ? d->blocks[region.block].bytes : 0));
  *out = d->blocks[region.block].buffer;
  return GANRT_STATUS_OK;
}

static ganrt_status_t vulkan_write(void *device, ganrt_region to,
                                   const void *from) {
  vulkan_device *d = device;
  VkBuffer buffer;
  GANRT_RETURN_IF_ERROR(find_block(d, to, &buffer));
  for (uint64_t done = 0, bytes; done < to.bytes; done += bytes) {
    bytes = least(to.bytes - done, GANRT_STAGING_BYTES);
    vulkan_slot *slot;
    uint64_t at;
    GANRT_RETURN_IF_ERROR(next_staged(d, bytes, &slot, &at));
    memcpy(slot->staging.bytes + at, (const uint8_t *)from + done, bytes);
    const VkBufferCopy copy = {at, to.offset + done, bytes};
    d->vk.vkCmdCopyBuffer(slot->commands, slot->memory.buffer, buffer, 1,
                          &copy);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t vulkan_read(void *device, ganrt_region from, void *to) {
  vulkan_device *d = device;
  VkBuffer buffer;
  GANRT_RETURN_IF_ERROR(find_block(d, from, &buffer));
  for (uint64_t done = 0, bytes; done < from.bytes; done += bytes) {
    bytes = least(from.bytes - done, GANRT_STAGING_BYTES);
    vulkan_slot *slot;
    uint64_t at;
    GANRT_RETURN_IF_ERROR(next_staged(d, bytes, &slot, &at));
    const VkBufferCopy copy = {from.offset + done, at, bytes};
    d->vk.vkCmdCopyBuffer(slot->commands, buffer, slot->memory.buffer, 1,
                          &copy);
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask =
                                         VK_ACCESS_TRANSFER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    d->vk.vkCmdPipelineBarrier(slot->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                               VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0,
                               NULL, 0, NULL);
    GANRT_RETURN_IF_ERROR(submit(d));
    GANRT_RETURN_IF_ERROR(wait_for(d, slot));
    memcpy((uint8_t *)to + done, slot->staging.bytes + at, bytes);
  }
  return vulkan_finish(d);
}

static ganrt_status_t vulkan_copy(void *device, ganrt_region from,
                                  ganrt_region to) {
  vulkan_device *d = device;
  VkBuffer source, target;
  GANRT_RETURN_IF_ERROR(find_block(d, from, &source));
  GANRT_RETURN_IF_ERROR(find_block(d, to, &target));
  if (from.bytes == 0)
    return GANRT_STATUS_OK;
  vulkan_slot *slot;
  GANRT_RETURN_IF_ERROR(next_command(d, &slot));
  const VkBufferCopy copy = {from.offset, to.offset, from.bytes};
  d->vk.vkCmdCopyBuffer(slot->commands, source, target, 1, &copy);
  return GANRT_STATUS_OK;
}

/*===- Code -----------------------------------------------------------------===*/

static ganrt_status_t create_pipelines(vulkan_device *d, VkShaderModule module,
                                       ganrt_code_object *object) {
  for (uint32_t i = 0; i < object->entry_count; ++i) {
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = object->entries[i].name},
        .layout = d->layout};
    VkPipeline pipeline = NULL;
    if (d->vk.vkCreateComputePipelines(d->device, NULL, 1, &info, NULL,
                                       &pipeline) != VK_SUCCESS)
      return ganrt_device_no_code(&d->limits, NULL);
    object->entries[i].handle = pipeline;
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t load_words(vulkan_device *d, const uint32_t *words,
                                 uint64_t count, const char *const *entries,
                                 uint32_t entry_count, uint32_t *code) {
  GANRT_RETURN_IF_ERROR(
      ganrt_spirv_check(words, count, &d->target, entries, entry_count));
  GANRT_RETURN_IF_ERROR(ganrt_code_add(&d->code, entries, entry_count, code));
  const VkShaderModuleCreateInfo info = {
      .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
      .codeSize = count * sizeof *words,
      .pCode = words};
  VkShaderModule module = NULL;
  if (d->vk.vkCreateShaderModule(d->device, &info, NULL, &module) != VK_SUCCESS)
    return ganrt_device_no_code(&d->limits, NULL);
  ganrt_status_t status = create_pipelines(d, module, &d->code.items[*code]);
  d->vk.vkDestroyShaderModule(d->device, module, NULL);
  return status;
}

static ganrt_status_t vulkan_load(void *device, const ganrt_device_blob *blob,
                                  const char *const *entries, uint32_t count,
                                  uint32_t *code) {
  uint64_t word_count = blob->size / sizeof(uint32_t);
  void *words; /* aligned */
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, word_count, sizeof(uint32_t), &words));
  memcpy(words, blob->bytes, word_count * sizeof(uint32_t));
  ganrt_status_t status =
      load_words(device, words, word_count, entries, count, code);
  ganrt_release(NULL, words, word_count, sizeof(uint32_t));
  return status;
}

/* A descriptor set of the slot with these buffers. */
static ganrt_status_t make_set(vulkan_device *d, vulkan_slot *slot,
                               const VkDescriptorBufferInfo *buffers,
                               uint32_t count, VkDescriptorSet *out) {
  const VkDescriptorSetAllocateInfo info = {
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
      .descriptorPool = slot->sets,
      .descriptorSetCount = 1,
      .pSetLayouts = &d->set_layout};
  GANRT_RETURN_IF_ERROR(
      check(d->vk.vkAllocateDescriptorSets(d->device, &info, out),
            "vkAllocateDescriptorSets"));
  VkWriteDescriptorSet writes[most_arguments];
  for (uint32_t i = 0; i < count; ++i)
    writes[i] = (VkWriteDescriptorSet){
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = *out,
        .dstBinding = i,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .pBufferInfo = &buffers[i]};
  d->vk.vkUpdateDescriptorSets(d->device, count, writes, 0, NULL);
  return GANRT_STATUS_OK;
}

static ganrt_status_t vulkan_launch(void *device, uint32_t code,
                                    const ganrt_launch_row *row,
                                    const ganrt_region *arguments) {
  vulkan_device *d = device;
  void *pipeline;
  GANRT_RETURN_IF_ERROR(
      ganrt_code_find(&d->code, &d->limits, code, row, &pipeline));
  VkDescriptorBufferInfo buffers[most_arguments];
  for (uint32_t i = 0; i < row->argument_count; ++i) {
    ganrt_region region = arguments[i];
    GANRT_RETURN_IF_ERROR(find_block(d, region, &buffers[i].buffer));
    GANRT_RETURN_IF_ERROR(
        ganrt_argument_check(&region, d->blocks[region.block].bytes));
    buffers[i].offset = region.offset;
    buffers[i].range = region.bytes;
  }
  if (d->slots[d->slot].launch_count == slot_launches)
    GANRT_RETURN_IF_ERROR(submit(d));
  vulkan_slot *slot;
  GANRT_RETURN_IF_ERROR(next_command(d, &slot));
  ++slot->launch_count;
  VkDescriptorSet set;
  GANRT_RETURN_IF_ERROR(make_set(d, slot, buffers, row->argument_count, &set));
  d->vk.vkCmdBindPipeline(slot->commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                          pipeline);
  d->vk.vkCmdBindDescriptorSets(slot->commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                d->layout, 0, 1, &set, 0, NULL);
  d->vk.vkCmdDispatch(slot->commands, row->grid[0], row->grid[1], row->grid[2]);
  return GANRT_STATUS_OK;
}

const ganrt_driver ganrt_vulkan = {
    .name = "vulkan",
    .api = "Vulkan 1.2",
    .list = vulkan_list,
    .open = vulkan_open,
    .close = vulkan_close,
    .limits = vulkan_limits,
    .allocate = vulkan_allocate,
    .load = vulkan_load,
    .launch = vulkan_launch,
    .write = vulkan_write,
    .read = vulkan_read,
    .copy = vulkan_copy,
    .finish = vulkan_finish,
};
