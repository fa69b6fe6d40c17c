// The inner part of a Producer: one writer, one segment, and the way both wait.
#ifndef SHMBUF_PRODUCER_CORE_HPP_
#define SHMBUF_PRODUCER_CORE_HPP_

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "shmbuf/classic_life.hpp"
#include "shmbuf/classic_writer.hpp"
#include "shmbuf/copy.hpp"
#include "shmbuf/handle_core.hpp"
#include "shmbuf/name.hpp"
#include "shmbuf/native_life.hpp"
#include "shmbuf/native_writer.hpp"
#include "shmbuf/options.hpp"
#include "shmbuf/refusal_watch.hpp"

namespace shmbuf {
namespace detail {

class ProducerCore final : public HandleCore {
 public:
  enum class Form { none, variable, fixed, classic };

  // ---- calls, each within a CallScope of the using thread ----

  // Copies one record in and publishes it. would_block when it does not fit now.
  SHMBUF_INLINE Status write_now(const void* data, std::size_t size, std::uint32_t kind) {
    if (SHMBUF_LIKELY(form == Form::variable && !guard.has_lease() && kind <= layout::kMaxKind && !times &&
                      variable.append(data, size, kind))) {
      announce_data();
      stats.bytes += size;
      return Status::ok;
    }
    return write_other(data, size, kind);
  }

  SHMBUF_COLD Status write_other(const void* data, std::size_t size, std::uint32_t kind) {
    unsigned char* to = nullptr;
    const Status status = place(size, kind, &to);
    if (status != Status::ok) return status;
    if (form == Form::classic) {
      classic.put(data, static_cast<std::uint32_t>(size));
    } else {
      copy_in(to, data, size);
    }
    commit_placed(size, kind);
    return Status::ok;
  }

  // Space for one record of `size` bytes; for a classic record that wraps, a private buffer.
  Status place(std::uint64_t size, std::uint32_t kind, unsigned char** to) {
    if (guard.has_lease())
      return fail(Status::invalid, "a reservation is outstanding; commit or abort it first");
    if (kind != 0 && (form != Form::variable || kind > layout::kMaxKind)) {
      return fail(Status::invalid, form == Form::variable
                                       ? "kind is " + std::to_string(kind) + "; use 0 to 65534"
                                       : "this channel's records have no kind; use 0");
    }
    switch (form) {
      case Form::variable:
        return place_variable(size, to);
      case Form::fixed:
        return place_fixed_one(size, to);
      case Form::classic:
        return place_classic(size, to);
      case Form::none:
        break;
    }
    return fail(Status::closed);
  }

  // Publishes the placed record. A classic payload is in the ring already.
  void commit_placed(std::uint64_t size, std::uint32_t kind) {
    switch (form) {
      case Form::variable:
        variable.commit(size, kind, publication_time());
        publish_variable(size);
        break;
      case Form::fixed:
        publish_fixed(1);
        break;
      case Form::classic:
        classic.publish(static_cast<std::uint32_t>(size));
        ++stats.records;
        stats.bytes += size;
        break;
      case Form::none:
        break;
    }
  }
  void abort_placed() noexcept {
    if (form == Form::variable) variable.abort();
    if (form == Form::fixed) fixed.abort();
  }

  // Space for 1 to `max` adjacent fixed-size records.
  SHMBUF_INLINE Status place_run(std::uint64_t max, unsigned char** to, std::uint64_t* placed) {
    if (!SHMBUF_LIKELY(form == Form::fixed && max != 0 && !guard.has_lease())) return refuse_run(max);
    const Status status = fixed.place(max, to, placed);
    if (SHMBUF_LIKELY(status == Status::ok)) return status;
    return fail_placing(status, fixed.bad_gate(), max);
  }

  // Repeats `attempt` (which returns would_block while there is no room) until it succeeds or must give up.
  template <class Attempt>
  SHMBUF_COLD Status wait_for_space(Deadline& deadline, Attempt attempt) {
    if (!deadline.waits()) return fail(Status::would_block);
    Status status = spin(attempt);
    if (status != Status::would_block) return status;
    const auto closing = [this] { return guard.closing(); };
    const auto slept = [this] { count_sleep(); };
    const auto check = [this, &attempt] { return check_consumers(attempt); };
    if (form != Form::classic) {
      const NativeWriter& writer = form == Form::fixed ? static_cast<const NativeWriter&>(fixed) : variable;
      const auto at_work = [this, &writer] {
        return pace.at_work(Pace::Clock::now(), writer.released(), writer.lap());
      };
      status = nap(space_waiter, deadline, interruptible, attempt, at_work, slept, closing);
      if (status != Status::would_block) return settle(status);
    }
    status = form == Form::classic ? poll(vigil, deadline, attempt, check, slept, closing)
                                   : park(
                                         space_waiter, vigil, spinner, deadline, interruptible, attempt,
                                         [this] { return consumer_has_barrier(); }, check, slept, closing);
    return settle(status);
  }

