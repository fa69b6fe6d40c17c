// Produces or consumes records whose content follows from a seed, so that any two
// peers, of whatever language, can be set against each other.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>

#include "flags.hpp"

void die() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

shmbuf::Status create(const Flags& f, const std::string& content_type, shmbuf::Producer* p) {
  shmbuf::Options o;
  o.layout = f.classic ? shmbuf::Layout::classic : shmbuf::Layout::native;
  o.capacity = f.capacity;
  o.record_size = f.fixed;
  o.record_count = f.record_count;
  o.alignment = static_cast<std::uint32_t>(f.alignment);
  o.content_type = content_type;
  o.times = f.times;
  o.keep = f.keep;
  o.await_peer = f.await_peer;
  o.start_position = f.start;
  return p->create(f.name, o);
}

shmbuf::Status open(const Flags& f, shmbuf::Consumer* c) {
  shmbuf::ConsumerOptions o;
  o.await_peer = f.await_peer;
  o.wait = std::chrono::milliseconds(static_cast<long long>(f.wait * 1000));
  return c->open(f.name, o);
}

namespace {

bool parse(int argc, char** argv, Flags* f) {
  std::map<std::string, std::uint64_t*> numbers = {{"--count", &f->count},
                                                   {"--seed", &f->seed},
                                                   {"--max", &f->max},
                                                   {"--capacity", &f->capacity},
                                                   {"--alignment", &f->alignment},
                                                   {"--record-count", &f->record_count},
                                                   {"--from", &f->from},
                                                   {"--start-position", &f->start},
                                                   {"--batch", &f->batch},
                                                   {"--stop-after", &f->stop_after},
                                                   {"--die-after", &f->die_after}};
  std::map<std::string, bool*> switches = {{"--in-place", &f->in_place},
                                           {"--times", &f->times},
                                           {"--keep", &f->keep},
                                           {"--kinds", &f->kinds},
                                           {"--expect-end", &f->expect_end},
                                           {"--await-peer", &f->await_peer},
                                           {"--again", &f->again},
                                           {"--expect-death", &f->expect_death}};
  std::map<std::string, std::string*> texts = {
      {"--name", &f->name}, {"--frame", &f->frame}, {"--payload-file", &f->payload_file}};
  if (argc < 2) return false;
  const std::string role = argv[1];
  f->produce = role == "produce";
  if (!f->produce && role != "consume") return false;
  for (int i = 2; i < argc; ++i) {
    const std::string flag = argv[i];
    if (switches.count(flag) != 0) {
      *switches[flag] = true;
      continue;
    }
    if (++i == argc) return false;
    const std::string value = argv[i];
    if (numbers.count(flag) != 0) {
      *numbers[flag] = std::strtoull(value.c_str(), nullptr, 10);
    } else if (texts.count(flag) != 0) {
      *texts[flag] = value;
    } else if (flag == "--layout") {
      f->classic = value == "classic";
    } else if (flag == "--records") {
      f->fixed = value.compare(0, 6, "fixed:") == 0 ? std::strtoull(value.c_str() + 6, nullptr, 10) : 0;
    } else if (flag == "--wait") {
      f->wait = std::strtod(value.c_str(), nullptr);
    } else if (flag == "--lengths") {
      std::istringstream list(value);
      for (std::string n; std::getline(list, n, ',');)
        f->lengths.push_back(std::strtoull(n.c_str(), nullptr, 10));
    } else {
      return false;
    }
  }
  return !f->name.empty();
}

}  // namespace

int main(int argc, char** argv) {
  Flags f;
  if (!parse(argc, argv, &f)) {
    std::fprintf(stderr, "usage: peer produce|consume --name NAME ... (conformance/README.md)\n");
    return 2;
  }
  Report r;
  r.first = r.next = f.from;
  const bool good = !f.frame.empty() ? frames(f, &r) : f.produce ? produce(f, &r) : consume(f, &r);
  const char* const role = f.produce ? "produce" : "consume";
  if (!good) {
    std::fprintf(stderr, "peer: %s, next record %llu: %s\n", role, static_cast<unsigned long long>(r.next),
                 r.problem.c_str());
    return 1;
  }
  std::printf(
      "{\"role\":\"%s\",\"records\":%llu,\"bytes\":%llu,\"first\":%llu,\"next\":%llu,\"guards\":%llu,"
      "\"follows\":%llu,\"ok\":true}\n",
      role, static_cast<unsigned long long>(r.records), static_cast<unsigned long long>(r.bytes),
      static_cast<unsigned long long>(r.first), static_cast<unsigned long long>(r.next),
      static_cast<unsigned long long>(r.guards), static_cast<unsigned long long>(r.follows));
  return 0;
}
