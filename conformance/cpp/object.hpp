// The file behind the channel's name, for pokes and expected bytes.
#ifndef CONFORMANCE_CPP_OBJECT_HPP_
#define CONFORMANCE_CPP_OBJECT_HPP_

#include <string>

#include "script.hpp"

class Object {
 public:
  explicit Object(const std::string& name) : path_("/dev/shm/" + name) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object();

  // Turns to the object that has the name now, if there is one.
  void follow();
  void remove();

  // Runs a verb that acts on bytes. False when it is none.
  bool run(const Step& s, bool native);

 private:
  Data read(std::uint64_t offset, std::size_t size) const;
  void write(std::uint64_t offset, const Data& data) const;
  std::uint64_t word(std::uint64_t offset, std::size_t size) const;
  std::uint64_t offset(const Step& s, bool native) const;
  std::uint64_t size() const;
  bool linked() const;
  void raw(std::uint64_t size, const Data& first);
  void reseal() const;
  void state(const Step& s) const;
  struct Journal {
    std::uint64_t count, before, before_count;  // the last two: what the other cell says
  };
  Journal journal() const;

  std::string path_;
  int fd_ = -1;
};

#endif  // CONFORMANCE_CPP_OBJECT_HPP_
