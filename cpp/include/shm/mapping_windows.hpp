// What shm::SharedMemory needs from Windows: named file mappings. Empty elsewhere.
#ifndef SHM_MAPPING_WINDOWS_HPP_
#define SHM_MAPPING_WINDOWS_HPP_

#if defined(_WIN32)

#include "shmbuf/windows_api.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace shm {
namespace detail {

enum class MapResult { ok, name_refused, no_memory, not_mapped };

// The name without a leading slash, or an empty string for a name that cannot be one.
inline std::string object_name(const char* name) {
  if (name == nullptr) return std::string();
  const std::string bare = name[0] == '/' ? name + 1 : name;
  return bare.size() > 254 ? std::string() : bare;
}

// A mapping; plain value, freed by unmap().
class Mapping {
 public:
  void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  MapResult create(const char* name, std::size_t size) noexcept {
    const unsigned long long wide = size;
    handle_ =
        ::CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, static_cast<DWORD>(wide >> 32),
                             static_cast<DWORD>(wide & 0xFFFFFFFFu), name);
    return handle_ == nullptr ? MapResult::name_refused : map();
  }
  MapResult open(const char* name, std::size_t) noexcept {
    handle_ = ::OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, name);
    return handle_ == nullptr ? MapResult::name_refused : map();
  }
  void unmap() noexcept {
    if (data_ != nullptr) ::UnmapViewOfFile(data_);
    if (handle_ != nullptr) ::CloseHandle(handle_);
    data_ = nullptr;
    handle_ = nullptr;
    size_ = 0;
  }
  static void remove(const char*) noexcept {}  // the object goes with its last handle

 private:
  // Maps the whole object and asks how much that is: rounded up to pages.
  MapResult map() noexcept {
    data_ = ::MapViewOfFile(handle_, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    MEMORY_BASIC_INFORMATION info;
    if (data_ == nullptr || ::VirtualQuery(data_, &info, sizeof(info)) == 0) {
      unmap();
      return MapResult::not_mapped;
    }
    size_ = info.RegionSize;
    return MapResult::ok;
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
  HANDLE handle_ = nullptr;
};

}  // namespace detail
}  // namespace shm

#endif  // _WIN32

#endif  // SHM_MAPPING_WINDOWS_HPP_
