// Looking at channels without taking a role, and removing them.
#ifndef SHMBUF_INSPECT_HPP_
#define SHMBUF_INSPECT_HPP_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "shmbuf/classic_life.hpp"
#include "shmbuf/name.hpp"
#include "shmbuf/native_life.hpp"
#include "shmbuf/options.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {

// A producer, or the consumer of one slot, as the segment and its locks show it.
struct PeerInfo {
  std::uint32_t slot = 0;      // consumers only
  std::uint32_t state = 0;     // spec/PROTOCOL.md 3.2 and 3.4
  bool alive = false;          // its role lock is held (existing classic programs hold none)
  std::uint32_t pid = 0;       // in its own PID namespace
  std::uint64_t epoch = 0;     // how often the role was taken
  std::uint32_t language = 0;  // 1 Go, 2 C++, 3 Python
  std::int64_t attached = 0;   // nanoseconds since 1970
  std::uint64_t sleeps = 0;
  std::uint64_t wakes = 0;  // producer only
  // Consumers only:
  std::uint32_t policy = 0;
  std::uint64_t position = 0;
  std::uint64_t sequence = 0;  // of the next record
  std::uint64_t lag_bytes = 0;
  std::uint64_t lag_records = 0;
  std::uint64_t lost_records = 0;
  std::uint64_t lost_bytes = 0;
};

struct Info {
  std::string name;
  Layout layout = Layout::native;
  std::uint32_t version = 0;  // 0 for classic
  std::string format;         // "variable" or "fixed"
  std::uint64_t capacity = 0;
  std::uint64_t record_size = 0;
  std::uint64_t record_count = 0;
  std::uint32_t alignment = 0;
  std::uint32_t slots = 1;
  std::string content_type;
  bool times = false;
  bool keep = false;
  std::uint64_t segment_size = 0;  // bytes of the object
  std::uint64_t segment_id = 0;
  std::int64_t created = 0;  // nanoseconds since 1970; 0 for classic
  unsigned mode = 0;
  std::uint64_t position = 0;  // of the producer
  std::uint64_t records = 0;   // published since the channel exists; 0 for classic, which does not count
  double fill = 0;             // 0 empty … 1 full
  PeerInfo producer;
  std::vector<PeerInfo> consumers;  // slots that are not free
};

