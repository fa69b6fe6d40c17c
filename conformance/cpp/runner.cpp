#include "runner.hpp"

#include "answers.hpp"

using shmbuf::Status;

namespace {

shmbuf::Options options_of(const Words& channel) {
  Step s;
  s.args = channel;
  shmbuf::Options o;
  const auto text = [&](const char* key) { return s.has(key) ? channel.at(key) : std::string(); };
  o.layout = text("layout") == "classic" ? shmbuf::Layout::classic : shmbuf::Layout::native;
  o.capacity = s.number("capacity");
  if (text("records").compare(0, 6, "fixed:") == 0) o.record_size = number(text("records").substr(6));
  o.record_count = s.number("record_count");
  o.alignment = static_cast<std::uint32_t>(s.number("alignment"));
  o.slots = static_cast<std::uint32_t>(s.number("slots"));
  o.content_type = text("content_type");
  o.times = s.number("times") == 1;
  o.keep = s.number("keep") == 1;
  o.start_position = s.number("start_position");
  return o;
}

}  // namespace

Runner::~Runner() {
  close_side("consumer");
  close_side("producer");
  object_.remove();
}

void Runner::run(const Step& s) {
  const auto layout = channel_.find("layout");
  const bool native = layout == channel_.end() || layout->second != "classic";
  if (!life(s) && !producing(s) && !consuming(s) && !object_.run(s, native)) {
    throw Mismatch("unknown verb " + s.verb);
  }
}

bool Runner::life(const Step& s) {
  if (s.verb == "channel") {
    channel_ = s.args;
  } else if (s.verb == "create") {
    answer(s, create(s), "");
  } else if (s.verb == "open") {
    answer(s, open(), "");
  } else if (s.verb == "close") {
    answer(s, close_side(s.words.at(0)), "");
  } else if (s.verb == "guards") {
    const bool of_producer = s.words.at(0) == "producer";
    const std::uint64_t got = (of_producer ? producer_.stats() : consumer_.stats()).guard_hits;
    if (got < s.wanted("min")) same("guard counter", got, s.wanted("min"));
  } else {
    return false;
  }
  return true;
}

// A handle that could not be created leaves the one there is alone.
Status Runner::create(const Step& s) {
  Words asked = channel_;
  for (const auto& entry : s.args) asked[entry.first] = entry.second;
  shmbuf::Producer p;
  const Status status = p.create(name_, options_of(asked));
  if (status == Status::ok) producer_ = std::move(p);
  object_.follow();
  return status;
}

Status Runner::open() {
  shmbuf::Consumer c;
  const Status status = c.open(name_);
  if (status == Status::ok) consumer_ = std::move(c);
  return status;
}

Status Runner::close_side(const std::string& side) {
  if (side == "producer") {
    const Status status = producer_.close();
    reservation_ = shmbuf::Reservation();
    run_reservation_ = shmbuf::RunReservation();
    producer_ = shmbuf::Producer();
    return status;
  }
  const Status status = consumer_.close();
  view_ = shmbuf::View();
  run_view_ = shmbuf::RunView();
  consumer_ = shmbuf::Consumer();
  return status;
}
