// Case wake: a message there and back when the receiver of each has fallen asleep. Each sender keeps busy
// for `think` first, longer than any receiver spins; that time is in no figure, for the message carries
// when it was sent.
#ifndef BENCH_WAKE_HPP_
#define BENCH_WAKE_HPP_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "args.hpp"
#include "clock.hpp"
#include "failure.hpp"
#include "message.hpp"
#include "percentiles.hpp"
#include "result.hpp"

namespace bench {

// The beginning of a message: when it was sent, and (on the way back) how long the way there took.
struct Stamp {
  std::int64_t sent;
  std::int64_t there;
};

struct Wake {
  std::string name;
  std::size_t size;  // at least a Stamp
  std::uint64_t rounds, warm;
  std::int64_t think;

  explicit Wake(Args& args)
      : name(args.text("name")), size(args.number("size")), rounds(0), warm(0), think(0) {
    read(args);
    if (size < sizeof(Stamp)) size = sizeof(Stamp);
  }
  // Without channel and message: for limits.
  struct Limit {};
  Wake(Args& args, Limit) : size(args.number("size", 0)), rounds(0), warm(0), think(0) { read(args); }

 private:
  void read(Args& args) {
    rounds = args.number("rounds");
    warm = args.number("warm", 0);
    think = static_cast<std::int64_t>(args.number("think", 300000));
    if (rounds == 0) throw Unsupported("0 rounds");
    args.done();
  }
};

// Out and In as in stream.hpp, or with the Stamp alone.
template <class Out, class In>
void wake_ping(const Wake& wake, Out& out, In& in) {
  Buffer message(wake.size);
  std::vector<double> nanoseconds;
  nanoseconds.reserve(wake.rounds);
  for (std::uint64_t i = 0; i < wake.warm + wake.rounds; ++i) {
    busy_wait(wake.think);
    Stamp stamp = {now(), 0};
    std::memcpy(message.data(), &stamp, sizeof(stamp));
    out.send(message.data(), wake.size);
    check_size(in.receive(message.data(), wake.size), wake.size);
    const std::int64_t arrived = now();
    std::memcpy(&stamp, message.data(), sizeof(stamp));
    if (i >= wake.warm) nanoseconds.push_back(static_cast<double>(stamp.there + arrived - stamp.sent));
  }
  print_percentiles(percentiles(std::move(nanoseconds)));
}

template <class Out, class In>
void wake_pong(const Wake& wake, Out& out, In& in) {
  Buffer message(wake.size);
  for (std::uint64_t i = 0; i < wake.warm + wake.rounds; ++i) {
    check_size(in.receive(message.data(), wake.size), wake.size);
    const std::int64_t arrived = now();
    Stamp stamp;
    std::memcpy(&stamp, message.data(), sizeof(stamp));
    stamp.there = arrived - stamp.sent;
    busy_wait(wake.think);
    stamp.sent = now();
    std::memcpy(message.data(), &stamp, sizeof(stamp));
    out.send(message.data(), wake.size);
  }
}

}  // namespace bench

#endif  // BENCH_WAKE_HPP_
