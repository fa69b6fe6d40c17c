// Where everything is in a segment. The diagrams are in spec/PROTOCOL.md sections 2 and 3; a test compares
// these numbers with spec/layout.json.
#ifndef SHMBUF_LAYOUT_HPP_
#define SHMBUF_LAYOUT_HPP_

#include <cstddef>
#include <cstdint>

namespace shmbuf {
namespace layout {

constexpr unsigned char kMagic[8] = {0x89, 0x53, 0x48, 0x4D, 0x42, 0x55, 0x46, 0x0A};
// The magic as the u64 that is stored last.
constexpr std::uint64_t kMagicWord = 0x0A4655424D485389ull;
constexpr std::uint32_t kVersion = 1;

constexpr std::uint64_t kStaticOffset = 0x0000;
constexpr std::uint64_t kProducerOffset = 0x1000;
constexpr std::uint64_t kEventOffset = 0x2000;
constexpr std::uint64_t kSlotOffset = 0x3000;
constexpr std::uint32_t kSlotSize = 512;
constexpr std::uint64_t kControlGranularity = 65536;

constexpr std::uint64_t kMinCapacity = 4096;
constexpr std::uint64_t kMaxCapacity = 1ull << 40;
constexpr std::uint64_t kDefaultCapacity = 1ull << 20;
constexpr std::uint32_t kMaxAlignment = 4096;
constexpr std::uint32_t kMinAlignmentVariable = 8;
constexpr std::uint32_t kMaxSlots = 1024;
constexpr std::uint32_t kMaxDescriptor = 3840;
constexpr std::uint32_t kHeaderSize = 16;
constexpr std::uint32_t kHeaderSizeTimes = 24;
constexpr unsigned kKindShift = 48;
constexpr std::uint64_t kLengthMask = (1ull << kKindShift) - 1;
constexpr std::uint32_t kKindPad = 0xFFFF;
constexpr std::uint32_t kMaxKind = 0xFFFE;
constexpr std::uint32_t kFlagTimes = 1;
constexpr std::uint32_t kFlagKeep = 2;
constexpr std::uint32_t kCapabilityBarrier = 1;
constexpr std::uint64_t kGateDivisor = 16;
constexpr int kSleepSliceMs = 50;

constexpr std::uint32_t kFormatVariable = 0;
constexpr std::uint32_t kFormatFixed = 1;

constexpr std::uint32_t kProducerNone = 0;
constexpr std::uint32_t kProducerActive = 1;
constexpr std::uint32_t kProducerClosed = 2;
constexpr std::uint32_t kProducerRetired = 3;

constexpr std::uint32_t kSlotFree = 0;
constexpr std::uint32_t kSlotJoined = 1;
constexpr std::uint32_t kSlotAttached = 2;
constexpr std::uint32_t kSlotDetached = 3;

constexpr std::uint32_t kPolicyLossless = 0;
constexpr std::uint32_t kPolicyLossy = 1;
constexpr std::uint32_t kPolicyLatest = 2;

constexpr std::uint32_t kLanguageGo = 1;
constexpr std::uint32_t kLanguageCpp = 2;
constexpr std::uint32_t kLanguagePython = 3;

constexpr std::size_t kMaxNameBytes = 200;

// Written once, by the creator; the magic last.
struct StaticPage {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t control_size;
  std::uint64_t capacity;
  std::uint64_t data_offset;
  std::uint64_t segment_size;
  std::uint32_t format;
  std::uint32_t alignment;
  std::uint64_t record_size;
  std::uint64_t record_count;
  std::uint32_t header_size;
  std::uint32_t slot_count;
  std::uint32_t slot_size;
  std::uint32_t flags;
  std::uint64_t segment_id;
  std::uint64_t created;  // i64 nanoseconds since 1970, carried as its two's complement
  std::uint64_t start_position;
  std::uint32_t descriptor_length;
  std::uint32_t static_crc;
  unsigned char reserved[0x100 - 0x70];
  char descriptor[kMaxDescriptor];
};
static_assert(sizeof(StaticPage) == 4096, "the static page is one page");
static_assert(offsetof(StaticPage, version) == 0x08, "layout");
static_assert(offsetof(StaticPage, control_size) == 0x0C, "layout");
static_assert(offsetof(StaticPage, capacity) == 0x10, "layout");
static_assert(offsetof(StaticPage, data_offset) == 0x18, "layout");
static_assert(offsetof(StaticPage, segment_size) == 0x20, "layout");
static_assert(offsetof(StaticPage, format) == 0x28, "layout");
static_assert(offsetof(StaticPage, alignment) == 0x2C, "layout");
static_assert(offsetof(StaticPage, record_size) == 0x30, "layout");
static_assert(offsetof(StaticPage, record_count) == 0x38, "layout");
static_assert(offsetof(StaticPage, header_size) == 0x40, "layout");
static_assert(offsetof(StaticPage, slot_count) == 0x44, "layout");
static_assert(offsetof(StaticPage, slot_size) == 0x48, "layout");
static_assert(offsetof(StaticPage, flags) == 0x4C, "layout");
static_assert(offsetof(StaticPage, segment_id) == 0x50, "layout");
static_assert(offsetof(StaticPage, created) == 0x58, "layout");
static_assert(offsetof(StaticPage, start_position) == 0x60, "layout");
static_assert(offsetof(StaticPage, descriptor_length) == 0x68, "layout");
static_assert(offsetof(StaticPage, static_crc) == 0x6C, "layout");
static_assert(offsetof(StaticPage, descriptor) == 0x100, "layout");

struct JournalCell {
  std::uint64_t end;
  std::uint64_t count;
};

// Written by the producer.
struct ProducerPage {
  std::uint64_t position;
  unsigned char gap0[0x080 - 0x008];
  std::uint64_t frontier;
  std::uint64_t oldest;
  JournalCell journal[2];
  unsigned char gap1[0x100 - 0x0B0];
  std::uint32_t state;
  std::uint32_t pid;
  std::uint64_t epoch;
  std::uint32_t capabilities;
  std::uint32_t language;
  std::uint64_t attached;
  std::uint64_t sleeps;
  std::uint64_t wakes;
};
static_assert(offsetof(ProducerPage, position) == 0x000, "layout");
static_assert(offsetof(ProducerPage, frontier) == 0x080, "layout");
static_assert(offsetof(ProducerPage, oldest) == 0x088, "layout");
static_assert(offsetof(ProducerPage, journal) == 0x090, "layout");
static_assert(offsetof(ProducerPage, state) == 0x100, "layout");
static_assert(offsetof(ProducerPage, pid) == 0x104, "layout");
static_assert(offsetof(ProducerPage, epoch) == 0x108, "layout");
static_assert(offsetof(ProducerPage, capabilities) == 0x110, "layout");
static_assert(offsetof(ProducerPage, language) == 0x114, "layout");
static_assert(offsetof(ProducerPage, attached) == 0x118, "layout");
static_assert(offsetof(ProducerPage, sleeps) == 0x120, "layout");
static_assert(offsetof(ProducerPage, wakes) == 0x128, "layout");

// Futex words, written by both sides.
struct EventPage {
  std::uint32_t data_waiters;
  unsigned char gap0[0x080 - 0x004];
  std::uint32_t space_waiter;
};
static_assert(offsetof(EventPage, data_waiters) == 0x000, "layout");
static_assert(offsetof(EventPage, space_waiter) == 0x080, "layout");

// Written by the consumer of the slot, but for `verdict`.
struct Slot {
  std::uint64_t gate;
  unsigned char gap0[0x080 - 0x008];
  std::uint64_t cursor;
  std::uint64_t sequence;
  std::uint64_t lost_records;
  std::uint64_t lost_bytes;
  std::uint64_t sleeps;
  unsigned char gap1[0x100 - 0x0A8];
  std::uint32_t state;
  std::uint32_t policy;
  std::uint32_t pid;
  std::uint32_t capabilities;
  std::uint64_t epoch;
  std::uint32_t language;
  std::uint32_t gap2;
  std::uint64_t attached;
  unsigned char gap3[0x180 - 0x128];
  std::uint32_t verdict;  // written by the producer; unused in version 1
  unsigned char gap4[kSlotSize - 0x184];
};
static_assert(sizeof(Slot) == kSlotSize, "layout");
static_assert(offsetof(Slot, gate) == 0x000, "layout");
static_assert(offsetof(Slot, cursor) == 0x080, "layout");
static_assert(offsetof(Slot, sequence) == 0x088, "layout");
static_assert(offsetof(Slot, lost_records) == 0x090, "layout");
static_assert(offsetof(Slot, lost_bytes) == 0x098, "layout");
static_assert(offsetof(Slot, sleeps) == 0x0A0, "layout");
static_assert(offsetof(Slot, state) == 0x100, "layout");
static_assert(offsetof(Slot, policy) == 0x104, "layout");
static_assert(offsetof(Slot, pid) == 0x108, "layout");
static_assert(offsetof(Slot, capabilities) == 0x10C, "layout");
static_assert(offsetof(Slot, epoch) == 0x110, "layout");
static_assert(offsetof(Slot, language) == 0x118, "layout");
static_assert(offsetof(Slot, attached) == 0x120, "layout");
static_assert(offsetof(Slot, verdict) == 0x180, "layout");

namespace classic {

// The whole control area of a classic segment.
struct Header {
  std::uint32_t head;      // written by the producer
  std::uint32_t tail;      // written by the consumer
  std::uint32_t capacity;  // written by the producer, at creation
  std::uint32_t reserved;
};
static_assert(sizeof(Header) == 16, "layout");
static_assert(offsetof(Header, tail) == 4, "layout");
static_assert(offsetof(Header, capacity) == 8, "layout");

constexpr std::uint32_t kHeaderSize = 16;
constexpr std::uint32_t kLengthSize = 4;
constexpr std::uint64_t kMinRequest = 16;
constexpr std::uint64_t kMaxRequest = 1ull << 31;
constexpr std::uint64_t kProducerLock = 0;
constexpr std::uint64_t kConsumerLock = 4;

}  // namespace classic

namespace frame {

constexpr unsigned char kMagic[4] = {0x46, 0x52, 0x4D, 0x31};
constexpr std::size_t kHeaderSize = 64;
constexpr std::size_t kWidth = 4;
constexpr std::size_t kHeight = 8;
constexpr std::size_t kStride = 12;
constexpr std::size_t kPixelFormat = 16;
constexpr std::size_t kTimestamp = 24;
constexpr std::size_t kNumber = 32;
constexpr std::uint32_t kMaxDimension = 65535;

}  // namespace frame

// Start of a slot in a mapped segment.
inline Slot* slot_at(void* base, std::uint32_t index) noexcept {
  return reinterpret_cast<Slot*>(static_cast<unsigned char*>(base) + kSlotOffset +
                                 static_cast<std::uint64_t>(index) * kSlotSize);
}
inline ProducerPage* producer_page(void* base) noexcept {
  return reinterpret_cast<ProducerPage*>(static_cast<unsigned char*>(base) + kProducerOffset);
}
inline EventPage* event_page(void* base) noexcept {
  return reinterpret_cast<EventPage*>(static_cast<unsigned char*>(base) + kEventOffset);
}

}  // namespace layout
}  // namespace shmbuf

#endif  // SHMBUF_LAYOUT_HPP_
