// Drop-in header for programs written against the existing shm::SharedMemory: named shared memory of a
// given size. Same names, signatures and results; see the notes where today's behaviour was a trap.
#ifndef SHM_SHARED_MEMORY_HPP_
#define SHM_SHARED_MEMORY_HPP_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>  // existing programs rely on it being here

#if defined(_WIN32)
#include "shm/mapping_windows.hpp"
#else
#include "shm/mapping_posix.hpp"
#endif

namespace shm {

enum class Error : std::uint8_t {
  kOk = 0,
  kCreationFailed,
  kMappingFailed,
  kOpenFailed,
  kTruncateFailed,
};

// Shared memory under a name. Movable, not copyable. Does not block; one thread at a time.
class SharedMemory {
 public:
  // create: replaces what exists under `name` by `size` zeroed bytes whose memory is reserved
  // (kTruncateFailed when there is not enough), except a native shmbuf channel (kCreationFailed). Otherwise
  // opens the whole object, whatever `size` says: a mapping smaller than the object would let its header
  // lead outside. persist = false: the creator's destructor removes the name.
  SharedMemory(const char* name, std::size_t size, bool create, bool persist = true)
      : create_(create), persist_(persist) {
    name_ = detail::object_name(name);
    detail::MapResult result = detail::MapResult::name_refused;
    if (!name_.empty()) {
      result = create ? mapping_.create(name_.c_str(), size) : mapping_.open(name_.c_str(), size);
    }
    error_ = error_of(result);
  }
  ~SharedMemory() { Close(); }

  SharedMemory(SharedMemory&& other) noexcept { Swap(other); }
  SharedMemory& operator=(SharedMemory&& other) noexcept {
    if (this != &other) {
      Close();
      Swap(other);
    }
    return *this;
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  void* Data() const noexcept { return mapping_.data(); }
  std::size_t Size() const noexcept { return mapping_.size(); }  // bytes that are mapped
  bool Valid() const noexcept { return mapping_.data() != nullptr; }
  Error GetError() const noexcept { return error_; }
  // With the leading slash, except on Windows. Empty when the name was refused: empty, longer than 254
  // bytes, or with a slash inside.
  const char* Name() const noexcept { return name_.c_str(); }

  // Removes the name; the memory stays for those that have it mapped. Does nothing on Windows.
  void Destroy() noexcept {
    if (!name_.empty()) detail::Mapping::remove(name_.c_str());
  }

 private:
  Error error_of(detail::MapResult result) const noexcept {
    switch (result) {
      case detail::MapResult::ok:
        return Error::kOk;
      case detail::MapResult::no_memory:
        return Error::kTruncateFailed;
      case detail::MapResult::not_mapped:
        return Error::kMappingFailed;
      case detail::MapResult::name_refused:
        break;
    }
    return create_ ? Error::kCreationFailed : Error::kOpenFailed;
  }

  void Close() noexcept {
    const bool mapped = Valid();
    mapping_.unmap();
    if (mapped && create_ && !persist_) Destroy();
  }

  void Swap(SharedMemory& other) noexcept {
    std::swap(mapping_, other.mapping_);
    std::swap(name_, other.name_);
    std::swap(error_, other.error_);
    std::swap(create_, other.create_);
    std::swap(persist_, other.persist_);
  }

  detail::Mapping mapping_;
  std::string name_;
  Error error_ = Error::kOk;
  bool create_ = false;
  bool persist_ = true;
};

}  // namespace shm

#endif  // SHM_SHARED_MEMORY_HPP_
