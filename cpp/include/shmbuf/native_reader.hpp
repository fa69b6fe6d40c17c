// The consumer's algorithm over the memory of a native segment. No operating system, no clock, no waiting:
// spec/PROTOCOL.md sections 3.5 to 3.7. One thread at a time.
#ifndef SHMBUF_NATIVE_READER_HPP_
#define SHMBUF_NATIVE_READER_HPP_

#include <cstdint>

#include "shmbuf/atomic.hpp"
#include "shmbuf/copy.hpp"
#include "shmbuf/geometry.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/status.hpp"
#include "shmbuf/wait.hpp"

namespace shmbuf {
namespace detail {

// One record in place, valid until it is released.
struct FoundRecord {
  const unsigned char* payload = nullptr;
  std::uint64_t size = 0;
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  std::uint32_t kind = 0;
  std::uint64_t end = 0;  // position behind it
};

// What both record formats share: positions, gate, state.
class NativeReader {
 public:
  // `barrier`: this process may set BARRIER (spec 3.7).
  void attach(void* base, const Geometry& g, std::uint32_t slot, std::uint64_t gate, std::uint64_t cursor,
              bool barrier) noexcept {
    page_ = layout::producer_page(base);
    slot_ = layout::slot_at(base, slot);
    space_waiter_ = &layout::event_page(base)->space_waiter;
    ring_ = static_cast<const unsigned char*>(base) + g.data_offset;
    unit_ = g.fixed() ? g.record_size : 1;
    lap_ = g.lap();
    mask_ = lap_ - 1;
    threshold_ = lap_ / layout::kGateDivisor;
    if (threshold_ == 0) threshold_ = 1;
    start_ = g.start_position;
    gate_ = gate;
    cursor_ = seen_ = cursor;
    barrier_ = barrier;
  }

  std::uint64_t cursor() const noexcept { return cursor_; }
  std::uint64_t seen() const noexcept { return seen_; }
  std::uint64_t wakes() const noexcept { return wakes_; }
  std::uint64_t bad_value() const noexcept { return bad_value_; }
  const char* bad_rule() const noexcept { return bad_rule_; }

  // Whether the producer's position differs from the last one seen: a cheap look, for spinning. The first
  // two lines of the record that is awaited are fetched along with the position, so that the misses
  // overlap.
  SHMBUF_INLINE bool moved() const noexcept {
    const unsigned char* const awaited = ring_ + (cursor_ & mask_) * unit_;
    SHMBUF_PREFETCH(awaited);
    SHMBUF_PREFETCH(awaited + 64);  // beyond the ring it is a hint that comes to nothing
    return load_relaxed(&page_->position) != seen_;
  }

  // Looks for records behind the cursor: ok, or would_block, end_of_stream, retired, damaged.
  SHMBUF_INLINE Status refresh() noexcept {
    // Partner: the producer's store-release of the position: everything before it is written.
    const std::uint64_t position = load_acquire(&page_->position);
    const std::uint64_t ahead = position - cursor_;
    if (!SHMBUF_LIKELY(ahead <= lap_ && ahead >= seen_ - cursor_)) {
      return damage("the producer position is not possible", position);
    }
    seen_ = position;
    return SHMBUF_LIKELY(ahead != 0) ? Status::ok : found_empty();
  }

  // Store-releases gate = cursor and wakes a producer that waits for space.
  SHMBUF_COLD void publish_gate() noexcept {
    gate_ = cursor_;
    // Partner: the producer's load-acquire of the gate: our reads before it are over.
    store_release(&slot_->gate, gate_);
    if (notify(space_waiter_, barrier_)) ++wakes_;
  }
  bool gate_is_behind() const noexcept { return gate_ != cursor_; }

 protected:
  SHMBUF_COLD Status damage(const char* rule, std::uint64_t value) noexcept {
    bad_rule_ = rule;
    bad_value_ = value;
    return Status::damaged;
  }

  SHMBUF_COLD Status found_empty() noexcept {
    if (gate_is_behind()) publish_gate();
    // Partner: the store-release of the state by a producer that closes or retires; its last records are
    // published before.
    const std::uint32_t state = load_acquire(&page_->state);
    if (state <= layout::kProducerActive) return Status::would_block;
    if (state > layout::kProducerRetired) return damage("the producer state is not known", state);
    const std::uint64_t position = load_acquire(&page_->position);
    if (position != cursor_) {
      if (position - cursor_ > lap_) return damage("the producer position is not possible", position);
      seen_ = position;
      return Status::ok;
    }
    return state == layout::kProducerClosed ? Status::end_of_stream : Status::retired;
  }

