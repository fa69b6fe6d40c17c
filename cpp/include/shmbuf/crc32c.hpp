// CRC-32C (Castagnoli), for the static page. A few hundred bytes once per open: no table is worth its
// memory.
#ifndef SHMBUF_CRC32C_HPP_
#define SHMBUF_CRC32C_HPP_

#include <cstddef>
#include <cstdint>

namespace shmbuf {
namespace detail {

// Continues `crc` (0 to begin) over `size` bytes.
inline std::uint32_t crc32c(std::uint32_t crc, const void* data, std::size_t size) noexcept {
  const unsigned char* bytes = static_cast<const unsigned char*>(data);
  crc = ~crc;
  for (std::size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
    }
  }
  return ~crc;
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_CRC32C_HPP_
