// Which role a lock stands for: spec/PROTOCOL.md section 5.
#ifndef SHMBUF_LOCK_PLACE_HPP_
#define SHMBUF_LOCK_PLACE_HPP_

#include <cstdint>

#include "shmbuf/layout.hpp"
#include "shmbuf/options.hpp"

namespace shmbuf {
namespace detail {

struct LockPlace {
  std::uint64_t offset;  // of the byte, where byte locks exist
  bool producer;
  std::uint32_t slot;  // of a consumer
};

inline LockPlace producer_lock(Layout layout) noexcept {
  return {layout == Layout::classic ? layout::classic::kProducerLock : layout::kProducerOffset, true, 0};
}
inline LockPlace consumer_lock(Layout layout, std::uint32_t slot) noexcept {
  const std::uint64_t native = layout::kSlotOffset + static_cast<std::uint64_t>(slot) * layout::kSlotSize;
  return {layout == Layout::classic ? layout::classic::kConsumerLock : native, false, slot};
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_LOCK_PLACE_HPP_