  SHMBUF_INLINE void publish_variable(std::uint64_t bytes) {
    variable.publish();
    announce_data();
    stats.bytes += bytes;
  }
  SHMBUF_INLINE void publish_fixed(std::uint64_t records) {
    fixed.commit(records);
    fixed.publish();
    announce_data();
    stats.bytes += records * fixed.record_size();
  }

  SHMBUF_INLINE std::int64_t publication_time() const noexcept { return times ? monotonic_time() : 0; }

  // ---- taking the role ----

  Status create(const std::string& channel, const Options& options) {
    name = channel;
    std::string why;
    Status status = check_name(channel, &why);
    if (status != Status::ok) return fail(status, why);
    if (options.mode > 0777) {
      return fail(Status::invalid, "mode has bits beyond 0777: " + std::to_string(options.mode));
    }
    await_peer = options.await_peer;
    interruptible = options.interruptible;
    layout = options.layout;
    if (layout == Layout::classic) return create_classic_form(options);
    Geometry wanted;
    status = geometry_for(options, &wanted, &why);
    if (status != Status::ok) return fail(status, why);
    NativeRole role;
    status = take_producer_role(channel, options, wanted, &role, &why);
    if (status != Status::ok) return fail(status, why);
    segment = std::move(role.segment);
    geometry = role.geometry;
    barrier = role.barrier;
    times = geometry.times();
    stats.discarded = role.discarded;
    first = role.count;
    void* const base = segment.base();
    data_waiters = &layout::event_page(base)->data_waiters;
    space_waiter = &layout::event_page(base)->space_waiter;
    vigil.attach(segment.descriptor(), space_waiter);
    form = geometry.fixed() ? Form::fixed : Form::variable;
    if (form == Form::fixed) {
      fixed.attach(base, geometry, role.position, role.count, role.cell);
    } else {
      variable.attach(base, geometry, role.position, role.count, role.cell);
    }
    if (role.discarded != 0) {
      notice = "the channel was replaced; " + std::to_string(role.discarded) +
               " records that no consumer was left to read are discarded";
    }
    return Status::ok;
  }

  std::uint64_t capacity() const noexcept {
    return form == Form::classic ? classic.capacity() : geometry.capacity;
  }
  std::uint64_t max_record() const noexcept {
    return form == Form::classic ? classic.max_record() : form == Form::none ? 0 : geometry.max_record();
  }
  Stats snapshot() const noexcept {
    Stats copy = stats;
    if (form == Form::variable) copy.records = variable.count() - first;
    if (form == Form::fixed) copy.records = fixed.count() - first;
    if (form == Form::classic) copy.guard_hits = classic.tail().hits();
    return copy;
  }

  Form form = Form::none;
  bool barrier = false;
  bool times = false;
  bool await_peer = false;
  bool interruptible = false;
  Layout layout = Layout::native;
  VariableWriter variable;
  FixedWriter fixed;
  ClassicWriter classic;
  std::uint64_t first = 0;  // number of the first record of this handle
  std::uint32_t* data_waiters = nullptr;
  std::uint32_t* space_waiter = nullptr;
  Stats stats;
  Geometry geometry;
  Segment segment;
  std::vector<unsigned char> wrapped;  // classic: a reserved payload that wraps
  std::string notice;

 private:
  Status create_classic_form(const Options& options) {
    std::string why;
    Status status = check_classic_options(options, &why);
    if (status != Status::ok) return fail(status, why);
    ClassicRole role;
    status = create_classic(name, options, &role, &why);
    if (status != Status::ok) return fail(status, why);
    segment = std::move(role.segment);
    classic.attach(segment.base(), role.capacity, role.head, role.tail);
    form = Form::classic;
    if (options.capacity != 0 && options.capacity != role.capacity) {
      notice = "capacity " + std::to_string(options.capacity) + " was rounded down to " +
               std::to_string(role.capacity) + ", as a classic channel demands";
    }
    return Status::ok;
  }

  SHMBUF_COLD Status place_variable(std::uint64_t size, unsigned char** to) {
    bool pad_published = false;
    const Status status = variable.place(size, to, &pad_published);
    if (pad_published) announce_data();
    return SHMBUF_LIKELY(status == Status::ok) ? status : fail_placing(status, variable.bad_gate(), size);
  }

  Status place_fixed_one(std::uint64_t size, unsigned char** to) {
    if (size != geometry.record_size) {
      return fail(Status::invalid, "the record has " + std::to_string(size) +
                                       " bytes; this channel's have " +
                                       std::to_string(geometry.record_size));
    }
    std::uint64_t placed = 0;
    return place_run(1, to, &placed);
  }

  Status place_classic(std::uint64_t size, unsigned char** to) {
    const Status status = classic.room(size);
    if (status == Status::invalid) {
      return fail(status, "the record has 0 bytes; existing classic consumers would stall on it for ever");
    }
    if (status != Status::ok) return fail_placing(status, 0, size);
    *to = classic.in_place(static_cast<std::uint32_t>(size));
    return Status::ok;
  }

