// Case paced of shmbuf.
#include "paced.hpp"

#include "shmbuf_side.hpp"

namespace bench {

void shmbuf_paced_produce(const Paced& paced) {
  ShmbufOut out = {create(paced.name, ring_of(paced.ring))};
  produce_paced(paced, out);
}

void shmbuf_paced_consume(const Paced& paced) {
  ShmbufIn in = {open(paced.name)};
  consume_paced(paced, in);
}

}  // namespace bench
