// Creating and attaching classic segments: spec/PROTOCOL.md section 2.
#ifndef SHMBUF_CLASSIC_LIFE_HPP_
#define SHMBUF_CLASSIC_LIFE_HPP_

#include <cstdint>
#include <string>

#include "shmbuf/classic_reader.hpp"
#include "shmbuf/identify.hpp"
#include "shmbuf/segment.hpp"

namespace shmbuf {
namespace detail {

struct ClassicRole {
  Segment segment;
  std::uint32_t capacity = 0;
  std::uint32_t head = 0;
  std::uint32_t tail = 0;
};

inline std::uint32_t round_down_to_power_of_two(std::uint64_t v) noexcept {
  std::uint64_t power = 1;
  while (power * 2 <= v) power *= 2;
  return v == 0 ? 0 : static_cast<std::uint32_t>(power);
}

// `invalid` when the options ask for what a classic channel does not have.
inline Status check_classic_options(const Options& o, std::string* why) {
  const std::uint64_t request = o.capacity == 0 ? layout::kDefaultCapacity : o.capacity;
  if (request < layout::classic::kMinRequest || request > layout::classic::kMaxRequest) {
    *why = "capacity is " + std::to_string(request) + "; a classic channel takes 16 to 2147483648 bytes";
  } else if (o.record_size != 0 || o.record_count != 0) {
    *why = "record_size is " + std::to_string(o.record_size) + "; classic records have no fixed size";
  } else if (o.alignment > 1) {
    *why = "alignment is " + std::to_string(o.alignment) + "; classic records are not aligned";
  } else if (o.slots > 1) {
    *why = "slots is " + std::to_string(o.slots) + "; a classic channel has one consumer";
  } else if (!o.content_type.empty()) {
    *why = "a classic channel cannot carry a content_type";
  } else if (o.times) {
    *why = "a classic channel cannot carry publication times";
  } else if (o.lazy) {
    *why = "lazy is set; the memory of a classic channel is always reserved";
  } else if (o.keep) {
    *why = "keep is set; a classic channel stays until it is removed anyway";
  } else if (o.start_position > 0xFFFFFFFFull) {
    *why = "start_position is " + std::to_string(o.start_position) + "; classic positions have 32 bits";
  } else {
    return Status::ok;
  }
  return Status::invalid;
}

// Creates the object, replacing a classic one that no shmbuf producer holds.
inline Status create_classic(const std::string& name, const Options& options, ClassicRole* role,
                             std::string* why) {
  const std::uint64_t request = options.capacity == 0 ? layout::kDefaultCapacity : options.capacity;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    why->clear();
    Segment old;
    Status status = old.open(name, true, why);
    if (status == Status::ok) {
      Identity identity;
      status = identify(old, &identity, why);
      if (status == Status::ok && identity.layout == Layout::native) {
        *why = "a native channel has this name";
        return options.exclusive ? Status::exists : Status::not_a_channel;
      }
      if (options.exclusive) return Status::exists;
      if (status != Status::ok) return Status::not_a_channel;
      status = old.lock(producer_lock(Layout::classic), why);
      if (status == Status::busy) *why = "another shmbuf producer has it open";
      if (status != Status::ok) return status;
      if (!old.name_leads_here()) continue;  // somebody else replaced it meanwhile
      status = old.unlink(why);
      if (status != Status::ok && status != Status::missing) return status;
    } else if (status != Status::missing) {
      return status == Status::no_permission && options.exclusive ? Status::exists : status;
    }
    Segment segment;
    const std::uint64_t size = request + layout::classic::kHeaderSize;
    status =
        segment.create(name, size, size, options.mode == 0 ? 0666u : options.mode, options.mode == 0, why);
    if (status == Status::exists) continue;
    if (status != Status::ok) return status;
    const std::uint32_t start = static_cast<std::uint32_t>(options.start_position);
    layout::classic::Header* const header = static_cast<layout::classic::Header*>(segment.base());
    store_relaxed(&header->head, start);
    store_relaxed(&header->tail, start);
    // Partner: a consumer's load-acquire: a capacity says that the positions are there.
    store_release(&header->capacity, round_down_to_power_of_two(request));
    status = segment.lock(producer_lock(Layout::classic), why);
    if (status != Status::ok) return status;
    status = segment.link(why);
    if (status == Status::exists) continue;
    if (status != Status::ok) return status;
    role->segment = std::move(segment);
    role->capacity = round_down_to_power_of_two(request);
    role->head = role->tail = start;
    return Status::ok;
  }
  *why = "other processes keep creating and removing it";
  return Status::busy;
}

// Takes the consumer's part of the classic segment that `segment` has open. would_block: positions are not
// ready.
inline Status attach_classic(Segment segment, const Identity& identity, ClassicRole* role,
                             std::string* why) {
  Status status = segment.map(identity.object_size, true, why);
  if (status != Status::ok) return status;
  status = segment.lock(consumer_lock(Layout::classic, 0), why);
  if (status == Status::busy) *why = "another shmbuf consumer has it open";
  if (status != Status::ok) return status;
  if (!segment.linked()) return Status::missing;
  layout::classic::Header* const header = static_cast<layout::classic::Header*>(segment.base());
  if (!classic_positions(header, identity.classic_capacity, &role->head, &role->tail)) {
    *why = "head " + std::to_string(load_relaxed(&header->head)) + " and tail " +
           std::to_string(load_relaxed(&header->tail)) + " are impossible with capacity " +
           std::to_string(identity.classic_capacity);
    return Status::damaged;
  }
  role->capacity = identity.classic_capacity;
  role->segment = std::move(segment);
  return Status::ok;
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_CLASSIC_LIFE_HPP_
