// Every bit of the control area of a segment flipped, one at a time: refused or harmless, never a crash.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "channel_name.hpp"

namespace {

using shmbuf::Consumer;
using shmbuf::Producer;
using shmbuf::Status;

class Damage : public ::testing::TestWithParam<bool> {
 protected:
  // A closed channel with two records, mapped for vandalism.
  void SetUp() override {
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name_, options()));
    ASSERT_EQ(Status::ok, producer.write("01234567", 8));
    ASSERT_EQ(Status::ok, producer.write("abcdefgh", 8));
    producer.close();
    std::string why;
    ASSERT_EQ(Status::ok, segment_.open(name_, true, &why));
    ASSERT_EQ(Status::ok, segment_.map(segment_.size(), true, &why));
    bytes_ = static_cast<unsigned char*>(segment_.base());
  }
  static shmbuf::Options options() {
    shmbuf::Options options;
    options.content_type = "text/plain";
    options.keep = true;
    if (GetParam()) {
      options.record_size = 8;
      options.record_count = 512;
    } else {
      options.capacity = 4096;
    }
    return options;
  }

  ChannelName name_;
  shmbuf::detail::Segment segment_;
  unsigned char* bytes_ = nullptr;
};

TEST_P(Damage, StaticPage) {
  int refused = 0;
  for (std::size_t bit = 0; bit < 8 * (0x100 + 10); ++bit) {
    const std::size_t at = bit / 8;
    bytes_[at] ^= static_cast<unsigned char>(1u << bit % 8);
    shmbuf::Info info;
    const Status seen = shmbuf::inspect(name_, &info);
    Consumer consumer;
    const Status opened = consumer.open(name_);
    Producer producer;
    const Status created = producer.create(name_, options());
    const bool reserved = at >= 0x70 && at < 0x100;
    if (reserved) {
      EXPECT_EQ(Status::ok, seen) << "byte " << at;
      EXPECT_EQ(Status::ok, opened) << "byte " << at;
      EXPECT_EQ(Status::ok, created) << "byte " << at;
    } else {
      EXPECT_NE(Status::ok, seen) << "byte " << at << " bit " << bit % 8;
      EXPECT_EQ(seen, opened) << "byte " << at << " bit " << bit % 8;
      EXPECT_NE(Status::ok, created) << "byte " << at << " bit " << bit % 8;
      EXPECT_NE(std::string::npos, consumer.message().find(name_)) << consumer.message();
      ++refused;
    }
    bytes_[at] ^= static_cast<unsigned char>(1u << bit % 8);
  }
  EXPECT_EQ(8 * (0x70 + 10), refused);
}

// Flips one bit before attaching, or while attached, and drains: records may be refused, but those that are
// delivered are whole, and it ends.
TEST_P(Damage, DynamicPages) {
  const std::size_t fields[] = {0x1000, 0x1080, 0x1088, 0x1090, 0x1098, 0x10A0, 0x10A8,
                                0x1100, 0x1108, 0x1110, 0x2000, 0x2080, 0x3000, 0x3080,
                                0x3088, 0x3100, 0x3108, 0x3110, 0x3180};
  const std::string before(reinterpret_cast<char*>(bytes_) + 0x1000, 0x3000);
  for (const bool attached : {false, true}) {
    for (const std::size_t field : fields) {
      for (unsigned bit = 0; bit < 64; ++bit) {
        std::memcpy(bytes_ + 0x1000, before.data(), before.size());
        unsigned char& byte = bytes_[field + bit / 8];
        const unsigned char flip = static_cast<unsigned char>(1u << bit % 8);
        if (!attached) byte ^= flip;
        Consumer consumer;
        Status status = consumer.open(name_);
        if (attached) byte ^= flip;
        for (int records = 0; status == Status::ok; ++records) {
          ASSERT_LE(records, 512) << std::hex << field << " bit " << bit;
          char out[4096];
          std::size_t length = 0;
          status = consumer.try_read(out, sizeof(out), &length);
          if (status == Status::ok) {
            EXPECT_EQ(8u, length) << std::hex << field << " bit " << bit;
          }
        }
        Producer producer;
        for (int i = 0; producer.create(name_, options()) == Status::ok && i < 3; ++i)
          producer.try_write("xxxxxxxx", 8);
      }
    }
  }
  std::memcpy(bytes_ + 0x1000, before.data(), before.size());
  Consumer consumer;
  EXPECT_EQ(Status::ok, consumer.open(name_)) << consumer.message();
}

TEST_P(Damage, ShorterObject) {
  ASSERT_EQ(0, ::truncate(name_.path().c_str(), static_cast<off_t>(segment_.size() - 1)));
  Consumer consumer;
  EXPECT_EQ(Status::damaged, consumer.open(name_));
  ASSERT_EQ(0, ::truncate(name_.path().c_str(), 4000));
  EXPECT_EQ(Status::damaged, consumer.open(name_));
  ASSERT_EQ(0, ::truncate(name_.path().c_str(), 15));
  EXPECT_EQ(Status::not_a_channel, consumer.open(name_));
  EXPECT_EQ(Status::ok, shmbuf::remove(name_, true));
}

INSTANTIATE_TEST_SUITE_P(Formats, Damage, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "fixed" : "variable";
                         });

}  // namespace
