// What a side has to do, and what sides have in common.
#ifndef BENCH_JOB_HPP_
#define BENCH_JOB_HPP_

#include <time.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <shmbuf/shmbuf.hpp>
#include <stdexcept>
#include <string>
#include <vector>

struct Job {
  std::string task, role, mode, name;
  std::size_t size = 0, batch = 0, chunk = 0, every = 1;
  std::uint64_t ring = 0, warm = 0;
  std::int64_t time = 0, think = 0;  // nanoseconds

  std::string back() const { return name + ".back"; }
};

inline Job parse_job(int argc, char** argv) {
  if (argc < 3) throw std::runtime_error("give CASE ROLE key=value...");
  std::map<std::string, std::string> words;
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) throw std::runtime_error(word + " is not key=value");
    words[word.substr(0, equals)] = word.substr(equals + 1);
  }
  Job job;
  job.task = argv[1];
  job.role = argv[2];
  job.mode = words["mode"];
  job.name = words["name"];
  job.size = std::stoull(words["size"]);
  job.batch = std::stoull(words["batch"]);
  job.chunk = std::stoull(words["chunk"]);
  job.every = std::stoull(words["every"]);
  job.ring = std::stoull(words["ring"]);
  job.warm = std::stoull(words["warm"]);
  job.time = std::stoll(words["time"]);
  job.think = std::stoll(words["think"]);
  return job;
}

// Nanoseconds of the clock that all processes of the machine share.
inline std::int64_t now() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<std::int64_t>(ts.tv_sec) * 1000000000 + ts.tv_nsec;
}

// Throws what a call on a channel complains about.
template <class Handle>
void demand(shmbuf::Status status, const Handle& handle) {
  if (status != shmbuf::Status::ok) throw std::runtime_error(handle.message());
}

inline void demand_number(const Job& job, const void* record, std::uint64_t want) {
  std::uint64_t got;
  std::memcpy(&got, record, sizeof got);
  if (got != want) {
    throw std::runtime_error(job.name + ": record " + std::to_string(got) + " arrived where " +
                             std::to_string(want) + " was expected");
  }
}

inline void put_number(void* record, std::uint64_t number) { std::memcpy(record, &number, sizeof number); }

inline shmbuf::Producer create(const Job& job, const std::string& name) {
  shmbuf::Options options;
  options.exclusive = true;
  options.capacity = job.ring;
  if (job.mode == "run") {
    options.capacity = 0;
    options.record_size = job.size;
    options.record_count = 4;
    while (options.record_count * 2 * job.size <= job.ring) options.record_count *= 2;
  }
  shmbuf::Producer producer;
  demand(producer.create(name, options), producer);
  return producer;
}

inline shmbuf::Consumer open(const std::string& name) {
  shmbuf::ConsumerOptions options;
  options.wait = std::chrono::seconds(10);  // for the other side to start
  shmbuf::Consumer consumer;
  demand(consumer.open(name, options), consumer);
  return consumer;
}

#endif  // BENCH_JOB_HPP_
