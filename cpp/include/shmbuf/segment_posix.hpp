// Objects in shared memory on Linux, macOS and the BSDs: open, create without a name, link, map, unlink.
// Role locks are in lock_ofd.hpp (Linux) and lock_flock.hpp (others).
#ifndef SHMBUF_SEGMENT_POSIX_HPP_
#define SHMBUF_SEGMENT_POSIX_HPP_

#include "shmbuf/config.hpp"

#if !defined(SHMBUF_OS_WINDOWS)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "shmbuf/layout.hpp"
#include "shmbuf/status.hpp"
#if defined(SHMBUF_OS_LINUX)
#include "shmbuf/lock_ofd.hpp"
#else
#include "shmbuf/lock_flock.hpp"
#endif

namespace shmbuf {
namespace detail {

#if defined(SHMBUF_OS_LINUX)
inline const char* segment_directory() noexcept { return "/dev/shm"; }
#else
inline const char* segment_directory() noexcept { return "/tmp/shmbuf"; }
#endif

inline Status status_of_errno(int error) noexcept {
  switch (error) {
    case ENOENT:
      return Status::missing;
    case EEXIST:
      return Status::exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return Status::no_permission;
    case ENOSPC:
    case ENOMEM:
    case EDQUOT:
      return Status::no_space;
    case ELOOP:
    case EISDIR:
    case ENXIO:
      return Status::not_a_channel;
    default:
      return Status::system;
  }
}

inline Status os_error(const char* call, int error, std::string* why) {
  *why = std::string(call) + ": " + ::strerror(error);
  return status_of_errno(error);
}

inline std::uint32_t own_pid() noexcept { return static_cast<std::uint32_t>(::getpid()); }
inline std::int64_t clock_nanoseconds(clockid_t clock) noexcept {
  struct timespec now;
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000000000 + now.tv_nsec;
}
inline std::int64_t wall_time() noexcept { return clock_nanoseconds(CLOCK_REALTIME); }
inline std::int64_t monotonic_time() noexcept { return clock_nanoseconds(CLOCK_MONOTONIC); }

// An identity for a new segment.
inline std::uint64_t random_id() noexcept {
  std::uint64_t id = 0;
  const int fd = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    const ssize_t n = ::read(fd, &id, sizeof(id));
    ::close(fd);
    if (n == static_cast<ssize_t>(sizeof(id))) return id;
  }
  return (static_cast<std::uint64_t>(wall_time()) << 20) ^ own_pid();
}

// One object and its mapping. Movable; the destructor unmaps, closes and thereby frees the role locks.
class Segment {
 public:
  // An object is complete before it gets its name.
  static constexpr bool kNamedWhenComplete = true;

  Segment() = default;
  Segment(Segment&& other) noexcept { swap(other); }
  Segment& operator=(Segment&& other) noexcept {
    Segment old(std::move(other));
    swap(old);
    return *this;
  }
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment() { reset(); }

  void reset() noexcept {
    // A forked child shares the parent's open file: unlocking there would take the parent's role away.
    if (pid_ == own_pid()) locks_.release_all(fd_);
    if (base_ != nullptr) ::munmap(base_, static_cast<std::size_t>(mapped_));
    if (fd_ >= 0) ::close(fd_);
    base_ = nullptr;
    mapped_ = 0;
    fd_ = -1;
  }

  void* base() const noexcept { return base_; }
  int descriptor() const noexcept { return fd_; }
  // False in a forked child, which must leave the parent's segment alone.
  bool owned() const noexcept { return pid_ == own_pid(); }
  std::uint64_t mapped() const noexcept { return mapped_; }

