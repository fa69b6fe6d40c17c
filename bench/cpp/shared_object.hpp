// A piece of POSIX shared memory for contestants that bring none of their own.
#ifndef BENCH_SHARED_OBJECT_HPP_
#define BENCH_SHARED_OBJECT_HPP_

#include <cstddef>
#include <functional>
#include <string>

namespace bench {

// Asks every millisecond, for 10 s at most. Failure: `what` did not appear.
void await(const std::string& what, const std::function<bool()>& there);

class SharedObject {
 public:
  // Makes the object and touches every page, so that none is missing when the clock runs.
  static SharedObject create(const std::string& name, std::size_t size);
  // Waits for the object.
  static SharedObject attach(const std::string& name);

  SharedObject(SharedObject&& other) noexcept;
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;
  ~SharedObject();

  // Removes the name. The side that attached does so when it finds everything ready: both have it then.
  void unlink() const;
  void* data() const { return data_; }
  std::size_t size() const { return size_; }
  const std::string& name() const { return name_; }

 private:
  SharedObject(const std::string& name, int fd, std::size_t size);

  std::string name_;
  std::size_t size_;
  void* data_;
};

}  // namespace bench

#endif  // BENCH_SHARED_OBJECT_HPP_
