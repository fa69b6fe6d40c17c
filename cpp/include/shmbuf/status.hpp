// Results of calls. The codes are those of spec/errors.json and never change.
#ifndef SHMBUF_STATUS_HPP_
#define SHMBUF_STATUS_HPP_

namespace shmbuf {

enum class Status : int {
  ok = 0,
  would_block = 1,      // the ring is full (write) or empty (read), and the call does not wait
  end_of_stream = 2,    // the producer has closed and every record has been read
  closed = 3,           // this handle has been closed
  too_large = 4,        // the record can never fit this channel
  busy = 5,             // another live process holds this role
  peer_died = 6,        // the other side ended without closing
  retired = 7,          // the segment was replaced or removed
  not_a_channel = 8,    // the object under this name is something else
  unknown_version = 9,  // a native segment of a version this release does not know
  damaged = 10,         // shared memory holds values that break the protocol
  exists = 11,          // a new channel was asked for and the name is taken
  missing = 12,         // there is no channel of this name
  short_buffer = 13,    // the record is longer than the buffer; it stays in the channel
  timeout = 14,         // the time allowed has passed
  no_space = 15,        // shared memory has no room for the segment
  no_permission = 16,   // the operating system refused access
  segment_lost = 17,    // the memory under the mapping is gone
  invalid = 18,         // an argument or option is out of range
  cancelled = 19,       // the caller cancelled the wait
  system = 20           // an operating-system call failed in an unexpected way
};

namespace detail {

struct StatusText {
  const char* name;
  const char* meaning;
  const char* action;
};

inline const StatusText& status_text(Status status) noexcept {
  static const StatusText kTexts[] = {
      {"ok", "no error", "nothing to do"},
      {"would_block", "the ring is full (write) or empty (read) and the call does not block",
       "try again, wait with a blocking call, or give the channel a larger capacity"},
      {"end_of_stream", "the producer has closed the channel and every record has been read",
       "stop reading; open again if a new producer is expected"},
      {"closed", "this handle has been closed", "do not use a handle after closing it"},
      {"too_large", "the record can never fit this channel", "create the channel with a larger capacity"},
      {"busy", "another live process holds this role",
       "stop the other process, or use another name or slot"},
      {"peer_died", "the other side ended without closing",
       "start a successor; it continues where the last one stopped"},
      {"retired", "the segment was replaced or removed",
       "open the channel again to follow the new segment"},
      {"not_a_channel", "the object under this name is not a shmbuf channel",
       "use another name, or remove the object if it is yours"},
      {"unknown_version", "the segment has a version this release does not know",
       "use the same release on both sides, or remove the channel"},
      {"damaged", "shared memory holds values that break the protocol",
       "remove the channel and create it again"},
      {"exists", "a new channel was asked for and the name is taken",
       "use another name, remove the channel, or do not ask for exclusive creation"},
      {"missing", "there is no channel of this name", "start the producer first, or open with a wait"},
      {"short_buffer", "the record is longer than the buffer; it stays in the channel",
       "read again with a buffer of the size in the message"},
      {"timeout", "the time allowed has passed",
       "allow more time, or look at the other side with shmbuf info"},
      {"no_space", "shared memory has no room for the segment",
       "ask for less, or enlarge /dev/shm (containers: --shm-size)"},
      {"no_permission", "the operating system refused access",
       "run as the owner, or create the channel with wider mode bits"},
      {"segment_lost", "the memory under the mapping is gone (truncated by someone)",
       "find who truncates the object; create the channel again"},
      {"invalid", "an argument or option is out of range", "use a value in the range given in the message"},
      {"cancelled", "the caller cancelled the wait", "nothing was lost; call again to go on"},
      {"system", "an operating-system call failed in an unexpected way",
       "see the message for the call and its error"},
  };
  static const StatusText kUnknown = {"unknown", "not a status of this release", "compare the releases"};
  const int code = static_cast<int>(status);
  const int count = static_cast<int>(sizeof(kTexts) / sizeof(kTexts[0]));
  return code >= 0 && code < count ? kTexts[code] : kUnknown;
}

}  // namespace detail

// The name of a status, as in spec/errors.json. Never null; the text lives for ever.
inline const char* to_string(Status status) noexcept { return detail::status_text(status).name; }

}  // namespace shmbuf

#endif  // SHMBUF_STATUS_HPP_
