// What a caller says when creating or opening a channel, and what statistics it gets.
#ifndef SHMBUF_OPTIONS_HPP_
#define SHMBUF_OPTIONS_HPP_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace shmbuf {

enum class Layout { native, classic };

// How long a call may wait.
using Timeout = std::chrono::nanoseconds;
constexpr Timeout forever = Timeout::max();
constexpr Timeout no_wait = Timeout(0);  // the call behaves like its try_ form: would_block

// A piece of the caller's memory.
struct Bytes {
  const void* data;
  std::size_t size;
};

// A value-initialised Options asks for the defaults.
struct Options {
  Layout layout = Layout::native;
  std::uint64_t capacity = 0;  // bytes, a power of two 4096…2^40; 0: 1 MiB. Classic: 16…2^31, rounded down
  std::uint64_t record_size = 0;   // bytes; > 0 makes a channel of fixed-size records
  std::uint64_t record_count = 0;  // fixed: a power of two ≥ 2; 0: the largest with ≤ 1 MiB in all
  std::uint32_t alignment =
      0;                     // of payloads, a power of two; 0: 8 (fixed: what record_size allows up to 8)
  std::uint32_t slots = 0;   // consumers the segment has room for, 1…1024; 0: 1
  std::string content_type;  // UTF-8 text of at most 3840 bytes, for tools
  bool times = false;        // records carry publication times (CLOCK_MONOTONIC)
  bool keep = false;         // the name stays when both sides have closed
  bool exclusive = false;    // `exists` when the name is taken
  // Native: take the memory of the ring page by page as it is used, for very large rings. A full /dev/shm
  // then ends the process with SIGBUS at a later access, instead of no_space here.
  bool lazy = false;
  bool await_peer = false;           // wait for a successor instead of reporting peer_died
  bool interruptible = false;        // a signal handler that runs ends a wait: cancelled
  unsigned mode = 0;                 // permission bits; 0: 0600 (classic: 0666 less the umask)
  std::uint64_t start_position = 0;  // for conformance tests
  std::uint32_t language = 2;        // as in spec/PROTOCOL.md 3.2; language bindings say their own
};

struct ConsumerOptions {
  std::uint32_t slot = 0;      // version 1 of the protocol has consumers on slot 0 only
  bool await_peer = false;     // wait for a successor instead of reporting peer_died
  bool interruptible = false;  // a signal handler that runs ends a wait: cancelled
  bool keep = false;           // leave the channel in place even when this consumer is the last to leave
  Timeout wait = no_wait;      // how long to wait for the channel to appear
  std::uint32_t language = 2;  // as in Options
};

// Counters of one handle since it was opened.
struct Stats {
  std::uint64_t records = 0;     // published, or released
  std::uint64_t bytes = 0;       // of their payloads
  std::uint64_t sleeps = 0;      // times a call slept for the other side
  std::uint64_t wakes = 0;       // wake calls made for the other side
  std::uint64_t guard_hits = 0;  // classic: impossible positions of the other side that were not believed
  std::uint64_t discarded =
      0;  // records lost when this producer replaced a segment nobody was left to read
};

}  // namespace shmbuf

#endif  // SHMBUF_OPTIONS_HPP_
