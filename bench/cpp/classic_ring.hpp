// A ring of the classic layout (spec/PROTOCOL.md, section 2) as one writes it plainly: lengths and payloads
// copied byte by byte modulo the capacity, acquire and release, each side's position read from shared
// memory every time. No guards, no life signs, no sleeping.
#ifndef BENCH_CLASSIC_RING_HPP_
#define BENCH_CLASSIC_RING_HPP_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "failure.hpp"
#include "shared_object.hpp"
#include "spin.hpp"

namespace bench {

struct ClassicHeader {
  std::atomic<std::uint32_t> head;  // producer
  std::atomic<std::uint32_t> tail;  // consumer
  std::atomic<std::uint32_t> capacity;
  std::uint32_t zero;
};
static_assert(sizeof(ClassicHeader) == 16, "the layout is published");

class ClassicRing {
 public:
  // capacity: a power of two.
  static ClassicRing create(const std::string& name, std::uint32_t capacity, Patience patience) {
    ClassicRing ring(SharedObject::create(name, sizeof(ClassicHeader) + capacity), patience);
    ring.capacity_ = capacity;
    ring.header_->capacity.store(capacity, std::memory_order_release);
    return ring;
  }
  static ClassicRing attach(const std::string& name, Patience patience) {
    ClassicRing ring(SharedObject::attach(name), patience);
    await("capacity of ring '" + name + "'", [&] {
      ring.capacity_ = ring.header_->capacity.load(std::memory_order_acquire);
      return ring.capacity_ != 0;
    });
    ring.object_.unlink();
    return ring;
  }

  void send(const void* from, std::size_t size) {
    const std::uint32_t length = static_cast<std::uint32_t>(size);
    const std::uint32_t head = header_->head.load(std::memory_order_relaxed);
    // Acquire: the consumer has copied what it gave back.
    until(patience_, [&] {
      return capacity_ - (head - header_->tail.load(std::memory_order_acquire)) >= kLength + length;
    });
    put(head, &length, kLength);
    put(head + kLength, from, length);
    header_->head.store(head + kLength + length, std::memory_order_release);
  }

  std::size_t receive(void* to, std::size_t room) {
    const std::uint32_t tail = header_->tail.load(std::memory_order_relaxed);
    // Acquire: what the producer stored before its release is there.
    until(patience_, [&] { return header_->head.load(std::memory_order_acquire) != tail; });
    std::uint32_t length;
    get(tail, &length, kLength);
    if (length > room)
      throw Failure("a record of " + std::to_string(length) + " bytes came, there is room for " +
                    std::to_string(room));
    get(tail + kLength, to, length);
    header_->tail.store(tail + kLength + length, std::memory_order_release);
    return length;
  }

 private:
  static constexpr std::uint32_t kLength = 4;

  ClassicRing(SharedObject object, Patience patience)
      : object_(std::move(object)),
        header_(static_cast<ClassicHeader*>(object_.data())),
        data_(static_cast<unsigned char*>(object_.data()) + sizeof(ClassicHeader)),
        capacity_(0),
        patience_(patience) {}

  void put(std::uint32_t position, const void* from, std::uint32_t size) {
    const std::uint32_t at = position & (capacity_ - 1);
    const std::uint32_t first = capacity_ - at;
    if (size <= first) {
      std::memcpy(data_ + at, from, size);
    } else {
      std::memcpy(data_ + at, from, first);
      std::memcpy(data_, static_cast<const unsigned char*>(from) + first, size - first);
    }
  }
  void get(std::uint32_t position, void* to, std::uint32_t size) const {
    const std::uint32_t at = position & (capacity_ - 1);
    const std::uint32_t first = capacity_ - at;
    if (size <= first) {
      std::memcpy(to, data_ + at, size);
    } else {
      std::memcpy(to, data_ + at, first);
      std::memcpy(static_cast<unsigned char*>(to) + first, data_, size - first);
    }
  }

  SharedObject object_;
  ClassicHeader* header_;
  unsigned char* data_;
  std::uint32_t capacity_;
  Patience patience_;
};

}  // namespace bench

#endif  // BENCH_CLASSIC_RING_HPP_
