#include "percentiles.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bench {

double nearest_rank(const std::vector<double>& sorted, double fraction) {
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
  const std::size_t index = rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

Percentiles percentiles(std::vector<double> nanoseconds) {
  const double sum = std::accumulate(nanoseconds.begin(), nanoseconds.end(), 0.0);
  std::sort(nanoseconds.begin(), nanoseconds.end());
  Percentiles result;
  result.rounds = nanoseconds.size();
  result.p50 = nearest_rank(nanoseconds, 0.5);
  result.p90 = nearest_rank(nanoseconds, 0.9);
  result.p99 = nearest_rank(nanoseconds, 0.99);
  result.p999 = nearest_rank(nanoseconds, 0.999);
  result.max = nanoseconds.back();
  result.mean = sum / static_cast<double>(nanoseconds.size());
  return result;
}

}  // namespace bench
