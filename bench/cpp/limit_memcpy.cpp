// Limit memcpy: what one thread copies between two buffers of that size, over a whole sample as with
// streams, and the best of its repetitions beside it.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "clock.hpp"
#include "failure.hpp"
#include "message.hpp"
#include "systems.hpp"

namespace bench {

namespace {

// Bytes per timed stretch at least: reading the clock must not count.
constexpr std::size_t kStretch = 1 << 20;
constexpr std::int64_t kDuration = 300000000;

// The compiler must not leave copies out.
void keep(const void* memory) { asm volatile("" : : "r"(memory) : "memory"); }

}  // namespace

void limit_memcpy(Args& args) {
  const std::size_t size = args.number("size");
  if (size == 0) throw Unsupported("copies of 0 bytes");
  args.done();
  const Buffer from(size), to(size);
  const std::size_t copies = std::max<std::size_t>(1, kStretch / size);
  double best = 0;
  double total = 0;
  const std::int64_t begin = now();
  std::int64_t start = begin;
  while (start - begin < kDuration) {
    for (std::size_t i = 0; i < copies; ++i) {
      std::memcpy(to.data(), from.data(), size);
      keep(to.data());
    }
    const std::int64_t end = now();
    total += static_cast<double>(size * copies);
    best = std::max(best, static_cast<double>(size * copies) * 1e9 / static_cast<double>(end - start));
    start = end;
  }
  std::printf("{\"bytes_per_second\": %.0f, \"best\": %.0f}\n",
              total * 1e9 / static_cast<double>(start - begin), best);
}

}  // namespace bench
