// A channel name of this test process that is removed when the test ends.
#ifndef SHMBUF_TESTS_CHANNEL_NAME_HPP_
#define SHMBUF_TESTS_CHANNEL_NAME_HPP_

#include <unistd.h>

#include <string>

#include "shmbuf/shmbuf.hpp"

class ChannelName {
 public:
  ChannelName() {
    static int serial = 0;
    name_ = "shmbuf-cpp-test-" + std::to_string(::getpid()) + "-" + std::to_string(++serial);
  }
  ~ChannelName() { shmbuf::remove(name_, true); }
  ChannelName(const ChannelName&) = delete;
  ChannelName& operator=(const ChannelName&) = delete;

  operator const std::string&() const { return name_; }
  const char* c_str() const { return name_.c_str(); }
  std::string path() const { return std::string(shmbuf::detail::segment_directory()) + "/" + name_; }
  bool exists() const { return ::access(path().c_str(), F_OK) == 0; }

 private:
  std::string name_;
};

#endif  // SHMBUF_TESTS_CHANNEL_NAME_HPP_
