// A producer that finds the ring full naps beside a consumer at work, instead of asking to be woken.
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "channel_name.hpp"
#include "shmbuf/shmbuf.hpp"

namespace {

using shmbuf::detail::Pace;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr std::uint64_t kLap = 1 << 20;

bool at_work(std::uint64_t from, std::uint64_t moved, nanoseconds took) {
  const Pace::Clock::time_point start{std::chrono::hours(1)};
  Pace pace;
  pace.at_work(start, from, kLap);
  const bool works = pace.at_work(start + took, from + moved, kLap);
  EXPECT_FALSE(pace.at_work(start + 2 * took, from + moved, kLap)) << "it has not moved since";
  return works;
}

TEST(Nap, OnlyBesideAConsumerThatMovesAndWillNotRunDry) {
  const nanoseconds nap(Pace::kNap);
  for (const std::uint64_t from : {std::uint64_t{0}, UINT64_MAX - 4095}) {
    EXPECT_FALSE(at_work(from, 0, microseconds(1000)));
    EXPECT_TRUE(at_work(from, 80, microseconds(1000)));
    EXPECT_TRUE(at_work(from, kLap / 16, microseconds(1000)));
    EXPECT_TRUE(at_work(from, kLap / 4, 2 * nap));
    EXPECT_FALSE(at_work(from, kLap / 4 + 8, 2 * nap));
    EXPECT_FALSE(at_work(from, kLap, microseconds(300)));
    EXPECT_FALSE(at_work(from, kLap + 1, std::chrono::seconds(1))) << "more than there is";
    EXPECT_FALSE(at_work(from, UINT64_MAX - 79, std::chrono::seconds(1))) << "back";
  }
}

TEST(Nap, AStreamThatIsMostlyFullArrivesWhole) {
  ChannelName name;
  shmbuf::Options options;
  options.capacity = 1 << 16;
  shmbuf::Producer producer;
  ASSERT_EQ(shmbuf::Status::ok, producer.create(name, options)) << producer.message();
  shmbuf::Consumer consumer;
  ASSERT_EQ(shmbuf::Status::ok, consumer.open(name)) << consumer.message();
  constexpr std::uint64_t kRecords = 20000;
  std::thread sender([&] {
    unsigned char record[64] = {};
    for (std::uint64_t i = 0; i < kRecords; ++i) {
      std::memcpy(record, &i, sizeof(i));
      if (producer.write(record, sizeof(record)) != shmbuf::Status::ok) return;
    }
  });
  for (std::uint64_t i = 0; i < kRecords; ++i) {
    unsigned char record[64];
    std::size_t length = 0;
    const shmbuf::Status status = consumer.read(record, sizeof(record), &length, std::chrono::seconds(20));
    if (status != shmbuf::Status::ok) {
      ADD_FAILURE() << i << ": " << consumer.message();
      producer.close();
      break;
    }
    std::uint64_t number;
    std::memcpy(&number, record, sizeof(number));
    EXPECT_EQ(i, number);
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < microseconds(i % 4)) {
    }
  }
  sender.join();
  // Each sleep behind the flag ends with a wake call, a nap does not.
  EXPECT_GT(producer.stats().sleeps, consumer.stats().wakes) << "a producer several times as fast";
}

}  // namespace
