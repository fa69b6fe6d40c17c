// Roles, successors, ends and removal: spec/PROTOCOL.md sections 4 and 5.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "channel_name.hpp"
#include "child_process.hpp"

namespace {

using shmbuf::Consumer;
using shmbuf::ConsumerOptions;
using shmbuf::Options;
using shmbuf::Producer;
using shmbuf::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

Options capacity(std::uint64_t bytes) {
  Options options;
  options.capacity = bytes;
  return options;
}

Status put(Producer& producer, int value) { return producer.try_write(&value, sizeof(value)); }

int get(Consumer& consumer) {
  int value = -1;
  std::size_t length = 0;
  const Status status = consumer.try_read(&value, sizeof(value), &length);
  return status == Status::ok ? value : -static_cast<int>(status);
}

TEST(Life, EndOfStreamComesAfterTheLastRecordAndTheNameGoes) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  put(producer, 1);
  put(producer, 2);
  EXPECT_EQ(Status::ok, producer.close());
  EXPECT_EQ(Status::ok, producer.close());
  EXPECT_FALSE(producer.is_open());
  EXPECT_EQ(Status::closed, put(producer, 3));
  EXPECT_EQ(1, get(consumer));
  EXPECT_EQ(2, get(consumer));
  EXPECT_EQ(-static_cast<int>(Status::end_of_stream), get(consumer));
  std::size_t length = 0;
  EXPECT_EQ(Status::end_of_stream, consumer.read(&length, sizeof(length), &length));
  EXPECT_TRUE(name.exists());
  consumer.close();
  EXPECT_FALSE(name.exists()) << "whoever closes last removes it";
}

TEST(Life, ProducerThatClosesLastRemovesTheName) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  {
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
  }
  EXPECT_TRUE(name.exists());
  producer.close();
  EXPECT_FALSE(name.exists());
}

TEST(Life, UnreadRecordsKeepTheName) {
  ChannelName name;
  {
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name));
    put(producer, 7);
  }
  EXPECT_TRUE(name.exists());
  {
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
  }
  EXPECT_TRUE(name.exists()) << "the record is unread";
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  EXPECT_EQ(7, get(consumer));
  consumer.close();
  EXPECT_FALSE(name.exists());
}

TEST(Life, KeptChannelsStay) {
  ChannelName name;
  Producer producer;
  Options options;
  options.keep = true;
  ASSERT_EQ(Status::ok, producer.create(name, options));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  producer.close();
  consumer.close();
  EXPECT_TRUE(name.exists());
  EXPECT_EQ(Status::ok, shmbuf::remove(name));
  EXPECT_FALSE(name.exists());
}

TEST(Life, ConsumersCanKeepAChannel) {
  ChannelName name;
  ConsumerOptions options;
  options.keep = true;
  Consumer consumer;
  {
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name));
    ASSERT_EQ(Status::ok, consumer.open(name, options));
    put(producer, 1);
  }
  EXPECT_EQ(1, get(consumer));
  consumer.close();
  EXPECT_TRUE(name.exists());
  shmbuf::Info info;
  ASSERT_EQ(Status::ok, shmbuf::inspect(name, &info));
  EXPECT_FALSE(info.keep) << "the channel itself is an ordinary one";
  ASSERT_EQ(Status::ok, consumer.open(name)) << "the next consumer does not keep it";
  EXPECT_EQ(-static_cast<int>(Status::end_of_stream), get(consumer));
  consumer.close();
  EXPECT_FALSE(name.exists());
}

TEST(Life, RolesAreExclusive) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  Producer second;
  EXPECT_EQ(Status::busy, second.create(name));
  EXPECT_NE(std::string::npos, second.message().find(std::to_string(::getpid()))) << second.message();
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  EXPECT_EQ(Status::busy, Consumer().open(name));
  std::string message;
  EXPECT_EQ(Status::busy, shmbuf::remove(name, false, &message));
  EXPECT_NE(std::string::npos, message.find(name)) << message;
  producer = Producer();
  EXPECT_EQ(Status::busy, shmbuf::remove(name));
  EXPECT_EQ(Status::ok, second.create(name)) << second.message();
}

