#include "result.hpp"

#include <cinttypes>
#include <cstdio>

namespace bench {

void print_records(std::uint64_t records, double seconds) {
  std::printf("{\"records\": %" PRIu64 ", \"seconds\": %.9f}\n", records, seconds);
}

void print_paced(std::uint64_t records, double seconds, double cpu) {
  std::printf("{\"records\": %" PRIu64 ", \"seconds\": %.9f, \"cpu\": %.6f}\n", records, seconds, cpu);
}

void print_percentiles(const Percentiles& trips) {
  std::printf(
      "{\"rounds\": %" PRIu64
      ", \"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f, \"mean\": %.1f}\n",
      trips.rounds, trips.p50, trips.p90, trips.p99, trips.p999, trips.max, trips.mean);
}

}  // namespace bench
