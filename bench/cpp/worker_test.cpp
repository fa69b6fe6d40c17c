// Runs the worker as the benchmark does, with small counts: every case of every system, and what must be
// refused.
//   bench-cpp-test PROGRAM
#include <dirent.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "worker_process.hpp"

std::string program;
static int failures = 0;

void complain(const std::string& what) {
  ++failures;
  std::fprintf(stderr, "FAILED: %s\n", what.c_str());
}

namespace {

// A name that no other run has; nothing may be left under it.
std::string fresh() {
  static int number = 0;
  return "bench-test." + std::to_string(getpid()) + "." + std::to_string(++number);
}

void check_left(const char* where, const std::string& prefix) {
  DIR* const dir = opendir(where);
  if (dir == nullptr) return;
  while (const dirent* entry = readdir(dir)) {
    const std::string name = entry->d_name;
    if (name.compare(0, prefix.size(), prefix) == 0)
      complain(std::string(where) + "/" + name + " was left");
  }
  closedir(dir);
}

// Both roles of a case; `second` starts first, as either may.
void both(const std::string& first, const std::string& second, const std::string& keys,
          const std::string& first_says, const std::string& second_says, const std::string& first_more = "",
          const std::string& second_more = "") {
  const std::string tail = " name=" + fresh() + " " + keys;
  Worker b(second + tail + second_more);
  Worker a(first + tail + first_more);
  a.expect(0, first_says);
  b.expect(0, second_says);
}

void stream(const std::string& system, const std::string& send, const std::string& receive,
            const std::string& keys, const std::string& records) {
  both(system + " stream produce", system + " stream consume", keys, "",
       "{\"records\": " + records + ", \"seconds\": ", " mode=" + send + " peer=" + receive,
       " mode=" + receive + " peer=" + send);
}

void idle(const std::string& system) {
  const std::string tail = " name=" + fresh();
  Worker consumer(system + " idle consume" + tail);
  Worker producer(system + " idle produce" + tail);
  if (!consumer.speaks()) complain(system + " idle: the consumer is not ready");
  consumer.end();
  consumer.expect(0, "{\"ready\": true}\n");
  producer.end();
  producer.expect(0, "");
}

bool built(const std::string& system) {
  Worker worker(system + " version");
  const int status = worker.status();
  if (status != 0 && status != 2) complain(system + " version");
  if (status == 2) std::printf("%s is not built in\n", system.c_str());
  return status == 0;
}

void test_shmbuf() {
  const char* const modes[] = {"copy", "place", "batch", "run"};
  for (const char* send : modes) {
    for (const char* receive : modes)
      stream("shmbuf", send, receive, "size=64 count=100000 warm=1001 batch=37 ring=65536", "98999");
  }
  stream("shmbuf", "copy", "copy", "size=3 count=1000 warm=0 ring=4096", "999");
  stream("shmbuf", "place", "place", "size=6220800 count=20 warm=2 ring=33554432", "18");
  stream("shmbuf", "copy", "place", "size=6220800 count=20 warm=2 ring=33554432", "18");
  both("shmbuf fanout produce", "shmbuf fanout consume",
       "channels=3 size=64 count=20000 warm=100 ring=65536", "", "{\"records\": 19900, ");
  both("shmbuf trip ping", "shmbuf trip pong", "size=1048576 rounds=20 warm=2",
       "{\"rounds\": 20, \"p50\": ", "");
  Worker("shmbuf open pair name=" + fresh() + " capacity=1048576 rounds=5").expect(0, "{\"create_p50\": ");
}

void test_boost() {
  stream("boost", "batch", "batch", "size=64 count=100000 warm=1000 batch=37", "99000");
  stream("boost", "run", "run", "size=8 count=100000 warm=1000 batch=500", "99000");
  stream("boost", "copy", "place", "size=1024 count=10000 warm=1000", "9000");
  stream("boost", "copy", "copy", "size=6220800 count=20 warm=2 ring=33554432", "18");
  Worker("boost stream produce name=x size=65 count=2 warm=1").expect(2, "");
}

void test_all(const std::string& system, bool sleeps) {
  stream(system, "copy", "copy", "size=64 count=20000 warm=1000", "19000");
  stream(system, "copy", "copy", "size=65536 count=200 warm=20", "180");
  both(system + " trip ping", system + " trip pong", "size=8 rounds=2000 warm=100",
       "{\"rounds\": 2000, \"p50\": ", "");
  both(system + " trip ping", system + " trip pong", "size=1024 rounds=2000 warm=100",
       "{\"rounds\": 2000, ", "");
  if (!sleeps) {
    Worker(system + " wake ping name=x size=64 rounds=1").expect(2, "");
    Worker(system + " idle consume name=x").expect(2, "");
    return;
  }
  both(system + " wake ping", system + " wake pong", "size=64 rounds=50 warm=5 think=50000",
       "{\"rounds\": 50, ", "");
  const std::string paced = "{\"records\": 450, \"seconds\": ";
  both(system + " paced produce", system + " paced consume", "size=64 rate=2000 count=500 warm=50", paced,
       paced);
  both(system + " paced produce", system + " paced consume", "size=64 rate=0 count=500 warm=50", paced,
       paced);
  idle(system);
}

void test_limits() {
  Worker("c2c rounds=5000").expect(0, "{\"ns\": ");
  Worker("memcpy size=64").expect(0, "{\"bytes_per_second\": ");
  Worker("futex size=0 rounds=50 warm=5 think=50000").expect(0, "{\"rounds\": 50, \"p50\": ");
}

void test_refusals() {
  for (const char* line :
       {"carrier-pigeon stream produce", "shmbuf sleep produce", "shmbuf stream ping",
        "shmbuf trip ping name=x size=8", "shmbuf trip ping name=x size=8 rounds=1 colour=red",
        "shmbuf trip ping name=x size=eight rounds=1",
        "shmbuf stream produce name=x size=8 count=2 mode=guess",
        "shmbuf stream produce name=x size=8 count=2 warm=2",
        "classic stream produce name=x size=8 count=2 mode=batch", "c2c", "memcpy size=0",
        "futex size=8 rounds=1"})
    Worker(line).expect(2, "");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench-cpp-test PROGRAM\n");
    return 2;
  }
  program = argv[1];
  char temporary[] = "/tmp/bench-test-XXXXXX";
  if (mkdtemp(temporary) == nullptr) return 2;
  setenv("TMPDIR", temporary, 1);

  test_refusals();
  test_limits();
  test_shmbuf();
  test_all("shmbuf", true);
  test_all("classic", false);
  if (built("boost")) {
    test_boost();
    test_all("boost", false);
  }
  if (built("zmq")) {
    stream("zmq", "place", "place", "size=64 count=20000 warm=1000", "19000");
    test_all("zmq", true);
  }
  check_left("/dev/shm", "bench-test." + std::to_string(getpid()));
  check_left(temporary, "bench-test.");
  if (rmdir(temporary) != 0) complain(std::string(temporary) + " is not empty");
  std::printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