  SHMBUF_INLINE void advance(std::uint64_t cursor, std::uint64_t sequence) noexcept {
    store_relaxed(&slot_->sequence, sequence);
    advance(cursor);
  }
  SHMBUF_INLINE void advance(std::uint64_t cursor) noexcept {
    cursor_ = cursor;
    store_relaxed(&slot_->cursor, cursor);
    // Relaxed: a waiter that is missed here is seen after the next release or when the ring is found empty.
    if (!SHMBUF_LIKELY(cursor_ - gate_ < threshold_ && load_relaxed(space_waiter_) == 0)) publish_gate();
  }

  const layout::ProducerPage* page_ = nullptr;
  layout::Slot* slot_ = nullptr;
  std::uint32_t* space_waiter_ = nullptr;
  const unsigned char* ring_ = nullptr;
  std::uint64_t unit_ = 1;  // bytes of a position
  std::uint64_t lap_ = 0;
  std::uint64_t mask_ = 0;
  std::uint64_t threshold_ = 0;
  std::uint64_t start_ = 0;
  std::uint64_t cursor_ = 0;  // end of what is released
  std::uint64_t seen_ = 0;    // last validated producer position
  std::uint64_t gate_ = 0;    // what the producer was told
  std::uint64_t wakes_ = 0;
  std::uint64_t bad_value_ = 0;
  const char* bad_rule_ = "";
  bool barrier_ = false;
};

// Reads records with headers.
class VariableReader : public NativeReader {
 public:
  void attach(void* base, const Geometry& g, std::uint32_t slot, std::uint64_t gate, std::uint64_t cursor,
              bool barrier) noexcept {
    NativeReader::attach(base, g, slot, gate, cursor, barrier);
    header_ = g.header_size;
    align_mask_ = g.alignment - 1;
  }

  // Copies and releases the next record in one go, if it is already seen, is no pad and fits `room` bytes.
  // False, and nothing done, otherwise: peek() knows more.
  SHMBUF_INLINE bool take(void* to, std::uint64_t room, std::size_t* length) noexcept {
    const std::uint64_t cursor = cursor_;
    const std::uint64_t available = seen_ - cursor;
    if (!SHMBUF_LIKELY(available != 0)) return false;
    // As parse(); the header is read once.
    const std::uint64_t offset = cursor & mask_;
    const std::uint64_t rest = lap_ - offset;
    const unsigned char* const record = ring_ + offset;
    const std::uint64_t first = load_relaxed(word(record));
    const std::uint64_t size = first & layout::kLengthMask;
    const std::uint64_t stride = (header_ + size + align_mask_) & ~align_mask_;
    if (!SHMBUF_LIKELY((first >> layout::kKindShift) != layout::kKindPad && stride <= rest &&
                       stride <= available && size <= room)) {
      return false;
    }
    // Only now: a pad may end with its first word, at the end of the mapping.
    const std::uint64_t number = load_relaxed(word(record + 8));
    if (!SHMBUF_LIKELY(number == sequence_)) return false;
    copy_out(to, record + header_, static_cast<std::size_t>(size));
    *length = static_cast<std::size_t>(size);
    sequence_ = number + 1;
    advance(cursor + stride, number + 1);
    return true;
  }

  // The next record, which stays until release(). ok, would_block, end_of_stream, retired or damaged.
  SHMBUF_INLINE Status peek(FoundRecord* record) noexcept {
    for (;;) {
      if (cursor_ == seen_) {
        const Status status = refresh();
        if (!SHMBUF_LIKELY(status == Status::ok)) return status;
      }
      std::uint64_t at = cursor_;
      const Status status = parse(&at, sequence_, sequence_known_, record);
      if (SHMBUF_LIKELY(status == Status::ok)) return status;
      if (status != Status::would_block) return status;
      skip_pad(at);
    }
  }

