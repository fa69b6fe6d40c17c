// The private, validated copy of what a native static page says.
#ifndef SHMBUF_GEOMETRY_HPP_
#define SHMBUF_GEOMETRY_HPP_

#include <cstdint>
#include <cstring>
#include <string>

#include "shmbuf/atomic.hpp"
#include "shmbuf/crc32c.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/options.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

inline bool power_of_two(std::uint64_t v) noexcept { return v != 0 && (v & (v - 1)) == 0; }

struct Geometry {
  std::uint32_t format = layout::kFormatVariable;
  std::uint64_t capacity = 0;  // bytes in the ring
  std::uint64_t data_offset = 0;
  std::uint64_t segment_size = 0;
  std::uint32_t control_size = 0;
  std::uint32_t alignment = 0;
  std::uint64_t record_size = 0;
  std::uint64_t record_count = 0;
  std::uint32_t header_size = 0;
  std::uint32_t slot_count = 1;
  std::uint32_t flags = 0;
  std::uint64_t segment_id = 0;
  std::int64_t created = 0;
  std::uint64_t start_position = 0;
  std::string descriptor;

  bool fixed() const noexcept { return format == layout::kFormatFixed; }
  bool times() const noexcept { return (flags & layout::kFlagTimes) != 0; }
  bool keep() const noexcept { return (flags & layout::kFlagKeep) != 0; }
  // Positions in one lap: bytes, or records of a fixed size.
  std::uint64_t lap() const noexcept { return fixed() ? record_count : capacity; }
  std::uint64_t max_record() const noexcept { return fixed() ? record_size : capacity - header_size; }

  // Whether a producer that asked for `wanted` may go on with this segment.
  bool continues(const Geometry& wanted) const {
    return format == wanted.format && capacity == wanted.capacity && alignment == wanted.alignment &&
           record_size == wanted.record_size && record_count == wanted.record_count &&
           slot_count == wanted.slot_count && flags == wanted.flags && descriptor == wanted.descriptor;
  }
};

inline std::uint32_t control_size_for(std::uint64_t slots) noexcept {
  const std::uint64_t bytes = layout::kSlotOffset + slots * layout::kSlotSize;
  const std::uint64_t grain = layout::kControlGranularity;
  return static_cast<std::uint32_t>((bytes + grain - 1) / grain * grain);
}

// The first rule of the geometry that is broken, or null. Everything but identity, CRC and descriptor.
inline const char* broken_geometry_rule(const Geometry& g) noexcept {
  if (g.slot_count < 1 || g.slot_count > layout::kMaxSlots) return "slots must be 1 to 1024";
  if ((g.flags & ~(layout::kFlagTimes | layout::kFlagKeep)) != 0) return "unknown flags";
  if (!power_of_two(g.alignment) || g.alignment > layout::kMaxAlignment) {
    return "alignment must be a power of two from 1 to 4096";
  }
  if (g.control_size != control_size_for(g.slot_count))
    return "control size does not follow from the slots";
  if (g.format == layout::kFormatVariable) {
    if (g.alignment < layout::kMinAlignmentVariable) {
      return "alignment of variable-size records must be at least 8";
    }
    if (!power_of_two(g.capacity) || g.capacity < layout::kMinCapacity ||
        g.capacity > layout::kMaxCapacity) {
      return "capacity must be a power of two from 4096 to 2^40";
    }
    if (g.capacity < g.alignment) return "capacity must be at least the alignment";
    if (g.record_size != 0 || g.record_count != 0) return "variable-size records have no record size";
    if (g.header_size != (g.times() ? layout::kHeaderSizeTimes : layout::kHeaderSize)) {
      return "header size must be 16, or 24 with times";
    }
    if ((g.start_position & (g.alignment - 1)) != 0) {
      return "start position must be a multiple of the alignment";
    }
    const std::uint64_t shift = (0u - g.header_size) & (g.alignment - 1);
    if (g.data_offset != g.control_size + shift) return "data offset does not follow from the alignment";
  } else if (g.format == layout::kFormatFixed) {
    if (g.record_size < 1 || g.record_size > layout::kMaxCapacity)
      return "record size must be 1 to 2^40 bytes";
    if (!power_of_two(g.record_count) || g.record_count < 2) {
      return "record count must be a power of two of at least 2";
    }
    if (g.record_count > layout::kMaxCapacity / g.record_size ||
        g.capacity != g.record_size * g.record_count) {
      return "record size times record count must be the capacity and at most 2^40";
    }
    if (g.record_size % g.alignment != 0) return "record size must be a multiple of the alignment";
    if (g.times()) return "fixed-size records cannot carry times";
    if (g.header_size != 0) return "fixed-size records have no header";
    if (g.data_offset != g.control_size) return "data must follow the control area";
  } else {
    return "format must be 0 (variable) or 1 (fixed)";
  }
  if (g.segment_size != g.data_offset + g.capacity) return "segment size is not data offset plus capacity";
  return nullptr;
}

