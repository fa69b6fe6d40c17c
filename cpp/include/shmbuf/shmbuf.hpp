// shmbuf: channels between processes in shared memory. This header has everything.
//
//   shmbuf::Producer p; p.create("camera"); p.write("hello", 5);
//   shmbuf::Consumer c; c.open("camera");   c.read(buffer, sizeof(buffer), &length);
#ifndef SHMBUF_SHMBUF_HPP_
#define SHMBUF_SHMBUF_HPP_

#include "shmbuf/config.hpp"
#include "shmbuf/consumer.hpp"
#include "shmbuf/frame.hpp"
#include "shmbuf/inspect.hpp"
#include "shmbuf/options.hpp"
#include "shmbuf/producer.hpp"
#include "shmbuf/status.hpp"
#include "shmbuf/typed.hpp"

#endif  // SHMBUF_SHMBUF_HPP_
