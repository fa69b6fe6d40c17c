// What create() and open() accept, and what they say when they refuse.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "channel_name.hpp"

namespace {

using shmbuf::Options;
using shmbuf::Producer;
using shmbuf::Status;

TEST(Names, OnlyWhatTheRuleAllows) {
  std::string why;
  for (const char* good : {"a", "_", "0", "camera-1.left", "A_b.C-d"}) {
    EXPECT_EQ(Status::ok, shmbuf::detail::check_name(good, &why)) << good;
  }
  EXPECT_EQ(Status::ok, shmbuf::detail::check_name(std::string(200, 'x'), &why));
  for (const std::string& bad :
       {std::string(), std::string("."), std::string("-a"), std::string("a/b"), std::string("/a"),
        std::string("a b"), std::string("caf\xC3\xA9"), std::string("a\0b", 3), std::string(201, 'x')}) {
    Producer producer;
    EXPECT_EQ(Status::invalid, producer.create(bad)) << bad;
    shmbuf::Consumer consumer;
    EXPECT_EQ(Status::invalid, consumer.open(bad)) << bad;
    shmbuf::Info info;
    EXPECT_EQ(Status::invalid, shmbuf::inspect(bad, &info));
    EXPECT_EQ(Status::invalid, shmbuf::remove(bad));
  }
}

TEST(Options, LazyRingsTakeMemoryAsItIsUsed) {
  for (const bool lazy : {false, true}) {
    ChannelName name;
    Options options;
    options.capacity = 1 << 24;
    options.lazy = lazy;
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, options)) << producer.message();
    struct stat st;
    ASSERT_EQ(0, ::stat(name.path().c_str(), &st));
    EXPECT_GT(st.st_size, 1 << 24);
    EXPECT_EQ(lazy, st.st_blocks * 512 < 1 << 20);
    EXPECT_EQ(Status::ok, producer.write("x", 1));
  }
  Options classic;
  classic.layout = shmbuf::Layout::classic;
  classic.lazy = true;
  EXPECT_EQ(Status::invalid, Producer().create(ChannelName(), classic));
}

TEST(Options, WrongOnesAreRefusedWithTheNumber) {
  struct Case {
    void (*change)(Options*);
    const char* said;
  };
  const Case cases[] = {
      {[](Options* o) { o->capacity = 4095; }, "4095"},
      {[](Options* o) { o->capacity = 2048; }, "2048"},
      {[](Options* o) { o->capacity = 1ull << 41; }, "2199023255552"},
      {[](Options* o) { o->alignment = 4; }, "alignment 4"},
      {[](Options* o) { o->alignment = 24; }, "alignment 24"},
      {[](Options* o) { o->alignment = 8192; }, "alignment 8192"},
      {[](Options* o) { o->slots = 1025; }, "1025"},
      {[](Options* o) { o->content_type = std::string(3841, 'x'); }, "3841"},
      {[](Options* o) { o->content_type = "\xFF"; }, "UTF-8"},
      {[](Options* o) { o->content_type = "\xC0\x80"; }, "UTF-8"},
      {[](Options* o) { o->content_type = "\xED\xA0\x80"; }, "UTF-8"},
      {[](Options* o) { o->content_type = "\xE2\x82"; }, "UTF-8"},
      {[](Options* o) { o->mode = 01000; }, "512"},
      {[](Options* o) { o->start_position = 4; }, "start_position 4"},
      {[](Options* o) { o->record_count = 8; }, "record_count is 8"},
      {[](Options* o) { o->record_size = 8, o->record_count = 3; }, "record_count 3"},
      {[](Options* o) { o->record_size = 8, o->record_count = 1; }, "record_count 1"},
      {[](Options* o) { o->record_size = 12, o->alignment = 8; }, "alignment 8"},
      {[](Options* o) { o->record_size = 8, o->times = true; }, "times"},
      {[](Options* o) { o->record_size = 1ull << 40; }, "record_size 1099511627776"},
      {[](Options* o) { o->record_size = ~0ull; }, "record_size 18446744073709551615"},
      {[](Options* o) { o->record_size = 8, o->record_count = 1ull << 63; },
       "record_count 9223372036854775808"},
      {[](Options* o) { o->record_size = 8, o->record_count = 16, o->capacity = 128; }, "capacity is 128"},
      {[](Options* o) { o->record_size = 8, o->capacity = 4096; }, "capacity is 4096"},
  };
  for (const Case& c : cases) {
    ChannelName name;
    Options options;
    c.change(&options);
    Producer producer;
    EXPECT_EQ(Status::invalid, producer.create(name, options)) << c.said;
    EXPECT_NE(std::string::npos, producer.message().find(c.said)) << producer.message();
    EXPECT_NE(std::string::npos, producer.message().find(name)) << producer.message();
    EXPECT_FALSE(name.exists());
    EXPECT_FALSE(producer.is_open());
  }
}

