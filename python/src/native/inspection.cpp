#include "inspection.hpp"

#include <nanobind/stl/string.h>

#include <shmbuf/inspect.hpp>
#include <vector>

namespace native {
namespace {

using shmbuf::Status;

template <std::size_t N>
const char* word(const char* const (&words)[N], std::uint32_t value) {
  return value < N ? words[value] : "unknown";
}

constexpr const char* kProducerStates[] = {"none", "active", "closed", "retired"};
constexpr const char* kSlotStates[] = {"free", "joined", "attached", "detached"};
constexpr const char* kPolicies[] = {"lossless", "lossy", "latest"};
constexpr const char* kLanguages[] = {"", "go", "cpp", "python"};

// What producers and consumers have in common. Times are nanoseconds since 1970; Python makes dates of
// them.
nb::dict describe_peer(const shmbuf::PeerInfo& peer) {
  nb::dict d;
  d["alive"] = peer.alive;
  d["pid"] = peer.pid;
  d["epoch"] = peer.epoch;
  d["language"] = word(kLanguages, peer.language);
  d["attached"] = peer.attached;
  return d;
}

nb::dict describe(const shmbuf::Info& info) {
  nb::dict d;
  d["name"] = info.name;
  d["layout"] = layout_name(info.layout);
  d["version"] = info.version;
  d["format"] = info.format;
  d["capacity"] = info.capacity;
  d["record_size"] = info.record_size;
  d["record_count"] = info.record_count;
  d["alignment"] = info.alignment;
  d["slots"] = info.slots;
  d["content_type"] = info.content_type;
  d["times"] = info.times;
  d["keep"] = info.keep;
  d["segment_size"] = info.segment_size;
  d["segment_id"] = info.segment_id;
  d["created"] = info.created;
  d["mode"] = info.mode;
  d["position"] = info.position;
  d["records"] = info.records;
  d["fill"] = info.fill;
  nb::dict producer = describe_peer(info.producer);
  producer["state"] = word(kProducerStates, info.producer.state);
  d["producer"] = producer;
  nb::list consumers;
  for (const shmbuf::PeerInfo& peer : info.consumers) {
    nb::dict consumer = describe_peer(peer);
    consumer["slot"] = peer.slot;
    consumer["state"] = word(kSlotStates, peer.state);
    consumer["policy"] = word(kPolicies, peer.policy);
    consumer["position"] = peer.position;
    consumer["lag_bytes"] = peer.lag_bytes;
    consumer["lag_records"] = peer.lag_records;
    consumer["lost_records"] = peer.lost_records;
    consumer["lost_bytes"] = peer.lost_bytes;
    consumers.append(consumer);
  }
  d["consumers"] = consumers;
  return d;
}

nb::dict inspect(const std::string& name) {
  shmbuf::Info info;
  std::string message;
  const Status status = shmbuf::inspect(name, &info, &message);
  if (status != Status::ok) raise(status, error_text(name, message, status));
  return describe(info);
}

nb::list list() {
  std::vector<shmbuf::Info> channels;
  const Status status = shmbuf::list(&channels);
  if (status != Status::ok) raise(status, "channels: the directory of shared memory cannot be listed");
  nb::list result;
  for (const shmbuf::Info& info : channels) result.append(describe(info));
  return result;
}

void remove(const std::string& name, bool force) {
  std::string message;
  const Status status = shmbuf::remove(name, force, &message);
  if (status != Status::ok) raise(status, error_text(name, message, status));
}

}  // namespace

void bind_inspection(nb::module_& module) {
  module.def("inspect", &inspect, nb::arg("name"));
  module.def("list", &list);
  module.def("remove", &remove, nb::arg("name"), nb::arg("force"));
}

}  // namespace native
