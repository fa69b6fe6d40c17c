// The user's memory on both sides, and the number that every record carries.
#ifndef BENCH_MESSAGE_HPP_
#define BENCH_MESSAGE_HPP_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "failure.hpp"

namespace bench {

// Memory that starts on a cache line, with every page present.
class Buffer {
 public:
  explicit Buffer(std::size_t size) {
    void* memory = nullptr;
    if (posix_memalign(&memory, 64, size < 64 ? 64 : size) != 0) throw std::bad_alloc();
    data_ = static_cast<unsigned char*>(memory);
    std::memset(data_, 0x5a, size < 64 ? 64 : size);
  }
  ~Buffer() { std::free(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  unsigned char* data() const { return data_; }

 private:
  unsigned char* data_;
};

// Records shorter than a number carry none.
inline void put_number(void* record, std::size_t size, std::uint64_t number) {
  if (size >= sizeof(number)) std::memcpy(record, &number, sizeof(number));
}

[[noreturn]] inline void wrong_number(std::uint64_t found, std::uint64_t expected) {
  throw Failure("record " + std::to_string(found) + " came where " + std::to_string(expected) + " was due");
}

inline void check_number(const void* record, std::size_t size, std::uint64_t expected) {
  if (size < sizeof(expected)) return;
  std::uint64_t found;
  std::memcpy(&found, record, sizeof(found));
  if (found != expected) wrong_number(found, expected);
}

inline void check_size(std::size_t found, std::size_t expected) {
  if (found != expected)
    throw Failure("a record of " + std::to_string(found) + " bytes came, " + std::to_string(expected) +
                  " were due");
}

}  // namespace bench

#endif  // BENCH_MESSAGE_HPP_
