// Fixed-size records: over plain memory (spec/PROTOCOL.md 3.6), and as typed channels.
#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "channel_name.hpp"
#include "heap_segment.hpp"

namespace {

using shmbuf::Options;
using shmbuf::Status;
using shmbuf::detail::FixedReader;
using shmbuf::detail::FixedWriter;

struct Pair {
  Pair(std::uint64_t size, std::uint64_t count, std::uint64_t start)
      : segment(options(size, count, start)) {
    segment.attach_writer(&writer);
    segment.attach_reader(&reader);
  }
  static Options options(std::uint64_t size, std::uint64_t count, std::uint64_t start) {
    Options options;
    options.record_size = size;
    options.record_count = count;
    options.start_position = start;
    return options;
  }
  HeapSegment segment;
  FixedWriter writer;
  FixedReader reader;
};

TEST(Fixed, RunsEndAtTheEndOfTheRing) {
  Pair pair(12, 8, 0);
  unsigned char* to = nullptr;
  std::uint64_t placed = 0;
  ASSERT_EQ(Status::ok, pair.writer.place(100, &to, &placed));
  EXPECT_EQ(8u, placed);
  EXPECT_EQ(pair.segment.ring(), to);
  pair.writer.commit(5);
  pair.writer.publish();
  ASSERT_EQ(Status::ok, pair.writer.place(100, &to, &placed));
  EXPECT_EQ(3u, placed);
  pair.writer.commit(3);
  pair.writer.publish();
  EXPECT_EQ(Status::would_block, pair.writer.place(1, &to, &placed));
  const unsigned char* from = nullptr;
  std::uint64_t found = 0;
  ASSERT_EQ(Status::ok, pair.reader.peek(6, &from, &found));
  EXPECT_EQ(6u, found);
  pair.reader.release(6);
  EXPECT_EQ(6u, pair.reader.sequence());
  EXPECT_EQ(6u, pair.segment.slot()->gate) << "a sixteenth of 8 records, at least 1";
  ASSERT_EQ(Status::ok, pair.writer.place(100, &to, &placed));
  EXPECT_EQ(6u, placed);
  pair.writer.abort();
  EXPECT_EQ(8u, pair.segment.page()->frontier);
  ASSERT_EQ(Status::ok, pair.reader.peek(100, &from, &found));
  EXPECT_EQ(2u, found);
  EXPECT_EQ(pair.segment.ring() + 72, from);
}

TEST(Fixed, ImpossiblePositionsAreDamage) {
  Pair pair(8, 4, 0);
  const unsigned char* from = nullptr;
  std::uint64_t found = 0;
  pair.segment.page()->position = 5;
  EXPECT_EQ(Status::damaged, pair.reader.peek(1, &from, &found));
  pair.segment.page()->position = 3;
  EXPECT_EQ(Status::ok, pair.reader.peek(1, &from, &found));
  pair.segment.page()->position = 2;  // back, though still ahead of the cursor
  EXPECT_EQ(Status::damaged, pair.reader.peek(4, &from, &found));
  unsigned char* to = nullptr;
  std::uint64_t placed = 0;
  pair.segment.slot()->gate = 1;
  EXPECT_EQ(Status::damaged, pair.writer.place(1, &to, &placed));
}

TEST(Fixed, HalfAMillionRecordsBetweenTwoThreadsAcross64Bits) {
  Pair pair(8, 64, 0ull - 1000);
  constexpr std::uint64_t kRecords = 500000;
  std::thread producer([&pair] {
    std::uint64_t next = 0;
    while (next < kRecords) {
      unsigned char* to = nullptr;
      std::uint64_t placed = 0;
      if (pair.writer.place(1 + next % 7, &to, &placed) != Status::ok) {
        std::this_thread::yield();
        continue;
      }
      for (std::uint64_t i = 0; i < placed; ++i, ++next) std::memcpy(to + 8 * i, &next, 8);
      pair.writer.commit(placed);
      pair.writer.publish();
    }
  });
  std::uint64_t next = 0;
  std::uint64_t bad = 0;
  while (next < kRecords) {
    const unsigned char* from = nullptr;
    std::uint64_t found = 0;
    const Status status = pair.reader.peek(64, &from, &found);
    if (status == Status::would_block) {
      std::this_thread::yield();
      continue;
    }
    if (status != Status::ok) {
      ADD_FAILURE() << shmbuf::to_string(status);
      break;
    }
    EXPECT_EQ(next, pair.reader.sequence());
    for (std::uint64_t i = 0; i < found; ++i, ++next)
      bad += std::memcmp(from + 8 * i, &next, 8) != 0 ? 1 : 0;
    pair.reader.release(found);
  }
  producer.join();
  EXPECT_GE(next, kRecords);
  EXPECT_EQ(0u, bad);
}

struct Sample {
  double value;
  std::uint32_t number;
  std::uint32_t unused;
};

TEST(Typed, RunsOfStructures) {
  ChannelName name;
  shmbuf::TypedProducer<Sample> producer;
  Options options;
  options.record_count = 16;
  ASSERT_EQ(Status::ok, producer.create(name, options)) << producer.message();
  shmbuf::TypedConsumer<Sample> consumer;
  ASSERT_EQ(Status::ok, consumer.open(name)) << consumer.message();
  std::uint32_t sent = 0;
  std::uint32_t seen = 0;
  for (int round = 0; round < 200; ++round) {
    shmbuf::TypedReservation<Sample> run = producer.reserve(5);
    ASSERT_TRUE(run);
    for (Sample& sample : run) {
      sample = Sample{sent / 2.0, sent, 0};
      ++sent;
    }
    ASSERT_EQ(Status::ok, run.commit());
    shmbuf::TypedView<Sample> view = consumer.peek(100);
    ASSERT_TRUE(view);
    EXPECT_EQ(seen, view.seq());
    ASSERT_GE(view.count(), 1u);
    EXPECT_EQ(seen, view[0].number);
    EXPECT_EQ(seen / 2.0, view[0].value);
    ASSERT_EQ(Status::ok, view.release(1));  // the others come again
    view = consumer.try_peek(100);
    ++seen;
    while (view) {
      for (const Sample& sample : view) EXPECT_EQ(seen++, sample.number);
      view.release();
      view = consumer.try_peek(100);
    }
    EXPECT_EQ(Status::would_block, view.status());
    EXPECT_EQ(sent, seen);
  }
  Sample many[20] = {};
  std::size_t written = 0;
  EXPECT_EQ(Status::would_block, producer.try_write_run(many, 20, &written));
  EXPECT_EQ(16u, written);
  EXPECT_EQ(Status::timeout, producer.write(many[0], std::chrono::milliseconds(10)));
}

TEST(Typed, RefusesAnotherSize) {
  ChannelName name;
  shmbuf::TypedProducer<Sample> producer;
  Options options;
  options.record_size = 8;
  EXPECT_EQ(Status::invalid, producer.create(name, options));
  EXPECT_NE(std::string::npos, producer.message().find("16 bytes")) << producer.message();
  ASSERT_EQ(Status::ok, producer.create(name));
  shmbuf::TypedConsumer<std::uint32_t> consumer;
  EXPECT_EQ(Status::invalid, consumer.open(name));
  EXPECT_NE(std::string::npos, consumer.message().find("16 bytes")) << consumer.message();
  EXPECT_EQ(Status::invalid, producer.producer().try_write("abc", 3));
  EXPECT_NE(std::string::npos, producer.message().find("3 bytes")) << producer.message();
}

}  // namespace
