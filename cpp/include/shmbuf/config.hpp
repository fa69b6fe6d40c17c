// What the compiler and the operating system offer.
#ifndef SHMBUF_CONFIG_HPP_
#define SHMBUF_CONFIG_HPP_

#define SHMBUF_VERSION "0.1.0"

// Define SHMBUF_OS_BSD to use what macOS and the BSDs use (flock, polling, /tmp/shmbuf) on another Unix
// system.
#if defined(SHMBUF_OS_BSD)
#elif defined(_WIN32)
#define SHMBUF_OS_WINDOWS 1
#elif defined(__linux__)
#define SHMBUF_OS_LINUX 1
#else
#define SHMBUF_OS_BSD 1  // macOS and the BSDs
#endif

#if defined(__GNUC__) || defined(__clang__)
#define SHMBUF_LIKELY(x) __builtin_expect(!!(x), 1)
#define SHMBUF_PREFETCH(p) __builtin_prefetch(p)
#define SHMBUF_COLD __attribute__((noinline, cold))
#define SHMBUF_INLINE inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define SHMBUF_LIKELY(x) (x)
#define SHMBUF_PREFETCH(p) ((void)(p))
#define SHMBUF_COLD __declspec(noinline)
#define SHMBUF_INLINE __forceinline
#else
#define SHMBUF_LIKELY(x) (x)
#define SHMBUF_PREFETCH(p) ((void)(p))
#define SHMBUF_COLD
#define SHMBUF_INLINE inline
#endif

#endif  // SHMBUF_CONFIG_HPP_