  SHMBUF_COLD Status fail_placing(Status status, std::uint64_t gate, std::uint64_t size) {
    if (status == Status::too_large) {
      return fail(status, "the record has " + std::to_string(size) + " bytes, the longest that fits has " +
                              std::to_string(max_record()));
    }
    if (status == Status::damaged) {
      return fail(status, "a consumer's gate is " + std::to_string(gate) + ", impossible for the producer");
    }
    return fail(status);
  }
  SHMBUF_COLD Status refuse_run(std::uint64_t max) {
    if (form == Form::none) return fail(Status::closed);
    if (form != Form::fixed) return fail(Status::invalid, "runs need a channel of fixed-size records");
    if (max == 0) return fail(Status::invalid, "0 records were asked for; use at least 1");
    return fail(Status::invalid, "a reservation is outstanding; commit or abort it first");
  }

  SHMBUF_INLINE void announce_data() noexcept {
    if (!SHMBUF_LIKELY(!notify(data_waiters, barrier))) {
      ++stats.wakes;
      count_up(&layout::producer_page(segment.base())->wakes);
    }
  }
  template <class Attempt>
  Status spin(Attempt& attempt) {
    if (form == Form::classic) return spinner.spin([this] { return classic.moved(); }, attempt);
    if (form == Form::fixed) return spinner.spin([this] { return fixed.moved(); }, attempt);
    return spinner.spin([this] { return variable.moved(); }, attempt);
  }

  void count_sleep() noexcept {
    ++stats.sleeps;
    if (form != Form::classic) count_up(&layout::producer_page(segment.base())->sleeps);
  }

  // Whether any gating slot leaves its fence to us, whatever its state: its consumer may publish a gate
  // before it is seen as attached (spec 3.7).
  bool consumer_has_barrier() const noexcept {
    for (std::uint32_t i = 0; i < geometry.slot_count; ++i) {
      const layout::Slot* const slot = layout::slot_at(segment.base(), i);
      if (load_acquire(&slot->state) == layout::kSlotFree) continue;
      if (load_relaxed(&slot->policy) != layout::kPolicyLossless) continue;
      // Partner: the consumer's full fence after it stored its capabilities.
      if ((load_acquire(&slot->capabilities) & layout::kCapabilityBarrier) != 0) return true;
    }
    return false;
  }

  // Now and then while waiting: is there still somebody to wait for?
  template <class Attempt>
  Status check_consumers(Attempt& attempt) {
    const std::uint64_t size = segment.size();
    if (size < segment.mapped()) {
      return fail(Status::segment_lost, "the object has " + std::to_string(size) + " bytes, the mapping " +
                                            std::to_string(segment.mapped()));
    }
    if (form == Form::classic) {
      if (refusals.stuck(classic.tail())) {
        return fail(Status::damaged, "the consumer position stays at the impossible value " +
                                         std::to_string(classic.tail().refused_value()));
      }
      return segment.linked() ? Status::ok : fail(Status::retired);
    }
    bool attached = false;
    bool alive = false;
    for (std::uint32_t i = 0; i < geometry.slot_count; ++i) {
      const layout::Slot* const slot = layout::slot_at(segment.base(), i);
      if (load_acquire(&slot->state) != layout::kSlotAttached) continue;
      attached = true;
      if (segment.held(consumer_lock(Layout::native, i))) alive = true;
    }
    if (alive) return Status::ok;
    if (!segment.linked()) return fail(Status::retired);
    if (!attached || await_peer) return Status::ok;
    const Status status = attempt();  // what it released before it died
    if (status != Status::would_block) return Status::ok;
    return fail(Status::peer_died,
                "process " + std::to_string(load_relaxed(&layout::slot_at(segment.base(), 0)->pid)) +
                    " was the consumer");
  }

  void interrupt() noexcept override {
    if (space_waiter != nullptr) wake_waiters(space_waiter);
  }

  void end_role() noexcept override {
    if (form == Form::none || form == Form::classic || !segment.owned()) return;
    layout::ProducerPage* const page = layout::producer_page(segment.base());
    store_relaxed(&page->frontier, form == Form::fixed ? fixed.position() : variable.position());
    // Partner: the consumers' load-acquire of the state: the last records are published before.
    store_release(&page->state, layout::kProducerClosed);
    wake_consumers(segment.base());
  }

  bool inherited() const noexcept override { return segment.base() != nullptr && !segment.owned(); }

  void drop_segment() noexcept override {
    vigil.end();
    if ((form == Form::variable || form == Form::fixed) && segment.owned()) {
      segment.unlock(producer_lock(Layout::native));
      remove_when_over(&segment, geometry);
    }
    segment.reset();
  }

  // How a wait ended: what the attempts said has its words already.
  Status settle(Status status) {
    const bool bare = status == Status::timeout || status == Status::would_block ||
                      status == Status::closed || status == Status::cancelled;
    return bare ? fail(status) : status;
  }

  Vigil vigil;
  Spinner spinner;
  Pace pace;
  RefusalWatch refusals;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_PRODUCER_CORE_HPP_
