// What record i of a seed holds: the same rule in every peer (conformance/README.md).
#ifndef CONFORMANCE_PEERS_CONTENT_HPP_
#define CONFORMANCE_PEERS_CONTENT_HPP_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "flags.hpp"

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u;
constexpr std::uint64_t kSpread = 0xD1342543DE82EF95u;
constexpr std::size_t kBlockSize = 131072;
constexpr std::uint64_t kOffsets = 65536;

// The output function of splitmix64.
inline std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

struct Expected {
  const unsigned char* data;
  std::size_t size;
  std::uint16_t kind;
};

// Every payload is a slice of one random block.
class Content {
 public:
  explicit Content(const Flags& f) : flags_(f) {
    block_.reserve(kBlockSize);
    std::uint64_t state = f.seed;
    while (block_.size() < kBlockSize) {
      state += kGolden;
      const std::uint64_t word = mix(state);
      for (int shift = 0; shift < 64; shift += 8)
        block_.push_back(static_cast<unsigned char>(word >> shift));
    }
  }

  Expected record(std::uint64_t i) const {
    const std::uint64_t h = mix(flags_.seed + (i + 1) * kSpread + kGolden);
    std::uint64_t size;
    if (flags_.fixed != 0) {
      size = flags_.fixed;
    } else if (!flags_.lengths.empty()) {
      size = flags_.lengths[i % flags_.lengths.size()];
    } else if (flags_.classic) {
      size = 1 + h % flags_.max;
    } else {
      size = h % (flags_.max + 1);
    }
    const std::uint64_t offset = (h >> 32) % kOffsets;
    const std::uint16_t kind = flags_.kinds ? static_cast<std::uint16_t>(h >> 56) : std::uint16_t(0);
    return Expected{block_.data() + offset, static_cast<std::size_t>(size), kind};
  }

 private:
  const Flags& flags_;
  std::vector<unsigned char> block_;
};

#endif  // CONFORMANCE_PEERS_CONTENT_HPP_
