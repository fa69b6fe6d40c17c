// The image header: spec/PROTOCOL.md section 6.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "shmbuf/frame.hpp"

namespace {

using shmbuf::FrameHeader;
using shmbuf::PixelFormat;
using shmbuf::Status;

TEST(Frame, HeaderBytes) {
  FrameHeader header = FrameHeader::packed(PixelFormat::bgr24, 1920, 1080);
  header.timestamp = -2;
  header.number = 0x1122334455667788ull;
  EXPECT_EQ(5760u, header.stride);
  EXPECT_EQ(64u + 6220800u, header.frame_bytes());
  unsigned char bytes[64];
  std::memset(bytes, 0xFF, sizeof(bytes));
  ASSERT_EQ(Status::ok, header.encode(bytes));
  const unsigned char expected[64] = {0x46, 0x52, 0x4D, 0x31, 0x80, 7,    0,    0,    0x38, 4,
                                      0,    0,    0x80, 0x16, 0,    0,    2,    0,    0,    0,
                                      0,    0,    0,    0,    0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                      0xFF, 0xFF, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
  EXPECT_EQ(0, std::memcmp(expected, bytes, 64));
}

TEST(Frame, RoundTripOfEveryFormat) {
  const struct {
    PixelFormat format;
    const char* name;
    const char* caps;
    std::uint64_t bytes;
  } cases[] = {
      {PixelFormat::gray8, "gray8", "GRAY8", 24}, {PixelFormat::bgr24, "bgr24", "BGR", 72},
      {PixelFormat::rgb24, "rgb24", "RGB", 72},   {PixelFormat::bgra, "bgra", "BGRA", 96},
      {PixelFormat::rgba, "rgba", "RGBA", 96},    {PixelFormat::yuyv, "yuyv", "YUY2", 48},
      {PixelFormat::nv12, "nv12", "NV12", 36},    {PixelFormat::gray16, "gray16", "GRAY16_LE", 48},
  };
  for (const auto& c : cases) {
    const FrameHeader header = FrameHeader::packed(c.format, 6, 4);
    EXPECT_EQ(c.bytes, header.pixel_bytes()) << c.name;
    EXPECT_STREQ(c.name, shmbuf::to_string(c.format));
    EXPECT_STREQ(c.caps, shmbuf::caps_format(c.format));
    std::vector<unsigned char> record(static_cast<std::size_t>(header.frame_bytes()));
    ASSERT_EQ(Status::ok, header.encode(record.data())) << c.name;
    FrameHeader read;
    ASSERT_EQ(Status::ok, read.decode(record.data(), record.size())) << c.name;
    EXPECT_EQ(c.format, read.format);
    EXPECT_EQ(6u, read.width);
    EXPECT_EQ(4u, read.height);
    EXPECT_EQ(Status::damaged, read.decode(record.data(), record.size() - 1)) << c.name;
  }
}

TEST(Frame, WrongHeadersAreRefused) {
  const auto bad = [](PixelFormat format, std::uint32_t width, std::uint32_t height, std::uint32_t stride) {
    FrameHeader header;
    header.format = format;
    header.width = width;
    header.height = height;
    header.stride = stride;
    unsigned char bytes[64] = {};
    return header.encode(bytes) == Status::invalid && bytes[0] == 0;
  };
  EXPECT_TRUE(bad(PixelFormat::gray8, 0, 1, 1));
  EXPECT_TRUE(bad(PixelFormat::gray8, 1, 0, 1));
  EXPECT_TRUE(bad(PixelFormat::gray8, 65536, 1, 65536));
  EXPECT_TRUE(bad(PixelFormat::gray8, 1, 65536, 1));
  EXPECT_TRUE(bad(PixelFormat::bgr24, 10, 1, 29));
  EXPECT_TRUE(bad(PixelFormat::yuyv, 3, 1, 6));
  EXPECT_TRUE(bad(PixelFormat::nv12, 3, 2, 3));
  EXPECT_TRUE(bad(PixelFormat::nv12, 2, 3, 2));
  EXPECT_TRUE(bad(static_cast<PixelFormat>(0), 1, 1, 1));
  EXPECT_TRUE(bad(static_cast<PixelFormat>(9), 1, 1, 1));
  EXPECT_FALSE(bad(PixelFormat::bgr24, 10, 1, 30));

  unsigned char record[64 + 4] = {};
  ASSERT_EQ(Status::ok, FrameHeader::packed(PixelFormat::gray8, 2, 2).encode(record));
  FrameHeader read;
  for (std::size_t size = 0; size < sizeof(record); ++size)
    EXPECT_EQ(Status::damaged, read.decode(record, size));
  ASSERT_EQ(Status::ok, read.decode(record, sizeof(record)));
  for (const std::size_t at : {0u, 4u, 8u, 12u, 16u}) {
    unsigned char broken[sizeof(record)];
    std::memcpy(broken, record, sizeof(record));
    broken[at + 1] = 0xFF;
    EXPECT_EQ(Status::damaged, read.decode(broken, sizeof(broken))) << at;
    EXPECT_EQ(2u, read.width) << "unchanged";
  }
}

}  // namespace
