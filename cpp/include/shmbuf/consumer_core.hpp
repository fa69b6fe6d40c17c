// The inner part of a Consumer: one reader, one segment, and the way both wait.
#ifndef SHMBUF_CONSUMER_CORE_HPP_
#define SHMBUF_CONSUMER_CORE_HPP_

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "shmbuf/classic_life.hpp"
#include "shmbuf/classic_reader.hpp"
#include "shmbuf/copy.hpp"
#include "shmbuf/handle_core.hpp"
#include "shmbuf/name.hpp"
#include "shmbuf/native_life.hpp"
#include "shmbuf/native_reader.hpp"
#include "shmbuf/options.hpp"
#include "shmbuf/refusal_watch.hpp"

namespace shmbuf {
namespace detail {

class ConsumerCore final : public HandleCore {
 public:
  enum class Form { none, variable, fixed, classic };

  // ---- calls, each within a CallScope of the using thread ----

  // Copies and releases the next record if that needs no look at the producer's position; false otherwise.
  SHMBUF_INLINE bool take(void* to, std::size_t room, std::size_t* length) {
    if (!SHMBUF_LIKELY(form == Form::variable && !guard.has_lease() && variable.take(to, room, length)))
      return false;
    ++stats.records;
    stats.bytes += *length;
    return true;
  }

  // Whether the producer has published something new, so that take() may succeed.
  SHMBUF_INLINE bool look() {
    if (form == Form::variable && variable.moved() && variable.refresh() == Status::ok) {
      spinner.gathering.found(variable.seen() - variable.cursor());
      return true;
    }
    return false;
  }

  // The next record in place. On a classic channel `payload` is null when the record wraps. would_block,
  // end_of_stream, retired, damaged; invalid while a lease is outstanding.
  SHMBUF_INLINE Status find(FoundRecord* record) {
    if (SHMBUF_LIKELY(form == Form::variable && !guard.has_lease())) {
      const Status status = variable.peek(record);
      return SHMBUF_LIKELY(status == Status::ok) ? status : fail_finding(status, variable);
    }
    return find_other(record);
  }

  // Gives a found record back.
  SHMBUF_INLINE void release(const FoundRecord& record) {
    if (SHMBUF_LIKELY(form == Form::variable)) {
      variable.release(record);
    } else if (form == Form::fixed) {
      fixed.release(1);
    } else {
      classic.release(static_cast<std::uint32_t>(record.size));
      ++classic_sequence;
    }
    ++stats.records;
    stats.bytes += record.size;
  }

  // Gives the first `records` of the batch back, 1 or more. Records of one form or another come one at a
  // time but for variable ones, whose last stands for all.
  SHMBUF_INLINE void release_first(std::size_t records) {
    for (std::size_t i = 0; i + 1 < records; ++i) stats.bytes += batch[i].size;
    stats.records += records - 1;
    release(batch[records - 1]);
  }

  // 1 to `max` adjacent fixed-size records in place.
  SHMBUF_INLINE Status find_run(std::uint64_t max, const unsigned char** records, std::uint64_t* found) {
    if (!SHMBUF_LIKELY(form == Form::fixed && max != 0 && !guard.has_lease())) return refuse_run(max);
    const Status status = fixed.peek(max, records, found);
    return SHMBUF_LIKELY(status == Status::ok) ? status : fail_finding(status, fixed);
  }
  SHMBUF_INLINE void release_run(std::uint64_t records) {
    fixed.release(records);
    stats.records += records;
    stats.bytes += records * fixed.record_size();
  }

  // Copies the payload of a found record.
  SHMBUF_INLINE void copy(const FoundRecord& record, void* to) const {
    if (SHMBUF_LIKELY(record.payload != nullptr)) {
      copy_out(to, record.payload, static_cast<std::size_t>(record.size));
    } else {
      classic.get(to, static_cast<std::uint32_t>(record.size));
    }
  }
  // Makes a found record contiguous.
  void gather(FoundRecord* record) {
    if (record->payload != nullptr) return;
    wrapped.resize(static_cast<std::size_t>(record->size));
    copy(*record, wrapped.data());
    record->payload = wrapped.data();
  }

  // Repeats `attempt` (which returns would_block while there is nothing) until it succeeds or must give up.
  template <class Attempt>
  SHMBUF_COLD Status wait_for_data(Deadline& deadline, Attempt attempt) {
    if (!deadline.waits()) return fail(Status::would_block);
    Status status = spin(attempt);
    if (status != Status::would_block) return status;
    const auto closing = [this] { return guard.closing(); };
    const auto slept = [this] { count_sleep(); };
    const auto check = [this, &attempt] { return check_producer(attempt); };
    status = form == Form::classic ? poll(vigil, deadline, attempt, check, slept, closing)
                                   : park(
                                         data_waiters, vigil, spinner, deadline, interruptible, attempt,
                                         [this] { return producer_has_barrier(); }, check, slept, closing);
    if (status == Status::timeout || status == Status::would_block || status == Status::closed ||
        status == Status::cancelled) {
      return fail(status);
    }
    return status;
  }