TEST(Life, SuccessorsGoOnWhereTheLastStopped) {
  ChannelName name;
  Consumer consumer;
  int next = 0;
  for (int generation = 0; generation < 20; ++generation) {
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, capacity(4096))) << producer.message();
    if (generation == 0) {
      ASSERT_EQ(Status::ok, consumer.open(name));
    }
    for (int i = 0; i < 50; ++i) ASSERT_EQ(Status::ok, put(producer, generation * 50 + i));
    shmbuf::Reservation lost = producer.reserve(64);
    while (next < generation * 50 + 25) ASSERT_EQ(next++, get(consumer)) << consumer.message();
    if (generation % 3 == 0) {
      consumer = Consumer();
      ASSERT_EQ(Status::ok, consumer.open(name)) << consumer.message();
    }
    shmbuf::Info info;
    ASSERT_EQ(Status::ok, shmbuf::inspect(name, &info));
    EXPECT_EQ(generation + 1u, info.producer.epoch);
    EXPECT_EQ((generation + 1) * 50u, info.records);
    EXPECT_EQ(static_cast<unsigned>((generation + 1) * 50 - next), info.consumers.at(0).lag_records);
  }
  while (next < 1000) ASSERT_EQ(next++, get(consumer));
  EXPECT_EQ(-static_cast<int>(Status::end_of_stream), get(consumer));
}

TEST(Life, AnotherGeometryReplacesTheSegment) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  put(producer, 1);
  producer.close();
  Producer other;
  ASSERT_EQ(Status::ok, other.create(name, capacity(8192)));
  EXPECT_EQ(0u, other.stats().discarded) << "the attached consumer still drains";
  put(other, 2);
  EXPECT_EQ(1, get(consumer));
  EXPECT_EQ(-static_cast<int>(Status::retired), get(consumer));
  consumer.close();
  ASSERT_EQ(Status::ok, consumer.open(name));
  EXPECT_EQ(8192u, consumer.capacity());
  EXPECT_EQ(2, get(consumer));
  consumer.close();
  put(other, 3);
  put(other, 4);
  other.close();
  Options options = capacity(8192);
  options.content_type = "text/plain";
  ASSERT_EQ(Status::ok, other.create(name, options));
  EXPECT_EQ(2u, other.stats().discarded);
  EXPECT_NE(std::string::npos, other.notice().find("2 records")) << other.notice();
  EXPECT_EQ("text/plain", other.content_type());
}

TEST(Life, ExclusiveAndForeignNames) {
  ChannelName name;
  Options exclusive;
  exclusive.exclusive = true;
  {
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, exclusive));
    EXPECT_EQ(Status::exists, Producer().create(name, exclusive));
  }
  shmbuf::remove(name, true);
  Options classic;
  classic.layout = shmbuf::Layout::classic;
  {
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, classic));
  }
  EXPECT_EQ(Status::exists, Producer().create(name));
  EXPECT_EQ(Status::ok, shmbuf::remove(name));
  {
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name));
    EXPECT_EQ(Status::not_a_channel, Producer().create(name, classic));
  }
  shmbuf::remove(name, true);
  std::FILE* file = std::fopen(name.path().c_str(), "w");
  ASSERT_NE(nullptr, file);
  EXPECT_EQ(Status::not_a_channel, Consumer().open(name)) << "empty";
  std::fputs("these are the bytes of somebody else", file);
  std::fclose(file);
  Consumer consumer;
  EXPECT_EQ(Status::not_a_channel, consumer.open(name));
  EXPECT_EQ(Status::not_a_channel, Producer().create(name));
  EXPECT_EQ(Status::not_a_channel, Producer().create(name, classic));
  EXPECT_EQ(Status::not_a_channel, shmbuf::remove(name));
  shmbuf::Info info;
  EXPECT_EQ(Status::not_a_channel, shmbuf::inspect(name, &info));
  EXPECT_TRUE(name.exists());
}

