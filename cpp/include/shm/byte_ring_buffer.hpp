// Drop-in header for programs written against the existing shm::ByteRingBuffer: the classic ring over any
// memory. Same names, signatures and results, over shmbuf's classic reader and writer: the other side's
// words are read once, validated, and believed only when they are possible.
#ifndef SHM_BYTE_RING_BUFFER_HPP_
#define SHM_BYTE_RING_BUFFER_HPP_

#include <atomic>  // existing programs rely on it being here
#include <chrono>
#include <cstdint>
#include <cstring>

#include "shmbuf/classic_reader.hpp"
#include "shmbuf/classic_writer.hpp"
#include "shmbuf/geometry.hpp"

namespace shm {

// The first 16 bytes of the memory: spec/PROTOCOL.md section 2.
struct RingHeader {
  std::uint32_t head;      // written by the producer
  std::uint32_t tail;      // written by the consumer
  std::uint32_t capacity;  // written by the producer, once
  std::uint32_t reserved;
};
static constexpr std::uint32_t kHeaderSize = 16;
static_assert(sizeof(RingHeader) == kHeaderSize, "the header has 16 bytes");

// One producer and one consumer, each with an object of its own; or one object that does both. Never
// blocks. One thread at a time per object. The memory must outlive the object.
class ByteRingBuffer {
 public:
  // `size` is that of the whole memory. As producer: clears the header; the capacity is size - 16 rounded
  // down to a power of two. As consumer: takes the capacity from the header; while that is not a valid one
  // the ring is not ready, which each call looks at again.
  ByteRingBuffer(void* base, std::uint32_t size, bool is_producer)
      : base_(base), size_(size), producer_(is_producer) {
    if (!producer_ || base_ == nullptr || size_ < kHeaderSize) return;
    const std::uint32_t capacity = RoundDown(size_ - kHeaderSize);
    namespace d = shmbuf::detail;
    d::store_release(&header()->capacity, std::uint32_t{0});  // nobody reads while the positions change
    d::store_relaxed(&header()->head, std::uint32_t{0});
    d::store_relaxed(&header()->tail, std::uint32_t{0});
    d::store_relaxed(&header()->reserved, std::uint32_t{0});
    d::store_release(&header()->capacity, capacity);  // partner: the load-acquire in Positions()
  }

  // Sends a copy of `len` bytes. False when there is no room now, when the record can never fit, and for an
  // empty record, on which existing consumers stall for ever.
  bool Write(const void* data, std::uint32_t len) {
    if (!WriterReady() || writer_.room(len) != shmbuf::Status::ok) return false;
    writer_.put(data, len);
    writer_.publish(len);
    return true;
  }

  // Copies the next record. 0 when there is none, and when it is longer than `max_len`: then it is skipped.
  // Empty records are passed over.
  std::uint32_t Read(void* out, std::uint32_t max_len) {
    if (!ReaderReady()) return 0;
    std::uint32_t length = 0;
    for (;;) {
      const shmbuf::Status status = reader_.next(&length);
      if (status == shmbuf::Status::would_block) return 0;
      if (status != shmbuf::Status::ok) {
        SkipLastingDamage();
        return 0;
      }
      damaged_ = false;
      if (length != 0) break;
      reader_.release(0);
    }
    const bool fits = length <= max_len;
    if (fits) reader_.get(out, length);
    reader_.release(length);
    return fits ? length : 0;
  }

  // Bytes free, lengths included.
  std::uint32_t WriteableBytes() const {
    if (producer_) return WriterReady() ? writer_.writable() : 0;
    return ReaderReady() ? reader_.capacity() - reader_.readable() : 0;
  }
  // Bytes to read, lengths included.
  std::uint32_t ReadableBytes() const {
    if (producer_) return WriterReady() ? writer_.capacity() - writer_.writable() : 0;
    return ReaderReady() ? reader_.readable() : 0;
  }
  bool HasData() const { return ReadableBytes() >= kLength; }
  // Bytes of the ring; 0 while it is not ready.
  std::uint32_t Capacity() const {
    if (producer_) return base_ != nullptr && size_ > kHeaderSize ? RoundDown(size_ - kHeaderSize) : 0;
    return ReaderReady() ? reader_.capacity() : 0;
  }

 private:
  using Header = shmbuf::layout::classic::Header;
  static constexpr std::uint32_t kLength = shmbuf::layout::classic::kLengthSize;

  static std::uint32_t RoundDown(std::uint32_t v) noexcept {
    std::uint32_t power = 1;
    while (power <= v / 2) power *= 2;
    return v == 0 ? 0 : power;
  }
  Header* header() const noexcept { return static_cast<Header*>(base_); }

  // A side's own word changes under it only when somebody took its place: another object on the same
  // memory, or a producer that began again. Then it goes on from what the memory says.
  bool WriterReady() const noexcept {
    if (writes_ && shmbuf::detail::load_relaxed(&header()->head) == writer_.head()) return true;
    std::uint32_t capacity = 0;
    std::uint32_t head = 0;
    std::uint32_t tail = 0;
    writes_ = Positions(&capacity, &head, &tail);
    if (writes_) writer_.attach(base_, capacity, head, tail);
    return writes_;
  }
  bool ReaderReady() const noexcept {
    if (reads_ && shmbuf::detail::load_relaxed(&header()->tail) == reader_.tail()) return true;
    std::uint32_t capacity = 0;
    std::uint32_t head = 0;
    std::uint32_t tail = 0;
    reads_ = Positions(&capacity, &head, &tail);
    if (reads_) reader_.attach(base_, capacity, head, tail);
    return reads_;
  }

  // What the memory says, read once and validated. False while that is no ring.
  bool Positions(std::uint32_t* capacity, std::uint32_t* head, std::uint32_t* tail) const noexcept {
    if (base_ == nullptr || size_ < kHeaderSize) return false;
    // Partner: the producer's store-release of the capacity, after the positions.
    *capacity = shmbuf::detail::load_acquire(&header()->capacity);
    if (!shmbuf::detail::power_of_two(*capacity) || *capacity < kLength || *capacity > size_ - kHeaderSize)
      return false;
    return shmbuf::detail::classic_positions(header(), *capacity, head, tail);
  }

  // There is no way to report damage here. What lasts a second is not a peer's write in progress: go on
  // behind it.
  void SkipLastingDamage() noexcept {
    const auto now = std::chrono::steady_clock::now();
    if (!damaged_ || damaged_at_ != reader_.tail()) {
      damaged_ = true;
      damaged_at_ = reader_.tail();
      damaged_since_ = now;
    } else if (now - damaged_since_ >= std::chrono::seconds(1)) {
      damaged_ = false;
      reader_.skip_all();
    }
  }

  void* base_;
  std::uint32_t size_;
  bool producer_;
  bool damaged_ = false;
  std::uint32_t damaged_at_ = 0;
  std::chrono::steady_clock::time_point damaged_since_;
  // The functions that only look are const as they are today; what they learn is kept.
  mutable bool writes_ = false;
  mutable bool reads_ = false;
  mutable shmbuf::detail::ClassicWriter writer_;
  mutable shmbuf::detail::ClassicReader reader_;
};

}  // namespace shm

#endif  // SHM_BYTE_RING_BUFFER_HPP_
