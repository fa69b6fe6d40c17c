// Copies of very long payloads, with stores that go around the caches. Ordinary stores would first fetch
// every line they are going to overwrite, and drive out what the caches hold, the source of the copy among
// it. (The C library does the same, but only from a size that other programs on the machine leave no cache
// for.)
#ifndef SHMBUF_COPY_STREAMING_HPP_
#define SHMBUF_COPY_STREAMING_HPP_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "shmbuf/config.hpp"

#if defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
#define SHMBUF_STREAMING_COPY 1
#endif

namespace shmbuf {
namespace detail {

// The shortest payload that is copied so: some times the private caches of a core.
constexpr std::size_t kStreamingCopy = std::size_t{2} << 20;

#if defined(SHMBUF_STREAMING_COPY)

constexpr std::size_t kLine = 64;

// One cache line; `to` is aligned to one.
inline void stream_line(unsigned char* to, const unsigned char* from) noexcept {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16));
  const __m128i c = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 32));
  const __m128i d = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 48));
  _mm_stream_si128(reinterpret_cast<__m128i*>(to), a);
  _mm_stream_si128(reinterpret_cast<__m128i*>(to + 16), b);
  _mm_stream_si128(reinterpret_cast<__m128i*>(to + 32), c);
  _mm_stream_si128(reinterpret_cast<__m128i*>(to + 48), d);
}

// At least a line, between places that do not overlap.
inline void copy_streaming(unsigned char* to, const unsigned char* from, std::size_t size) noexcept {
  const std::size_t head = (kLine - reinterpret_cast<std::uintptr_t>(to) % kLine) % kLine;
  std::memcpy(to, from, head);
  to += head;
  from += head;
  size -= head;
  const std::size_t whole = size - size % kLine;
  std::memcpy(to + whole, from + whole, size - whole);
  // A load waits for an older store that has the same last 12 bits in its address. Where the target lies a
  // little ahead of the source in this respect, a copy from the end to the beginning keeps out of its own
  // way.
  const std::uintptr_t ahead =
      (reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from)) % 4096;
  if (ahead < 2048) {
    for (std::size_t at = whole; at != 0; at -= kLine) stream_line(to + at - kLine, from + at - kLine);
  } else {
    for (std::size_t at = 0; at != whole; at += kLine) stream_line(to + at, from + at);
  }
  _mm_sfence();  // streaming stores obey no order: they must be visible before the position is published
}

#else

inline void copy_streaming(unsigned char* to, const unsigned char* from, std::size_t size) noexcept {
  std::memcpy(to, from, size);
}

#endif

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_COPY_STREAMING_HPP_