TEST(Life, MissingChannelsCanBeWaitedFor) {
  ChannelName name;
  Consumer consumer;
  EXPECT_EQ(Status::missing, consumer.open(name));
  EXPECT_NE(std::string::npos, consumer.message().find("start the producer first")) << consumer.message();
  ConsumerOptions options;
  options.wait = milliseconds(30);
  EXPECT_EQ(Status::missing, consumer.open(name, options));
  Producer producer;
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(30));
    producer.create(name);
  });
  options.wait = seconds(20);
  EXPECT_EQ(Status::ok, consumer.open(name, options)) << consumer.message();
  later.join();
}

TEST(Life, WaitsEndWithTimeoutOrData) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  char out[4096];
  std::size_t length = 0;
  EXPECT_EQ(Status::timeout, consumer.read(out, sizeof(out), &length, milliseconds(120)));
  EXPECT_EQ(Status::would_block, consumer.read(out, sizeof(out), &length, shmbuf::no_wait));
  EXPECT_GE(consumer.stats().sleeps, 1u);
  ASSERT_EQ(Status::ok, producer.write(out, 4080));
  EXPECT_EQ(Status::timeout, producer.write(out, 1, milliseconds(120)));
  std::thread reader([&] {
    std::this_thread::sleep_for(milliseconds(50));
    consumer.read(out, sizeof(out), &length);
  });
  EXPECT_EQ(Status::ok, producer.write("x", 1, seconds(20)));
  reader.join();
}

TEST(Life, CloseFromAnotherThreadWakesAWait) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  char out[4096] = {};
  std::size_t length = 0;
  std::thread closer([&] {
    std::this_thread::sleep_for(milliseconds(50));
    consumer.close();
  });
  EXPECT_EQ(Status::closed, consumer.read(out, sizeof(out), &length));
  closer.join();
  ASSERT_EQ(Status::ok, producer.write(out, 4080));
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(50));
    producer.close();
  });
  EXPECT_EQ(Status::closed, producer.write("x", 1));
  other.join();
}

TEST(Life, CloseRacesWithCalls) {
  for (int round = 0; round < 50; ++round) {
    ChannelName name;
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
    std::thread writer([&] {
      while (producer.write("0123456789", 10) == Status::ok) {
      }
    });
    std::thread reader([&] {
      char out[16];
      std::size_t length = 0;
      while (consumer.read(out, sizeof(out), &length) == Status::ok) {
      }
    });
    std::this_thread::sleep_for(std::chrono::microseconds(300 + 40 * round));
    if (round % 2 == 0) {
      producer.close();
      consumer.close();
    } else {
      consumer.close();
      producer.close();
    }
    writer.join();
    reader.join();
  }
}

TEST(Life, LeasesOutliveCloseAndPublishNothing) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  put(producer, 5);
  shmbuf::Reservation reservation = producer.reserve(100);
  shmbuf::View view = consumer.peek();
  EXPECT_EQ(Status::invalid, put(producer, 6));
  EXPECT_EQ(-static_cast<int>(Status::invalid), get(consumer));
  std::thread closer([&] {
    producer.close();
    consumer.close();
  });
  closer.join();
  producer = Producer();  // the handles are gone, the memory is not
  consumer = Consumer();
  static_cast<char*>(reservation.data())[99] = 1;
  EXPECT_EQ(5, *static_cast<const int*>(view.data()));
  EXPECT_EQ(Status::busy, Consumer().open(name)) << "the view still holds the slot";
  EXPECT_EQ(Status::closed, reservation.commit());
  EXPECT_EQ(Status::closed, view.release());
  ASSERT_EQ(Status::ok, consumer.open(name));
  EXPECT_EQ(5, get(consumer)) << "an unreleased record is for the successor";
  EXPECT_EQ(-static_cast<int>(Status::end_of_stream), get(consumer));
}

