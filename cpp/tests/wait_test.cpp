// Waiting asleep: it costs nothing, and ends when the other side or the segment does. Linux only.
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "channel_name.hpp"
#include "child_process.hpp"

namespace {

using shmbuf::Consumer;
using shmbuf::Options;
using shmbuf::Producer;
using shmbuf::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// Long enough for a waiter to sleep without a limit.
const milliseconds kSettled(400);

Options small_ring() {
  Options options;
  options.capacity = 4096;
  return options;
}

// Times that any thread of the process went to sleep.
long sleeps_of(pid_t pid) {
  const std::string directory = "/proc/" + std::to_string(pid) + "/task";
  long total = 0;
  DIR* const tasks = ::opendir(directory.c_str());
  if (tasks == nullptr) return -1;
  while (const struct dirent* task = ::readdir(tasks)) {
    std::ifstream status(directory + "/" + task->d_name + "/status");
    const std::string wanted = "voluntary_ctxt_switches:";
    for (std::string line; std::getline(status, line);) {
      if (line.compare(0, wanted.size(), wanted) == 0) total += std::stol(line.substr(wanted.size()));
    }
  }
  ::closedir(tasks);
  return total;
}

// The sanitizer has a thread that wakes up now and then.
#if defined(__SANITIZE_THREAD__)
constexpr bool kCountsSleeps = false;
#else
constexpr bool kCountsSleeps = true;
#endif

// A call that waits, in a thread of its own.
class Waiting {
 public:
  template <class Call>
  explicit Waiting(Call call)
      : thread_([this, call] {
          status_ = call();
          end_ = Clock::now();
        }) {}
  ~Waiting() {
    if (thread_.joinable()) thread_.join();
  }
  // The result, and how long after `since` it came.
  Status join(Clock::time_point since, milliseconds* after) {
    thread_.join();
    *after = std::chrono::duration_cast<milliseconds>(end_ - since);
    return status_;
  }

 private:
  Status status_ = Status::ok;
  Clock::time_point end_;
  std::thread thread_;
};

Status read_byte(Consumer& consumer, shmbuf::Timeout timeout = shmbuf::forever) {
  char byte = 0;
  std::size_t length = 0;
  return consumer.read(&byte, 1, &length, timeout);
}

void fill(Producer& producer) {
  const char kilobyte[1000] = {};
  while (producer.try_write(kilobyte, sizeof(kilobyte)) == Status::ok) {
  }
}

TEST(Wait, AnIdleConsumerDoesNotWakeUp) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  ChildProcess child("wait-for-data", name);
  ASSERT_TRUE(child.ready());
  std::this_thread::sleep_for(kSettled);
  const long before = sleeps_of(child.pid());
  std::this_thread::sleep_for(seconds(2));
  if (kCountsSleeps) {
    EXPECT_EQ(before, sleeps_of(child.pid()));
  }
  EXPECT_EQ(Status::ok, producer.write("x", 1));
  EXPECT_EQ(static_cast<int>(Status::ok), child.wait());
}

TEST(Wait, AnIdleProducerDoesNotWakeUp) {
  ChannelName name;
  ChildProcess child("wait-for-space", name);
  ASSERT_TRUE(child.ready());
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  std::this_thread::sleep_for(kSettled);
  const long before = sleeps_of(child.pid());
  std::this_thread::sleep_for(seconds(2));
  if (kCountsSleeps) {
    EXPECT_EQ(before, sleeps_of(child.pid()));
  }
  for (int i = 0; i < 4; ++i) consumer.try_peek().release();
  EXPECT_EQ(static_cast<int>(Status::ok), child.wait());
}

TEST(Wait, AConsumerLearnsOfTheProducersDeathAtOnce) {
  for (const milliseconds idle : {milliseconds(0), milliseconds(60), kSettled, milliseconds(3000)}) {
    ChannelName name;
    ChildProcess child("produce-and-hang", name);
    ASSERT_TRUE(child.ready());
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
    for (int i = 0; i < 10; ++i) consumer.try_peek().release();
    Waiting waiting([&] { return read_byte(consumer); });
    std::this_thread::sleep_for(idle);
    const Clock::time_point killed = Clock::now();
    child.kill();
    milliseconds after(0);
    EXPECT_EQ(Status::peer_died, waiting.join(killed, &after));
    EXPECT_LT(after, milliseconds(100)) << "idle for " << idle.count() << " ms";
  }
}

TEST(Wait, AProducerLearnsOfTheConsumersDeathAtOnce) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, small_ring()));
  for (int i = 0; i < 10; ++i) producer.try_write(&i, sizeof(i));
  ChildProcess child("consume-and-hang", name);
  ASSERT_TRUE(child.ready());
  fill(producer);
  const char kilobyte[1000] = {};
  Waiting waiting([&] { return producer.write(kilobyte, sizeof(kilobyte)); });
  std::this_thread::sleep_for(kSettled);
  const Clock::time_point killed = Clock::now();
  child.kill();
  milliseconds after(0);
  EXPECT_EQ(Status::peer_died, waiting.join(killed, &after));
  EXPECT_LT(after, milliseconds(100));
}

