// Finds out what an opened object is.
#ifndef SHMBUF_IDENTIFY_HPP_
#define SHMBUF_IDENTIFY_HPP_

#include <cstring>
#include <string>

#include "shmbuf/geometry.hpp"
#include "shmbuf/segment.hpp"

namespace shmbuf {
namespace detail {

struct Identity {
  Layout layout = Layout::native;
  Geometry geometry;                   // native, validated
  std::uint32_t classic_capacity = 0;  // classic, validated
  std::uint64_t object_size = 0;
};

// ok, would_block (not ready yet), not_a_channel, unknown_version, damaged. Reads without mapping.
inline Status identify(const Segment& segment, Identity* identity, std::string* why) {
  identity->object_size = segment.size();
  layout::StaticPage page;
  std::memset(&page, 0, sizeof(page));
  const std::size_t got = segment.read_at(0, &page, sizeof(page));
  if (got < 16 || identity->object_size < 16) {
    *why = "the object has " + std::to_string(identity->object_size) + " bytes, too few for any channel";
    return Status::would_block;
  }
  unsigned char first[16];
  std::memcpy(first, &page, sizeof(first));
  switch (recognise(first, identity->object_size)) {
    case Recognised::native:
      identity->layout = Layout::native;
      if (got < sizeof(page)) {
        *why = "the object has only " + std::to_string(identity->object_size) + " bytes";
        return Status::damaged;
      }
      return decode_static(page, identity->object_size, &identity->geometry, why);
    case Recognised::unknown_version:
      *why = "version " + std::to_string(le(page.version)) + ", this release knows version 1";
      return Status::unknown_version;
    case Recognised::classic:
      identity->layout = Layout::classic;
      identity->classic_capacity = le(page.version);  // the u32 at 8
      return Status::ok;
    case Recognised::not_ready:
      *why = "its header is still all zero";
      return Status::would_block;
    case Recognised::foreign:
      break;
  }
  *why = "its first 16 bytes are those of neither layout";
  return Status::not_a_channel;
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_IDENTIFY_HPP_
