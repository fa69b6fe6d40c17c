#include "shared_object.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "clock.hpp"
#include "failure.hpp"

namespace bench {

void await(const std::string& what, const std::function<bool()>& there) {
  const std::int64_t give_up = now() + 10000000000;
  while (!there()) {
    if (now() > give_up) throw Failure(what + " did not appear within 10 s");
    usleep(1000);
  }
}

SharedObject SharedObject::create(const std::string& name, std::size_t size) {
  const std::string path = "/" + name;
  const int fd = shm_open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  if (fd < 0) fail_errno("shared memory object '" + name + "' cannot be made");
  if (ftruncate(fd, static_cast<off_t>(size)) != 0) {
    close(fd);
    shm_unlink(path.c_str());
    fail_errno("shared memory object '" + name + "' cannot have " + std::to_string(size) + " bytes");
  }
  SharedObject object(name, fd, size);
  std::memset(object.data(), 0, size);
  return object;
}

SharedObject SharedObject::attach(const std::string& name) {
  const std::string path = "/" + name;
  int fd = -1;
  struct stat info = {};
  await("shared memory object '" + name + "'", [&] {
    if (fd < 0) fd = shm_open(path.c_str(), O_RDWR, 0);
    return fd >= 0 && fstat(fd, &info) == 0 && info.st_size > 0;
  });
  SharedObject object(name, fd, static_cast<std::size_t>(info.st_size));
  // Page tables of this process.
  const volatile unsigned char* const bytes = static_cast<unsigned char*>(object.data());
  for (std::size_t i = 0; i < object.size(); i += 4096) static_cast<void>(bytes[i]);
  return object;
}

SharedObject::SharedObject(const std::string& name, int fd, std::size_t size)
    : name_(name), size_(size), data_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) {
  close(fd);
  if (data_ == MAP_FAILED) fail_errno("shared memory object '" + name + "' cannot be mapped");
}

SharedObject::SharedObject(SharedObject&& other) noexcept
    : name_(std::move(other.name_)), size_(other.size_), data_(other.data_) {
  other.data_ = MAP_FAILED;
}

SharedObject::~SharedObject() {
  if (data_ != MAP_FAILED) munmap(data_, size_);
}

void SharedObject::unlink() const { shm_unlink(("/" + name_).c_str()); }

}  // namespace bench