TEST(Wait, ASleeperLearnsOfTruncationAndRemoval) {
  for (const bool truncate : {true, false}) {
    ChannelName name;
    std::unique_ptr<Producer> producer(new Producer);
    ASSERT_EQ(Status::ok, producer->create(name));
    Consumer consumer;
    ASSERT_EQ(Status::ok, consumer.open(name));
    Waiting waiting([&] { return read_byte(consumer); });
    std::this_thread::sleep_for(kSettled);
    const Clock::time_point done = Clock::now();
    if (truncate) {
      ASSERT_EQ(0, ::truncate(name.path().c_str(), 0x20000));  // the control area stays
    } else {
      ASSERT_EQ(0, ::unlink(name.path().c_str()));
      std::this_thread::sleep_for(kSettled);  // the producer is still there: not the end
      producer.reset();
    }
    milliseconds after(0);
    const Status status = waiting.join(done, &after);
    EXPECT_EQ(truncate ? Status::segment_lost : Status::end_of_stream, status);
    EXPECT_LT(after, kSettled + milliseconds(100));
  }
}

TEST(Wait, AProducerAsleepWithoutAConsumerLearnsOfRemoval) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, small_ring()));
  fill(producer);
  const char kilobyte[1000] = {};
  Waiting waiting([&] { return producer.write(kilobyte, sizeof(kilobyte)); });
  std::this_thread::sleep_for(kSettled);
  const Clock::time_point done = Clock::now();
  ASSERT_EQ(0, ::unlink(name.path().c_str()));
  milliseconds after(0);
  EXPECT_EQ(Status::retired, waiting.join(done, &after));
  EXPECT_LT(after, milliseconds(100));
}

TEST(Wait, TimeoutsHoldInADeepSleep) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  for (const milliseconds limit : {milliseconds(500), milliseconds(300), milliseconds(20)}) {
    const Clock::time_point before = Clock::now();
    EXPECT_EQ(Status::timeout, read_byte(consumer, limit));
    EXPECT_GE(Clock::now() - before, limit);
    EXPECT_LT(Clock::now() - before, limit + milliseconds(200));
  }
}

TEST(Wait, ThreeHundredSleepersCloseAtOnce) {
  const int count = 300;
  std::vector<std::unique_ptr<ChannelName>> names;
  std::vector<Producer> producers(count);
  std::vector<Consumer> consumers(count);
  std::vector<std::unique_ptr<Waiting>> waiting;
  for (int i = 0; i < count; ++i) {
    names.emplace_back(new ChannelName);
    ASSERT_EQ(Status::ok, producers[i].create(*names[i], small_ring()));
    ASSERT_EQ(Status::ok, consumers[i].open(*names[i]));
  }
  for (int i = 0; i < count; ++i) {
    Consumer& consumer = consumers[i];
    waiting.emplace_back(new Waiting([&consumer] { return read_byte(consumer); }));
  }
  // Three hundred threads take a while to start and to look twice on a busy machine: what counts is that a
  // quiet half second comes and lasts.
  long woken = 0;
  for (int tries = 0; tries < 10; ++tries) {
    std::this_thread::sleep_for(milliseconds(500));
    const long before = sleeps_of(::getpid());
    std::this_thread::sleep_for(milliseconds(500));
    woken = sleeps_of(::getpid()) - before;
    if (!kCountsSleeps || woken <= 5) break;
  }
  if (kCountsSleeps) {
    EXPECT_LE(woken, 5) << "but for this thread they all sleep";
  }
  const Clock::time_point closed = Clock::now();
  for (Consumer& consumer : consumers) consumer.close();
  EXPECT_LT(Clock::now() - closed, seconds(1));
  for (auto& each : waiting) {
    milliseconds after(0);
    EXPECT_EQ(Status::closed, each->join(closed, &after));
  }
}

