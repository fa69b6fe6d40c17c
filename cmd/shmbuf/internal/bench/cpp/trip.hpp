// There and back: both sides spinning, or both asleep.
#ifndef BENCH_TRIP_HPP_
#define BENCH_TRIP_HPP_

#include <algorithm>
#include <cstdio>

#include "job.hpp"

// The two channels of a side.
struct Ends {
  Ends(const Job& job, const std::string& to, const std::string& from)
      : out(create(job, to)), in(open(from)) {}

  void finish() {
    demand(out.close(), out);
    if (in.peek().status() != shmbuf::Status::end_of_stream) {
      throw std::runtime_error("more echoes than messages: " + in.message());
    }
    in.close();
  }

  // False at the end of the stream.
  bool read(std::vector<unsigned char>* message, std::size_t* length) {
    const shmbuf::Status status = in.read(message->data(), message->size(), length);
    if (status == shmbuf::Status::end_of_stream) return false;
    demand(status, in);
    return true;
  }

  shmbuf::Producer out;
  shmbuf::Consumer in;
};

inline void print_trips(double nanoseconds, double seconds, const std::vector<std::int64_t>& trips) {
  std::map<std::int64_t, std::uint64_t> counts;
  for (const std::int64_t trip : trips) ++counts[trip];
  std::printf("{\"ns\":%.3f,\"records\":%llu,\"seconds\":%.9f,\"trips\":[", nanoseconds,
              static_cast<unsigned long long>(trips.size()), seconds);
  const char* between = "";
  for (const auto& pair : counts) {
    std::printf("%s[%lld,%llu]", between, static_cast<long long>(pair.first),
                static_cast<unsigned long long>(pair.second));
    between = ",";
  }
  std::printf("]}\n");
}

// Half of the time with a look at the clock now and then, half of it with each trip timed.
inline void ping(const Job& job) {
  constexpr std::size_t kMaxTrips = 1 << 20;
  Ends ends(job, job.name, job.back());
  std::vector<unsigned char> message(job.size);
  std::uint64_t number = 0;
  const auto trip = [&] {
    put_number(message.data(), number);
    demand(ends.out.write(message.data(), message.size()), ends.out);
    std::size_t length = 0;
    if (!ends.read(&message, &length)) throw std::runtime_error("the echo has ended");
    demand_number(job, message.data(), number++);
  };
  while (number < job.warm) trip();
  std::vector<double> groups;
  std::int64_t start = now();
  for (std::int64_t last = start; last - start < job.time / 2;) {
    for (std::size_t i = 0; i < job.chunk; ++i) trip();
    const std::int64_t end = now();
    groups.push_back(static_cast<double>(end - last) / static_cast<double>(job.chunk));
    last = end;
  }
  std::nth_element(groups.begin(), groups.begin() + groups.size() / 2, groups.end());
  std::vector<std::int64_t> trips(kMaxTrips, 1);  // has its pages now
  std::size_t timed = 0;
  start = now();
  for (std::int64_t last = start; last - start < job.time / 2 && timed < kMaxTrips; ++timed) {
    trip();
    const std::int64_t end = now();
    trips[timed] = end - last;
    last = end;
  }
  const double seconds = static_cast<double>(now() - start) / 1e9;
  trips.resize(timed);
  ends.finish();
  print_trips(groups[groups.size() / 2], seconds, trips);
}

inline void pong(const Job& job) {
  Ends ends(job, job.back(), job.name);
  std::vector<unsigned char> message(job.size);
  for (std::size_t length = 0; ends.read(&message, &length);) {
    demand(ends.out.write(message.data(), length), ends.out);
  }
}

// What a side does while the other one falls asleep.
inline void busy(std::int64_t think) {
  for (const std::int64_t start = now(); now() - start < think;) {
  }
}

// A message is when it was sent, and in an answer also how long the question was on its way. A round trip
// is the time of both ways, without what the sides did in between.
inline void wake_ping(const Job& job) {
  Ends ends(job, job.name, job.back());
  std::vector<unsigned char> message(16);
  std::vector<std::int64_t> trips;
  double sum = 0;
  std::int64_t start = 0;
  for (std::uint64_t round = 0; round <= job.warm || now() - start < job.time; ++round) {
    if (round == job.warm) start = now();
    busy(job.think);
    std::int64_t sent = now();
    std::memcpy(message.data(), &sent, sizeof sent);
    demand(ends.out.write(message.data(), message.size()), ends.out);
    std::size_t length = 0;
    if (!ends.read(&message, &length)) throw std::runtime_error("the echo has ended");
    const std::int64_t arrived = now();
    std::int64_t there;
    std::memcpy(&sent, message.data(), sizeof sent);
    std::memcpy(&there, message.data() + 8, sizeof there);
    if (round >= job.warm) {
      trips.push_back(arrived - sent + there);
      sum += static_cast<double>(trips.back());
    }
  }
  ends.finish();
  print_trips(0, sum / 1e9, trips);
}

inline void wake_pong(const Job& job) {
  Ends ends(job, job.back(), job.name);
  std::vector<unsigned char> message(16);
  for (std::size_t length = 0; ends.read(&message, &length);) {
    std::int64_t sent;
    std::memcpy(&sent, message.data(), sizeof sent);
    const std::int64_t there = now() - sent;
    busy(job.think);
    std::memcpy(message.data() + 8, &there, sizeof there);
    sent = now();
    std::memcpy(message.data(), &sent, sizeof sent);
    demand(ends.out.write(message.data(), message.size()), ends.out);
  }
}

#endif  // BENCH_TRIP_HPP_