// Whether `text` is well-formed UTF-8 (no overlong forms, no surrogates).
inline bool valid_utf8(const std::string& text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    const unsigned char lead = static_cast<unsigned char>(text[i]);
    const int extra = lead < 0x80                   ? 0
                      : lead >= 0xC2 && lead < 0xE0 ? 1
                      : (lead & 0xF0) == 0xE0       ? 2
                      : lead >= 0xF0 && lead < 0xF5 ? 3
                                                    : -1;
    if (extra < 0 || i + static_cast<std::size_t>(extra) >= text.size()) return false;
    std::uint32_t point = extra == 0 ? lead : lead & (0x3Fu >> extra);
    for (int k = 1; k <= extra; ++k) {
      const unsigned char next = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      if ((next & 0xC0) != 0x80) return false;
      point = (point << 6) | (next & 0x3Fu);
    }
    if ((extra == 2 && (point < 0x800 || (point >= 0xD800 && point < 0xE000))) ||
        (extra == 3 && (point < 0x10000 || point > 0x10FFFF))) {
      return false;
    }
    i += static_cast<std::size_t>(extra) + 1;
  }
  return true;
}

// What `options` ask for, with the defaults filled in; `invalid` when they break a rule.
inline Status geometry_for(const Options& options, Geometry* g, std::string* why) {
  g->slot_count = options.slots == 0 ? 1 : options.slots;
  if (g->slot_count > layout::kMaxSlots) {
    *why = "slots is " + std::to_string(options.slots) + "; use 1 to 1024";
    return Status::invalid;
  }
  g->flags = (options.times ? layout::kFlagTimes : 0) | (options.keep ? layout::kFlagKeep : 0);
  g->control_size = control_size_for(g->slot_count);
  g->start_position = options.start_position;
  g->descriptor = options.content_type;
  if (g->descriptor.size() > layout::kMaxDescriptor || !valid_utf8(g->descriptor)) {
    *why = "content_type has " + std::to_string(g->descriptor.size()) +
           " bytes; use UTF-8 text of at most 3840 bytes";
    return Status::invalid;
  }
  if (options.record_size == 0) {
    if (options.record_count != 0) {
      *why = "record_count is " + std::to_string(options.record_count) +
             " but record_size is 0; give the size of a record";
      return Status::invalid;
    }
    g->format = layout::kFormatVariable;
    g->capacity = options.capacity == 0 ? layout::kDefaultCapacity : options.capacity;
    g->alignment = options.alignment == 0 ? layout::kMinAlignmentVariable : options.alignment;
    g->header_size = options.times ? layout::kHeaderSizeTimes : layout::kHeaderSize;
    if (power_of_two(g->alignment)) {
      g->data_offset = g->control_size + ((0u - g->header_size) & (g->alignment - 1));
    }
  } else if (options.capacity != 0) {
    *why = "capacity is " + std::to_string(options.capacity) + " together with record_size " +
           std::to_string(options.record_size) + "; size a ring of fixed-size records with record_count";
    return Status::invalid;
  } else {
    g->format = layout::kFormatFixed;
    g->record_size = options.record_size;
    g->record_count = options.record_count;
    if (g->record_count == 0) {
      g->record_count = 2;
      while (g->record_count * 2 <= layout::kDefaultCapacity / g->record_size) g->record_count *= 2;
    }
    g->alignment = options.alignment;
    if (g->alignment == 0) {
      g->alignment = 8;
      while (g->record_size % g->alignment != 0) g->alignment /= 2;
    }
    g->data_offset = g->control_size;
    if (g->record_size <= layout::kMaxCapacity &&
        g->record_count <= layout::kMaxCapacity / g->record_size) {
      g->capacity = g->record_size * g->record_count;
    }
  }
  g->segment_size = g->data_offset + g->capacity;
  if (const char* rule = broken_geometry_rule(*g)) {
    *why = std::string(rule) + "; asked for capacity " + std::to_string(g->capacity) + ", alignment " +
           std::to_string(g->alignment) + ", record_size " + std::to_string(g->record_size) +
           ", record_count " + std::to_string(g->record_count) + ", start_position " +
           std::to_string(g->start_position);
    return Status::invalid;
  }
  return Status::ok;
}