TEST(Options, DefaultsAndLimits) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  EXPECT_EQ(1u << 20, producer.capacity());
  EXPECT_EQ((1u << 20) - 16, producer.max_record());
  EXPECT_EQ(Status::invalid, producer.create(name)) << "open already";
  shmbuf::Info info;
  ASSERT_EQ(Status::ok, shmbuf::inspect(name, &info));
  EXPECT_EQ(0600u, info.mode);
  EXPECT_EQ(8u, info.alignment);
  EXPECT_EQ(1u, info.slots);
  EXPECT_EQ("variable", info.format);
  EXPECT_EQ(shmbuf::layout::kLanguageCpp, info.producer.language);
  EXPECT_EQ(static_cast<std::uint32_t>(::getpid()), info.producer.pid);
  EXPECT_EQ(shmbuf::layout::kSlotJoined, info.consumers.at(0).state);
  producer = Producer();
  shmbuf::remove(name, true);
  Options options;
  options.mode = 0666;
  options.slots = 1024;
  options.alignment = 4096;
  options.times = true;
  options.content_type = "caf\xC3\xA9";
  const mode_t old = ::umask(077);
  EXPECT_EQ(Status::ok, producer.create(name, options)) << producer.message();
  ::umask(old);
  ASSERT_EQ(Status::ok, shmbuf::inspect(name, &info));
  EXPECT_EQ(0666u, info.mode) << "the mode asked for, whatever the umask";
  EXPECT_TRUE(info.times);
  EXPECT_EQ(options.content_type, info.content_type);
  std::vector<shmbuf::Info> channels;
  ASSERT_EQ(Status::ok, shmbuf::list(&channels));
  EXPECT_TRUE(std::any_of(channels.begin(), channels.end(),
                          [&name](const shmbuf::Info& i) { return i.name == std::string(name); }));
  EXPECT_TRUE(std::is_sorted(channels.begin(), channels.end(),
                             [](const shmbuf::Info& a, const shmbuf::Info& b) { return a.name < b.name; }));
}

TEST(Options, MoreThanThereIsIsNoSpace) {
  ChannelName name;
  Options options;
  options.capacity = 1ull << 40;
  Producer producer;
  EXPECT_EQ(Status::no_space, producer.create(name, options));
  EXPECT_NE(std::string::npos, producer.message().find("1099511")) << producer.message();
  EXPECT_FALSE(name.exists());
}

TEST(Options, KindsTimesAndBatches) {
  ChannelName name;
  Options options;
  options.capacity = 4096;
  options.times = true;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, options));
  shmbuf::Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  EXPECT_EQ(Status::invalid, producer.write_kind(0xFFFF, "x", 1));
  EXPECT_NE(std::string::npos, producer.message().find("65535")) << producer.message();
  const std::int64_t before = shmbuf::detail::monotonic_time();
  ASSERT_EQ(Status::ok, producer.write_kind(0xFFFE, "x", 1));
  {
    shmbuf::View view = consumer.peek();
    ASSERT_TRUE(view);
    EXPECT_EQ(0xFFFE, view.kind());
    EXPECT_GE(view.time(), before);
    EXPECT_LE(view.time(), shmbuf::detail::monotonic_time());
  }
  std::vector<std::string> texts;
  std::vector<shmbuf::Bytes> records;
  for (int i = 0; i < 100; ++i) texts.push_back(std::string(static_cast<std::size_t>(i), 'a'));
  for (const std::string& text : texts) records.push_back(shmbuf::Bytes{text.data(), text.size()});
  std::size_t written = 0;
  EXPECT_EQ(Status::would_block, producer.try_write_batch(records.data(), records.size(), &written));
  EXPECT_GT(written, 40u);
  std::size_t seen = 0;
  shmbuf::RecordRef found[16];
  std::size_t count = 0;
  while (seen < 100) {
    ASSERT_EQ(Status::ok, consumer.peek_batch(found, 16, &count));
    for (std::size_t i = 0; i < count; ++i, ++seen) {
      EXPECT_EQ(seen, found[i].size);
      EXPECT_EQ(seen + 1, found[i].seq);
    }
    EXPECT_EQ(Status::invalid, consumer.try_peek().status()) << "the batch is outstanding";
    ASSERT_EQ(Status::ok, consumer.release_batch());
    std::size_t more = 0;
    if (written < 100) producer.try_write_batch(records.data() + written, 100 - written, &more);
    written += more;
  }
  const shmbuf::Bytes mixed[] = {{"ok", 2}, {texts[99].data(), 1u << 20}, {"lost", 4}};
  EXPECT_EQ(Status::too_large, producer.write_batch(mixed, 3, &written));
  EXPECT_EQ(1u, written) << "what came before is published";
  EXPECT_EQ(Status::ok, consumer.try_peek().status());
}

