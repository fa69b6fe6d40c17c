// Sends three greetings. Build and run:
//   g++ -std=c++14 -O2 -pthread -I cpp/include examples/hello/cpp/producer.cpp -o producer && ./producer
// and, before or after, one of the consumers in examples/hello.
#include <cstdio>
#include <string>

#include "shmbuf/shmbuf.hpp"

int main() {
  shmbuf::Producer producer;
  shmbuf::Status status = producer.create("hello");
  for (int i = 0; i < 3 && status == shmbuf::Status::ok; ++i) {
    const std::string text = "hello " + std::to_string(i) + " from C++";
    status = producer.write(text.data(), text.size());
  }
  if (status == shmbuf::Status::ok) status = producer.close();
  if (status != shmbuf::Status::ok) std::fprintf(stderr, "%s\n", producer.message().c_str());
  return status == shmbuf::Status::ok ? 0 : 1;
}