inline std::uint32_t static_crc(const layout::StaticPage& page, std::size_t descriptor_length) noexcept {
  const unsigned char* bytes = reinterpret_cast<const unsigned char*>(&page);
  const std::uint32_t crc = crc32c(0, bytes + 0x08, 0x6C - 0x08);
  return crc32c(crc, page.descriptor, descriptor_length);
}

// Fills a zeroed page with everything but the magic.
inline void encode_static(const Geometry& g, layout::StaticPage* page) {
  page->version = le(layout::kVersion);
  page->control_size = le(g.control_size);
  page->capacity = le(g.capacity);
  page->data_offset = le(g.data_offset);
  page->segment_size = le(g.segment_size);
  page->format = le(g.format);
  page->alignment = le(g.alignment);
  page->record_size = le(g.record_size);
  page->record_count = le(g.record_count);
  page->header_size = le(g.header_size);
  page->slot_count = le(g.slot_count);
  page->slot_size = le(layout::kSlotSize);
  page->flags = le(g.flags);
  page->segment_id = le(g.segment_id);
  page->created = le(static_cast<std::uint64_t>(g.created));
  page->start_position = le(g.start_position);
  page->descriptor_length = le(static_cast<std::uint32_t>(g.descriptor.size()));
  std::memcpy(page->descriptor, g.descriptor.data(), g.descriptor.size());
  page->static_crc = le(static_crc(*page, g.descriptor.size()));
}

// What the first 16 bytes of an object say it is.
enum class Recognised { native, unknown_version, classic, not_ready, foreign };

inline Recognised recognise(const unsigned char (&first)[16], std::uint64_t object_size) noexcept {
  std::uint32_t words[4];
  std::memcpy(words, first, sizeof(words));
  const std::uint32_t at8 = le(words[2]);
  const std::uint32_t at12 = le(words[3]);
  if (std::memcmp(first, layout::kMagic, 8) == 0) {
    if (at12 == 0) return Recognised::foreign;
    return at8 == layout::kVersion ? Recognised::native : Recognised::unknown_version;
  }
  if (at12 != 0) return Recognised::foreign;
  if (power_of_two(at8) && object_size >= 16 && at8 <= object_size - 16) return Recognised::classic;
  return words[0] == 0 && words[1] == 0 && at8 == 0 ? Recognised::not_ready : Recognised::foreign;
}

// Validates a private copy of a static page that was recognised as native; `damaged` with the reason.
inline Status decode_static(const layout::StaticPage& page, std::uint64_t object_size, Geometry* g,
                            std::string* why) {
  g->control_size = le(page.control_size);
  g->capacity = le(page.capacity);
  g->data_offset = le(page.data_offset);
  g->segment_size = le(page.segment_size);
  g->format = le(page.format);
  g->alignment = le(page.alignment);
  g->record_size = le(page.record_size);
  g->record_count = le(page.record_count);
  g->header_size = le(page.header_size);
  g->slot_count = le(page.slot_count);
  g->flags = le(page.flags);
  g->segment_id = le(page.segment_id);
  g->created = static_cast<std::int64_t>(le(page.created));
  g->start_position = le(page.start_position);
  const std::uint32_t length = le(page.descriptor_length);
  if (length > layout::kMaxDescriptor) {
    *why = "the descriptor claims " + std::to_string(length) + " bytes, more than 3840";
    return Status::damaged;
  }
  const std::uint32_t crc = static_crc(page, length);
  if (crc != le(page.static_crc)) {
    *why = "the header has CRC " + std::to_string(le(page.static_crc)) + " but its bytes give " +
           std::to_string(crc);
    return Status::damaged;
  }
  if (le(page.slot_size) != layout::kSlotSize) {
    *why = "slots of " + std::to_string(le(page.slot_size)) + " bytes instead of 512";
    return Status::damaged;
  }
  if (const char* rule = broken_geometry_rule(*g)) {
    *why = rule;
    return Status::damaged;
  }
  if (object_size < g->segment_size) {
    *why = "the object has " + std::to_string(object_size) + " bytes, the segment needs " +
           std::to_string(g->segment_size);
    return Status::damaged;
  }
  g->descriptor.assign(page.descriptor, length);
  return Status::ok;
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_GEOMETRY_HPP_