TEST(Options, PartOfABatchCanBeReleased) {
  for (const std::uint64_t record_size : {0u, 1u}) {
    ChannelName name;
    shmbuf::Options options;
    options.record_size = record_size;
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, options)) << producer.message();
    shmbuf::Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
    for (const char* text : {"a", "b", "c", "d"}) ASSERT_EQ(Status::ok, producer.try_write(text, 1));
    shmbuf::RecordRef found[4];
    std::size_t count = 0;
    EXPECT_EQ(Status::ok, consumer.release_batch(0)) << "there is none";
    EXPECT_EQ(Status::invalid, consumer.release_batch(1));
    std::size_t released = 0;
    while (released < 4) {
      ASSERT_EQ(Status::ok, consumer.try_peek_batch(found, 4, &count));
      EXPECT_EQ(record_size == 0 ? 4 - released : 1, count);
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ("abcd"[released + i], *static_cast<const char*>(found[i].data));
        EXPECT_EQ(released + i, found[i].seq);
      }
      EXPECT_EQ(Status::invalid, consumer.release_batch(count + 5));
      EXPECT_NE(std::string::npos, consumer.message().find("release of " + std::to_string(count + 5)))
          << consumer.message();
      EXPECT_EQ(Status::invalid, consumer.try_peek().status()) << "the batch is still held";
      ASSERT_EQ(Status::ok, consumer.release_batch(0));
      EXPECT_EQ(released, consumer.stats().records);
      ASSERT_EQ(Status::ok, consumer.try_peek_batch(found, 4, &count));
      EXPECT_EQ("abcd"[released], *static_cast<const char*>(found[0].data)) << "it came again";
      ASSERT_EQ(Status::ok, consumer.release_batch(1));
      EXPECT_EQ(++released, consumer.stats().records);
    }
    EXPECT_EQ(4u, consumer.stats().bytes);
    EXPECT_EQ(Status::would_block, consumer.try_peek_batch(found, 4, &count));
    ASSERT_EQ(Status::ok, producer.try_write("e", 1));
    ASSERT_EQ(Status::ok, consumer.try_peek_batch(found, 4, &count));
    consumer.close();
    EXPECT_EQ(Status::closed, consumer.release_batch(1)) << "it is the successor's";
    EXPECT_EQ(Status::closed, consumer.release_batch(1));
    ASSERT_EQ(Status::ok, consumer.open(name)) << consumer.message();
    char byte = 0;
    std::size_t length = 0;
    EXPECT_EQ(Status::ok, consumer.try_read(&byte, 1, &length));
    EXPECT_EQ('e', byte);
  }
}

TEST(Options, UnusedHandlesSaySo) {
  Producer producer;
  shmbuf::Consumer consumer;
  std::size_t length = 1;
  EXPECT_EQ(Status::closed, producer.try_write("x", 1));
  EXPECT_EQ(Status::closed, producer.reserve(1).status());
  EXPECT_EQ(Status::closed, consumer.try_read(&length, sizeof(length), &length));
  EXPECT_EQ(Status::closed, consumer.peek().status());
  EXPECT_FALSE(producer.message().empty());
  EXPECT_FALSE(consumer.message().empty());
  shmbuf::ConsumerOptions options;
  options.slot = 1;
  EXPECT_EQ(Status::invalid, consumer.open("whatever", options));
}

}  // namespace
