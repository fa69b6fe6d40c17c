// The classic layout over plain memory, with peers that behave as those in the field: spec/PROTOCOL.md
// section 2.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "channel_name.hpp"

namespace {

using shmbuf::Status;
using shmbuf::detail::ClassicReader;
using shmbuf::detail::ClassicWriter;
using shmbuf::detail::load_relaxed;
using shmbuf::detail::store_release;
using Header = shmbuf::layout::classic::Header;

struct Ring {
  explicit Ring(std::uint32_t capacity, std::uint32_t start = 0) : memory((16 + capacity) / 4) {
    header()->head = header()->tail = start;
    header()->capacity = capacity;
    writer.attach(memory.data(), capacity, start, start);
    reader.attach(memory.data(), capacity, start, start);
  }
  Header* header() { return reinterpret_cast<Header*>(memory.data()); }
  Status write(std::uint32_t size, int fill) {
    const Status status = writer.room(size);
    if (status != Status::ok) return status;
    const std::vector<unsigned char> payload(size, static_cast<unsigned char>(fill));
    writer.put(payload.data(), size);
    writer.publish(size);
    return Status::ok;
  }
  long read(int fill) {
    std::uint32_t length = 0;
    const Status status = reader.next(&length);
    if (status != Status::ok) return -static_cast<long>(status);
    std::vector<unsigned char> payload(length + 1);
    reader.get(payload.data(), length);
    for (std::uint32_t i = 0; i < length; ++i) EXPECT_EQ(fill, payload[i]);
    reader.release(length);
    return length;
  }
  std::vector<std::uint32_t> memory;
  ClassicWriter writer;
  ClassicReader reader;
};

constexpr long kEmpty = -static_cast<long>(Status::would_block);
constexpr long kDamaged = -static_cast<long>(Status::damaged);

TEST(Classic, ExactFitLargestTooLargeAndEmpty) {
  Ring ring(16);
  EXPECT_EQ(Status::invalid, ring.write(0, 1));
  EXPECT_EQ(Status::too_large, ring.write(13, 1));
  EXPECT_EQ(Status::too_large, ring.writer.room(0xFFFFFFFFu));
  EXPECT_EQ(Status::too_large, ring.writer.room(0x1000000000ull));
  EXPECT_EQ(Status::ok, ring.write(12, 1));
  EXPECT_EQ(0u, ring.writer.writable());
  EXPECT_EQ(Status::would_block, ring.write(1, 1));
  EXPECT_EQ(12, ring.read(1));
  EXPECT_EQ(kEmpty, ring.read(1));
  EXPECT_EQ(Status::ok, ring.write(12, 2));
  EXPECT_EQ(12, ring.read(2));
}

TEST(Classic, LengthWordAndPayloadWrapAnywhere) {
  for (std::uint32_t start = 0; start < 32; ++start) {
    Ring ring(32, start);
    for (int i = 1; i < 100; ++i) {
      const std::uint32_t size = 1 + static_cast<std::uint32_t>(i) % 28;
      ASSERT_EQ(Status::ok, ring.write(size, i));
      ASSERT_EQ(static_cast<long>(size), ring.read(i));
    }
  }
}

TEST(Classic, BytesAreLaidOutAsToday) {
  Ring ring(16);
  ASSERT_EQ(Status::ok, ring.write(6, 0xAB));
  const unsigned char expected[] = {6, 0, 0, 0, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB};
  EXPECT_EQ(0, std::memcmp(expected, reinterpret_cast<unsigned char*>(ring.memory.data()) + 16, 10));
  EXPECT_EQ(10u, ring.header()->head);
}

TEST(Classic, PositionsWrapAt32Bits) {
  for (const std::uint32_t start : {0u - 1u, 0u - 4u, 0u - 100u, 0u - 4096u, 0x7FFFFFFFu}) {
    Ring ring(4096, start);
    for (int i = 0; i < 500; ++i) {
      ASSERT_EQ(Status::ok, ring.write(1 + static_cast<std::uint32_t>(i) % 90, i & 0x7F))
          << start << " " << i;
      ASSERT_EQ(1 + i % 90, ring.read(i & 0x7F)) << start << " " << i;
    }
  }
}

TEST(Classic, ZeroLengthOfAPeerIsARecord) {
  Ring ring(64);
  ring.header()->head = 4;  // length 0 is in the memory already
  EXPECT_EQ(0, ring.read(0));
  EXPECT_EQ(4u, ring.header()->tail);
  EXPECT_EQ(kEmpty, ring.read(0));
}

TEST(Classic, DamagedLengthsAreReportedAndNotSkipped) {
  for (const std::uint32_t length : {5u, 64u, 0x7FFFFFFFu, 0xFFFFFFFCu, 0xFFFFFFFFu}) {
    Ring ring(64);
    ASSERT_EQ(Status::ok, ring.write(4, 1));
    ring.memory[4] = length;
    EXPECT_EQ(kDamaged, ring.read(0)) << length;
    EXPECT_EQ(0u, ring.header()->tail);
    ring.memory[4] = 4;
    EXPECT_EQ(4, ring.read(1));
  }
  Ring ring(64);
  ring.header()->head = 3;  // not even a length word
  EXPECT_EQ(kDamaged, ring.read(0));
}

TEST(Classic, ImpossiblePositionsAreNotBelieved) {
  Ring ring(64, 1000);
  ASSERT_EQ(Status::ok, ring.write(20, 1));
  ASSERT_EQ(20, ring.read(1));
  ring.header()->head = 1024 + 65;  // more than the capacity ahead
  EXPECT_EQ(kEmpty, ring.read(0));
  EXPECT_TRUE(ring.reader.head().refused());
  ring.header()->head = 1020;  // behind
  EXPECT_EQ(kEmpty, ring.read(0));
  EXPECT_EQ(2u, ring.reader.head().hits());
  ring.header()->head = 1024;
  EXPECT_EQ(kEmpty, ring.read(0));
  EXPECT_FALSE(ring.reader.head().refused());
  ring.header()->tail = 1025;  // more than was written
  EXPECT_EQ(64u - 24u, ring.writer.writable());
  ring.header()->tail = 999;
  EXPECT_EQ(64u - 24u, ring.writer.writable());
  EXPECT_EQ(2u, ring.writer.tail().hits());
  ring.header()->tail = 1024;
  EXPECT_EQ(64u, ring.writer.writable());
}

TEST(Classic, ZeroIsBelievedOnlyWhenItStays) {
  Ring ring(64, 0u - 8u);
  ring.header()->head = 0;  // a length of zero, and four bytes that are one too
  EXPECT_EQ(0, ring.read(0));
  EXPECT_EQ(0, ring.read(0));
  EXPECT_EQ(0u, ring.header()->tail);
  EXPECT_EQ(0u, ring.reader.head().hits());
}

// Both sides store 0 before each position, as existing Python peers do.
TEST(Classic, PeersThatStoreZeroBeforeEachPosition) {
  Ring ring(1 << 12, 1u << 20);
  constexpr std::uint32_t kRecords = 200000;
  std::thread producer([&ring] {
    for (std::uint32_t i = 0; i < kRecords; ++i) {
      const std::uint32_t size = 4 + i % 40;
      while (ring.writer.room(size) != Status::ok) std::this_thread::yield();
      unsigned char payload[64];
      std::memset(payload, static_cast<int>(i & 0xFF), sizeof(payload));
      std::memcpy(payload, &i, 4);
      ring.writer.put(payload, size);
      store_release(&ring.header()->head, 0u);
      ring.writer.publish(size);
    }
  });
  std::uint32_t bad = 0;
  for (std::uint32_t i = 0; i < kRecords; ++i) {
    std::uint32_t length = 0;
    Status status;
    while ((status = ring.reader.next(&length)) == Status::would_block) std::this_thread::yield();
    if (status != Status::ok || length != 4 + i % 40) {
      ADD_FAILURE() << shmbuf::to_string(status) << " length " << length << " at " << i;
      break;
    }
    unsigned char payload[64];
    ring.reader.get(payload, length);
    std::uint32_t number = 0;
    std::memcpy(&number, payload, 4);
    bad += number != i || (length > 4 && payload[length - 1] != (i & 0xFF)) ? 1 : 0;
    store_release(&ring.header()->tail, 0u);
    ring.reader.release(length);
  }
  producer.join();
  EXPECT_EQ(0u, bad);
}

TEST(ClassicChannel, RefusalThatLastsIsDamage) {
  ChannelName name;
  shmbuf::Options options;
  options.layout = shmbuf::Layout::classic;
  options.capacity = 64;
  options.start_position = 5000;
  shmbuf::Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, options)) << producer.message();
  shmbuf::Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name)) << consumer.message();
  shmbuf::detail::Segment segment;
  std::string why;
  ASSERT_EQ(Status::ok, segment.open(name, true, &why));
  ASSERT_EQ(Status::ok, segment.map(80, true, &why));
  store_release(&static_cast<Header*>(segment.base())->head, 4999u);
  char out[64];
  std::size_t length = 0;
  EXPECT_EQ(Status::damaged, consumer.read(out, sizeof(out), &length, std::chrono::seconds(10)));
  EXPECT_NE(std::string::npos, consumer.message().find("4999")) << consumer.message();
  EXPECT_GT(consumer.stats().guard_hits, 0u);
}

