/*===- choice.c - which device a command line means -----------------------===*/
#include "runtime/src/devices/choice.h"

#include "ganrt/cpu.h"
#include "runtime/src/device_code.h"

#include <stdio.h>
#include <string.h>

static const ganrt_device_code *code_for(const ganrt_artefact *artefact,
                                         const char *name) {
  for (uint32_t i = 0; i < artefact->device_count; ++i)
    if (strcmp(ganrt_api_name(artefact->devices[i].api), name) == 0)
      return &artefact->devices[i];
  return NULL;
}

static void append_names(const ganrt_artefact *artefact, const char *between,
                         const char *last, ganrt_text *text) {
  ganrt_text_append(text, "cpu");
  for (uint32_t i = 0; i < artefact->device_count; ++i)
    ganrt_text_append(text, "%s%s",
                      i + 1 == artefact->device_count ? last : between,
                      ganrt_api_name(artefact->devices[i].api));
}

void ganrt_devices_append(const ganrt_artefact *artefact, ganrt_text *text) {
  append_names(artefact, ", ", " and ", text);
}

static ganrt_status_t refuse_unknown(const char *text) {
  return ganrt_status_make(
      GANRT_INVALID_ARGUMENT,
      "there is no device '%s'; expected cpu, opencl, vulkan or cuda, or one "
      "of several as in opencl:1",
      ganrt_quote(text).text);
}

static ganrt_status_t refuse_without_code(const ganrt_artefact *artefact,
                                          const char *name) {
  ganrt_text has = {0}, flag = {0};
  ganrt_devices_append(artefact, &has);
  append_names(artefact, ",", ",", &flag);
  ganrt_status_t status = ganrt_status_make(
      GANRT_UNSUPPORTED,
      "'%s' has no code for %s, but for %s; compile it with --device=%s,%s",
      ganrt_quote(artefact->name).text, name, has.failed ? "cpu" : has.data,
      flag.failed ? "cpu" : flag.data, name);
  ganrt_text_destroy(&flag);
  ganrt_text_destroy(&has);
  return status;
}

ganrt_status_t ganrt_device_choose(const ganrt_artefact *artefact,
                                   const char *text, ganrt_device_choice *out) {
  *out = (ganrt_device_choice){0};
  if (!text || strcmp(text, "cpu") == 0)
    return GANRT_STATUS_OK;
  char name[16] = {0};
  size_t length = strcspn(text, ":");
  uint64_t number = 0;
  if (length < sizeof name)
    memcpy(name, text, length);
  bool is_known = false;
  for (uint32_t api = 0; api <= GANRT_API_CUDA; ++api) {
    const char *known = ganrt_api_name(api);
    is_known |= known && strcmp(name, known) == 0;
  }
  if (text[length])
    is_known &= ganrt_parse_u64(text + length + 1, &number);
  if (!is_known || number > UINT32_MAX)
    return refuse_unknown(text);
  out->code = code_for(artefact, name);
  if (!out->code)
    return refuse_without_code(artefact, name);
  out->driver = ganrt_driver_find(name);
  out->index = (uint32_t)number;
  return out->driver ? GANRT_STATUS_OK : refuse_unknown(text);
}

/*===- Lists ----------------------------------------------------------------===*/

typedef struct listing {
  ganrt_text *text;
  const char *name, *note;
} listing;

static void add_line(const listing *list, const char *device,
                     const char *description) {
  ganrt_text_append(list->text, "%-10s %s%s\n", device, description,
                    list->note);
}

static void add_device(void *context, uint32_t index, const char *description) {
  const listing *list = context;
  char device[32];
  snprintf(device, sizeof device, "%s:%u", list->name, index);
  add_line(list, device, description);
}

void ganrt_devices_list(const ganrt_artefact *artefact, ganrt_text *text) {
  listing list = {text, "cpu", ""};
  add_line(&list, "cpu", ganrt_cpu_name(ganrt_cpu_highest()));
  const ganrt_driver *driver;
  for (uint32_t i = 0; (driver = ganrt_driver_at(i)); ++i) {
    list = (listing){text, driver->name,
                     code_for(artefact, driver->name)
                         ? ""
                         : "; this program has no code for it"};
    ganrt_status_t status = driver->list(&list, add_device);
    list.note = "";
    if (status)
      add_line(&list, driver->name, ganrt_status_message(status));
    ganrt_status_free(status);
  }
}
