// The producer's algorithm over the memory of a native segment. No operating system, no clock, no waiting:
// spec/PROTOCOL.md sections 3.5 to 3.7. One thread at a time.
#ifndef SHMBUF_NATIVE_WRITER_HPP_
#define SHMBUF_NATIVE_WRITER_HPP_

#include <cstdint>

#include "shmbuf/atomic.hpp"
#include "shmbuf/copy.hpp"
#include "shmbuf/geometry.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

// What both record formats share: positions, gates, publication. Positions count bytes or fixed-size
// records and may pass 2^64: differences are what counts.
class NativeWriter {
 public:
  // `position` and `count` are where a fresh segment starts or a successor goes on; `cell` is the journal
  // cell that holds them.
  void attach(void* base, const Geometry& g, std::uint64_t position, std::uint64_t count,
              unsigned cell) noexcept {
    page_ = layout::producer_page(base);
    slots_ = layout::slot_at(base, 0);
    slot_count_ = g.slot_count;
    ring_ = static_cast<unsigned char*>(base) + g.data_offset;
    lap_ = g.lap();
    mask_ = lap_ - 1;
    published_ = tail_ = position;
    gate_ = position - lap_;  // nothing is known: the first write looks at the gates
    limit_ = position;
    count_ = count;
    cell_ = cell;
  }

  // Whether a gate differs from the least one seen: a cheap look, for spinning. Only slot 0 is looked at:
  // others are not used in version 1.
  SHMBUF_INLINE bool moved() const noexcept { return load_relaxed(&slots_[0].gate) != gate_; }

  // How far slot 0 has come exactly, as a hint: it is published later than what it stands for, and allows
  // nothing.
  std::uint64_t released() const noexcept { return load_relaxed(&slots_[0].cursor); }
  std::uint64_t lap() const noexcept { return lap_; }

  std::uint64_t position() const noexcept { return published_; }
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t known_gate() const noexcept { return gate_; }

  // Reads the gates of all gating slots. `damaged` when one lies outside what is possible.
  SHMBUF_COLD Status refresh() noexcept {
    std::uint64_t most = 0;
    for (std::uint32_t i = 0; i < slot_count_; ++i) {
      const layout::Slot& slot = slots_[i];
      // Partner: the store-release of the state when a consumer takes the slot.
      if (load_acquire(&slot.state) == layout::kSlotFree) continue;
      if (load_relaxed(&slot.policy) != layout::kPolicyLossless) continue;
      // Partner: the consumer's store-release of its gate: its reads of the ring before it are over.
      const std::uint64_t used = published_ - load_acquire(&slot.gate);
      if (used > most) most = used;
    }
    if (most > published_ - gate_) {  // ahead of us, more than a lap behind, or gone back
      bad_gate_ = published_ - most;
      return Status::damaged;
    }
    gate_ = published_ - most;
    limit_ = gate_ + lap_;
    return Status::ok;
  }
  std::uint64_t bad_gate() const noexcept { return bad_gate_; }

 protected:
  // Says how far the ring is about to be written. The fence keeps the store before those into the ring; its
  // partner is the load barrier of a reader that checks afterwards whether its copy is intact.
  SHMBUF_INLINE void announce(std::uint64_t end) noexcept {
    store_relaxed(&page_->frontier, end);
    store_store_fence();
  }
  void withdraw() noexcept { store_relaxed(&page_->frontier, published_); }

  layout::ProducerPage* page_ = nullptr;
  layout::Slot* slots_ = nullptr;
  unsigned char* ring_ = nullptr;
  std::uint64_t lap_ = 0;
  std::uint64_t mask_ = 0;
  std::uint64_t tail_ = 0;       // end of what is committed; > published_ within a batch
  std::uint64_t published_ = 0;  // what consumers see
  std::uint64_t limit_ = 0;      // known gate plus one lap: nothing may be written beyond
  std::uint64_t gate_ = 0;       // the least gate seen
  std::uint64_t count_ = 0;      // records committed since the channel exists
  std::uint64_t bad_gate_ = 0;
  std::uint32_t slot_count_ = 0;
  unsigned cell_ = 0;  // the journal cell of the published position
};

