// What shm::SharedMemory needs from Linux, macOS and the BSDs.
#ifndef SHM_MAPPING_POSIX_HPP_
#define SHM_MAPPING_POSIX_HPP_

#if !defined(_WIN32)

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "shmbuf/layout.hpp"

namespace shm {
namespace detail {

enum class MapResult { ok, name_refused, no_memory, not_mapped };

// "/name", or an empty string for a name that cannot be one.
inline std::string object_name(const char* name) {
  if (name == nullptr) return std::string();
  const std::string bare = name[0] == '/' ? name + 1 : name;
  if (bare.empty() || bare.size() > 254 || bare.find('/') != std::string::npos) return std::string();
  return "/" + bare;
}

// A mapping; plain value, freed by unmap().
class Mapping {
 public:
  void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  MapResult create(const char* name, std::size_t size) noexcept {
    if (is_native(name)) return MapResult::name_refused;
    ::shm_unlink(name);
    const int fd = ::shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0666);
    if (fd < 0) return MapResult::name_refused;
    // Reserved, not only sized: a store into memory that is not there would kill the process.
    MapResult result = reserve(fd, size) ? map(fd, size) : MapResult::no_memory;
    ::close(fd);
    if (result != MapResult::ok) ::shm_unlink(name);
    return result;
  }

  MapResult open(const char* name, std::size_t) noexcept {
    const int fd = ::shm_open(name, O_RDWR, 0);
    if (fd < 0) return MapResult::name_refused;
    struct stat st;
    const bool sized = ::fstat(fd, &st) == 0 && st.st_size > 0;
    const MapResult result = sized ? map(fd, static_cast<std::size_t>(st.st_size)) : MapResult::not_mapped;
    ::close(fd);
    return result;
  }

  void unmap() noexcept {
    if (data_ != nullptr) ::munmap(data_, size_);
    data_ = nullptr;
    size_ = 0;
  }

  static void remove(const char* name) noexcept {
    if (!is_native(name)) ::shm_unlink(name);
  }

 private:
  // Native channels have locks and a successor protocol that this interface knows nothing of.
  static bool is_native(const char* name) noexcept {
    const int fd = ::shm_open(name, O_RDONLY, 0);
    if (fd < 0) return false;
    unsigned char first[sizeof(shmbuf::layout::kMagic)] = {};
    const bool read = ::pread(fd, first, sizeof(first), 0) == static_cast<ssize_t>(sizeof(first));
    ::close(fd);
    return read && std::memcmp(first, shmbuf::layout::kMagic, sizeof(first)) == 0;
  }

  static bool reserve(int fd, std::size_t size) noexcept {
    if (::ftruncate(fd, static_cast<off_t>(size)) != 0) return false;
#if defined(__APPLE__)
    return true;
#else
    int error;
    do {
      error = size == 0 ? 0 : ::posix_fallocate(fd, 0, static_cast<off_t>(size));
    } while (error == EINTR);
    return error == 0;
#endif
  }

  MapResult map(int fd, std::size_t size) noexcept {
    void* const data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) return MapResult::not_mapped;
    data_ = data;
    size_ = size;
    return MapResult::ok;
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace shm

#endif  // !_WIN32

#endif  // SHM_MAPPING_POSIX_HPP_
