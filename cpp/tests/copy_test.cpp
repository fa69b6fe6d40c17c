// Copies of every length, from and to every alignment: all bytes arrive, none beside them changes.
#include "shmbuf/copy.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

constexpr std::size_t kMargin = 64;
constexpr unsigned char kUntouched = 0xA5;

std::vector<unsigned char> numbered(std::size_t size) {
  std::vector<unsigned char> bytes(size);
  std::uint32_t state = 1;
  for (unsigned char& byte : bytes)
    byte = static_cast<unsigned char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

template <class Copy>
void expect_exact(Copy copy, std::size_t size, std::size_t to, std::size_t from) {
  static const std::vector<unsigned char> source = numbered(shmbuf::detail::kStreamingCopy + 16384);
  std::vector<unsigned char> target(kMargin + to + size + kMargin, kUntouched);
  copy(target.data() + kMargin + to, source.data() + from, size);
  EXPECT_EQ(0, std::memcmp(target.data() + kMargin + to, source.data() + from, size))
      << size << " bytes to +" << to << " from +" << from;
  for (std::size_t i = 0; i < kMargin; ++i) {
    ASSERT_EQ(kUntouched, target[kMargin + to - 1 - i]) << size << " bytes to +" << to;
    ASSERT_EQ(kUntouched, target[kMargin + to + size + i]) << size << " bytes to +" << to;
  }
}

const auto kIn = [](unsigned char* to, const unsigned char* from, std::size_t size) {
  shmbuf::detail::copy_in(to, from, size);
};
const auto kOut = [](unsigned char* to, const unsigned char* from, std::size_t size) {
  shmbuf::detail::copy_out(to, from, size);
};

TEST(Copy, ShortOnesOfEveryLength) {
  for (std::size_t size = 0; size <= 300; ++size) {
    for (std::size_t shift = 0; shift < 16; shift += 5) {
      expect_exact(kIn, size, shift, 3 * shift);
      expect_exact(kOut, size, shift, 3 * shift);
    }
  }
}

TEST(Copy, AroundTheCachesFromEveryAlignment) {
  const std::size_t least = shmbuf::detail::kStreamingCopy;
  for (std::size_t shift = 0; shift < 64; shift += 7) {
    expect_exact(kIn, least + shift, shift, 0);  // the target ahead of the source
    expect_exact(kIn, least + 64 + shift, 0,
                 2048 + shift);  // and behind it, in the last bits of the address
    expect_exact(kIn, least - 1, shift, shift);
  }
}

}  // namespace
