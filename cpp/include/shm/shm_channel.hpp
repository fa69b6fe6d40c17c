// Drop-in header for programs written against the existing shm::ShmProducer and shm::ShmConsumer.
#ifndef SHM_SHM_CHANNEL_HPP_
#define SHM_SHM_CHANNEL_HPP_

#include <cstdint>

#include "shm/byte_ring_buffer.hpp"
#include "shm/shared_memory.hpp"

namespace shm {
namespace detail {

// Sizes beyond what the ring's interface can say hold the largest ring anyway.
inline std::uint32_t ring_size(const SharedMemory& memory) noexcept {
  return memory.Size() > 0xFFFFFFFFu ? 0xFFFFFFFFu : static_cast<std::uint32_t>(memory.Size());
}

}  // namespace detail

// Creates (replacing what is there) a classic channel and sends records. Never blocks; one thread at a
// time.
class ShmProducer {
 public:
  // The usable capacity is `capacity` rounded down to a power of two.
  ShmProducer(const char* name, std::uint32_t capacity)
      : memory_(name, std::size_t{capacity} + kHeaderSize, true, true),
        ring_(memory_.Data(), detail::ring_size(memory_), true) {}
  ShmProducer(const ShmProducer&) = delete;
  ShmProducer& operator=(const ShmProducer&) = delete;

  // As ByteRingBuffer::Write; false when the channel is not valid.
  bool Write(const void* data, std::uint32_t len) { return IsValid() && ring_.Write(data, len); }
  bool IsValid() const { return memory_.Valid(); }
  std::uint32_t WriteableBytes() const { return IsValid() ? ring_.WriteableBytes() : 0; }
  std::uint32_t Capacity() const { return IsValid() ? ring_.Capacity() : 0; }
  // Removes the name; consumers that have it open keep the memory.
  void Destroy() { memory_.Destroy(); }

 private:
  SharedMemory memory_;
  ByteRingBuffer ring_;
};

// Opens a classic channel and receives records. Never blocks; one thread at a time.
class ShmConsumer {
 public:
  // `size` is accepted for existing programs; the whole object is mapped in any case.
  explicit ShmConsumer(const char* name, std::uint32_t size = 0)
      : memory_(name, size, false, true), ring_(memory_.Data(), detail::ring_size(memory_), false) {}
  ShmConsumer(const ShmConsumer&) = delete;
  ShmConsumer& operator=(const ShmConsumer&) = delete;

  // As ByteRingBuffer::Read; 0 when the channel is not valid.
  std::uint32_t Read(void* out, std::uint32_t max_len) { return IsValid() ? ring_.Read(out, max_len) : 0; }
  bool HasData() const { return IsValid() && ring_.HasData(); }
  bool IsValid() const { return memory_.Valid(); }
  std::uint32_t ReadableBytes() const { return IsValid() ? ring_.ReadableBytes() : 0; }
  std::uint32_t Capacity() const { return IsValid() ? ring_.Capacity() : 0; }

 private:
  SharedMemory memory_;
  ByteRingBuffer ring_;
};

// Removes the name; those that have the memory open keep it. Nothing happens when there is none.
inline void RemoveSharedMemory(const char* name) {
  const std::string object = detail::object_name(name);
  if (!object.empty()) detail::Mapping::remove(object.c_str());
}

}  // namespace shm

#endif  // SHM_SHM_CHANNEL_HPP_
