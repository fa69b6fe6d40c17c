// CRC-32 as zlib, Go's hash/crc32 and ffmpeg compute it, sixteen bytes at a step.
#ifndef DEMO_CRC32_HPP_
#define DEMO_CRC32_HPP_

#include <cstddef>
#include <cstdint>

namespace demo {

class Crc32 {
 public:
  Crc32() {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t crc = byte;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
      table_[0][byte] = crc;
    }
    // table_[k][b]: the effect of byte b that k more bytes follow.
    for (int k = 1; k < kStep; ++k) {
      for (int byte = 0; byte < 256; ++byte) {
        const std::uint32_t before = table_[k - 1][byte];
        table_[k][byte] = (before >> 8) ^ table_[0][before & 0xFF];
      }
    }
  }

  std::uint32_t operator()(const void* data, std::size_t size) const {
    const unsigned char* p = static_cast<const unsigned char*>(data);
    std::uint32_t crc = 0xFFFFFFFFu;
    for (; size >= kStep; size -= kStep, p += kStep) {
      std::uint32_t next = table_[15][p[0] ^ (crc & 0xFF)] ^ table_[14][p[1] ^ (crc >> 8 & 0xFF)] ^
                           table_[13][p[2] ^ (crc >> 16 & 0xFF)] ^ table_[12][p[3] ^ (crc >> 24)];
      for (int i = 4; i < kStep; ++i) next ^= table_[15 - i][p[i]];
      crc = next;
    }
    for (; size > 0; --size, ++p) crc = (crc >> 8) ^ table_[0][(crc ^ *p) & 0xFF];
    return ~crc;
  }

 private:
  static constexpr int kStep = 16;
  std::uint32_t table_[kStep][256];
};

}  // namespace demo

#endif  // DEMO_CRC32_HPP_