  // Opens the object that exists under `name`. Never creates: fs.protected_regular refuses O_CREAT on
  // somebody else's file.
  Status open(const std::string& name, bool writable, std::string* why) {
    reset();
    pid_ = own_pid();
    path_ = path_of(name);
    locks_.set_name(segment_directory(), name);
    do {
      fd_ = ::open(path_.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    } while (fd_ < 0 && errno == EINTR);
    if (fd_ < 0) return os_error(("open " + path_).c_str(), errno, why);
    struct stat st;
    if (::fstat(fd_, &st) != 0) return os_error("fstat", errno, why);
    if (!S_ISREG(st.st_mode)) {
      *why = path_ + " is not a regular file";
      return Status::not_a_channel;
    }
    return Status::ok;
  }

  // Creates an object of `size` bytes, all zero and with the memory of the first `reserved` reserved, that
  // nobody can see before link(). `mode` is exact unless `umask_applies`.
  Status create(const std::string& name, std::uint64_t size, std::uint64_t reserved, unsigned mode,
                bool umask_applies, std::string* why) {
    reset();
    pid_ = own_pid();
    path_ = path_of(name);
    locks_.set_name(segment_directory(), name);
    make_directory();
    const mode_t bits = static_cast<mode_t>(mode);
#if defined(SHMBUF_OS_LINUX) && defined(O_TMPFILE)
    fd_ = ::open(segment_directory(), O_TMPFILE | O_RDWR | O_CLOEXEC, bits);
    if (fd_ < 0 && errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT) {
      return os_error((std::string("open a file in ") + segment_directory()).c_str(), errno, why);
    }
#endif
    if (fd_ < 0) {
      // A name that starts with a dot is nobody's channel.
      static std::uint32_t serial = 0;
      temporary_ = std::string(segment_directory()) + "/.shmbuf-" + std::to_string(own_pid()) + "-" +
                   std::to_string(monotonic_time()) + "-" + std::to_string(++serial);
      fd_ = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, bits);
      if (fd_ < 0) return os_error(("create " + temporary_).c_str(), errno, why);
    }
    Status status = reserve(reserved, why);
    if (status == Status::ok && reserved < size && ::ftruncate(fd_, static_cast<off_t>(size)) != 0)
      status = os_error("ftruncate", errno, why);
    if (status == Status::ok && !umask_applies && ::fchmod(fd_, bits) != 0)
      status = os_error("fchmod", errno, why);
    if (status == Status::ok) status = map(size, true, why);
    if (status != Status::ok) drop_temporary();
    return status;
  }

  // Gives a created object its name. `exists` when somebody else was faster.
  Status link(std::string* why) {
    int result;
#if defined(SHMBUF_OS_LINUX)
    if (temporary_.empty()) {
      const std::string self = "/proc/self/fd/" + std::to_string(fd_);
      result = ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW);
      if (result != 0 && errno != EEXIST) {
        result = ::linkat(fd_, "", AT_FDCWD, path_.c_str(), AT_EMPTY_PATH);  // without /proc; privileged
      }
    } else {
      result = ::link(temporary_.c_str(), path_.c_str());
    }
#else
    result = ::link(temporary_.c_str(), path_.c_str());
#endif
    const int error = errno;
    drop_temporary();
    return result == 0 ? Status::ok : os_error(("link " + path_).c_str(), error, why);
  }

  Status map(std::uint64_t bytes, bool writable, std::string* why) {
    if (bytes > static_cast<std::uint64_t>(SIZE_MAX) / 2) {
      *why = "a segment of " + std::to_string(bytes) + " bytes is beyond this process's address space";
      return Status::no_space;
    }
    void* const base = ::mmap(nullptr, static_cast<std::size_t>(bytes),
                              writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd_, 0);
    if (base == MAP_FAILED) {
      return os_error(("mmap of " + std::to_string(bytes) + " bytes").c_str(), errno, why);
    }
    base_ = base;
    mapped_ = bytes;
    return Status::ok;
  }

  // Copies bytes of the object without mapping it; the number that were there.
  std::size_t read_at(std::uint64_t offset, void* to, std::size_t size) const noexcept {
    ssize_t n;
    do {
      n = ::pread(fd_, to, size, static_cast<off_t>(offset));
    } while (n < 0 && errno == EINTR);
    return n < 0 ? 0 : static_cast<std::size_t>(n);
  }

