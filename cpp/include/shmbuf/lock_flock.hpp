// Role locks on macOS and the BSDs: flock on sibling files in the directory .locks.
#ifndef SHMBUF_LOCK_FLOCK_HPP_
#define SHMBUF_LOCK_FLOCK_HPP_

#include "shmbuf/config.hpp"

#if defined(SHMBUF_OS_BSD)

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "shmbuf/lock_place.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

class RoleLocks {
 public:
  void set_name(const char* directory, const std::string& name) {
    directory_ = std::string(directory) + "/.locks";
    name_ = name;
  }

  Status lock(int, const LockPlace& place, std::string* why) {
    const int file = open_file(place);
    if (file < 0) {
      *why = "open " + path_of(place) + ": " + ::strerror(errno);
      return errno == EACCES || errno == EPERM ? Status::no_permission : Status::system;
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      ::close(file);
      return Status::busy;
    }
    held_.emplace_back(key_of(place), file);
    return Status::ok;
  }

  void unlock(int, const LockPlace& place) noexcept {
    for (std::size_t i = 0; i < held_.size(); ++i) {
      if (held_[i].first != key_of(place)) continue;
      ::flock(held_[i].second, LOCK_UN);
      ::close(held_[i].second);
      held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
  }

  bool held(int, const LockPlace& place) const noexcept {
    for (const auto& entry : held_) {
      if (entry.first == key_of(place)) return false;  // by this handle, not by another
    }
    const int file = open_file(place);
    if (file < 0) return false;
    const bool taken = ::flock(file, LOCK_SH | LOCK_NB) != 0;
    ::close(file);
    return taken;
  }

  void release_all(int) noexcept {
    for (const auto& entry : held_) {
      ::flock(entry.second, LOCK_UN);
      ::close(entry.second);
    }
    held_.clear();
  }

  // The channel is removed. The lock files stay: unlinking a file that others may be locking just now would
  // let two of them hold "the" lock.
  void forget() noexcept {}

 private:
  static std::uint64_t key_of(const LockPlace& place) noexcept {
    return place.producer ? 0 : std::uint64_t{1} + place.slot;
  }
  std::string path_of(const LockPlace& place) const {
    return directory_ + "/" + name_ + (place.producer ? ".producer" : ".slot" + std::to_string(place.slot));
  }
  int open_file(const LockPlace& place) const {
    if (::mkdir(directory_.c_str(), 01777) == 0) ::chmod(directory_.c_str(), 01777);
    const std::string path = path_of(place);
    const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file >= 0)
      ::fchmod(file, 0666);  // so that a successor of another user can lock it; fails for others' files
    return file;
  }

  std::string directory_;
  std::string name_;
  std::vector<std::pair<std::uint64_t, int>> held_;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // defined(SHMBUF_OS_BSD)

#endif  // SHMBUF_LOCK_FLOCK_HPP_