TEST(Life, ProducerThatIsKilled) {
  ChannelName name;
  ChildProcess child("produce-and-hang", name);
  ASSERT_TRUE(child.ready());
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  child.kill();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(i, get(consumer));
  int value = 0;
  std::size_t length = 0;
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(Status::peer_died, consumer.read(&value, sizeof(value), &length));
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(5));
  EXPECT_NE(std::string::npos, consumer.message().find("start a successor")) << consumer.message();
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(4096))) << producer.message();
  put(producer, 10);
  shmbuf::View view = consumer.peek();
  ASSERT_TRUE(view);
  EXPECT_EQ(10u, view.seq()) << "what was reserved and not committed is gone";
}

// Repeats a call that waits 20 ms each time, for a second at most.
template <class Call>
Status repeat(Call call) {
  const auto end = std::chrono::steady_clock::now() + seconds(1);
  Status status = Status::timeout;
  while (status == Status::timeout && std::chrono::steady_clock::now() < end) status = call();
  return status;
}

TEST(Life, ShortWaitsSeeThatTheOtherSideIsGone) {
  const milliseconds brief(20);
  char byte = 0;
  std::size_t length = 0;
  {
    ChannelName name;
    ChildProcess child("produce-and-hang", name);
    ASSERT_TRUE(child.ready());
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(i, get(consumer));
    const auto read = [&] { return consumer.read(&byte, 1, &length, brief); };
    EXPECT_EQ(Status::timeout, read());
    child.kill();
    EXPECT_EQ(Status::peer_died, repeat(read));
    EXPECT_EQ(Status::ok, shmbuf::remove(name, true));
    EXPECT_EQ(Status::retired, repeat(read));
  }
  {
    ChannelName name;
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
    while (put(producer, 0) != Status::would_block) {
    }
    ASSERT_EQ(Status::timeout, producer.write("x", 1, brief)) << "nobody has come yet";
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
    ASSERT_EQ(0, get(consumer));
    consumer.close();
    while (put(producer, 0) != Status::would_block) {
    }
    const auto write = [&] { return producer.write("x", 1, brief); };
    EXPECT_EQ(Status::timeout, repeat(write)) << "a successor may come";
    EXPECT_EQ(Status::ok, shmbuf::remove(name, true));
    EXPECT_EQ(Status::retired, repeat(write));
  }
}

TEST(Life, ShortWaitsOnAClassicChannelSeeItsEnd) {
  const milliseconds brief(20);
  ChannelName name;
  Options options = capacity(4096);
  options.layout = shmbuf::Layout::classic;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, options));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  char byte = 0;
  std::size_t length = 0;
  const auto read = [&] { return consumer.read(&byte, 1, &length, brief); };
  EXPECT_EQ(Status::timeout, read());
  ASSERT_EQ(0, ::truncate(name.path().c_str(), 16));  // the ring is not touched while it is empty
  EXPECT_EQ(Status::segment_lost, repeat(read));
  ASSERT_EQ(0, ::truncate(name.path().c_str(), 16 + 4096));
  while (put(producer, 0) != Status::would_block) {
  }
  EXPECT_EQ(Status::timeout, producer.write("x", 1, brief));
  ASSERT_EQ(0, ::unlink(name.path().c_str()));
  EXPECT_EQ(Status::retired, repeat([&] { return producer.write("x", 1, brief); }));
}

TEST(Life, AwaitedSuccessor) {
  ChannelName name;
  ChildProcess child("produce-and-hang", name);
  ASSERT_TRUE(child.ready());
  Consumer consumer;
  ConsumerOptions options;
  options.await_peer = true;
  ASSERT_EQ(Status::ok, consumer.open(name, options));
  child.kill();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(i, get(consumer));
  Producer producer;
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(150));
    producer.create(name, capacity(4096));
    put(producer, 10);
  });
  int value = 0;
  std::size_t length = 0;
  EXPECT_EQ(Status::ok, consumer.read(&value, sizeof(value), &length, seconds(20)));
  EXPECT_EQ(10, value);
  later.join();
  EXPECT_EQ(Status::ok, shmbuf::remove(name, true));
  producer = Producer();
}