  // ---- taking the role ----

  Status open(const std::string& channel, const ConsumerOptions& options) {
    name = channel;
    std::string why;
    Status status = check_name(channel, &why);
    if (status != Status::ok) return fail(status, why);
    if (options.slot != 0) {
      return fail(Status::invalid,
                  "slot is " + std::to_string(options.slot) + "; this version has slot 0 only");
    }
    await_peer = options.await_peer;
    interruptible = options.interruptible;
    keep = options.keep;
    Deadline deadline(options.wait);
    for (std::int64_t pause = 200000;; pause = pause < 10000000 ? pause * 2 : pause) {
      for (int i = 0; i < 100; ++i) {
        why.clear();
        status = try_open(options, &why);
        if (status != Status::missing || why != kLostName) break;
      }
      if (status != Status::missing && status != Status::would_block) {
        return status == Status::ok ? status : fail(status, why);
      }
      const std::int64_t slice = deadline.waits() ? deadline.slice(pause) : 0;
      if (slice == 0 || guard.closing()) {
        return fail(status == Status::missing ? status : Status::not_a_channel, why);
      }
      std::this_thread::sleep_for(std::chrono::nanoseconds(slice));
    }
  }

  std::uint64_t capacity() const noexcept {
    return form == Form::classic ? classic.capacity() : geometry.capacity;
  }
  std::uint64_t max_record() const noexcept {
    return form == Form::classic ? classic.max_record() : form == Form::none ? 0 : geometry.max_record();
  }
  Stats snapshot() const noexcept {
    Stats copy = stats;
    if (form == Form::variable) copy.wakes = variable.wakes();
    if (form == Form::fixed) copy.wakes = fixed.wakes();
    if (form == Form::classic) copy.guard_hits = classic.head().hits();
    return copy;
  }

  Form form = Form::none;
  bool await_peer = false;
  bool interruptible = false;
  bool keep = false;
  Layout layout = Layout::native;
  VariableReader variable;
  FixedReader fixed;
  ClassicReader classic;
  std::uint64_t classic_sequence = 0;  // counted here: classic records carry none
  std::uint32_t* data_waiters = nullptr;
  Stats stats;
  Spinner spinner;
  Geometry geometry;
  Segment segment;
  std::vector<unsigned char> wrapped;  // classic: a record that wraps
  std::vector<FoundRecord> batch;      // outstanding
 private:
  static constexpr const char* kLostName = "it was removed meanwhile";

  Status try_open(const ConsumerOptions& options, std::string* why) {
    Segment opened;
    Status status = opened.open(name, true, why);
    if (status != Status::ok) return status;
    Identity identity;
    status = identify(opened, &identity, why);
    if (status != Status::ok) return status;
    return identity.layout == Layout::classic ? open_classic(std::move(opened), identity, why)
                                              : open_native(std::move(opened), identity, options, why);
  }

  Status open_native(Segment opened, const Identity& identity, const ConsumerOptions& options,
                     std::string* why) {
    NativeRole role;
    const Status status = take_consumer_role(std::move(opened), identity, options, &role, why);
    if (status == Status::missing) *why = kLostName;
    if (status != Status::ok) return status;
    segment = std::move(role.segment);
    geometry = role.geometry;
    layout = Layout::native;
    data_waiters = &layout::event_page(segment.base())->data_waiters;
    vigil.attach(segment.descriptor(), data_waiters);
    form = geometry.fixed() ? Form::fixed : Form::variable;
    if (form == Form::fixed) {
      fixed.attach(segment.base(), geometry, options.slot, role.gate, role.position, role.barrier);
    } else {
      variable.attach(segment.base(), geometry, options.slot, role.gate, role.position, role.barrier);
    }
    slot_index = options.slot;
    // A predecessor that died may have left its gate behind its cursor, and the producer waiting for it.
    NativeReader& reader = form == Form::fixed ? static_cast<NativeReader&>(fixed) : variable;
    if (reader.gate_is_behind()) reader.publish_gate();
    return Status::ok;
  }

  Status open_classic(Segment opened, const Identity& identity, std::string* why) {
    ClassicRole role;
    const Status status = attach_classic(std::move(opened), identity, &role, why);
    if (status == Status::missing) *why = kLostName;
    if (status != Status::ok) return status;
    segment = std::move(role.segment);
    layout = Layout::classic;
    classic.attach(segment.base(), role.capacity, role.head, role.tail);
    form = Form::classic;
    return Status::ok;
  }

