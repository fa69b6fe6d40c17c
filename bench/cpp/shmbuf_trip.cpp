// Cases trip and wake of shmbuf: a channel each way.
#include "shmbuf_side.hpp"
#include "trip.hpp"
#include "wake.hpp"

namespace bench {

namespace {

// The default ring, or a larger one for messages that are large for it.
shmbuf::Options options_for(std::size_t size) {
  std::uint64_t capacity = 1 << 20;
  while (capacity < 4 * std::uint64_t{size}) capacity *= 2;
  return capacity == 1 << 20 ? shmbuf::Options() : ring_of(capacity);
}

template <class Case, class Run>
void with_channels(const Case& task, const char* there, const char* back, Run run) {
  ShmbufOut out = {create(task.name + there, options_for(task.size))};
  ShmbufIn in = {open(task.name + back)};
  run(out, in);
}

}  // namespace

void shmbuf_ping(Args& args) {
  const Trip trip(args);
  with_channels(trip, ".ping", ".pong", [&](ShmbufOut& out, ShmbufIn& in) { ping(trip, out, in); });
}

void shmbuf_pong(Args& args) {
  const Trip trip(args);
  with_channels(trip, ".pong", ".ping", [&](ShmbufOut& out, ShmbufIn& in) { pong(trip, out, in); });
}

void shmbuf_wake_ping(Args& args) {
  const Wake wake(args);
  with_channels(wake, ".ping", ".pong", [&](ShmbufOut& out, ShmbufIn& in) { wake_ping(wake, out, in); });
}

void shmbuf_wake_pong(Args& args) {
  const Wake wake(args);
  with_channels(wake, ".pong", ".ping", [&](ShmbufOut& out, ShmbufIn& in) { wake_pong(wake, out, in); });
}

}  // namespace bench