TEST(ClassicChannel, OptionsItCannotHaveAreRefused) {
  ChannelName name;
  const auto refused = [&name](void (*change)(shmbuf::Options*)) {
    shmbuf::Options options;
    options.layout = shmbuf::Layout::classic;
    change(&options);
    shmbuf::Producer producer;
    const bool invalid = producer.create(name, options) == Status::invalid && !name.exists();
    return invalid && producer.message().find(name) != std::string::npos;
  };
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->capacity = 15; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->capacity = (1ull << 31) + 1; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->record_size = 8; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->alignment = 8; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->slots = 2; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->content_type = "text/plain"; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->times = true; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->keep = true; }));
  EXPECT_TRUE(refused([](shmbuf::Options* o) { o->start_position = 1ull << 32; }));
}

TEST(ClassicChannel, RoundsDownAndSaysSo) {
  ChannelName name;
  shmbuf::Options options;
  options.layout = shmbuf::Layout::classic;
  options.capacity = 100;
  shmbuf::Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, options));
  EXPECT_EQ(64u, producer.capacity());
  EXPECT_EQ(60u, producer.max_record());
  EXPECT_NE(std::string::npos, producer.notice().find("64")) << producer.notice();
  shmbuf::Info info;
  ASSERT_EQ(Status::ok, shmbuf::inspect(name, &info));
  EXPECT_EQ(116u, info.segment_size);
  EXPECT_TRUE(info.producer.alive);
  EXPECT_EQ(Status::invalid, producer.try_write("", 0));
  EXPECT_EQ(Status::invalid, producer.write_kind(1, "x", 1));
  EXPECT_EQ(Status::too_large, producer.write("", 61));
  EXPECT_EQ(Status::busy, shmbuf::Producer().create(name, options));
  producer.close();
  EXPECT_TRUE(name.exists()) << "a classic object stays until it is removed";
}

TEST(ClassicChannel, RecordsThatWrapAreInPlaceForTheCaller) {
  ChannelName name;
  shmbuf::Options options;
  options.layout = shmbuf::Layout::classic;
  options.capacity = 64;
  shmbuf::Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, options));
  shmbuf::Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  for (int i = 0; i < 300; ++i) {
    const std::size_t size = 1 + static_cast<std::size_t>(i) % 59;
    shmbuf::Reservation reservation = producer.reserve(60);
    ASSERT_TRUE(reservation);
    std::memset(reservation.data(), i & 0x7F, size);
    ASSERT_EQ(Status::ok, reservation.commit(size));
    shmbuf::View view = consumer.peek();
    ASSERT_TRUE(view);
    ASSERT_EQ(size, view.size());
    const unsigned char* bytes = static_cast<const unsigned char*>(view.data());
    for (std::size_t k = 0; k < size; ++k) ASSERT_EQ(i & 0x7F, bytes[k]);
  }
}

}  // namespace