// A consumer that died may leave its gate behind its cursor: who takes the slot publishes it.
TEST(Life, TakingTheSlotPublishesTheGate) {
  for (const std::uint64_t record_size : {0u, 8u}) {
    ChannelName name;
    Options options;
    options.record_size = record_size;
    Producer producer;
    ASSERT_EQ(Status::ok, producer.create(name, options));
    for (int i = 0; i < 4; ++i) ASSERT_EQ(Status::ok, producer.try_write("12345678", 8));
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
    ASSERT_EQ(Status::ok, consumer.try_peek().release());
    ASSERT_EQ(Status::ok, consumer.close());
    std::string why;
    shmbuf::detail::Segment segment;
    ASSERT_EQ(Status::ok, segment.open(name, true, &why)) << why;
    ASSERT_EQ(Status::ok, segment.map(segment.size(), true, &why)) << why;
    shmbuf::layout::Slot* const slot = shmbuf::layout::slot_at(segment.base(), 0);
    const std::uint64_t cursor = shmbuf::detail::load_acquire(&slot->cursor);
    ASSERT_NE(0u, cursor);
    shmbuf::detail::store_release(&slot->gate, std::uint64_t{0});
    Consumer successor;
    ASSERT_EQ(Status::ok, successor.open(name)) << successor.message();
    EXPECT_EQ(cursor, shmbuf::detail::load_acquire(&slot->gate));
  }
}

TEST(Life, UnlinkLeavesASuccessorAlone) {
  ChannelName name;
  std::string why;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
  shmbuf::detail::Segment old;
  ASSERT_EQ(Status::ok, old.open(name, true, &why)) << why;
  ASSERT_EQ(Status::ok, shmbuf::remove(name, true));
  EXPECT_EQ(Status::missing, old.unlink(&why));
  producer.close();  // role locks go by name on some systems
  Producer other;
  ASSERT_EQ(Status::ok, other.create(name, capacity(8192))) << other.message();
  EXPECT_EQ(Status::missing, old.unlink(&why));
  EXPECT_TRUE(name.exists());
}

TEST(Life, ConsumerThatIsKilled) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(4096)));
  for (int i = 0; i < 100; ++i) put(producer, i);
  ChildProcess child("consume-and-hang", name);
  ASSERT_TRUE(child.ready());
  child.kill();
  char big[4080] = {};
  EXPECT_EQ(Status::peer_died, producer.write(big, sizeof(big)));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  for (int i = 3; i < 100; ++i) ASSERT_EQ(i, get(consumer)) << "the successor resumes at the cursor";
  get(consumer);
  // The pad that makes room for the largest record goes first; then it fits.
  while (producer.try_write(big, sizeof(big)) == Status::would_block) get(consumer);
  EXPECT_EQ(Status::ok, shmbuf::View(consumer.peek()).status());
}

TEST(Life, HundredThousandRecordsToAnotherProcess) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, capacity(8192)));
  ChildProcess child("count-to-the-end", name);
  ASSERT_TRUE(child.ready());
  for (int i = 0; i < 100000; ++i) ASSERT_EQ(Status::ok, producer.write(&i, sizeof(i), seconds(30)));
  producer.close();
  EXPECT_EQ(0, child.wait());
  EXPECT_FALSE(name.exists());
}

TEST(Life, ForkedChildLeavesTheParentsHandlesAlone) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  const pid_t pid = ::fork();
  if (pid == 0) {
    producer.close();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(0, status);
  EXPECT_EQ(Status::busy, Producer().create(name)) << "the role is still ours";
  EXPECT_EQ(Status::ok, put(producer, 1));
}

TEST(Life, TruncatedObjectIsSegmentLost) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  ASSERT_EQ(0, ::truncate(name.path().c_str(), 0x20000));  // the control area stays
  int value = 0;
  std::size_t length = 0;
  EXPECT_EQ(Status::segment_lost, consumer.read(&value, sizeof(value), &length, seconds(20)));
}

}  // namespace