// Writes records with headers.
class VariableWriter : public NativeWriter {
 public:
  void attach(void* base, const Geometry& g, std::uint64_t position, std::uint64_t count,
              unsigned cell) noexcept {
    NativeWriter::attach(base, g, position, count, cell);
    header_ = g.header_size;
    align_mask_ = g.alignment - 1;
    max_ = g.max_record();
    clear_ = position;
  }

  std::uint64_t max_record() const noexcept { return max_; }
  bool times() const noexcept { return header_ == layout::kHeaderSizeTimes; }

  // Writes and publishes one record in one go, without a time. False, and nothing done, when there is no
  // space at hand without a look at the gates and without a pad: place() knows more.
  SHMBUF_INLINE bool append(const void* data, std::uint64_t size, std::uint32_t kind) noexcept {
    // Members in registers: the stores into the segment could alias them, as far as the compiler knows.
    const std::uint64_t tail = tail_;
    const std::uint64_t room = clear_ - tail;
    const std::uint64_t stride = stride_of(size);
    if (!SHMBUF_LIKELY(size < room && stride <= room)) return false;
    const std::uint64_t end = tail + stride;
    const std::uint64_t number = count_;
    layout::ProducerPage* const page = page_;
    unsigned char* const record = ring_ + (tail & mask_);
    const unsigned cell = cell_ ^ 1u;
    announce(end);
    store_relaxed(word(record), size | (static_cast<std::uint64_t>(kind) << layout::kKindShift));
    store_relaxed(word(record + 8), number);
    copy_in(record + layout::kHeaderSize, data, static_cast<std::size_t>(size));
    store_relaxed(&page->journal[cell].end, end);
    store_release(&page->journal[cell].count, number + 1);  // as in publish()
    store_release(&page->position, end);                    // likewise
    tail_ = published_ = end;
    count_ = number + 1;
    cell_ = cell;
    return true;
  }

  // Space for a payload of `size` bytes under the same conditions, else null.
  SHMBUF_INLINE unsigned char* place_fast(std::uint64_t size) noexcept {
    const std::uint64_t room = clear_ - tail_;
    const std::uint64_t stride = stride_of(size);
    if (!SHMBUF_LIKELY(size < room && stride <= room)) return nullptr;
    announce(tail_ + stride);
    return ring_ + (tail_ & mask_) + header_;
  }

  // Space for a payload of `size` bytes in *payload; would_block, too_large or damaged. Publishes a pad on
  // its own when the record could not fit otherwise; *published then tells the caller to wake the
  // consumers.
  SHMBUF_COLD Status place(std::uint64_t size, unsigned char** payload, bool* published) noexcept {
    if (size > max_) return Status::too_large;
    const std::uint64_t stride = stride_of(size);
    for (;;) {
      const std::uint64_t rest = lap_ - (tail_ & mask_);
      const std::uint64_t pad = stride <= rest ? 0 : rest;
      if (pad + stride > limit_ - tail_) {
        const Status status = refresh();
        if (status != Status::ok) return status;
      }
      if (pad + stride <= limit_ - tail_) {
        pad_ = pad;
        if (pad == 0) clear_up();
        announce(tail_ + pad + stride);
        *payload = ring_ + ((tail_ + pad) & mask_) + header_;
        return Status::ok;
      }
      // Even an empty ring has no room for pad and record together: let the consumer skip the pad first.
      if (pad == 0 || pad + stride <= lap_ || pad > limit_ - tail_) return Status::would_block;
      announce(tail_ + pad);
      write_pad(pad);
      tail_ += pad;
      clear_up();
      publish();
      *published = true;
    }
  }

