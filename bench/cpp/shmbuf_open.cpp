// Case open of shmbuf: what making a channel costs, and opening one.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "percentiles.hpp"
#include "shmbuf_side.hpp"

namespace bench {

namespace {

// Sets the option where the library has it.
template <class Options>
auto make_lazy(Options& options, int) -> decltype(options.lazy = true, void()) {
  options.lazy = true;
}
template <class Options>
void make_lazy(Options&, long) {
  throw Unsupported("this library has no option lazy");
}

double median(std::vector<double> nanoseconds) {
  std::sort(nanoseconds.begin(), nanoseconds.end());
  return nearest_rank(nanoseconds, 0.5);
}

}  // namespace

void shmbuf_open(Args& args) {
  const std::string name = args.text("name");
  shmbuf::Options options = ring_of(args.number("capacity"));
  if (args.number("lazy", 0) != 0) make_lazy(options, 0);
  const std::uint64_t rounds = args.number("rounds", 1);
  if (rounds == 0) throw Unsupported("0 rounds");
  args.done();

  std::vector<double> creations, openings;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    shmbuf::Producer producer;
    shmbuf::Consumer consumer;
    const std::int64_t start = now();
    must(producer.create(name, options), producer);
    const std::int64_t created = now();
    must(consumer.open(name), consumer);
    const std::int64_t opened = now();
    creations.push_back(static_cast<double>(created - start));
    openings.push_back(static_cast<double>(opened - created));
  }
  std::printf("{\"create_p50\": %.0f, \"open_p50\": %.0f}\n", median(creations), median(openings));
}

}  // namespace bench
