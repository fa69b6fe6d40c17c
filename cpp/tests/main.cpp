// Runs the tests, or one side of a channel in a child process (see child_process.hpp).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "shmbuf/shmbuf.hpp"

namespace {

int say_ready() {
  std::puts("ready");
  std::fflush(stdout);
  return 0;
}

// Publishes records 0…9 and one reservation that is never committed, then waits to be killed.
int produce_and_hang(const std::string& name) {
  shmbuf::Producer producer;
  shmbuf::Options options;
  options.capacity = 4096;
  if (producer.create(name, options) != shmbuf::Status::ok) return 1;
  for (int i = 0; i < 10; ++i) producer.write(&i, sizeof(i));
  shmbuf::Reservation reservation = producer.reserve(100);
  std::memset(reservation.data(), 0xEE, reservation.size());
  say_ready();
  ::pause();
  return 0;
}

// Reads three records, looks at the fourth, then waits to be killed.
int consume_and_hang(const std::string& name) {
  shmbuf::Consumer consumer;
  shmbuf::ConsumerOptions options;
  options.wait = std::chrono::seconds(10);
  if (consumer.open(name, options) != shmbuf::Status::ok) return 1;
  for (int i = 0; i < 3; ++i) {
    int value = -1;
    std::size_t length = 0;
    if (consumer.read(&value, sizeof(value), &length) != shmbuf::Status::ok || value != i) return 2;
  }
  shmbuf::View view = consumer.peek();
  say_ready();
  ::pause();
  return 0;
}

// Waits for a record that does not come. Exits with the status it got.
int wait_for_data(const std::string& name) {
  shmbuf::Consumer consumer;
  if (consumer.open(name) != shmbuf::Status::ok) return 1;
  say_ready();
  char byte = 0;
  std::size_t length = 0;
  return static_cast<int>(consumer.read(&byte, 1, &length));
}

// Waits for room that does not come. Exits with the status it got.
int wait_for_space(const std::string& name) {
  shmbuf::Producer producer;
  shmbuf::Options options;
  options.capacity = 4096;
  if (producer.create(name, options) != shmbuf::Status::ok) return 1;
  char kilobyte[1000] = {};
  while (producer.try_write(kilobyte, sizeof(kilobyte)) == shmbuf::Status::ok) {
  }
  say_ready();
  return static_cast<int>(producer.write(kilobyte, sizeof(kilobyte)));
}

// Receives numbers from 0 until the end of the stream; exits with 0 when none was missing.
int count_to_the_end(const std::string& name) {
  shmbuf::Consumer consumer;
  shmbuf::ConsumerOptions options;
  options.wait = std::chrono::seconds(10);
  if (consumer.open(name, options) != shmbuf::Status::ok) return 1;
  say_ready();
  for (int expected = 0;; ++expected) {
    int value = -1;
    std::size_t length = 0;
    const shmbuf::Status status = consumer.read(&value, sizeof(value), &length, std::chrono::seconds(30));
    if (status == shmbuf::Status::end_of_stream) return expected == 100000 ? 0 : 3;
    if (status != shmbuf::Status::ok || value != expected) return 2;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--child") == 0) {
    const std::string role = argv[2];
    if (role == "produce-and-hang") return produce_and_hang(argv[3]);
    if (role == "consume-and-hang") return consume_and_hang(argv[3]);
    if (role == "wait-for-data") return wait_for_data(argv[3]);
    if (role == "wait-for-space") return wait_for_space(argv[3]);
    if (role == "count-to-the-end") return count_to_the_end(argv[3]);
    return 126;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