namespace detail {

// The published position and the count that belongs to it, while the producer goes on.
inline void read_count(const layout::ProducerPage* page, const Geometry& g, Info* info) noexcept {
  for (int attempt = 0; attempt < 100; ++attempt) {
    // Partner: the producer's store-release of the position, which comes after its journal cell.
    const std::uint64_t position = load_acquire(&page->position);
    info->position = position;
    if (g.fixed()) {
      info->records = position - g.start_position;
      return;
    }
    for (const layout::JournalCell& cell : page->journal) {
      if (load_acquire(&cell.end) != position) continue;
      const std::uint64_t count = load_acquire(&cell.count);
      // The cell of the published position is not rewritten before the position moves.
      if (load_acquire(&page->position) != position) break;
      info->records = count;
      return;
    }
  }
}

inline void describe_native(const Segment& segment, const Geometry& g, Info* info) {
  void* const base = segment.base();
  const layout::ProducerPage* const page = layout::producer_page(base);
  info->version = layout::kVersion;
  info->format = g.fixed() ? "fixed" : "variable";
  info->capacity = g.capacity;
  info->record_size = g.record_size;
  info->record_count = g.record_count;
  info->alignment = g.alignment;
  info->slots = g.slot_count;
  info->content_type = g.descriptor;
  info->times = g.times();
  info->keep = g.keep();
  info->segment_id = g.segment_id;
  info->created = g.created;
  const std::uint64_t unit = g.fixed() ? g.record_size : 1;
  for (std::uint32_t i = 0; i < g.slot_count; ++i) {
    const layout::Slot* const slot = layout::slot_at(base, i);
    PeerInfo peer;
    peer.state = load_acquire(&slot->state);
    if (peer.state == layout::kSlotFree) continue;
    peer.slot = i;
    peer.alive = segment.held(consumer_lock(Layout::native, i));
    peer.pid = load_relaxed(&slot->pid);
    peer.epoch = load_relaxed(&slot->epoch);
    peer.language = load_relaxed(&slot->language);
    peer.attached = static_cast<std::int64_t>(load_relaxed(&slot->attached));
    peer.sleeps = load_relaxed(&slot->sleeps);
    peer.policy = load_relaxed(&slot->policy);
    peer.position =
        load_acquire(&slot->cursor);  // before the producer position: the lag cannot be negative
    peer.sequence = load_relaxed(&slot->sequence);
    peer.lost_records = load_relaxed(&slot->lost_records);
    peer.lost_bytes = load_relaxed(&slot->lost_bytes);
    info->consumers.push_back(peer);
  }
  read_count(page, g, info);
  std::uint64_t most = 0;
  for (PeerInfo& peer : info->consumers) {
    // Read while both sides run: what is impossible is shown as "no lag" rather than as nonsense.
    const std::uint64_t lag = info->position - peer.position;
    if (lag > g.lap()) continue;
    peer.lag_bytes = lag * unit;
    const std::uint64_t unread = g.fixed() ? lag : info->records - peer.sequence;
    peer.lag_records = unread <= g.lap() ? unread : 0;
    most = std::max(most, lag);
  }
  info->fill = static_cast<double>(most) / static_cast<double>(g.lap());
  PeerInfo& producer = info->producer;
  producer.state = load_acquire(&page->state);
  producer.alive = segment.held(producer_lock(Layout::native));
  producer.pid = load_relaxed(&page->pid);
  producer.epoch = load_relaxed(&page->epoch);
  producer.language = load_relaxed(&page->language);
  producer.attached = static_cast<std::int64_t>(load_relaxed(&page->attached));
  producer.sleeps = load_relaxed(&page->sleeps);
  producer.wakes = load_relaxed(&page->wakes);
}

inline void describe_classic(const Segment& segment, std::uint32_t capacity, Info* info) {
  layout::classic::Header header;
  std::memset(&header, 0, sizeof(header));
  segment.read_at(0, &header, sizeof(header));
  info->format = "variable";
  info->capacity = capacity;
  info->alignment = 1;
  info->position = le(header.head);
  info->producer.alive = segment.held(producer_lock(Layout::classic));
  PeerInfo consumer;
  consumer.alive = segment.held(consumer_lock(Layout::classic, 0));
  consumer.position = le(header.tail);
  const std::uint32_t lag = le(header.head) - le(header.tail);
  if (lag <= capacity) {
    consumer.lag_bytes = lag;
    info->fill = static_cast<double>(lag) / capacity;
  }
  info->consumers.push_back(consumer);
}

inline Status inspect_channel(const std::string& name, Info* info, std::string* why) {
  *info = Info();
  info->name = name;
  Status status = check_name(name, why);
  if (status != Status::ok) return status;
  Segment segment;
  status = segment.open(name, false, why);
  if (status != Status::ok) return status;
  Identity identity;
  status = identify(segment, &identity, why);
  if (status == Status::would_block) return Status::not_a_channel;
  if (status != Status::ok) return status;
  info->layout = identity.layout;
  info->segment_size = identity.object_size;
  info->mode = segment.mode();
  if (identity.layout == Layout::classic) {
    describe_classic(segment, identity.classic_capacity, info);
    return Status::ok;
  }
  status = segment.map(identity.geometry.control_size, false, why);
  if (status != Status::ok) return status;
  describe_native(segment, identity.geometry, info);
  return Status::ok;
}

inline Status remove_channel(const std::string& name, bool force, std::string* why) {
  Status status = check_name(name, why);
  if (status != Status::ok) return status;
  Segment segment;
  status = segment.open(name, true, why);
  if (status == Status::no_permission && force) {
    why->clear();
    return segment.unlink(why);  // the directory decides
  }
  if (status != Status::ok) return status;
  Identity identity;
  status = identify(segment, &identity, why);
  if (status != Status::ok) {
    if (force) return segment.unlink(why);
    return status == Status::would_block ? Status::not_a_channel : status;
  }
  const bool native = identity.layout == Layout::native;
  status = segment.lock(producer_lock(identity.layout), why);
  const bool no_producer = status == Status::ok;
  if (!no_producer && !force) {
    if (status == Status::busy) *why = "its producer is alive";
    return status;
  }
  const std::uint32_t slots = native ? identity.geometry.slot_count : 1;
  for (std::uint32_t i = 0; i < slots && !force; ++i) {
    status = segment.lock(consumer_lock(identity.layout, i), why);
    if (status == Status::busy) *why = "the consumer of slot " + std::to_string(i) + " is alive";
    if (status != Status::ok) return status;
  }
  if (!segment.name_leads_here()) return Status::missing;
  if (!native || !no_producer) return segment.unlink(why);
  status = segment.map(identity.geometry.segment_size, true, why);
  return status == Status::ok ? retire(&segment, why) : status;
}

inline Status explain(Status status, const std::string& name, const std::string& why,
                      std::string* message) {
  if (message != nullptr) {
    const StatusText& text = status_text(status);
    *message = status == Status::ok ? std::string()
                                    : "channel '" + name + "': " + text.meaning +
                                          (why.empty() ? "" : " (" + why + ")") + "; " + text.action;
  }
  return status;
}

}  // namespace detail

// Describes channel `name` without taking a role. Does not block; any thread. invalid, missing,
// not_a_channel, unknown_version, damaged, no_permission, system. *message, if given, is the text for
// people.
inline Status inspect(const std::string& name, Info* info, std::string* message = nullptr) {
  std::string why;
  const Status status = detail::inspect_channel(name, info, &why);
  return detail::explain(status, name, why, message);
}

// All channels the caller may read, sorted by name; other objects are left out. Does not block; any thread.
inline Status list(std::vector<Info>* channels) {
  channels->clear();
  std::vector<std::string> names = detail::Segment::names();
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    Info info;
    std::string why;
    if (detail::inspect_channel(name, &info, &why) == Status::ok) channels->push_back(std::move(info));
  }
  return Status::ok;
}

// Removes channel `name`: `busy` while a live producer or consumer holds it. With `force` it goes in any
// case, even when it is no channel; who has it open keeps the memory. Does not block; any thread. invalid,
// missing, not_a_channel, no_permission.
inline Status remove(const std::string& name, bool force = false, std::string* message = nullptr) {
  std::string why;
  const Status status = detail::remove_channel(name, force, &why);
  return detail::explain(status, name, why, message);
}

}  // namespace shmbuf

#endif  // SHMBUF_INSPECT_HPP_
