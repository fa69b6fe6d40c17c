// bgr24 frames: frame i shows the file's picture rotated by 7·i bytes, has number i
// and timestamp 1000·i.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "flags.hpp"

namespace {

using shmbuf::FrameHeader;
using shmbuf::Status;

FrameHeader nth(FrameHeader header, std::uint64_t i) {
  header.number = i;
  header.timestamp = static_cast<std::int64_t>(1000 * i);
  return header;
}

bool send(const Flags& f, Report* r, const FrameHeader& shape, const std::vector<unsigned char>& picture) {
  const std::string caps = "video/x-raw,format=BGR,width=" + std::to_string(shape.width) +
                           ",height=" + std::to_string(shape.height) + ",framerate=30/1";
  shmbuf::Producer p;
  Status status = create(f, caps, &p);
  for (; status == Status::ok && r->records < f.count; r->add(1, picture.size())) {
    shmbuf::Reservation out = p.reserve(static_cast<std::size_t>(shape.frame_bytes()), kPatience);
    if (!out) return r->fail(out.status(), p.message());
    if ((status = nth(shape, r->next).encode(out.data())) != Status::ok) return r->fail(status, "header");
    unsigned char* const pixels = static_cast<unsigned char*>(out.data()) + FrameHeader::kSize;
    const std::size_t cut = static_cast<std::size_t>(7 * r->next % picture.size());
    std::memcpy(pixels, picture.data() + cut, picture.size() - cut);
    std::memcpy(pixels + picture.size() - cut, picture.data(), cut);
    status = out.commit();
  }
  if (status != Status::ok) return r->fail(status, p.message());
  p.close();
  return true;
}

bool same_header(const FrameHeader& a, const FrameHeader& b) {
  return a.width == b.width && a.height == b.height && a.stride == b.stride && a.format == b.format &&
         a.timestamp == b.timestamp && a.number == b.number;
}

bool take(const Flags& f, Report* r, const FrameHeader& shape, const std::vector<unsigned char>& picture) {
  shmbuf::Consumer c;
  Status status = open(f, &c);
  if (status != Status::ok) return r->fail(status, c.message());
  for (; r->records < f.count; r->add(1, picture.size())) {
    const shmbuf::View view = c.peek(kPatience);
    if (!view) return r->fail(view.status(), c.message());
    FrameHeader header;
    status = header.decode(view.data(), view.size());
    if (status != Status::ok) return r->fail(status, "frame header");
    if (!same_header(header, nth(shape, r->next))) return r->fail("the frame header differs");
    const unsigned char* const pixels = static_cast<const unsigned char*>(view.data()) + FrameHeader::kSize;
    const std::size_t cut = static_cast<std::size_t>(7 * r->next % picture.size());
    if (std::memcmp(pixels, picture.data() + cut, picture.size() - cut) != 0 ||
        std::memcmp(pixels + picture.size() - cut, picture.data(), cut) != 0) {
      return r->fail("the pixels differ");
    }
  }
  status = c.peek(kPatience).status();
  if (status != Status::end_of_stream) return r->fail(status, "want end_of_stream");
  c.close();
  return true;
}

}  // namespace

bool frames(const Flags& f, Report* r) {
  unsigned width = 0, height = 0;
  if (std::sscanf(f.frame.c_str(), "%ux%u", &width, &height) != 2) return r->fail("bad --frame " + f.frame);
  std::ifstream file(f.payload_file, std::ios::binary);
  const std::vector<unsigned char> picture((std::istreambuf_iterator<char>(file)),
                                           std::istreambuf_iterator<char>());
  const FrameHeader shape = FrameHeader::packed(shmbuf::PixelFormat::bgr24, width, height);
  if (picture.size() != shape.pixel_bytes())
    return r->fail(f.payload_file + " is not one picture of that size");
  return f.produce ? send(f, r, shape, picture) : take(f, r, shape, picture);
}
