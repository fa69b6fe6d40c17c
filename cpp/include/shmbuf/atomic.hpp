// Atomic access to words of mapped memory.
//
// std::atomic objects cannot be placed over memory that another language wrote, so these functions work on
// plain integers, the way C++20's atomic_ref does. Every word in a segment is little-endian; values given
// to and taken from these functions are in the order of this CPU.
#ifndef SHMBUF_ATOMIC_HPP_
#define SHMBUF_ATOMIC_HPP_

#include <atomic>
#include <cstdint>

#include "shmbuf/config.hpp"

#if defined(_MSC_VER) && (defined(_M_IX86) || defined(_M_X64))
#include <intrin.h>
#endif

namespace shmbuf {
namespace detail {

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
inline std::uint32_t le(std::uint32_t v) noexcept { return __builtin_bswap32(v); }
inline std::uint64_t le(std::uint64_t v) noexcept { return __builtin_bswap64(v); }
#else
inline std::uint32_t le(std::uint32_t v) noexcept { return v; }
inline std::uint64_t le(std::uint64_t v) noexcept { return v; }
#endif

#if defined(__GNUC__) || defined(__clang__)

template <class T>
SHMBUF_INLINE T load_relaxed(const T* word) noexcept {
  return le(__atomic_load_n(word, __ATOMIC_RELAXED));
}
template <class T>
SHMBUF_INLINE T load_acquire(const T* word) noexcept {
  return le(__atomic_load_n(word, __ATOMIC_ACQUIRE));
}
template <class T>
SHMBUF_INLINE void store_relaxed(T* word, T value) noexcept {
  __atomic_store_n(word, le(value), __ATOMIC_RELAXED);
}
template <class T>
SHMBUF_INLINE void store_release(T* word, T value) noexcept {
  __atomic_store_n(word, le(value), __ATOMIC_RELEASE);
}
template <class T>
inline T exchange_seq_cst(T* word, T value) noexcept {
  return le(__atomic_exchange_n(word, le(value), __ATOMIC_SEQ_CST));
}

#else

// MSVC: std::atomic of an integer has the size and representation of the integer.
template <class T>
inline std::atomic<T>* as_atomic(const T* word) noexcept {
  static_assert(sizeof(std::atomic<T>) == sizeof(T), "atomic integers must be plain words");
  return reinterpret_cast<std::atomic<T>*>(const_cast<T*>(word));
}
template <class T>
inline T load_relaxed(const T* word) noexcept {
  return le(as_atomic(word)->load(std::memory_order_relaxed));
}
template <class T>
inline T load_acquire(const T* word) noexcept {
  return le(as_atomic(word)->load(std::memory_order_acquire));
}
template <class T>
inline void store_relaxed(T* word, T value) noexcept {
  as_atomic(word)->store(le(value), std::memory_order_relaxed);
}
template <class T>
inline void store_release(T* word, T value) noexcept {
  as_atomic(word)->store(le(value), std::memory_order_release);
}
template <class T>
inline T exchange_seq_cst(T* word, T value) noexcept {
  return le(as_atomic(word)->exchange(le(value), std::memory_order_seq_cst));
}

#endif

// Orders a store before a later load of another word: the step between publishing and looking for a waiter.
inline void full_fence() noexcept {
#if defined(__SANITIZE_THREAD__)
  __sync_synchronize();  // GCC's TSan refuses atomic_thread_fence, which it cannot model
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

// Orders earlier stores before later stores. No instruction on x86.
SHMBUF_INLINE void store_store_fence() noexcept {
#if defined(__SANITIZE_THREAD__)
  std::atomic_signal_fence(std::memory_order_release);  // as above; the sanitizer runs on x86
#else
  std::atomic_thread_fence(std::memory_order_release);
#endif
}

// Tells the CPU that this thread polls, which frees the core's other thread and the bus.
inline void cpu_pause() noexcept {
#if defined(_MSC_VER) && (defined(_M_IX86) || defined(_M_X64))
  _mm_pause();
#elif defined(__i386__) || defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ __volatile__("yield" ::: "memory");
#else
  std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_ATOMIC_HPP_