TEST(Wait, HandlesOfOneObjectShareTheWatch) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  const int fd = ::open(name.path().c_str(), O_RDWR | O_CLOEXEC);
  std::uint32_t words[2] = {1, 1};
  const auto word_cleared = [&words](int i) {
    const Clock::time_point end = Clock::now() + seconds(5);
    while (shmbuf::detail::load_acquire(&words[i]) != 0 && Clock::now() < end) std::this_thread::yield();
    return shmbuf::detail::load_acquire(&words[i]) == 0;
  };
  shmbuf::detail::PeerWatch stays;
  ASSERT_TRUE(stays.arm(fd, &words[0]));
  {
    shmbuf::detail::PeerWatch goes;
    ASSERT_TRUE(goes.arm(fd, &words[1]));
    EXPECT_EQ(0u, goes.take_alarm());
    ::close(::open(name.path().c_str(), O_RDWR | O_CLOEXEC));
    EXPECT_TRUE(word_cleared(0) && word_cleared(1));
    for (const std::uint32_t pause : {1u, 5u, 50u, 50u, 50u, 0u}) {
      EXPECT_EQ(pause, goes.take_alarm()) << "the time to look again grows";
    }
  }
  for (std::uint32_t& word : words) shmbuf::detail::store_relaxed(&word, 1u);
  ::close(::open(name.path().c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_TRUE(word_cleared(0));
  EXPECT_EQ(1u, words[1]);
  ::close(fd);
}

// A predecessor killed between its exchange and its wake leaves a sleeper behind a word of 0.
TEST(Wait, TakingARoleWakesTheOtherSideWhateverItsWordHolds) {
  ChannelName name;
  Options options = small_ring();
  std::unique_ptr<ChildProcess> child(new ChildProcess("produce-and-hang", name));
  ASSERT_TRUE(child->ready());
  Consumer consumer;
  shmbuf::ConsumerOptions patient;
  patient.await_peer = true;
  ASSERT_EQ(Status::ok, consumer.open(name, patient));
  for (int i = 0; i < 10; ++i) consumer.try_peek().release();
  child->kill();
  Waiting waiting([&] { return read_byte(consumer, seconds(20)); });
  std::this_thread::sleep_for(milliseconds(800));  // asleep without a limit, the alarm is over
  std::string why;
  shmbuf::detail::Segment segment;
  ASSERT_EQ(Status::ok, segment.open(name, true, &why)) << why;
  ASSERT_EQ(Status::ok, segment.map(segment.size(), true, &why)) << why;
  std::uint32_t* const word = &shmbuf::layout::event_page(segment.base())->data_waiters;
  shmbuf::detail::store_relaxed(word, 0u);
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name, options)) << producer.message();
  const Clock::time_point end = Clock::now() + seconds(1);
  while (shmbuf::detail::load_acquire(word) == 0 && Clock::now() < end) std::this_thread::yield();
  EXPECT_EQ(1u, shmbuf::detail::load_acquire(word)) << "it woke up and went to sleep again";
  EXPECT_EQ(Status::ok, producer.write("x", 1));
  milliseconds after(0);
  EXPECT_EQ(Status::ok, waiting.join(Clock::now(), &after));
}

TEST(Wait, AForkedChildClosesAndWatchesForItself) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  Consumer consumer;
  ASSERT_EQ(Status::ok, consumer.open(name));
  Waiting waiting([&] { return read_byte(consumer); });
  std::this_thread::sleep_for(kSettled);  // the watcher of this process is at work
  const pid_t pid = ::fork();
  if (pid == 0) {
    consumer.close();  // its thread does not exist here
    producer.close();
    int result = 0;
#if !defined(__SANITIZE_THREAD__)  // which cannot start threads after such a fork
    ChannelName other;
    ChildProcess grandchild("produce-and-hang", other);
    if (!grandchild.ready()) ::_exit(1);
    Consumer own;
    if (own.open(other) != Status::ok) ::_exit(2);
    for (int i = 0; i < 10; ++i) own.try_peek().release();
    if (read_byte(own, kSettled) != Status::timeout) ::_exit(3);
    grandchild.kill();
    if (read_byte(own, milliseconds(100)) != Status::peer_died) result = 4;
    shmbuf::remove(other, true);  // _exit() runs no destructor
#endif
    ::_exit(result);
  }
  int status = -1;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(0, status);
  EXPECT_EQ(Status::ok, producer.write("x", 1)) << "the roles are still ours";
  milliseconds after(0);
  EXPECT_EQ(Status::ok, waiting.join(Clock::now(), &after));
}

TEST(Wait, SignalsEndAnInterruptibleWait) {
  ChannelName name;
  Producer producer;
  ASSERT_EQ(Status::ok, producer.create(name));
  Consumer consumer;
  shmbuf::ConsumerOptions options;
  options.interruptible = true;
  ASSERT_EQ(Status::ok, consumer.open(name, options));
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = [](int) {};
  ASSERT_EQ(0, ::sigaction(SIGUSR1, &action, &before));
  const pthread_t self = ::pthread_self();
  std::thread other([self] {
    std::this_thread::sleep_for(kSettled);
    ::pthread_kill(self, SIGUSR1);
  });
  EXPECT_EQ(Status::cancelled, read_byte(consumer, seconds(20)));
  other.join();
  EXPECT_EQ(Status::timeout, read_byte(consumer, milliseconds(1)));
  ::sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace
