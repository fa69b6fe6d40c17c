// The command line that all peers share (conformance/README.md).
#ifndef CONFORMANCE_PEERS_FLAGS_HPP_
#define CONFORMANCE_PEERS_FLAGS_HPP_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "shmbuf/shmbuf.hpp"

constexpr shmbuf::Timeout kPatience = std::chrono::minutes(3);

struct Flags {
  bool produce = false;
  std::string name;
  bool classic = false;
  std::uint64_t fixed = 0;  // record size, 0: variable
  std::uint64_t count = 1000, seed = 1, max = 256, capacity = 0, record_count = 0, alignment = 0, start = 0,
                from = 0;
  std::uint64_t batch = 1, stop_after = 0, die_after = 0;
  double wait = 10;
  bool in_place = false, times = false, keep = false, await_peer = false, kinds = false;
  bool expect_end = false, expect_death = false, again = false;
  std::vector<std::uint64_t> lengths;
  std::string frame, payload_file;

  // How many records this process handles before it stops.
  std::uint64_t total() const {
    std::uint64_t n = count;
    if (stop_after != 0 && stop_after < n) n = stop_after;
    if (die_after != 0 && die_after < n) n = die_after;
    return n;
  }
  bool dies() const { return die_after != 0 && die_after <= count; }
};

// What is printed at the end.
struct Report {
  std::uint64_t records = 0, bytes = 0, first = 0, next = 0, guards = 0, follows = 0;
  std::string problem;  // empty: none

  void add(std::uint64_t n, std::uint64_t size) {
    records += n;
    next += n;
    bytes += size;
  }
  bool fail(const std::string& text) {
    problem = text;
    return false;
  }
  bool fail(shmbuf::Status status, const std::string& message) {
    return fail(std::string(shmbuf::to_string(status)) + ": " + message);
  }
};

// True when all went well, otherwise report->problem says what did not.
bool produce(const Flags& f, Report* report);
bool consume(const Flags& f, Report* report);
bool frames(const Flags& f, Report* report);

shmbuf::Status create(const Flags& f, const std::string& content_type, shmbuf::Producer* p);
shmbuf::Status open(const Flags& f, shmbuf::Consumer* c);

// Ends the process as a crash does: nothing is closed or flushed.
[[noreturn]] void die();

#endif  // CONFORMANCE_PEERS_FLAGS_HPP_
