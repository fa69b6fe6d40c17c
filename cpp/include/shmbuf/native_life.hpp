// Beginning and end of the roles on a native segment: spec/PROTOCOL.md section 4.
#ifndef SHMBUF_NATIVE_LIFE_HPP_
#define SHMBUF_NATIVE_LIFE_HPP_

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

#include "shmbuf/geometry.hpp"
#include "shmbuf/identify.hpp"
#include "shmbuf/segment.hpp"
#include "shmbuf/wait.hpp"

namespace shmbuf {
namespace detail {

// Counts in the segment, where counters go on over all who held the role. Only its holder writes them.
inline void count_up(std::uint64_t* counter) noexcept { store_relaxed(counter, load_relaxed(counter) + 1); }

// A role taken on a mapped segment.
struct NativeRole {
  Segment segment;
  Geometry geometry;
  std::uint64_t position = 0;   // producer: where it goes on; consumer: its cursor
  std::uint64_t gate = 0;       // consumer
  std::uint64_t count = 0;      // producer: records published before
  unsigned cell = 0;            // producer: the journal cell of `position`
  bool barrier = false;         // this process may leave its fences to waiters
  std::uint64_t discarded = 0;  // producer: records nobody was left to read
};

// Wakes every consumer, from a place where speed does not matter.
inline void wake_consumers(void* base) noexcept { notify(&layout::event_page(base)->data_waiters, false); }

// Wakes the other side of a role just taken, whatever its word holds: a predecessor killed between its
// exchange and its wake leaves a sleeper behind a word of 0 (spec 3.7).
inline void wake_after_taking(std::uint32_t* word) noexcept {
  full_fence();  // partner: the waiter's fence between its store of 1 and its look
  wake_waiters(word);
}

// Writes who the producer is. Capabilities first, then a full fence, before anything is published
// (spec 3.7).
inline void sign_producer(void* base, std::uint32_t language, bool barrier) noexcept {
  layout::ProducerPage* const page = layout::producer_page(base);
  store_relaxed(&page->capabilities, barrier ? layout::kCapabilityBarrier : 0u);
  full_fence();  // partner: a waiter's fence before it reads the capabilities
  store_relaxed(&page->pid, own_pid());
  store_relaxed(&page->language, language);
  store_relaxed(&page->attached, static_cast<std::uint64_t>(wall_time()));
  store_relaxed(&page->epoch, load_relaxed(&page->epoch) + 1);
  // Partner: the consumers' load-acquire of the state.
  store_release(&page->state, layout::kProducerActive);
}

// Makes a new segment and gives it its name. `exists` when somebody else was faster.
inline Status create_native(const std::string& name, const Options& options, const Geometry& wanted,
                            NativeRole* role, std::string* why) {
  Segment segment;
  const unsigned mode = options.mode == 0 ? 0600u : options.mode;
  Status status = segment.create(name, wanted.segment_size,
                                 options.lazy ? wanted.data_offset : wanted.segment_size, mode, false, why);
  if (status != Status::ok) return status;
  Geometry geometry = wanted;
  geometry.segment_id = random_id();
  geometry.created = wall_time();
  void* const base = segment.base();
  layout::StaticPage* const page = static_cast<layout::StaticPage*>(base);
  encode_static(geometry, page);
  const std::uint64_t start = geometry.start_position;
  layout::ProducerPage* const producer = layout::producer_page(base);
  store_relaxed(&producer->position, start);
  store_relaxed(&producer->frontier, start);
  for (layout::JournalCell& cell : producer->journal) store_relaxed(&cell.end, start);
  layout::Slot* const slot = layout::slot_at(base, 0);
  store_relaxed(&slot->gate, start);
  store_relaxed(&slot->cursor, start);
  store_relaxed(&slot->state, layout::kSlotJoined);
  status = segment.lock(producer_lock(Layout::native), why);
  if (status != Status::ok) return status;
  const bool barrier = peer_barrier_ready();
  sign_producer(base, options.language, barrier);
  // Partner: whoever recognises the segment: everything above is there when the magic is.
  store_release(&page->magic, layout::kMagicWord);
  status = segment.link(why);
  if (status != Status::ok) return status;
  role->segment = std::move(segment);
  role->geometry = geometry;
  role->position = start;
  role->count = 0;
  role->cell = 0;
  role->barrier = barrier;
  return Status::ok;
}

// Checks the positions of a gating slot against the producer position.
inline bool slot_possible(std::uint64_t gate, std::uint64_t cursor, std::uint64_t position,
                          std::uint64_t lap) noexcept {
  return position - gate <= lap && cursor - gate <= position - gate;
}

// Goes on with the segment in `role`, whose producer lock is held and whose geometry fits.
inline Status take_over(const Options& options, NativeRole* role, std::string* why) {
  void* const base = role->segment.base();
  const Geometry& g = role->geometry;
  layout::ProducerPage* const page = layout::producer_page(base);
  const std::uint64_t position = load_acquire(&page->position);
  for (std::uint32_t i = 0; i < g.slot_count; ++i) {
    layout::Slot* const slot = layout::slot_at(base, i);
    if (load_acquire(&slot->state) == layout::kSlotFree) continue;
    if (load_relaxed(&slot->policy) != layout::kPolicyLossless) continue;
    // Partner: the consumer's store-release of its gate, before which it stored a cursor at least as far: a
    // live consumer never looks impossible in this order.
    const std::uint64_t gate = load_acquire(&slot->gate);
    const std::uint64_t cursor = load_relaxed(&slot->cursor);
    if (!slot_possible(gate, cursor, position, g.lap())) {
      *why = "slot " + std::to_string(i) + " has gate " + std::to_string(gate) + " and cursor " +
             std::to_string(cursor) + ", impossible at position " + std::to_string(position);
      return Status::damaged;
    }
  }
  if (g.fixed()) {
    role->count = position - g.start_position;
  } else {
    bool matched = false;
    for (unsigned i = 0; i < 2 && !matched; ++i) {
      if (load_relaxed(&page->journal[i].end) != position) continue;
      role->count = load_relaxed(&page->journal[i].count);
      role->cell = i;
      matched = true;
    }
    if (!matched || (position & (g.alignment - 1)) != 0) {
      *why = "no journal cell belongs to position " + std::to_string(position);
      return Status::damaged;
    }
  }
  role->position = position;
  role->barrier = peer_barrier_ready();
  store_relaxed(&page->frontier, position);  // what the last producer reserved and did not commit is gone
  sign_producer(base, options.language, role->barrier);
  wake_after_taking(&layout::event_page(base)->data_waiters);
  return Status::ok;
}

// Records in the segment that no attached consumer is left to read.
inline std::uint64_t unread_records(const Segment& segment, const Geometry& g) noexcept {
  void* const base = segment.base();
  const layout::ProducerPage* const page = layout::producer_page(base);
  const layout::Slot* const slot = layout::slot_at(base, 0);
  if (load_acquire(&slot->state) == layout::kSlotAttached && segment.held(consumer_lock(Layout::native, 0)))
    return 0;
  const std::uint64_t position = load_acquire(&page->position);
  if (g.fixed()) {
    const std::uint64_t unread = position - load_relaxed(&slot->cursor);
    return unread <= g.lap() ? unread : 0;
  }
  for (const layout::JournalCell& cell : page->journal) {
    if (load_relaxed(&cell.end) != position) continue;
    const std::uint64_t unread = load_relaxed(&cell.count) - load_relaxed(&slot->sequence);
    return unread <= g.lap() / layout::kHeaderSize ? unread : 0;
  }
  return 0;
}

// Says that a segment has come to its end, and takes its name away. The producer lock is held.
inline Status retire(Segment* segment, std::string* why) {
  // Partner: the consumers' load-acquire of the state when they find the ring empty.
  store_release(&layout::producer_page(segment->base())->state, layout::kProducerRetired);
  wake_consumers(segment->base());
  return segment->unlink(why);
}

// Takes the producer role on a new or an existing segment.
inline Status take_producer_role(const std::string& name, const Options& options, const Geometry& wanted,
                                 NativeRole* role, std::string* why) {
  std::uint64_t discarded = 0;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    why->clear();
    // Where a name goes only with the last handle, there is no point in asking faster.
    if (attempt > 0 && !Segment::kNamedWhenComplete)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    Segment segment;
    Status status = segment.open(name, true, why);
    if (status == Status::missing) {
      status = create_native(name, options, wanted, role, why);
      if (status == Status::exists) continue;
      role->discarded = discarded;
      return status;
    }
    if (status == Status::no_permission && options.exclusive) return Status::exists;
    if (status != Status::ok) return status;
    Identity identity;
    status = identify(segment, &identity, why);
    if (status == Status::would_block && !Segment::kNamedWhenComplete) continue;
    if (status == Status::ok && identity.layout == Layout::classic) {
      *why = "a classic channel has this name";
      return Status::exists;
    }
    if (status == Status::would_block) status = Status::not_a_channel;
    if (status == Status::not_a_channel) return status;
    if (options.exclusive) return Status::exists;
    if (status != Status::ok) return status;
    status = segment.map(identity.geometry.segment_size, true, why);
    if (status != Status::ok) return status;
    layout::ProducerPage* const page = layout::producer_page(segment.base());
    status = segment.lock(producer_lock(Layout::native), why);
    if (status == Status::busy) {
      *why = "process " + std::to_string(load_relaxed(&page->pid)) + " is the producer";
    }
    if (status != Status::ok) return status;
    if (!segment.linked()) continue;  // replaced or removed meanwhile
    if (load_acquire(&page->state) == layout::kProducerRetired) {
      status = segment.unlink(why);
      if (status != Status::ok && status != Status::missing) return status;
      continue;
    }
    if (identity.geometry.continues(wanted)) {
      role->segment = std::move(segment);
      role->geometry = identity.geometry;
      role->discarded = discarded;
      return take_over(options, role, why);
    }
    const std::uint64_t unread = unread_records(segment, identity.geometry);
    status = retire(&segment, why);
    if (status != Status::ok && status != Status::missing) return status;
    discarded += unread;
  }
  *why = "other processes keep creating and removing it";
  return Status::busy;
}

// Takes a slot of the native segment that `segment` has open. missing: it lost its name meanwhile.
inline Status take_consumer_role(Segment segment, const Identity& identity, const ConsumerOptions& options,
                                 NativeRole* role, std::string* why) {
  const Geometry& g = identity.geometry;
  Status status = segment.map(g.segment_size, true, why);
  if (status != Status::ok) return status;
  layout::Slot* const slot = layout::slot_at(segment.base(), options.slot);
  status = segment.lock(consumer_lock(Layout::native, options.slot), why);
  if (status == Status::busy) {
    *why = "process " + std::to_string(load_relaxed(&slot->pid)) + " is the consumer of slot " +
           std::to_string(options.slot);
  }
  if (status != Status::ok) return status;
  if (!segment.linked()) return Status::missing;
  const std::uint64_t gate = load_relaxed(&slot->gate);
  const std::uint64_t cursor = load_relaxed(&slot->cursor);
  // Partner: the producer's store-release of the position.
  const std::uint64_t position = load_acquire(&layout::producer_page(segment.base())->position);
  const std::uint32_t state = load_relaxed(&slot->state);
  if (state == layout::kSlotFree || state > layout::kSlotDetached ||
      load_relaxed(&slot->policy) != layout::kPolicyLossless ||
      !slot_possible(gate, cursor, position, g.lap()) ||
      (!g.fixed() && (cursor & (g.alignment - 1)) != 0)) {
    *why = "slot " + std::to_string(options.slot) + " has state " + std::to_string(state) + ", gate " +
           std::to_string(gate) + " and cursor " + std::to_string(cursor) + ", impossible at position " +
           std::to_string(position);
    return Status::damaged;
  }
  role->barrier = peer_barrier_ready();
  store_relaxed(&slot->capabilities, role->barrier ? layout::kCapabilityBarrier : 0u);
  full_fence();  // partner: the producer's fence before it reads the capabilities
  store_relaxed(&slot->pid, own_pid());
  store_relaxed(&slot->language, options.language);
  store_relaxed(&slot->attached, static_cast<std::uint64_t>(wall_time()));
  store_relaxed(&slot->epoch, load_relaxed(&slot->epoch) + 1);
  // Partner: the producer's load-acquire of the state.
  store_release(&slot->state, layout::kSlotAttached);
  wake_after_taking(&layout::event_page(segment.base())->space_waiter);
  role->geometry = g;
  role->position = cursor;
  role->gate = gate;
  role->segment = std::move(segment);
  return Status::ok;
}

// Whether both sides have closed and everything is read.
inline bool channel_over(void* base, const Geometry& g) noexcept {
  const layout::ProducerPage* const page = layout::producer_page(base);
  if (load_acquire(&page->state) != layout::kProducerClosed) return false;
  const std::uint64_t position = load_acquire(&page->position);
  for (std::uint32_t i = 0; i < g.slot_count; ++i) {
    const layout::Slot* const slot = layout::slot_at(base, i);
    const std::uint32_t state = load_acquire(&slot->state);
    if (state == layout::kSlotFree || load_relaxed(&slot->policy) != layout::kPolicyLossless) continue;
    if (state != layout::kSlotDetached || load_relaxed(&slot->cursor) != position) return false;
  }
  return true;
}

// The last that closes removes the name. Call it when the own state is stored and the producer lock is
// free.
inline void remove_when_over(Segment* segment, const Geometry& g) noexcept {
  if (g.keep()) return;
  full_fence();  // partner: the same fence of the other side: one of the two sees both states
  if (!channel_over(segment->base(), g)) return;
  std::string why;
  if (segment->lock(producer_lock(Layout::native), &why) != Status::ok) return;
  if (channel_over(segment->base(), g) && segment->name_leads_here()) retire(segment, &why);
  segment->unlock(producer_lock(Layout::native));
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_NATIVE_LIFE_HPP_