  // The record behind `record`, if it is published already; would_block if not. For batches.
  Status peek_after(const FoundRecord& record, FoundRecord* next) noexcept {
    std::uint64_t at = record.end;
    while (at != seen_) {
      const Status status = parse(&at, record.sequence + 1, true, next);
      if (status != Status::would_block) return status;
    }
    return Status::would_block;
  }

  // Gives back everything up to and including `record`.
  SHMBUF_INLINE void release(const FoundRecord& record) noexcept {
    sequence_ = record.sequence + 1;
    sequence_known_ = true;
    advance(record.end, sequence_);
  }

 private:
  static SHMBUF_INLINE const std::uint64_t* word(const unsigned char* p) noexcept {
    return reinterpret_cast<const std::uint64_t*>(p);
  }

  // Reads the header at *at, which lies before seen_. would_block: a pad was there and *at is behind it.
  SHMBUF_INLINE Status parse(std::uint64_t* at, std::uint64_t expected, bool known,
                             FoundRecord* out) noexcept {
    const std::uint64_t available = seen_ - *at;
    const std::uint64_t offset = *at & mask_;
    const std::uint64_t rest = lap_ - offset;
    const unsigned char* const record = ring_ + offset;
    // Plain payload: made visible by the load-acquire of the position. Read once, since the other side is
    // not trusted to leave it alone.
    const std::uint64_t first = load_relaxed(word(record));
    const std::uint64_t size = first & layout::kLengthMask;
    const std::uint32_t kind = static_cast<std::uint32_t>(first >> layout::kKindShift);
    if (!SHMBUF_LIKELY(kind != layout::kKindPad)) {
      if (size != rest || rest > available) return damage("a pad has the wrong length", size);
      *at += rest;
      return Status::would_block;
    }
    const std::uint64_t stride = (header_ + size + align_mask_) & ~align_mask_;
    if (!SHMBUF_LIKELY(stride <= rest && stride <= available)) {
      return damage("a record has an impossible length", size);
    }
    const std::uint64_t sequence = load_relaxed(word(record + 8));
    if (!SHMBUF_LIKELY(sequence == expected || !known)) {
      return damage("a record is out of sequence", sequence);
    }
    out->payload = record + header_;
    out->size = size;
    out->sequence = sequence;
    out->time = header_ == layout::kHeaderSizeTimes
                    ? static_cast<std::int64_t>(load_relaxed(word(record + 16)))
                    : 0;
    out->kind = kind;
    out->end = *at + stride;
    return Status::ok;
  }

  // A pad is released at once; it carries no sequence.
  SHMBUF_COLD void skip_pad(std::uint64_t end) noexcept { advance(end); }

  std::uint64_t header_ = 0;
  std::uint64_t align_mask_ = 0;
  std::uint64_t sequence_ = UINT64_MAX;  // no record's, until one was read: the first goes through parse()
  bool sequence_known_ = false;          // from the second record on
};

// Reads runs of records of one size.
class FixedReader : public NativeReader {
 public:
  void attach(void* base, const Geometry& g, std::uint32_t slot, std::uint64_t gate, std::uint64_t cursor,
              bool barrier) noexcept {
    NativeReader::attach(base, g, slot, gate, cursor, barrier);
    record_size_ = g.record_size;
  }

  std::uint64_t record_size() const noexcept { return record_size_; }
  std::uint64_t sequence() const noexcept { return cursor_ - start_; }

  // 1 to `max` adjacent records, which stay until release().
  SHMBUF_INLINE Status peek(std::uint64_t max, const unsigned char** records,
                            std::uint64_t* found) noexcept {
    const std::uint64_t index = cursor_ & mask_;
    const std::uint64_t wanted = max < lap_ - index ? max : lap_ - index;
    if (!SHMBUF_LIKELY(seen_ - cursor_ >= wanted)) {
      const Status status = refresh();
      if (!SHMBUF_LIKELY(status == Status::ok)) return status;
    }
    const std::uint64_t available = seen_ - cursor_;
    *found = wanted < available ? wanted : available;
    *records = ring_ + index * record_size_;
    return Status::ok;
  }
  SHMBUF_INLINE void release(std::uint64_t records) noexcept {
    const std::uint64_t cursor = cursor_ + records;
    advance(cursor, cursor - start_);
  }

 private:
  std::uint64_t record_size_ = 0;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_NATIVE_READER_HPP_
