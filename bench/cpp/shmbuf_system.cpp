// System shmbuf: this project's C++ library.
#include "shmbuf/config.hpp"
#include "shmbuf_side.hpp"
#include "systems.hpp"

namespace bench {

void run_shmbuf(const Role& role, Args& args) {
  if (role.is("stream", "produce")) return shmbuf_produce(Stream(args));
  if (role.is("stream", "consume")) return shmbuf_consume(Stream(args));
  if (role.is("trip", "ping")) return shmbuf_ping(args);
  if (role.is("trip", "pong")) return shmbuf_pong(args);
  if (role.is("wake", "ping")) return shmbuf_wake_ping(args);
  if (role.is("wake", "pong")) return shmbuf_wake_pong(args);
  if (role.is("idle", "produce")) return shmbuf_idle_produce(args);
  if (role.is("idle", "consume")) return shmbuf_idle_consume(args);
  if (role.is("fanout", "produce")) return shmbuf_fanout_produce(args);
  if (role.is("fanout", "consume")) return shmbuf_fanout_consume(args);
  if (role.is("paced", "produce")) return shmbuf_paced_produce(Paced(args));
  if (role.is("paced", "consume")) return shmbuf_paced_consume(Paced(args));
  if (role.is("open", "pair")) return shmbuf_open(args);
  unsupported("shmbuf", role);
}

std::string shmbuf_version() { return SHMBUF_VERSION; }

}  // namespace bench
