// Prints greetings until the producer has closed. Build and run:
//   g++ -std=c++14 -O2 -pthread -I cpp/include examples/hello/cpp/consumer.cpp -o consumer && ./consumer
// and, before or after, one of the producers in examples/hello.
#include <cstdio>

#include "shmbuf/shmbuf.hpp"

int main() {
  shmbuf::ConsumerOptions options;
  options.wait = shmbuf::forever;  // for the producer to appear
  shmbuf::Consumer consumer;
  shmbuf::Status status = consumer.open("hello", options);
  while (status == shmbuf::Status::ok) {
    shmbuf::View view = consumer.peek();  // in place; given back by its destructor
    status = view.status();
    if (view) std::printf("%.*s\n", static_cast<int>(view.size()), static_cast<const char*>(view.data()));
  }
  if (status != shmbuf::Status::end_of_stream) std::fprintf(stderr, "%s\n", consumer.message().c_str());
  return status == shmbuf::Status::end_of_stream ? 0 : 1;
}
