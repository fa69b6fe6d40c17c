// The numbers of the headers against spec/layout.json and spec/errors.json.
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>

#include "json.hpp"
#include "shmbuf/shmbuf.hpp"

namespace {

namespace layout = shmbuf::layout;

std::string hex(const unsigned char* bytes, std::size_t size) {
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

const std::map<std::string, unsigned long long>& ours() {
  using layout::EventPage;
  using layout::ProducerPage;
  using layout::Slot;
  using layout::StaticPage;
  namespace classic = layout::classic;
  namespace frame = layout::frame;
  static const std::map<std::string, unsigned long long> kOurs = {
      {"classic.header_size", classic::kHeaderSize},
      {"classic.head", offsetof(classic::Header, head)},
      {"classic.tail", offsetof(classic::Header, tail)},
      {"classic.capacity", offsetof(classic::Header, capacity)},
      {"classic.reserved", offsetof(classic::Header, reserved)},
      {"classic.data", sizeof(classic::Header)},
      {"classic.length_size", classic::kLengthSize},
      {"classic.min_request", classic::kMinRequest},
      {"classic.max_request", classic::kMaxRequest},
      {"classic.producer_lock", shmbuf::detail::producer_lock(shmbuf::Layout::classic).offset},
      {"classic.consumer_lock", shmbuf::detail::consumer_lock(shmbuf::Layout::classic, 0).offset},
      {"native.version", layout::kVersion},
      {"native.static.offset", layout::kStaticOffset},
      {"native.static.magic", offsetof(StaticPage, magic)},
      {"native.static.version", offsetof(StaticPage, version)},
      {"native.static.control_size", offsetof(StaticPage, control_size)},
      {"native.static.capacity", offsetof(StaticPage, capacity)},
      {"native.static.data_offset", offsetof(StaticPage, data_offset)},
      {"native.static.segment_size", offsetof(StaticPage, segment_size)},
      {"native.static.format", offsetof(StaticPage, format)},
      {"native.static.alignment", offsetof(StaticPage, alignment)},
      {"native.static.record_size", offsetof(StaticPage, record_size)},
      {"native.static.record_count", offsetof(StaticPage, record_count)},
      {"native.static.header_size", offsetof(StaticPage, header_size)},
      {"native.static.slot_count", offsetof(StaticPage, slot_count)},
      {"native.static.slot_size", offsetof(StaticPage, slot_size)},
      {"native.static.flags", offsetof(StaticPage, flags)},
      {"native.static.segment_id", offsetof(StaticPage, segment_id)},
      {"native.static.created", offsetof(StaticPage, created)},
      {"native.static.start_position", offsetof(StaticPage, start_position)},
      {"native.static.descriptor_length", offsetof(StaticPage, descriptor_length)},
      {"native.static.static_crc", offsetof(StaticPage, static_crc)},
      {"native.static.descriptor", offsetof(StaticPage, descriptor)},
      {"native.producer.offset", layout::kProducerOffset},
      {"native.producer.position", offsetof(ProducerPage, position)},
      {"native.producer.frontier", offsetof(ProducerPage, frontier)},
      {"native.producer.oldest", offsetof(ProducerPage, oldest)},
      {"native.producer.journal", offsetof(ProducerPage, journal)},
      {"native.producer.state", offsetof(ProducerPage, state)},
      {"native.producer.pid", offsetof(ProducerPage, pid)},
      {"native.producer.epoch", offsetof(ProducerPage, epoch)},
      {"native.producer.capabilities", offsetof(ProducerPage, capabilities)},
      {"native.producer.language", offsetof(ProducerPage, language)},
      {"native.producer.attached", offsetof(ProducerPage, attached)},
      {"native.producer.sleeps", offsetof(ProducerPage, sleeps)},
      {"native.producer.wakes", offsetof(ProducerPage, wakes)},
      {"native.event.offset", layout::kEventOffset},
      {"native.event.data_waiters", offsetof(EventPage, data_waiters)},
      {"native.event.space_waiter", offsetof(EventPage, space_waiter)},
      {"native.slot.offset", layout::kSlotOffset},
      {"native.slot.size", layout::kSlotSize},
      {"native.slot.gate", offsetof(Slot, gate)},
      {"native.slot.cursor", offsetof(Slot, cursor)},
      {"native.slot.sequence", offsetof(Slot, sequence)},
      {"native.slot.lost_records", offsetof(Slot, lost_records)},
      {"native.slot.lost_bytes", offsetof(Slot, lost_bytes)},
      {"native.slot.sleeps", offsetof(Slot, sleeps)},
      {"native.slot.state", offsetof(Slot, state)},
      {"native.slot.policy", offsetof(Slot, policy)},
      {"native.slot.pid", offsetof(Slot, pid)},
      {"native.slot.capabilities", offsetof(Slot, capabilities)},
      {"native.slot.epoch", offsetof(Slot, epoch)},
      {"native.slot.language", offsetof(Slot, language)},
      {"native.slot.attached", offsetof(Slot, attached)},
      {"native.slot.verdict", offsetof(Slot, verdict)},
      {"native.control_granularity", layout::kControlGranularity},
      {"native.min_capacity", layout::kMinCapacity},
      {"native.max_capacity", layout::kMaxCapacity},
      {"native.default_capacity", layout::kDefaultCapacity},
      {"native.max_alignment", layout::kMaxAlignment},
      {"native.min_alignment_variable", layout::kMinAlignmentVariable},
      {"native.max_slots", layout::kMaxSlots},
      {"native.max_descriptor", layout::kMaxDescriptor},
      {"native.header_size", layout::kHeaderSize},
      {"native.header_size_times", layout::kHeaderSizeTimes},
      {"native.kind_shift", layout::kKindShift},
      {"native.kind_pad", layout::kKindPad},
      {"native.max_kind", layout::kMaxKind},
      {"native.flag_times", layout::kFlagTimes},
      {"native.flag_keep", layout::kFlagKeep},
      {"native.capability_barrier", layout::kCapabilityBarrier},
      {"native.formats.variable", layout::kFormatVariable},
      {"native.formats.fixed", layout::kFormatFixed},
      {"native.producer_states.none", layout::kProducerNone},
      {"native.producer_states.active", layout::kProducerActive},
      {"native.producer_states.closed", layout::kProducerClosed},
      {"native.producer_states.retired", layout::kProducerRetired},
      {"native.slot_states.free", layout::kSlotFree},
      {"native.slot_states.joined", layout::kSlotJoined},
      {"native.slot_states.attached", layout::kSlotAttached},
      {"native.slot_states.detached", layout::kSlotDetached},
      {"native.policies.lossless", layout::kPolicyLossless},
      {"native.policies.lossy", layout::kPolicyLossy},
      {"native.policies.latest", layout::kPolicyLatest},
      {"native.languages.go", layout::kLanguageGo},
      {"native.languages.cpp", layout::kLanguageCpp},
      {"native.languages.python", layout::kLanguagePython},
      {"native.gate_divisor", layout::kGateDivisor},
      {"native.sleep_slice_ms", layout::kSleepSliceMs},
      {"frame.header_size", frame::kHeaderSize},
      {"frame.width", frame::kWidth},
      {"frame.height", frame::kHeight},
      {"frame.stride", frame::kStride},
      {"frame.pixel_format", frame::kPixelFormat},
      {"frame.timestamp", frame::kTimestamp},
      {"frame.number", frame::kNumber},
      {"frame.max_dimension", frame::kMaxDimension},
      {"name.max_bytes", layout::kMaxNameBytes},
  };
  return kOurs;
}

TEST(Spec, EveryNumberOfTheLayoutIsOurs) {
  const FlatJson spec(SHMBUF_SPEC_DIR "/layout.json");
  std::size_t compared = 0;
  for (const auto& entry : spec.values()) {
    const std::string& key = entry.first;
    if (key == "native.magic") continue;  // the hexadecimal form is compared below
    if (key == "native.magic_hex") {
      EXPECT_EQ(entry.second, hex(layout::kMagic, sizeof(layout::kMagic)));
    } else if (key == "frame.magic_hex") {
      EXPECT_EQ(entry.second, hex(layout::frame::kMagic, sizeof(layout::frame::kMagic)));
    } else if (key.compare(0, 20, "frame.pixel_formats.") == 0) {
      shmbuf::PixelFormat format;
      ASSERT_TRUE(shmbuf::pixel_format_named(key.c_str() + 20, &format)) << key;
      EXPECT_EQ(std::stoull(entry.second), static_cast<unsigned>(format)) << key;
    } else {
      const auto found = ours().find(key);
      ASSERT_NE(ours().end(), found) << key << " is new in the spec";
      EXPECT_EQ(std::stoull(entry.second), found->second) << key;
      ++compared;
    }
  }
  EXPECT_EQ(ours().size(), compared) << "we have numbers that the spec does not have";
  EXPECT_EQ(0, std::memcmp(&layout::kMagicWord, layout::kMagic, 8)) << "on a little-endian machine";
}

TEST(Spec, EveryConditionHasItsCodeAndText) {
  const FlatJson spec(SHMBUF_SPEC_DIR "/errors.json");
  int conditions = 0;
  for (int i = 0; spec.values().count("conditions." + std::to_string(i) + ".name") != 0; ++i) {
    const std::string key = "conditions." + std::to_string(i) + ".";
    const shmbuf::Status status = static_cast<shmbuf::Status>(spec.number(key + "code"));
    EXPECT_EQ(spec.text(key + "cpp"), shmbuf::to_string(status));
    EXPECT_EQ(spec.text(key + "meaning"), shmbuf::detail::status_text(status).meaning);
    EXPECT_EQ(spec.text(key + "action"), shmbuf::detail::status_text(status).action);
    ++conditions;
  }
  EXPECT_EQ(static_cast<int>(shmbuf::Status::system), conditions);
  EXPECT_STREQ("unknown", shmbuf::to_string(static_cast<shmbuf::Status>(conditions + 1)));
}

TEST(Spec, Crc32cOfTheCheckString) { EXPECT_EQ(0xE3069283u, shmbuf::detail::crc32c(0, "123456789", 9)); }

}  // namespace
