// Copying payloads. Short ones are copied in line, without the call that costs as much as the copy.
#ifndef SHMBUF_COPY_HPP_
#define SHMBUF_COPY_HPP_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "shmbuf/config.hpp"
#include "shmbuf/copy_streaming.hpp"

namespace shmbuf {
namespace detail {

// The longest payload that is copied in line.
constexpr std::size_t kShortCopy = 128;

// Copies sizeof(Piece) bytes through a register.
template <class Piece>
SHMBUF_INLINE void copy_piece(unsigned char* to, const unsigned char* from) noexcept {
  Piece piece;
  std::memcpy(&piece, from, sizeof(piece));
  std::memcpy(to, &piece, sizeof(piece));
}

struct Piece16 {
  std::uint64_t halves[2];
};
SHMBUF_INLINE void copy16(unsigned char* to, const unsigned char* from) noexcept {
  copy_piece<Piece16>(to, from);
}

// The pointer, of which the compiler no longer knows to what. It would warn of copies beyond the end of the
// caller's object in branches that the size never takes.
template <class T>
SHMBUF_INLINE T* opaque(T* pointer) noexcept {
#if defined(__GNUC__)
  __asm__("" : "+r"(pointer));
#endif
  return pointer;
}

// Fewer than 16 bytes.
SHMBUF_INLINE void copy_tiny(unsigned char* to, const unsigned char* from, std::size_t size) noexcept {
  if (size >= 8) {
    copy_piece<std::uint64_t>(to, from);
    copy_piece<std::uint64_t>(to + size - 8, from + size - 8);
  } else if (size >= 4) {
    copy_piece<std::uint32_t>(to, from);
    copy_piece<std::uint32_t>(to + size - 4, from + size - 4);
  } else if (size != 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}

// 16 to kShortCopy bytes, the first 16 of which are copied already.
SHMBUF_INLINE void copy_rest(unsigned char* to, const unsigned char* from, std::size_t size) noexcept {
  if (size > 32) {
    copy16(to + 16, from + 16);
    if (size > 64) {
      copy16(to + 32, from + 32);
      copy16(to + 48, from + 48);
      copy16(to + size - 64, from + size - 64);
      copy16(to + size - 48, from + size - 48);
    }
    copy16(to + size - 32, from + size - 32);
  }
  copy16(to + size - 16, from + size - 16);
}

// Copies from the ring.
SHMBUF_INLINE void copy_out(void* to, const unsigned char* from, std::size_t size) noexcept {
  unsigned char* const target = opaque(static_cast<unsigned char*>(to));
  if (!SHMBUF_LIKELY(size <= kShortCopy)) {
    std::memcpy(target, from, size);
    return;
  }
  if (size < 16) return copy_tiny(target, from, size);
  copy16(target, from);
  copy_rest(target, from, size);
}

// Copies into the ring. What the caller has just stored in the record, mostly a number or a time at its
// start, is still in the processor's store buffer. A load of the same width gets it from there; a wider one
// would have to wait until the store, and all before it, have reached the cache, which takes long while the
// consumer reads the lines that are written.
SHMBUF_INLINE void copy_in(unsigned char* to, const void* data, std::size_t size) noexcept {
  const unsigned char* const from = opaque(static_cast<const unsigned char*>(data));
  if (!SHMBUF_LIKELY(size <= kShortCopy)) {
    if (size >= kStreamingCopy) return copy_streaming(to, from, size);
    std::memcpy(to, from, size);
    return;
  }
  if (size < 16) return copy_tiny(to, from, size);
  std::uint64_t first;
  std::uint64_t second;
  std::memcpy(&first, from, 8);
  std::memcpy(&second, from + 8, 8);
#if defined(__GNUC__)
  __asm__("" : "+r"(first), "+r"(second));  // or the compiler makes one load of the two
#endif
  std::memcpy(to, &first, 8);
  std::memcpy(to + 8, &second, 8);
  copy_rest(to, from, size);
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_COPY_HPP_
