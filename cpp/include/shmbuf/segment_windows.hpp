// Objects in shared memory on Windows: named file mappings, and named mutexes as role locks. Empty
// elsewhere.
//
// There is nothing to link or unlink: an object has its name from the start and goes with its last handle.
// The magic is stored last, so an object that is being made is "not ready".
#ifndef SHMBUF_SEGMENT_WINDOWS_HPP_
#define SHMBUF_SEGMENT_WINDOWS_HPP_

#include "shmbuf/config.hpp"

#if defined(SHMBUF_OS_WINDOWS)

#include "shmbuf/windows_api.hpp"

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "shmbuf/layout.hpp"
#include "shmbuf/lock_place.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

inline Status os_error(const char* call, DWORD error, std::string* why) {
  *why = std::string(call) + ": error " + std::to_string(error);
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
      return Status::missing;
    case ERROR_ALREADY_EXISTS:
      return Status::exists;
    case ERROR_ACCESS_DENIED:
      return Status::no_permission;
    case ERROR_INVALID_HANDLE:
      return Status::not_a_channel;  // the name belongs to another kind of object
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_DISK_FULL:
      return Status::no_space;
    default:
      return Status::system;
  }
}

inline std::uint32_t own_pid() noexcept { return static_cast<std::uint32_t>(::GetCurrentProcessId()); }
inline std::int64_t wall_time() noexcept {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}
inline std::int64_t monotonic_time() noexcept {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}
// An identity for a new segment.
inline std::uint64_t random_id() noexcept {
  LARGE_INTEGER ticks;
  ::QueryPerformanceCounter(&ticks);
  std::uint64_t z = (static_cast<std::uint64_t>(ticks.QuadPart) << 16) ^
                    static_cast<std::uint64_t>(wall_time()) ^ (static_cast<std::uint64_t>(own_pid()) << 40);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// One object and its mapping. Movable; the destructor unmaps, closes and thereby frees the role locks.
class Segment {
 public:
  // An object has its name before it is complete.
  static constexpr bool kNamedWhenComplete = false;

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
    for (const auto& lock : locks_) ::CloseHandle(lock.second);
    locks_.clear();
    if (base_ != nullptr) ::UnmapViewOfFile(base_);
    if (handle_ != nullptr) ::CloseHandle(handle_);
    base_ = nullptr;
    handle_ = nullptr;
    size_ = 0;
  }

  void* base() const noexcept { return base_; }
  int descriptor() const noexcept { return -1; }
  bool owned() const noexcept { return true; }
  std::uint64_t mapped() const noexcept { return base_ != nullptr ? size_ : 0; }

  Status open(const std::string& name, bool writable, std::string* why) {
    reset();
    name_ = name;
    const DWORD access = writable ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ;
    handle_ = ::OpenFileMappingA(access, FALSE, object_name().c_str());
    if (handle_ == nullptr) return os_error("OpenFileMapping", ::GetLastError(), why);
    return view(access, why);
  }

  // The object is visible at once; `exists` when somebody else was faster. Mode bits have no meaning here;
  // memory is always reserved.
  Status create(const std::string& name, std::uint64_t size, std::uint64_t, unsigned, bool,
                std::string* why) {
    reset();
    name_ = name;
    handle_ =
        ::CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, static_cast<DWORD>(size >> 32),
                             static_cast<DWORD>(size & 0xFFFFFFFFu), object_name().c_str());
    const DWORD error = ::GetLastError();
    if (handle_ == nullptr) return os_error("CreateFileMapping", error, why);
    if (error == ERROR_ALREADY_EXISTS) {
      reset();
      return os_error("CreateFileMapping", error, why);
    }
    return view(FILE_MAP_READ | FILE_MAP_WRITE, why);
  }
  Status link(std::string*) noexcept { return Status::ok; }

  // open() and create() have mapped the whole object, whose size is known only up to a page.
  Status map(std::uint64_t bytes, bool, std::string* why) {
    if (bytes <= size_) return Status::ok;
    *why = "the object has " + std::to_string(size_) + " bytes, fewer than " + std::to_string(bytes);
    return Status::damaged;
  }
  std::size_t read_at(std::uint64_t offset, void* to, std::size_t size) const noexcept {
    if (base_ == nullptr || offset >= size_) return 0;
    const std::uint64_t rest = size_ - offset;
    const std::size_t n = rest < size ? static_cast<std::size_t>(rest) : size;
    std::memcpy(to, static_cast<const unsigned char*>(base_) + offset, n);
    return n;
  }

  std::uint64_t size() const noexcept { return size_; }
  unsigned mode() const noexcept { return 0; }
  bool linked() const noexcept { return true; }
  bool name_leads_here() const noexcept { return true; }
  // The name goes when everybody has closed the object.
  Status unlink(std::string*) noexcept { return Status::ok; }

  // A role is held by the existence of its mutex.
  Status lock(const LockPlace& place, std::string* why) {
    HANDLE mutex = ::CreateMutexA(nullptr, FALSE, mutex_name(place).c_str());
    const DWORD error = ::GetLastError();
    if (mutex == nullptr) {
      return error == ERROR_ACCESS_DENIED ? Status::busy : os_error("CreateMutex", error, why);
    }
    if (error == ERROR_ALREADY_EXISTS) {
      ::CloseHandle(mutex);
      return Status::busy;
    }
    locks_.emplace_back(key_of(place), mutex);
    return Status::ok;
  }
  void unlock(const LockPlace& place) noexcept {
    for (std::size_t i = 0; i < locks_.size(); ++i) {
      if (locks_[i].first != key_of(place)) continue;
      ::CloseHandle(locks_[i].second);
      locks_.erase(locks_.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
  }
  bool held(const LockPlace& place) const noexcept {
    for (const auto& lock : locks_) {
      if (lock.first == key_of(place)) return false;  // by this handle, not by another
    }
    HANDLE mutex = ::OpenMutexA(SYNCHRONIZE, FALSE, mutex_name(place).c_str());
    if (mutex == nullptr) return ::GetLastError() == ERROR_ACCESS_DENIED;
    ::CloseHandle(mutex);
    return true;
  }

  // Windows does not list the named objects of a session to ordinary programs.
  static std::vector<std::string> names() { return std::vector<std::string>(); }

 private:
  static std::uint64_t key_of(const LockPlace& place) noexcept {
    return place.producer ? 0 : std::uint64_t{1} + place.slot;
  }
  std::string object_name() const { return "Local\\" + name_; }
  std::string mutex_name(const LockPlace& place) const {
    return object_name() + (place.producer ? ".producer" : ".slot" + std::to_string(place.slot));
  }

  Status view(DWORD access, std::string* why) {
    base_ = ::MapViewOfFile(handle_, access, 0, 0, 0);
    MEMORY_BASIC_INFORMATION info;
    if (base_ == nullptr || ::VirtualQuery(base_, &info, sizeof(info)) == 0) {
      return os_error("MapViewOfFile", ::GetLastError(), why);
    }
    size_ = info.RegionSize;
    return Status::ok;
  }

  void swap(Segment& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(size_, other.size_);
    std::swap(handle_, other.handle_);
    std::swap(name_, other.name_);
    std::swap(locks_, other.locks_);
  }

  void* base_ = nullptr;
  std::uint64_t size_ = 0;
  HANDLE handle_ = nullptr;
  std::string name_;
  std::vector<std::pair<std::uint64_t, HANDLE>> locks_;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_OS_WINDOWS

#endif  // SHMBUF_SEGMENT_WINDOWS_HPP_
