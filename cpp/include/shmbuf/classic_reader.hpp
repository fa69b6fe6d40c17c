// The consumer's algorithm over the memory of a classic segment: spec/PROTOCOL.md section 2. No operating
// system, no clock, no waiting. One thread at a time.
#ifndef SHMBUF_CLASSIC_READER_HPP_
#define SHMBUF_CLASSIC_READER_HPP_

#include <cstdint>
#include <cstring>

#include "shmbuf/atomic.hpp"
#include "shmbuf/classic_writer.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

// Reads a first pair of positions that is possible. False when a peer is writing one just now, or none is.
inline bool classic_positions(const layout::classic::Header* header, std::uint32_t capacity,
                              std::uint32_t* head, std::uint32_t* tail) noexcept {
  bool zero = false;
  for (int i = 0; i < 64; ++i) {
    // Partners: each side's store-release of its position.
    const std::uint32_t t = load_acquire(&header->tail);
    const std::uint32_t h = load_acquire(&header->head);
    if (h - t <= capacity && t == load_acquire(&header->tail)) {
      // A zero may be an existing peer's instant of zero: believe it when it stays.
      if ((h != 0 && t != 0) || (zero && *head == h && *tail == t)) {
        *head = h;
        *tail = t;
        return true;
      }
      zero = true;
      *head = h;
      *tail = t;
    } else {
      zero = false;
    }
    for (int pauses = 0; pauses < 64; ++pauses) cpu_pause();
  }
  return false;
}

class ClassicReader {
 public:
  // `capacity` is validated; `head` and `tail` are positions with head − tail ≤ capacity.
  void attach(void* base, std::uint32_t capacity, std::uint32_t head, std::uint32_t tail) noexcept {
    header_ = static_cast<layout::classic::Header*>(base);
    data_ = static_cast<const unsigned char*>(base) + layout::classic::kHeaderSize;
    capacity_ = capacity;
    tail_ = tail;
    head_.attach(&header_->head, head);
  }

  std::uint32_t capacity() const noexcept { return capacity_; }
  std::uint32_t max_record() const noexcept { return capacity_ - layout::classic::kLengthSize; }
  std::uint32_t tail() const noexcept { return tail_; }
  const GuardedWord& head() const noexcept { return head_; }
  std::uint64_t bad_length() const noexcept { return bad_length_; }

  bool moved() const noexcept { return load_relaxed(&header_->head) != head_.last(); }
  // Bytes of lengths and payloads to read, after looking at the producer's position.
  std::uint32_t readable() noexcept { return head_.look(tail_ + capacity_ - head_.last()) - tail_; }

  // Length of the next record. would_block, or damaged when it claims more than was published.
  SHMBUF_INLINE Status next(std::uint32_t* length) noexcept {
    std::uint32_t available = head_.last() - tail_;
    if (available == 0) {
      available = readable();
      if (available == 0) return Status::would_block;
    }
    if (SHMBUF_LIKELY(available >= layout::classic::kLengthSize)) {
      std::uint32_t claimed;
      copy_out(tail_, &claimed, layout::classic::kLengthSize);
      std::atomic_signal_fence(std::memory_order_seq_cst);  // one read: what is checked is what is used
      claimed = le(claimed);
      if (SHMBUF_LIKELY(claimed <= available - layout::classic::kLengthSize)) {
        *length = claimed;
        return Status::ok;
      }
      bad_length_ = claimed;
    } else {
      bad_length_ = available;
    }
    return Status::damaged;
  }

  // After next(): the payload if it does not wrap, else null.
  SHMBUF_INLINE const unsigned char* in_place(std::uint32_t length) const noexcept {
    const std::uint32_t offset = (tail_ + layout::classic::kLengthSize) & (capacity_ - 1);
    return length <= capacity_ - offset ? data_ + offset : nullptr;
  }
  SHMBUF_INLINE void get(void* to, std::uint32_t length) const noexcept {
    copy_out(tail_ + layout::classic::kLengthSize, to, length);
  }

  // After next(): gives the record back.
  SHMBUF_INLINE void release(std::uint32_t length) noexcept {
    tail_ += layout::classic::kLengthSize + length;
    // Partner: the producer's load-acquire of tail: our reads before it are over.
    store_release(&header_->tail, tail_);
  }

  // Gives back everything up to the last believed producer position.
  void skip_all() noexcept {
    tail_ = head_.last();
    store_release(&header_->tail, tail_);
  }

 private:
  SHMBUF_INLINE void copy_out(std::uint32_t position, void* to, std::uint32_t size) const noexcept {
    const std::uint32_t offset = position & (capacity_ - 1);
    const std::uint32_t first = capacity_ - offset;
    if (SHMBUF_LIKELY(size <= first)) {
      std::memcpy(to, data_ + offset, size);
    } else {
      std::memcpy(to, data_ + offset, first);
      std::memcpy(static_cast<unsigned char*>(to) + first, data_, size - first);
    }
  }

  layout::classic::Header* header_ = nullptr;
  const unsigned char* data_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t tail_ = 0;  // our own position; the word in memory is never read back
  std::uint64_t bad_length_ = 0;
  GuardedWord head_;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_CLASSIC_READER_HPP_