  // Size of the object now; 0 when it cannot be told.
  std::uint64_t size() const noexcept {
    struct stat st;
    return ::fstat(fd_, &st) == 0 && st.st_size > 0 ? static_cast<std::uint64_t>(st.st_size) : 0;
  }
  unsigned mode() const noexcept {
    struct stat st;
    return ::fstat(fd_, &st) == 0 ? static_cast<unsigned>(st.st_mode & 07777) : 0;
  }
  // Whether the object still has a name.
  bool linked() const noexcept {
    struct stat st;
    return ::fstat(fd_, &st) == 0 && st.st_nlink != 0;
  }
  // Whether the name leads to this object and not to a successor.
  bool name_leads_here() const noexcept {
    struct stat mine;
    struct stat named;
    return ::fstat(fd_, &mine) == 0 && ::lstat(path_.c_str(), &named) == 0 && mine.st_ino == named.st_ino &&
           mine.st_dev == named.st_dev;
  }
  // Removes the name, unless it leads to a successor or nowhere: `missing`. An object that could not be
  // opened is known by its name only.
  Status unlink(std::string* why) {
    if (fd_ >= 0 && !name_leads_here()) {
      *why = path_ + " does not lead to this object any more";
      return Status::missing;
    }
    if (::unlink(path_.c_str()) == 0) {
      locks_.forget();
      return Status::ok;
    }
    return os_error(("unlink " + path_).c_str(), errno, why);
  }

  // Role locks: `busy` when another handle holds it. They vanish with the handle and with the process.
  Status lock(const LockPlace& place, std::string* why) { return locks_.lock(fd_, place, why); }
  void unlock(const LockPlace& place) noexcept { locks_.unlock(fd_, place); }
  // Whether another handle holds the lock.
  bool held(const LockPlace& place) const noexcept { return locks_.held(fd_, place); }

  // Names of the objects that may be channels.
  static std::vector<std::string> names() {
    std::vector<std::string> found;
    DIR* const directory = ::opendir(segment_directory());
    if (directory == nullptr) return found;
    while (const struct dirent* entry = ::readdir(directory)) found.emplace_back(entry->d_name);
    ::closedir(directory);
    return found;
  }

 private:
  static std::string path_of(const std::string& name) {
    return std::string(segment_directory()) + "/" + name;
  }

  static void make_directory() noexcept {
#if !defined(SHMBUF_OS_LINUX)
    if (::mkdir(segment_directory(), 01777) == 0) ::chmod(segment_directory(), 01777);  // despite the umask
#endif
  }

  // Extending a file in /dev/shm succeeds beyond the free memory and a later access then kills the process:
  // reserve.
  Status reserve(std::uint64_t size, std::string* why) {
    struct statvfs vfs;
    if (::fstatvfs(fd_, &vfs) == 0 && vfs.f_blocks != 0) {
      const std::uint64_t available = static_cast<std::uint64_t>(vfs.f_bavail) * vfs.f_frsize;
      if (size > available) {
        *why = "the segment needs " + std::to_string(size) + " bytes and " + segment_directory() + " has " +
               std::to_string(available) + " free; ask for less, or enlarge it (containers: --shm-size)";
        return Status::no_space;
      }
    }
#if defined(__APPLE__)
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return os_error("ftruncate", errno, why);
    fstore_t store = {};
    store.fst_flags = F_ALLOCATEALL;
    store.fst_posmode = F_PEOFPOSMODE;
    store.fst_length = static_cast<off_t>(size);
    if (::fcntl(fd_, F_PREALLOCATE, &store) != 0 && errno == ENOSPC)
      return os_error("preallocate", errno, why);
    return Status::ok;
#else
    int error;
    do {
      error = ::posix_fallocate(fd_, 0, static_cast<off_t>(size));
    } while (error == EINTR);
    if (error == 0) return Status::ok;
    return os_error(("reserving " + std::to_string(size) + " bytes in " + segment_directory()).c_str(),
                    error, why);
#endif
  }

  void drop_temporary() noexcept {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
  }

  void swap(Segment& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(mapped_, other.mapped_);
    std::swap(fd_, other.fd_);
    std::swap(pid_, other.pid_);
    std::swap(path_, other.path_);
    std::swap(temporary_, other.temporary_);
    std::swap(locks_, other.locks_);
  }

  void* base_ = nullptr;
  std::uint64_t mapped_ = 0;
  int fd_ = -1;
  std::uint32_t pid_ = 0;  // of the process that opened it
  std::string path_;
  std::string temporary_;
  RoleLocks locks_;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // !defined(SHMBUF_OS_WINDOWS)

#endif  // SHMBUF_SEGMENT_POSIX_HPP_
