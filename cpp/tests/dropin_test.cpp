// The drop-in headers, used as existing programs use them; only their headers are included.
#include "shm/shm_channel.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <thread>
#include <type_traits>

namespace {

std::string own_name(const char* suffix) {
  return "shmbuf-cpp-dropin-" + std::to_string(::getpid()) + suffix;
}

static_assert(shm::kHeaderSize == 16 && sizeof(shm::RingHeader) == 16, "today's header");
static_assert(std::is_same<decltype(shm::kHeaderSize), const std::uint32_t>::value, "today's type");
static_assert(static_cast<int>(shm::Error::kTruncateFailed) == 4, "today's order");
static_assert(!std::is_copy_constructible<shm::SharedMemory>::value, "movable only");
static_assert(std::is_nothrow_move_constructible<shm::SharedMemory>::value, "movable only");

// A program in the existing style: one side writes frames until the ring is full, the other drains.
TEST(DropIn, ProgramInTheExistingStyle) {
  const std::string name = own_name("-program");
  shm::RemoveSharedMemory(name.c_str());
  constexpr uint32_t kFrameSize = 640 * 3;
  shm::ShmProducer producer(name.c_str(), kFrameSize * 10);
  ASSERT_TRUE(producer.IsValid());
  EXPECT_EQ(16384u, producer.Capacity());
  EXPECT_EQ(16384u, producer.WriteableBytes());
  shm::ShmConsumer consumer(name.c_str());
  ASSERT_TRUE(consumer.IsValid());
  EXPECT_EQ(16384u, consumer.Capacity());
  EXPECT_FALSE(consumer.HasData());
  std::vector<uint8_t> frame(kFrameSize);
  std::vector<uint8_t> out(kFrameSize);
  uint32_t written = 0;
  uint32_t read = 0;
  for (int round = 0; round < 100; ++round) {
    for (;;) {
      std::memset(frame.data(), static_cast<int>(written & 0xFF), kFrameSize);
      if (!producer.Write(frame.data(), kFrameSize)) break;
      ++written;
    }
    EXPECT_LT(producer.WriteableBytes(), kFrameSize + 4);
    while (consumer.HasData()) {
      ASSERT_EQ(kFrameSize, consumer.Read(out.data(), kFrameSize));
      ASSERT_EQ(read & 0xFF, out[0]);
      ASSERT_EQ(read & 0xFF, out[kFrameSize - 1]);
      ++read;
    }
    EXPECT_EQ(0u, consumer.Read(out.data(), kFrameSize));
    EXPECT_EQ(0u, consumer.ReadableBytes());
  }
  EXPECT_EQ(written, read);
  EXPECT_EQ(800u, written);
  producer.Destroy();
  EXPECT_FALSE(shm::ShmConsumer(name.c_str()).IsValid());
}

TEST(DropIn, OneObjectForBothSides) {
  std::vector<uint8_t> memory(16 + 100, 0xEE);
  shm::ByteRingBuffer ring(memory.data(), 16 + 100, true);
  EXPECT_EQ(64u, ring.Capacity());
  EXPECT_EQ(0u, ring.ReadableBytes());
  EXPECT_EQ(64u, ring.WriteableBytes());
  for (int i = 0; i < 500; ++i) {
    char out[64] = {};
    ASSERT_TRUE(ring.Write("hello", 5));
    ASSERT_EQ(9u, ring.ReadableBytes());
    ASSERT_TRUE(ring.HasData());
    ASSERT_EQ(5u, ring.Read(out, sizeof(out)));
    ASSERT_STREQ("hello", out);
    ASSERT_FALSE(ring.HasData());
  }
}

TEST(DropIn, TooLongForTheBufferIsSkipped) {
  std::vector<uint8_t> memory(16 + 64);
  shm::ByteRingBuffer producer(memory.data(), 80, true);
  shm::ByteRingBuffer consumer(memory.data(), 80, false);
  ASSERT_TRUE(producer.Write("hello world!", 12));
  ASSERT_TRUE(producer.Write("next", 4));
  char out[4] = {};
  EXPECT_EQ(0u, consumer.Read(out, 4));
  EXPECT_EQ(4u, consumer.Read(out, 4));
  EXPECT_EQ(0, std::memcmp("next", out, 4));
  EXPECT_FALSE(consumer.HasData());
}

TEST(DropIn, ImpossibleLengthsAreRefused) {
  std::vector<uint8_t> memory(16 + 64);
  shm::ByteRingBuffer ring(memory.data(), 80, true);
  char byte = 0;
  for (const uint32_t length : {0u, 61u, 0xFFFFFFFBu, 0xFFFFFFFCu, 0xFFFFFFFDu, 0xFFFFFFFFu}) {
    EXPECT_FALSE(ring.Write(&byte, length)) << length;
  }
  EXPECT_EQ(0u, ring.ReadableBytes());
}

TEST(DropIn, RingThatIsNotReadyYet) {
  std::vector<uint8_t> memory(16 + 64);
  shm::ByteRingBuffer consumer(memory.data(), 80, false);
  char out[16];
  EXPECT_EQ(0u, consumer.Capacity());
  EXPECT_EQ(0u, consumer.Read(out, sizeof(out)));
  EXPECT_EQ(0u, consumer.ReadableBytes());
  EXPECT_EQ(0u, consumer.WriteableBytes());
  EXPECT_FALSE(consumer.Write("x", 1));
  shm::ByteRingBuffer producer(memory.data(), 80, true);
  ASSERT_TRUE(producer.Write("x", 1));
  EXPECT_EQ(64u, consumer.Capacity());
  EXPECT_EQ(1u, consumer.Read(out, sizeof(out)));
}

TEST(DropIn, CapacityBeyondTheMemoryIsNotBelieved) {
  std::vector<uint8_t> memory(16 + 64);
  for (const uint32_t capacity : {128u, 0x80000000u, 48u, 1u, 2u}) {
    std::memcpy(memory.data() + 8, &capacity, 4);
    shm::ByteRingBuffer consumer(memory.data(), 80, false);
    EXPECT_EQ(0u, consumer.Capacity()) << capacity;
    char out[16];
    EXPECT_EQ(0u, consumer.Read(out, sizeof(out)));
  }
  shm::ByteRingBuffer tiny(memory.data(), 8, true);
  EXPECT_EQ(0u, tiny.Capacity());
  EXPECT_FALSE(tiny.Write("x", 1));
  shm::ByteRingBuffer none(nullptr, 80, true);
  EXPECT_FALSE(none.Write("x", 1));
  EXPECT_FALSE(none.HasData());
}

TEST(DropIn, EmptyRecordOfAPeerDoesNotWedge) {
  std::vector<uint8_t> memory(16 + 64);
  shm::ByteRingBuffer producer(memory.data(), 80, true);
  shm::ByteRingBuffer consumer(memory.data(), 80, false);
  const uint32_t head = 4;  // its length, 0, is there already
  std::memcpy(memory.data(), &head, 4);
  EXPECT_TRUE(consumer.HasData());
  char out[16];
  EXPECT_EQ(0u, consumer.Read(out, sizeof(out)));
  EXPECT_FALSE(consumer.HasData());
  ASSERT_TRUE(producer.Write("go on", 5));
  EXPECT_EQ(5u, consumer.Read(out, sizeof(out)));
}

TEST(DropIn, DamageDoesNotWedge) {
  std::vector<uint8_t> memory(16 + 64);
  shm::ByteRingBuffer producer(memory.data(), 80, true);
  shm::ByteRingBuffer consumer(memory.data(), 80, false);
  ASSERT_TRUE(producer.Write("broken", 6));
  memory[16] = 200;
  char out[256];
  const auto start = std::chrono::steady_clock::now();
  while (consumer.HasData() && std::chrono::steady_clock::now() - start < std::chrono::seconds(20)) {
    ASSERT_EQ(0u, consumer.Read(out, sizeof(out)));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(consumer.HasData()) << "what lasts a second is passed over";
  ASSERT_TRUE(producer.Write("whole", 5));
  EXPECT_EQ(5u, consumer.Read(out, sizeof(out)));
}

TEST(DropIn, ProducerThatBeginsAgainOverTheSameMemory) {
  std::vector<uint8_t> memory(16 + 64);
  shm::ByteRingBuffer first(memory.data(), 80, true);
  shm::ByteRingBuffer consumer(memory.data(), 80, false);
  char out[64];
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(first.Write("0123456789", 10));
    ASSERT_EQ(10u, consumer.Read(out, sizeof(out)));
  }
  shm::ByteRingBuffer second(memory.data(), 80, true);
  ASSERT_TRUE(second.Write("again", 5));
  EXPECT_EQ(5u, consumer.Read(out, sizeof(out)));
}

TEST(DropIn, PositionsWrapAt32Bits) {
  std::vector<uint8_t> memory(16 + 64);
  shm::ByteRingBuffer producer(memory.data(), 80, true);
  const uint32_t start = 0xFFFFFFF0u;
  std::memcpy(memory.data(), &start, 4);
  std::memcpy(memory.data() + 4, &start, 4);
  shm::ByteRingBuffer consumer(memory.data(), 80, false);
  for (int i = 0; i < 50; ++i) {
    char out[64];
    ASSERT_TRUE(producer.Write("abcdefg", 7)) << i;
    ASSERT_EQ(11u, consumer.ReadableBytes());
    ASSERT_EQ(7u, consumer.Read(out, sizeof(out))) << i;
  }
}

TEST(DropIn, SharedMemoryAsToday) {
  const std::string name = own_name("-memory");
  {
    shm::SharedMemory missing(name.c_str(), 0, false);
    EXPECT_FALSE(missing.Valid());
    EXPECT_EQ(shm::Error::kOpenFailed, missing.GetError());
  }
  {
    shm::SharedMemory memory(("/" + name).c_str(), 100, true, false);
    ASSERT_TRUE(memory.Valid());
    EXPECT_EQ(shm::Error::kOk, memory.GetError());
    EXPECT_EQ(100u, memory.Size());
    EXPECT_EQ("/" + name, memory.Name());
    std::memset(memory.Data(), 7, 100);
    shm::SharedMemory opened(name.c_str(), 10, false);
    EXPECT_EQ(100u, opened.Size()) << "the whole object, whatever size says";
    EXPECT_EQ(7, static_cast<char*>(opened.Data())[99]);
    shm::SharedMemory again(name.c_str(), 50, true);
    EXPECT_EQ(0, static_cast<char*>(again.Data())[0]) << "replaced, not reused";
    shm::SharedMemory moved(std::move(memory));
    EXPECT_FALSE(memory.Valid());  // NOLINT: a moved-from object says so
    EXPECT_TRUE(moved.Valid());
  }
  EXPECT_FALSE(shm::SharedMemory(name.c_str(), 0, false).Valid()) << "persist was false";
  EXPECT_EQ(shm::Error::kTruncateFailed,
            shm::SharedMemory(name.c_str(), std::size_t{1} << 45, true).GetError());
  EXPECT_FALSE(shm::SharedMemory(name.c_str(), 0, false).Valid()) << "nothing is left of it";
  for (const std::string& bad :
       {std::string(), std::string("/"), std::string("a/b"), std::string(300, 'x')}) {
    EXPECT_EQ(shm::Error::kCreationFailed, shm::SharedMemory(bad.c_str(), 100, true).GetError()) << bad;
  }
  EXPECT_EQ(shm::Error::kCreationFailed, shm::SharedMemory(nullptr, 100, true).GetError());
  shm::RemoveSharedMemory(name.c_str());
}

TEST(DropIn, TwoThreads) {
  const std::string name = own_name("-threads");
  shm::ShmProducer producer(name.c_str(), 4096);
  shm::ShmConsumer consumer(name.c_str(), 4096 + shm::kHeaderSize);
  ASSERT_TRUE(producer.IsValid() && consumer.IsValid());
  constexpr uint32_t kRecords = 200000;
  std::thread writer([&producer] {
    for (uint32_t i = 1; i <= kRecords; ++i) {
      uint8_t payload[64];
      std::memset(payload, static_cast<int>(i & 0xFF), sizeof(payload));
      std::memcpy(payload, &i, 4);
      while (!producer.Write(payload, 4 + i % 60)) std::this_thread::yield();
    }
  });
  uint32_t bad = 0;
  for (uint32_t i = 1; i <= kRecords; ++i) {
    uint8_t payload[64];
    uint32_t length;
    while ((length = consumer.Read(payload, sizeof(payload))) == 0) std::this_thread::yield();
    uint32_t number = 0;
    std::memcpy(&number, payload, 4);
    bad += number != i || length != 4 + i % 60 || (length > 4 && payload[length - 1] != (i & 0xFF)) ? 1 : 0;
  }
  writer.join();
  EXPECT_EQ(0u, bad);
  producer.Destroy();
}

}  // namespace
