// Sending and receiving within one process, in every form of channel.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "channel_name.hpp"
#include "shmbuf/shmbuf.hpp"

namespace {

using shmbuf::Consumer;
using shmbuf::Layout;
using shmbuf::Options;
using shmbuf::Producer;
using shmbuf::Status;

Options of_layout(Layout layout) {
  Options options;
  options.layout = layout;
  options.capacity = 4096;
  return options;
}

class EachLayout : public ::testing::TestWithParam<Layout> {};

TEST_P(EachLayout, DeliversRecordsInOrderOverManyLaps) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, of_layout(GetParam()))) << producer.message();
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name)) << consumer.message();
  EXPECT_EQ(GetParam(), consumer.layout());
  std::vector<unsigned char> in(4096);
  std::vector<unsigned char> out(4096);
  for (unsigned i = 0; i < 20000; ++i) {
    const std::size_t size = 1 + i * 7919 % 1500;
    for (std::size_t k = 0; k < size; k += 97) in[k] = static_cast<unsigned char>(i + k);
    ASSERT_EQ(Status::ok, producer.try_write(in.data(), size)) << i;
    std::size_t length = 0;
    ASSERT_EQ(Status::ok, consumer.try_read(out.data(), out.size(), &length)) << i << consumer.message();
    ASSERT_EQ(size, length);
    for (std::size_t k = 0; k < size; k += 97) ASSERT_EQ(in[k], out[k]);
  }
  std::size_t length = 1;
  EXPECT_EQ(Status::would_block, consumer.try_read(out.data(), out.size(), &length));
  EXPECT_EQ(0u, length);
  EXPECT_EQ(20000u, producer.stats().records);
  EXPECT_EQ(20000u, consumer.stats().records);
  EXPECT_EQ(producer.stats().bytes, consumer.stats().bytes);
}

TEST_P(EachLayout, CancelledViewsComeAgain) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, of_layout(GetParam())));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  ASSERT_EQ(Status::ok, producer.try_write("first", 5));
  ASSERT_EQ(Status::ok, producer.try_write("2nd", 3));
  for (int i = 0; i < 3; ++i) {
    shmbuf::View view = consumer.try_peek();
    ASSERT_EQ(Status::ok, view.status());
    EXPECT_EQ(5u, view.size());
    EXPECT_EQ(0u, view.seq());
    EXPECT_EQ(Status::ok, view.cancel());
    EXPECT_FALSE(view);
    EXPECT_EQ(Status::ok, view.cancel()) << "there is none any more";
    EXPECT_EQ(Status::ok, view.release()) << "nor does this consume it";
  }
  EXPECT_EQ(0u, consumer.stats().records);
  ASSERT_EQ(Status::ok, consumer.try_peek().release());
  shmbuf::View view = consumer.try_peek();
  EXPECT_EQ(3u, view.size());
  consumer.close();
  EXPECT_EQ(Status::closed, view.cancel());
  Consumer successor;
  ASSERT_EQ(Status::ok, successor.open(name)) << successor.message();
  EXPECT_EQ(3u, successor.try_peek().size());
}

TEST_P(EachLayout, ReservesAndPeeksInPlace) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, of_layout(GetParam())));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  for (unsigned i = 0; i < 5000; ++i) {
    const std::size_t size = 1 + i * 31 % 700;
    shmbuf::Reservation reservation = producer.reserve(size + 20);
    ASSERT_TRUE(reservation) << producer.message();
    std::memset(reservation.data(), static_cast<int>(i & 0xFF), size);
    ASSERT_EQ(Status::ok, reservation.commit(size));
    EXPECT_FALSE(reservation);
    shmbuf::View view = consumer.peek();
    ASSERT_TRUE(view) << consumer.message();
    ASSERT_EQ(size, view.size());
    ASSERT_EQ(i, view.seq());
    const unsigned char* data = static_cast<const unsigned char*>(view.data());
    ASSERT_EQ(i & 0xFF, data[0]);
    ASSERT_EQ(i & 0xFF, data[size - 1]);
  }
}

TEST_P(EachLayout, ShortBufferKeepsTheRecord) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, of_layout(GetParam())));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  ASSERT_EQ(Status::ok, producer.write("0123456789", 10));
  char out[10];
  std::size_t length = 0;
  EXPECT_EQ(Status::short_buffer, consumer.try_read(out, 9, &length));
  EXPECT_EQ(10u, length);
  EXPECT_NE(std::string::npos, consumer.message().find("10 bytes")) << consumer.message();
  EXPECT_EQ(Status::ok, consumer.try_read(out, 10, &length));
  EXPECT_EQ("0123456789", std::string(out, length));
}

INSTANTIATE_TEST_SUITE_P(Layouts, EachLayout, ::testing::Values(Layout::native, Layout::classic),
                         [](const ::testing::TestParamInfo<Layout>& info) {
                           return info.param == Layout::native ? "native" : "classic";
                         });

}  // namespace
