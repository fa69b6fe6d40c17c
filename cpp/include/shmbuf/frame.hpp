// Frames: records that are a 64-byte header and an image. spec/PROTOCOL.md section 6.
#ifndef SHMBUF_FRAME_HPP_
#define SHMBUF_FRAME_HPP_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "shmbuf/atomic.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {

enum class PixelFormat : std::uint32_t {
  gray8 = 1,
  bgr24 = 2,
  rgb24 = 3,
  bgra = 4,
  rgba = 5,
  yuyv = 6,   // width even
  nv12 = 7,   // width and height even; height rows of Y, then height / 2 rows of UV with the same stride
  gray16 = 8  // little-endian
};

namespace detail {

struct PixelFormatText {
  const char* name;
  const char* caps;
  std::uint32_t bytes_per_pixel;  // in the first plane
};
inline const PixelFormatText* pixel_format_text(PixelFormat format) noexcept {
  static const PixelFormatText kTexts[] = {
      {"gray8", "GRAY8", 1}, {"bgr24", "BGR", 3}, {"rgb24", "RGB", 3}, {"bgra", "BGRA", 4},
      {"rgba", "RGBA", 4},   {"yuyv", "YUY2", 2}, {"nv12", "NV12", 1}, {"gray16", "GRAY16_LE", 2},
  };
  const std::uint32_t code = static_cast<std::uint32_t>(format);
  return code >= 1 && code <= 8 ? &kTexts[code - 1] : nullptr;
}

}  // namespace detail

// The format's name ("bgr24"), or null for an unknown format.
inline const char* to_string(PixelFormat format) noexcept {
  const detail::PixelFormatText* text = detail::pixel_format_text(format);
  return text != nullptr ? text->name : nullptr;
}
// The format's value in a GStreamer-style caps text ("BGR"), or null.
inline const char* caps_format(PixelFormat format) noexcept {
  const detail::PixelFormatText* text = detail::pixel_format_text(format);
  return text != nullptr ? text->caps : nullptr;
}
// The format of that name, as to_string() gives it. False when there is none.
inline bool pixel_format_named(const char* name, PixelFormat* format) noexcept {
  for (std::uint32_t code = 1; code <= 8; ++code) {
    if (std::strcmp(name, to_string(static_cast<PixelFormat>(code))) == 0) {
      *format = static_cast<PixelFormat>(code);
      return true;
    }
  }
  return false;
}

// Bytes one row of the first plane needs; 0 for an unknown format.
inline std::uint64_t row_bytes(PixelFormat format, std::uint32_t width) noexcept {
  const detail::PixelFormatText* text = detail::pixel_format_text(format);
  return text != nullptr ? std::uint64_t{width} * text->bytes_per_pixel : 0;
}

struct FrameHeader {
  std::uint32_t width = 0;   // pixels, 1…65535
  std::uint32_t height = 0;  // pixels, 1…65535
  std::uint32_t stride = 0;  // bytes from one row of the first plane to the next
  PixelFormat format = PixelFormat::bgr24;
  std::int64_t timestamp = 0;  // nanoseconds; CLOCK_MONOTONIC recommended
  std::uint64_t number = 0;    // the producer's frame counter

  static constexpr std::size_t kSize = layout::frame::kHeaderSize;

  // Bytes of the pixels behind the header.
  std::uint64_t pixel_bytes() const noexcept {
    const std::uint64_t plane = std::uint64_t{stride} * height;
    return format == PixelFormat::nv12 ? plane + plane / 2 : plane;
  }
  // Bytes of the whole record.
  std::uint64_t frame_bytes() const noexcept { return kSize + pixel_bytes(); }

  // ok, or `invalid` when a field breaks a rule of the format.
  Status check() const noexcept {
    const std::uint64_t row = row_bytes(format, width);
    if (row == 0 || width > layout::frame::kMaxDimension) return Status::invalid;
    if (height == 0 || height > layout::frame::kMaxDimension) return Status::invalid;
    if ((format == PixelFormat::yuyv || format == PixelFormat::nv12) && width % 2 != 0)
      return Status::invalid;
    if (format == PixelFormat::nv12 && height % 2 != 0) return Status::invalid;
    return stride >= row ? Status::ok : Status::invalid;
  }

  // A header for rows without padding.
  static FrameHeader packed(PixelFormat format, std::uint32_t width, std::uint32_t height) noexcept {
    FrameHeader header;
    header.format = format;
    header.width = width;
    header.height = height;
    const std::uint64_t row = row_bytes(format, width);
    header.stride = row <= 0xFFFFFFFFu ? static_cast<std::uint32_t>(row) : 0;
    return header;
  }

  // Writes the 64 bytes at `to`. `invalid`, and nothing written, when check() fails.
  Status encode(void* to) const noexcept {
    const Status status = check();
    if (status != Status::ok) return status;
    unsigned char bytes[kSize] = {};
    std::memcpy(bytes, layout::frame::kMagic, sizeof(layout::frame::kMagic));
    put(bytes, layout::frame::kWidth, width);
    put(bytes, layout::frame::kHeight, height);
    put(bytes, layout::frame::kStride, stride);
    put(bytes, layout::frame::kPixelFormat, static_cast<std::uint32_t>(format));
    put(bytes, layout::frame::kTimestamp, static_cast<std::uint64_t>(timestamp));
    put(bytes, layout::frame::kNumber, number);
    std::memcpy(to, bytes, kSize);
    return Status::ok;
  }

  // Reads and validates the header of a record of `size` bytes. `damaged` when it is no frame or does not
  // hold the pixels it claims; the header is then unchanged.
  Status decode(const void* record, std::size_t size) noexcept {
    unsigned char bytes[kSize];
    if (size < kSize) return Status::damaged;
    std::memcpy(bytes, record, kSize);
    if (std::memcmp(bytes, layout::frame::kMagic, sizeof(layout::frame::kMagic)) != 0)
      return Status::damaged;
    FrameHeader read;
    get(bytes, layout::frame::kWidth, &read.width);
    get(bytes, layout::frame::kHeight, &read.height);
    get(bytes, layout::frame::kStride, &read.stride);
    std::uint32_t code = 0;
    get(bytes, layout::frame::kPixelFormat, &code);
    if (code < 1 || code > 8) return Status::damaged;
    read.format = static_cast<PixelFormat>(code);
    std::uint64_t time = 0;
    get(bytes, layout::frame::kTimestamp, &time);
    read.timestamp = static_cast<std::int64_t>(time);
    get(bytes, layout::frame::kNumber, &read.number);
    if (read.check() != Status::ok || read.frame_bytes() > size) return Status::damaged;
    *this = read;
    return Status::ok;
  }

 private:
  template <class T>
  static void put(unsigned char* bytes, std::size_t at, T value) noexcept {
    value = detail::le(value);
    std::memcpy(bytes + at, &value, sizeof(value));
  }
  template <class T>
  static void get(const unsigned char* bytes, std::size_t at, T* value) noexcept {
    std::memcpy(value, bytes + at, sizeof(*value));
    *value = detail::le(*value);
  }
};

}  // namespace shmbuf

#endif  // SHMBUF_FRAME_HPP_
