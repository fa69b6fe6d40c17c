// A side of `shmbuf bench` in C++: peer CASE ROLE key=value... The command compiles it with the compiler
// and the headers that it finds, and uses channels as any program does.
#include <unistd.h>

#include <cstdio>
#include <shmbuf/inspect.hpp>
#include <thread>

#include "job.hpp"
#include "stream.hpp"
#include "trip.hpp"

namespace {

// Standard input is held open by the parent process: when it ends, so does this one, and leaves nothing.
void end_with_parent(const Job& job) {
  char byte;
  while (read(0, &byte, 1) > 0) {
  }
  shmbuf::remove(job.name, true);
  shmbuf::remove(job.back(), true);
  _exit(1);
}

// Sends one record and then nothing.
void fall_silent(const Job& job) {
  shmbuf::Producer producer = create(job, job.name);
  const std::vector<unsigned char> record(job.size);
  demand(producer.write(record.data(), record.size()), producer);
  for (;;) pause();
}

// Reads that record, says so, and waits for the next one.
void wait_for_more(const Job& job) {
  shmbuf::Consumer consumer = open(job.name);
  std::vector<unsigned char> record(job.size);
  std::size_t length = 0;
  demand(consumer.read(record.data(), record.size(), &length), consumer);
  std::printf("{\"pid\":%ld}\n", static_cast<long>(getpid()));
  std::fflush(stdout);
  demand(consumer.read(record.data(), record.size(), &length), consumer);
}

void print_version() {
#ifdef __clang__
  std::printf("C++, clang %s, shmbuf " SHMBUF_VERSION "\n", __clang_version__);
#elif defined(__GNUC__)
  std::printf("C++, gcc %s, shmbuf " SHMBUF_VERSION "\n", __VERSION__);
#else
  std::printf("C++, shmbuf " SHMBUF_VERSION "\n");
#endif
}

void run(const Job& job) {
  const bool sends = job.role == "send";
  if (job.task == "stream") return sends ? Sender(job).run() : Receiver(job).run();
  if (job.task == "trip") return sends ? ping(job) : pong(job);
  if (job.task == "wake") return sends ? wake_ping(job) : wake_pong(job);
  if (job.task == "idle") return sends ? fall_silent(job) : wait_for_more(job);
  throw std::runtime_error("there is no case " + job.task);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "version") {
    print_version();
    return 0;
  }
  try {
    const Job job = parse_job(argc, argv);
    std::thread(end_with_parent, job).detach();
    run(job);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
