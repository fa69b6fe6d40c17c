// The producer's algorithm over the memory of a classic segment: spec/PROTOCOL.md section 2. No operating
// system, no clock, no waiting. One thread at a time.
#ifndef SHMBUF_CLASSIC_WRITER_HPP_
#define SHMBUF_CLASSIC_WRITER_HPP_

#include <cstdint>
#include <cstring>

#include "shmbuf/atomic.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

// A position word that the other side writes, believed only when it is possible. Existing Python peers
// store 0 for an instant before each new position.
class GuardedWord {
 public:
  void attach(const std::uint32_t* word, std::uint32_t value) noexcept {
    word_ = word;
    last_ = value;
    refused_ = false;
  }

  // The last value that was believed, after looking again. A value is possible when it lies within `window`
  // behind the last one.
  SHMBUF_INLINE std::uint32_t look(std::uint32_t window) noexcept {
    // Partner: the other side's store-release of its position.
    const std::uint32_t value = load_acquire(word_);
    if (SHMBUF_LIKELY(value - last_ <= window && (value != 0 || value == last_))) {
      last_ = value;
      refused_ = false;
      return value;
    }
    return doubt(value, window);
  }

  std::uint32_t last() const noexcept { return last_; }
  std::uint64_t hits() const noexcept { return hits_; }
  // Whether the last look was refused, which value, and how many times a look was refused after one that
  // was believed.
  bool refused() const noexcept { return refused_; }
  std::uint32_t refused_value() const noexcept { return refused_value_; }
  std::uint64_t doubts() const noexcept { return doubts_; }

 private:
  SHMBUF_COLD std::uint32_t doubt(std::uint32_t value, std::uint32_t window) noexcept {
    if (value == 0 && value - last_ <= window) {
      // A zero in the window is the peer's instant of zero unless it stays.
      bool stays = true;
      for (int i = 0; i < 3 && stays; ++i) {
        for (int pauses = 0; pauses < 64; ++pauses) cpu_pause();
        stays = load_acquire(word_) == 0;
      }
      if (stays) {
        last_ = 0;
        refused_ = false;
        return 0;
      }
    }
    ++hits_;
    if (!refused_) ++doubts_;
    refused_ = true;
    refused_value_ = value;
    return last_;
  }

  const std::uint32_t* word_ = nullptr;
  std::uint32_t last_ = 0;
  std::uint32_t refused_value_ = 0;
  bool refused_ = false;
  std::uint64_t hits_ = 0;    // refused looks
  std::uint64_t doubts_ = 0;  // times that looks began to be refused
};

class ClassicWriter {
 public:
  // `head` and `tail` are positions with head − tail ≤ capacity, read once by the caller.
  void attach(void* base, std::uint32_t capacity, std::uint32_t head, std::uint32_t tail) noexcept {
    header_ = static_cast<layout::classic::Header*>(base);
    data_ = static_cast<unsigned char*>(base) + layout::classic::kHeaderSize;
    capacity_ = capacity;
    head_ = head;
    tail_.attach(&header_->tail, tail);
  }

  std::uint32_t capacity() const noexcept { return capacity_; }
  std::uint32_t max_record() const noexcept { return capacity_ - layout::classic::kLengthSize; }
  std::uint32_t head() const noexcept { return head_; }
  const GuardedWord& tail() const noexcept { return tail_; }

  bool moved() const noexcept { return load_relaxed(&header_->tail) != tail_.last(); }
  // Bytes free for lengths and payloads, after looking at the consumer's position.
  std::uint32_t writable() noexcept { return capacity_ - (head_ - tail_.look(head_ - tail_.last())); }

  // Whether a record of `size` bytes has room now. invalid for 0, too_large, would_block.
  SHMBUF_INLINE Status room(std::uint64_t size) noexcept {
    if (size == 0) return Status::invalid;
    if (size > max_record()) return Status::too_large;
    const std::uint32_t need = static_cast<std::uint32_t>(size) + layout::classic::kLengthSize;
    if (capacity_ - (head_ - tail_.last()) >= need) return Status::ok;
    return writable() >= need ? Status::ok : Status::would_block;
  }

  // After room(): where the payload goes if it does not wrap, else null.
  SHMBUF_INLINE unsigned char* in_place(std::uint32_t size) noexcept {
    const std::uint32_t offset = (head_ + layout::classic::kLengthSize) & (capacity_ - 1);
    return size <= capacity_ - offset ? data_ + offset : nullptr;
  }

  // After room(): copies a payload in.
  SHMBUF_INLINE void put(const void* payload, std::uint32_t size) noexcept {
    copy_in(head_ + layout::classic::kLengthSize, payload, size);
  }

  // Publishes a record of `size` bytes, whose payload is in the ring.
  SHMBUF_INLINE void publish(std::uint32_t size) noexcept {
    const std::uint32_t length = le(size);
    copy_in(head_, &length, layout::classic::kLengthSize);
    head_ += layout::classic::kLengthSize + size;
    // Partner: the consumer's load-acquire of head; makes length and payload visible.
    store_release(&header_->head, head_);
  }

 private:
  SHMBUF_INLINE void copy_in(std::uint32_t position, const void* from, std::uint32_t size) noexcept {
    const std::uint32_t offset = position & (capacity_ - 1);
    const std::uint32_t first = capacity_ - offset;
    if (SHMBUF_LIKELY(size <= first)) {
      std::memcpy(data_ + offset, from, size);
    } else {
      std::memcpy(data_ + offset, from, first);
      std::memcpy(data_, static_cast<const unsigned char*>(from) + first, size - first);
    }
  }

  layout::classic::Header* header_ = nullptr;
  unsigned char* data_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t head_ = 0;  // our own position; the word in memory is never read back
  GuardedWord tail_;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_CLASSIC_WRITER_HPP_
