// Case trip: a message there and back, both sides looking for it all the time (or as the contestant does
// by default).
#ifndef BENCH_TRIP_HPP_
#define BENCH_TRIP_HPP_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "args.hpp"
#include "clock.hpp"
#include "failure.hpp"
#include "message.hpp"
#include "percentiles.hpp"
#include "result.hpp"
#include "ticks.hpp"

namespace bench {

struct Trip {
  std::string name;
  std::size_t size;
  std::uint64_t rounds, warm;

  explicit Trip(Args& args)
      : name(args.text("name")),
        size(args.number("size")),
        rounds(args.number("rounds")),
        warm(args.number("warm", 0)) {
    if (size == 0) throw Unsupported("messages of 0 bytes");
    if (rounds == 0) throw Unsupported("0 rounds");
    args.done();
  }
};

// Out and In as in stream.hpp. A round is timed from just after a message was sent to just after the next
// one was: the clock is read while the message is under way, which costs the round nothing.
template <class Out, class In>
void ping(const Trip& trip, Out& out, In& in) {
  Buffer sent(trip.size), received(trip.size);
  std::vector<std::uint64_t> times(trip.rounds + 1);
  const auto send = [&](std::uint64_t number) {
    put_number(sent.data(), trip.size, number);
    out.send(sent.data(), trip.size);
  };
  const auto receive = [&](std::uint64_t number) {
    check_size(in.receive(received.data(), trip.size), trip.size);
    check_number(received.data(), trip.size, number);
  };
  std::uint64_t number = 0;
  for (; number < trip.warm; ++number) {
    send(number);
    receive(number);
  }

  send(number);
  const std::int64_t start = now();
  times[0] = ticks();
  for (std::uint64_t i = 1; i < trip.rounds; ++i) {
    receive(number++);
    send(number);
    times[i] = ticks();
  }
  receive(number);
  times[trip.rounds] = ticks();
  const double elapsed = static_cast<double>(now() - start);
  const double tick = elapsed / static_cast<double>(times[trip.rounds] - times[0]);

  std::vector<double> nanoseconds(trip.rounds);
  for (std::uint64_t i = 0; i < trip.rounds; ++i)
    nanoseconds[i] = static_cast<double>(times[i + 1] - times[i]) * tick;
  Percentiles result = percentiles(std::move(nanoseconds));
  result.mean = elapsed / static_cast<double>(trip.rounds);
  print_percentiles(result);
}

template <class Out, class In>
void pong(const Trip& trip, Out& out, In& in) {
  Buffer message(trip.size);
  for (std::uint64_t i = 0; i < trip.warm + trip.rounds; ++i) {
    check_size(in.receive(message.data(), trip.size), trip.size);
    check_number(message.data(), trip.size, i);
    out.send(message.data(), trip.size);
  }
}

}  // namespace bench

#endif  // BENCH_TRIP_HPP_
