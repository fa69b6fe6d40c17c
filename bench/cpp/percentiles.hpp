// What is told of many round trips.
#ifndef BENCH_PERCENTILES_HPP_
#define BENCH_PERCENTILES_HPP_

#include <cstdint>
#include <vector>

namespace bench {

struct Percentiles {
  std::uint64_t rounds;
  double p50, p90, p99, p999, max, mean;
};

// The value that `fraction` of the sorted values do not exceed (nearest rank). There is at least one.
double nearest_rank(const std::vector<double>& sorted, double fraction);

// Of nanoseconds per round trip; there is at least one.
Percentiles percentiles(std::vector<double> nanoseconds);

}  // namespace bench

#endif  // BENCH_PERCENTILES_HPP_