  // Ends a placed record: its payload has `size` bytes, at most what was placed. `time` is stored when the
  // channel has times. Nobody sees it before publish().
  SHMBUF_INLINE void commit(std::uint64_t size, std::uint32_t kind, std::int64_t time) noexcept {
    if (!SHMBUF_LIKELY(pad_ == 0)) {
      write_pad(pad_);
      tail_ += pad_;
      pad_ = 0;
      clear_up();
    }
    unsigned char* const record = ring_ + (tail_ & mask_);
    store_relaxed(word(record), size | (static_cast<std::uint64_t>(kind) << layout::kKindShift));
    store_relaxed(word(record + 8), count_);
    if (times()) store_relaxed(word(record + 16), static_cast<std::uint64_t>(time));
    tail_ += stride_of(size);
    ++count_;
  }
  void abort() noexcept {
    pad_ = 0;
    withdraw();
  }

  // Shows everything committed to the consumers. The journal cell that does not hold the published position
  // is rewritten, so that a producer killed anywhere leaves the other one intact.
  SHMBUF_INLINE void publish() noexcept {
    cell_ ^= 1u;
    layout::JournalCell& cell = page_->journal[cell_];
    store_relaxed(&cell.end, tail_);
    store_release(&cell.count, count_);  // after `end`, for a successor that finds us dead in between
    // Partner: the consumers' load-acquire of the position; makes header, payload and journal visible.
    store_release(&page_->position, tail_);
    published_ = tail_;
  }

 private:
  static SHMBUF_INLINE std::uint64_t* word(unsigned char* p) noexcept {
    return reinterpret_cast<std::uint64_t*>(p);
  }
  SHMBUF_INLINE std::uint64_t stride_of(std::uint64_t size) const noexcept {
    return (header_ + size + align_mask_) & ~align_mask_;
  }
  void write_pad(std::uint64_t bytes) noexcept {
    store_relaxed(word(ring_ + (tail_ & mask_)),
                  bytes | (static_cast<std::uint64_t>(layout::kKindPad) << layout::kKindShift));
  }

  // Notes up to where records may be written without asking.
  void clear_up() noexcept {
    const std::uint64_t rest = lap_ - (tail_ & mask_);
    const std::uint64_t free = limit_ - tail_;
    clear_ = tail_ + (free < rest ? free : rest);
  }

  std::uint64_t clear_ = 0;  // before the limit and before the end of the lap
  std::uint64_t header_ = 0;
  std::uint64_t align_mask_ = 0;
  std::uint64_t max_ = 0;
  std::uint64_t pad_ = 0;  // bytes to skip before the placed record
};

// Writes runs of records of one size.
class FixedWriter : public NativeWriter {
 public:
  void attach(void* base, const Geometry& g, std::uint64_t position, std::uint64_t count,
              unsigned cell) noexcept {
    NativeWriter::attach(base, g, position, count, cell);
    record_size_ = g.record_size;
  }

  std::uint64_t record_size() const noexcept { return record_size_; }

  // Space for 1 to `max` adjacent records in *records and *placed; would_block or damaged.
  SHMBUF_INLINE Status place(std::uint64_t max, unsigned char** records, std::uint64_t* placed) noexcept {
    const std::uint64_t index = tail_ & mask_;
    std::uint64_t n = max < lap_ - index ? max : lap_ - index;
    if (!SHMBUF_LIKELY(n <= limit_ - tail_)) {
      const Status status = refresh();
      if (status != Status::ok) return status;
      if (n > limit_ - tail_) n = limit_ - tail_;
      if (n == 0) return Status::would_block;
    }
    announce(tail_ + n);
    *records = ring_ + index * record_size_;
    *placed = n;
    return Status::ok;
  }
  SHMBUF_INLINE void commit(std::uint64_t records) noexcept {
    tail_ += records;
    count_ += records;
  }
  void abort() noexcept { withdraw(); }
  SHMBUF_INLINE void publish() noexcept {
    // Partner: the consumers' load-acquire of the position; makes the records visible.
    store_release(&page_->position, tail_);
    published_ = tail_;
  }

 private:
  std::uint64_t record_size_ = 0;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_NATIVE_WRITER_HPP_
