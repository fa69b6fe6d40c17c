// Role locks on Linux: open-file-description locks on bytes of the object. They belong to the open file, so
// two handles of one process exclude each other too, and the kernel frees them when the last descriptor
// goes.
#ifndef SHMBUF_LOCK_OFD_HPP_
#define SHMBUF_LOCK_OFD_HPP_

#include "shmbuf/config.hpp"

#if defined(SHMBUF_OS_LINUX)

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <string>

#include "shmbuf/lock_place.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

// Values of <linux/fcntl.h>; the C library hides them unless _GNU_SOURCE is defined.
constexpr int kOfdGetLock = 36;
constexpr int kOfdSetLock = 37;

class RoleLocks {
 public:
  void set_name(const char*, const std::string&) noexcept {}

  Status lock(int fd, const LockPlace& place, std::string* why) noexcept {
    struct flock request = describe(place, F_WRLCK);
    int result;
    do {
      result = ::fcntl(fd, kOfdSetLock, &request);
    } while (result != 0 && errno == EINTR);
    if (result == 0) return Status::ok;
    if (errno == EAGAIN || errno == EACCES) return Status::busy;
    *why = std::string("fcntl(F_OFD_SETLK): ") + ::strerror(errno);
    return Status::system;
  }

  void unlock(int fd, const LockPlace& place) noexcept {
    struct flock request = describe(place, F_UNLCK);
    ::fcntl(fd, kOfdSetLock, &request);
  }

  bool held(int fd, const LockPlace& place) const noexcept {
    struct flock request = describe(place, F_WRLCK);
    return ::fcntl(fd, kOfdGetLock, &request) == 0 && request.l_type != F_UNLCK;
  }

  // Closing the descriptor frees the locks, but a forked child may have it still: free them by hand.
  void release_all(int fd) noexcept {
    if (fd < 0) return;
    struct flock request;
    ::memset(&request, 0, sizeof(request));
    request.l_type = F_UNLCK;
    request.l_whence = SEEK_SET;  // l_len 0: to the end
    ::fcntl(fd, kOfdSetLock, &request);
  }
  void forget() noexcept {}

 private:
  static struct flock describe(const LockPlace& place, short type) noexcept {
    struct flock request;
    ::memset(&request, 0, sizeof(request));  // l_pid must be 0
    request.l_type = type;
    request.l_whence = SEEK_SET;
    request.l_start = static_cast<off_t>(place.offset);
    request.l_len = 1;
    return request;
  }
};

}  // namespace detail
}  // namespace shmbuf

#endif  // defined(SHMBUF_OS_LINUX)

#endif  // SHMBUF_LOCK_OFD_HPP_