  Status find_other(FoundRecord* record) {
    if (guard.has_lease()) return fail(Status::invalid, "a view is outstanding; release it first");
    if (form == Form::fixed) {
      std::uint64_t found = 0;
      const Status status = fixed.peek(1, &record->payload, &found);
      if (status != Status::ok) return fail_finding(status, fixed);
      record->size = fixed.record_size();
      record->sequence = fixed.sequence();
      return Status::ok;
    }
    if (form != Form::classic) return fail(Status::closed);
    std::uint32_t length = 0;
    const Status status = classic.next(&length);
    if (status == Status::would_block) return empty_classic();
    if (status != Status::ok) {
      return fail(status, "a record claims " + std::to_string(classic.bad_length()) +
                              " bytes, more than the producer has published");
    }
    empty_polls = 0;
    record->size = length;
    record->sequence = classic_sequence;
    record->payload = classic.in_place(length);
    return Status::ok;
  }

  // A classic object that was replaced looks empty for ever. Asking the kernel each time would cost too
  // much: it is asked at the first, second, fourth … 32nd and every 64th look in a row.
  SHMBUF_COLD Status empty_classic() {
    ++empty_polls;
    const bool ask = empty_polls % 64 == 0 || (empty_polls < 64 && power_of_two(empty_polls));
    if (ask && !segment.linked() && classic.readable() == 0) return fail(Status::retired);
    return fail(Status::would_block);
  }

  SHMBUF_COLD Status fail_finding(Status status, const NativeReader& reader) {
    if (status != Status::damaged) return fail(status);
    return fail(status, std::string(reader.bad_rule()) + ": " + std::to_string(reader.bad_value()) +
                            " at position " + std::to_string(reader.cursor()));
  }
  SHMBUF_COLD Status refuse_run(std::uint64_t max) {
    if (form == Form::none) return fail(Status::closed);
    if (form != Form::fixed) return fail(Status::invalid, "runs need a channel of fixed-size records");
    if (max == 0) return fail(Status::invalid, "0 records were asked for; use at least 1");
    return fail(Status::invalid, "a view is outstanding; release it first");
  }

  template <class Attempt>
  Status spin(Attempt& attempt) {
    if (form == Form::classic) return spinner.spin([this] { return classic.moved(); }, attempt);
    if (form == Form::fixed) return spinner.spin([this] { return fixed.moved(); }, attempt);
    return spinner.spin([this] { return variable.moved(); }, attempt);
  }

  void count_sleep() noexcept {
    ++stats.sleeps;
    if (form != Form::classic) count_up(&layout::slot_at(segment.base(), slot_index)->sleeps);
  }

  // Partner: the producer's full fence after it stored its capabilities (spec 3.7).
  bool producer_has_barrier() const noexcept {
    return (load_acquire(&layout::producer_page(segment.base())->capabilities) &
            layout::kCapabilityBarrier) != 0;
  }

  // Now and then while waiting: is there still somebody to wait for?
  template <class Attempt>
  Status check_producer(Attempt& attempt) {
    const std::uint64_t size = segment.size();
    if (size < segment.mapped()) {
      return fail(Status::segment_lost, "the object has " + std::to_string(size) + " bytes, the mapping " +
                                            std::to_string(segment.mapped()));
    }
    if (form == Form::classic) {
      if (refusals.stuck(classic.head())) {
        return fail(Status::damaged, "the producer position stays at the impossible value " +
                                         std::to_string(classic.head().refused_value()));
      }
      if (segment.linked()) return Status::ok;
      return attempt() == Status::would_block ? fail(Status::retired) : Status::ok;
    }
    layout::ProducerPage* const page = layout::producer_page(segment.base());
    if (load_acquire(&page->state) != layout::kProducerActive ||
        segment.held(producer_lock(Layout::native))) {
      return Status::ok;
    }
    // Nobody holds the lock: what is published now, or the state, is final.
    if (attempt() != Status::would_block) return Status::ok;
    if (!segment.linked()) return fail(Status::retired);
    if (await_peer) return Status::ok;
    return fail(Status::peer_died,
                "process " + std::to_string(load_relaxed(&page->pid)) + " was the producer");
  }

  void interrupt() noexcept override {
    if (data_waiters != nullptr) wake_waiters(data_waiters);
  }

  void end_role() noexcept override {
    if (form == Form::none || form == Form::classic || !segment.owned()) return;
    NativeReader& reader = form == Form::fixed ? static_cast<NativeReader&>(fixed) : variable;
    if (reader.gate_is_behind()) reader.publish_gate();
    layout::Slot* const slot = layout::slot_at(segment.base(), slot_index);
    // Partner: the producer's load-acquire of the state.
    store_release(&slot->state, layout::kSlotDetached);
    notify(&layout::event_page(segment.base())->space_waiter, false);
    if (!keep) remove_when_over(&segment, geometry);
  }

  bool inherited() const noexcept override { return segment.base() != nullptr && !segment.owned(); }

  void drop_segment() noexcept override {
    vigil.end();
    segment.reset();
  }

  std::uint32_t slot_index = 0;
  unsigned empty_polls = 0;
  Vigil vigil;
  RefusalWatch refusals;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_CONSUMER_CORE_HPP_
