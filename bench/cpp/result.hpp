// The one line of JSON that a role with a result prints.
#ifndef BENCH_RESULT_HPP_
#define BENCH_RESULT_HPP_

#include <cstdint>

#include "percentiles.hpp"

namespace bench {

void print_records(std::uint64_t records, double seconds);
void print_paced(std::uint64_t records, double seconds, double cpu);
void print_percentiles(const Percentiles& trips);

}  // namespace bench

#endif  // BENCH_RESULT_HPP_
