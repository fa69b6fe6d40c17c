// Variable-size records over plain memory: spec/PROTOCOL.md 3.5 and 3.7, byte by byte.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "heap_segment.hpp"

namespace {

using shmbuf::Options;
using shmbuf::Status;
using shmbuf::detail::FoundRecord;
using shmbuf::detail::VariableReader;
using shmbuf::detail::VariableWriter;

constexpr std::uint64_t kPad = std::uint64_t{0xFFFF} << 48;

struct Pair {
  explicit Pair(const Options& options) : segment(options) {
    segment.attach_writer(&writer);
    segment.attach_reader(&reader);
  }
  Status write(std::size_t size, int fill, std::uint32_t kind = 0) {
    unsigned char* to = writer.place_fast(size);
    bool pad = false;
    if (to == nullptr) {
      const Status status = writer.place(size, &to, &pad);
      pads += pad ? 1 : 0;
      if (status != Status::ok) return status;
    }
    std::memset(to, fill, size);
    writer.commit(size, kind, 0);
    writer.publish();
    return Status::ok;
  }
  // Size of the next record, which is released; or minus the status.
  long read(int fill) {
    FoundRecord record;
    const Status status = reader.peek(&record);
    if (status != Status::ok) return -static_cast<long>(status);
    for (std::uint64_t i = 0; i < record.size; ++i) EXPECT_EQ(fill, record.payload[i]);
    EXPECT_EQ(expected++, record.sequence);
    reader.release(record);
    return static_cast<long>(record.size);
  }

  HeapSegment segment;
  VariableWriter writer;
  VariableReader reader;
  std::uint64_t expected = 0;
  int pads = 0;
};

Options small(std::uint64_t start = 0) {
  Options options;
  options.capacity = 4096;
  options.start_position = start;
  return options;
}

constexpr long kEmpty = -static_cast<long>(Status::would_block);
constexpr long kDamaged = -static_cast<long>(Status::damaged);

TEST(Variable, HeaderBytes) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(5, 0xAB, 7));
  EXPECT_EQ(5u | (std::uint64_t{7} << 48), pair.segment.word(0));
  EXPECT_EQ(0u, pair.segment.word(8));
  EXPECT_EQ(0xAB, pair.segment.ring()[16]);
  EXPECT_EQ(0xAB, pair.segment.ring()[20]);
  EXPECT_EQ(0, pair.segment.ring()[21]);
  EXPECT_EQ(24u, pair.segment.page()->position);
  EXPECT_EQ(24u, pair.segment.page()->frontier);
  EXPECT_EQ(24u, pair.segment.page()->journal[1].end);
  EXPECT_EQ(1u, pair.segment.page()->journal[1].count);
  EXPECT_EQ(0u, pair.segment.page()->journal[0].end);
  EXPECT_EQ(5, pair.read(0xAB));
}

TEST(Variable, ExactFitLeavesNoByteAndTheNextWaits) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(2032, 1));
  ASSERT_EQ(Status::ok, pair.write(2032, 2));
  EXPECT_EQ(Status::would_block, pair.write(0, 3));
  EXPECT_EQ(2032, pair.read(1));
  EXPECT_EQ(Status::ok, pair.write(2032, 3));
  EXPECT_EQ(2032, pair.read(2));
  EXPECT_EQ(2032, pair.read(3));
  EXPECT_EQ(kEmpty, pair.read(0));
}

TEST(Variable, LargestFitsTooLargeDoesNot) {
  Pair pair(small());
  EXPECT_EQ(4080u, pair.writer.max_record());
  EXPECT_EQ(Status::too_large, pair.write(4081, 1));
  EXPECT_EQ(Status::too_large, pair.write(std::size_t{1} << 60, 1));
  EXPECT_EQ(Status::ok, pair.write(4080, 1));
  EXPECT_EQ(4080, pair.read(1));
  EXPECT_EQ(Status::ok, pair.write(4080, 2));
  EXPECT_EQ(4080, pair.read(2));
}

TEST(Variable, ZeroLengthIsARecord) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(0, 0));
  EXPECT_EQ(0, pair.read(0));
  EXPECT_EQ(kEmpty, pair.read(0));
}

TEST(Variable, PadFillsTheLap) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(3000, 1));  // ends at 3016
  EXPECT_EQ(3000, pair.read(1));
  ASSERT_EQ(Status::ok, pair.write(1500, 2));  // rest is 1080: pad, then at 4096
  EXPECT_EQ(kPad | 1080, pair.segment.word(3016));
  EXPECT_EQ(4096u + 1520, pair.segment.page()->position);
  EXPECT_EQ(0, pair.pads) << "the pad is published with its record";
  EXPECT_EQ(1500, pair.read(2));
}

TEST(Variable, RecordThatNeedsTheWholeLapGetsItsPadPublishedFirst) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(1000, 1));  // ends at 1016
  EXPECT_EQ(1000, pair.read(1));
  EXPECT_EQ(Status::would_block, pair.write(4000, 2));
  EXPECT_EQ(1, pair.pads);
  EXPECT_EQ(4096u, pair.segment.page()->position);
  EXPECT_EQ(1u, pair.segment.page()->journal[0].count) << "pads do not count";
  EXPECT_EQ(4096u, pair.segment.page()->journal[0].end);
  EXPECT_EQ(kEmpty, pair.read(0)) << "only the pad is there";
  EXPECT_EQ(4096u, pair.segment.slot()->gate);
  EXPECT_EQ(Status::ok, pair.write(4000, 2));
  EXPECT_EQ(4000, pair.read(2));
}

TEST(Variable, PadGoesAheadWhileUnreadRecordsRemain) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(3000, 1));
  EXPECT_EQ(Status::ok, pair.write(1000, 2));  // ends at 4032: 64 bytes are left
  EXPECT_EQ(3000, pair.read(1));               // gate 3016
  EXPECT_EQ(Status::would_block, pair.write(4080, 3));
  EXPECT_EQ(1, pair.pads);
  EXPECT_EQ(1000, pair.read(2));
  EXPECT_EQ(kEmpty, pair.read(0));
  EXPECT_EQ(Status::ok, pair.write(4080, 3));
  EXPECT_EQ(4080, pair.read(3));
}

TEST(Variable, AbortPublishesNothing) {
  Pair pair(small());
  unsigned char* to = nullptr;
  bool pad = false;
  ASSERT_EQ(Status::ok, pair.writer.place(100, &to, &pad));
  EXPECT_EQ(120u, pair.segment.page()->frontier);
  pair.writer.abort();
  EXPECT_EQ(0u, pair.segment.page()->frontier);
  EXPECT_EQ(kEmpty, pair.read(0));
  ASSERT_EQ(Status::ok, pair.write(10, 5));
  EXPECT_EQ(10, pair.read(5));
}

TEST(Variable, BatchIsPublishedAtOnceAndKeepsTheOtherJournalCell) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(8, 1));
  const shmbuf::layout::JournalCell before = pair.segment.page()->journal[1];
  for (int i = 0; i < 2; ++i) {
    unsigned char* to = pair.writer.place_fast(8);
    ASSERT_NE(nullptr, to);
    std::memset(to, 2, 8);
    pair.writer.commit(8, 0, 0);
    EXPECT_EQ(24u, pair.segment.page()->position);
  }
  pair.writer.publish();
  EXPECT_EQ(72u, pair.segment.page()->position);
  EXPECT_EQ(before.end, pair.segment.page()->journal[1].end);
  EXPECT_EQ(before.count, pair.segment.page()->journal[1].count);
  EXPECT_EQ(72u, pair.segment.page()->journal[0].end);
  EXPECT_EQ(3u, pair.segment.page()->journal[0].count);
  EXPECT_EQ(8, pair.read(1));
  EXPECT_EQ(8, pair.read(2));
  EXPECT_EQ(8, pair.read(2));
}

TEST(Variable, GateIsPublishedByTheRule) {
  Pair pair(small());
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Status::ok, pair.write(0, 0));
  for (int i = 0; i < 15; ++i) EXPECT_EQ(0, pair.read(0));
  EXPECT_EQ(0u, pair.segment.slot()->gate) << "240 of 256 bytes: not yet";
  EXPECT_EQ(240u, pair.segment.slot()->cursor);
  EXPECT_EQ(0, pair.read(0));
  EXPECT_EQ(256u, pair.segment.slot()->gate) << "a sixteenth";
  EXPECT_EQ(0, pair.read(0));
  EXPECT_EQ(256u, pair.segment.slot()->gate);
  shmbuf::layout::event_page(pair.segment.base())->space_waiter = 1;
  EXPECT_EQ(0, pair.read(0));
  EXPECT_EQ(288u, pair.segment.slot()->gate) << "the producer waits";
  EXPECT_EQ(0u, shmbuf::layout::event_page(pair.segment.base())->space_waiter);
  EXPECT_EQ(0, pair.read(0));
  EXPECT_EQ(0, pair.read(0));
  EXPECT_EQ(288u, pair.segment.slot()->gate);
  EXPECT_EQ(kEmpty, pair.read(0));
  EXPECT_EQ(320u, pair.segment.slot()->gate) << "the ring was found empty";
}

TEST(Variable, PayloadsAreAligned) {
  for (const std::uint32_t alignment : {8u, 16u, 64u, 4096u}) {
    for (const bool times : {false, true}) {
      Options options;
      options.capacity = 1 << 16;
      options.alignment = alignment;
      options.times = times;
      Pair pair(options);
      for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(Status::ok, pair.write(static_cast<std::size_t>(i), i));
        FoundRecord record;
        ASSERT_EQ(Status::ok, pair.reader.peek(&record));
        EXPECT_EQ(0u, reinterpret_cast<std::uintptr_t>(record.payload) % alignment);
        EXPECT_EQ(i, pair.read(i));
      }
    }
  }
}

TEST(Variable, DamageIsReportedAndNothingIsSkipped) {
  struct Case {
    const char* what;
    std::uint64_t word;
  };
  for (const Case& c :
       {Case{"longer than published", 9}, Case{"longer than the ring", 5000},
        Case{"48 bits", (std::uint64_t{1} << 48) - 1}, Case{"pad of a wrong length", kPad | 24},
        Case{"pad beyond what is published", kPad | 4096}}) {
    Pair pair(small());
    ASSERT_EQ(Status::ok, pair.write(8, 1));
    pair.segment.set_word(0, c.word);
    EXPECT_EQ(kDamaged, pair.read(0)) << c.what;
    EXPECT_EQ(kDamaged, pair.read(0)) << c.what;
    EXPECT_EQ(0u, pair.segment.slot()->cursor);
    pair.segment.set_word(0, 8);
    EXPECT_EQ(8, pair.read(1)) << c.what;
  }
}

TEST(Variable, RecordsDoNotStraddleTheEndOfTheRing) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(3000, 1));
  EXPECT_EQ(3000, pair.read(1));
  ASSERT_EQ(Status::ok, pair.write(1000, 2));  // at 3016; 1080 bytes are left
  ASSERT_EQ(Status::ok, pair.write(1000, 3));  // in the next lap
  pair.segment.set_word(3016, 1100);
  EXPECT_EQ(kDamaged, pair.read(0));
  pair.segment.set_word(3016, 1000);
  EXPECT_EQ(1000, pair.read(2));
  EXPECT_EQ(1000, pair.read(3));
}

TEST(Variable, SequenceMustGoOn) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(0, 0));
  ASSERT_EQ(Status::ok, pair.write(0, 0));
  EXPECT_EQ(0, pair.read(0));
  pair.segment.set_word(24, 2);
  EXPECT_EQ(kDamaged, pair.read(0));
}

TEST(Variable, ImpossiblePositionsAreDamage) {
  Pair pair(small());
  ASSERT_EQ(Status::ok, pair.write(100, 1));
  FoundRecord record;
  ASSERT_EQ(Status::ok, pair.reader.peek(&record));
  pair.reader.release(record);
  pair.segment.page()->position = 120 + 4104;  // more than a lap ahead
  EXPECT_EQ(kDamaged, pair.read(0));
  pair.segment.page()->position = 112;  // behind
  EXPECT_EQ(kDamaged, pair.read(0));
  pair.segment.page()->position = 120;
  EXPECT_EQ(kEmpty, pair.read(0));
  pair.segment.page()->state = 4;
  EXPECT_EQ(kDamaged, pair.read(0));
}

TEST(Variable, ImpossibleGatesAreDamage) {
  for (const std::uint64_t gate : {std::uint64_t{4097}, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
    Pair pair(small());
    ASSERT_EQ(Status::ok, pair.write(4080, 1));
    pair.segment.slot()->gate = gate;
    EXPECT_EQ(Status::damaged, pair.write(8, 1)) << gate;
    pair.segment.slot()->gate = 4096;
    EXPECT_EQ(Status::ok, pair.write(4080, 2)) << gate;
    pair.segment.slot()->gate = 8192;
    EXPECT_EQ(Status::ok, pair.writer.refresh());
    pair.segment.slot()->gate = 8191;  // a gate never goes back
    EXPECT_EQ(Status::damaged, pair.writer.refresh());
  }
}

TEST(Variable, EndOfStreamAndRetiredComeAfterTheLastRecord) {
  for (const std::uint32_t state : {shmbuf::layout::kProducerClosed, shmbuf::layout::kProducerRetired}) {
    Pair pair(small());
    ASSERT_EQ(Status::ok, pair.write(3, 1));
    pair.segment.page()->state = state;
    EXPECT_EQ(3, pair.read(1));
    EXPECT_EQ(-static_cast<long>(state == shmbuf::layout::kProducerClosed ? Status::end_of_stream
                                                                          : Status::retired),
              pair.read(0));
  }
}

// Positions just below the places where a narrower or signed counter would break.
class VariablePositions : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(VariablePositions, LapsCrossIt) {
  Pair pair(small(GetParam()));
  std::uint64_t random = 88172645463325252ull;
  int in = 0;
  int out = 0;
  std::vector<std::size_t> sizes;
  while (out < 3000) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    const std::size_t size = random % 1200;
    if (random >> 63 != 0 && pair.write(size, in & 0x7F) == Status::ok) {
      sizes.push_back(size);
      ++in;
    } else if (out < in) {
      ASSERT_EQ(static_cast<long>(sizes[static_cast<std::size_t>(out)]), pair.read(out & 0x7F));
      ++out;
    }
  }
  EXPECT_NE(GetParam() >> 32, pair.segment.page()->position >> 32) << "the stream did not cross";
}

INSTANTIATE_TEST_SUITE_P(Near, VariablePositions,
                         ::testing::Values((1ull << 32) - 4096, (1ull << 32) - 8, (1ull << 63) - 16,
                                           0ull - 4096, 0ull - 8));

TEST(Variable, MillionRecordsBetweenTwoThreads) {
  Options options;
  options.capacity = 16384;
  options.start_position = 0ull - (1 << 20);
  Pair pair(options);
  constexpr std::uint32_t kRecords = 1000000;
  std::thread producer([&pair] {
    for (std::uint32_t i = 0; i < kRecords; ++i) {
      const std::size_t size = 4 + i * 2654435761u % 61;
      unsigned char* to = pair.writer.place_fast(size);
      bool pad = false;
      while (to == nullptr && pair.writer.place(size, &to, &pad) != Status::ok) std::this_thread::yield();
      std::memset(to, static_cast<int>(i & 0xFF), size);
      std::memcpy(to, &i, sizeof(i));
      pair.writer.commit(size, i & 0x7FFF, 0);
      pair.writer.publish();
    }
  });
  std::uint32_t bad = 0;
  for (std::uint32_t i = 0; i < kRecords; ++i) {
    FoundRecord record;
    Status status;
    while ((status = pair.reader.peek(&record)) == Status::would_block) std::this_thread::yield();
    if (status != Status::ok) {
      ADD_FAILURE() << shmbuf::to_string(status) << " at " << i;
      break;
    }
    std::uint32_t number = 0;
    std::memcpy(&number, record.payload, sizeof(number));
    const bool filled = record.size == 4 || record.payload[record.size - 1] == (i & 0xFF);
    bad += number != i || record.sequence != i || record.kind != (i & 0x7FFF) || !filled ? 1 : 0;
    pair.reader.release(record);
  }
  producer.join();
  EXPECT_EQ(0u, bad);
}

TEST(VariableGate, APadPublishesByTheSameRule) {
  Options options;
  options.capacity = 4096;
  Pair pair(options);
  ASSERT_EQ(Status::ok, pair.write(2544, 1));
  EXPECT_EQ(2544, pair.read(1));
  ASSERT_EQ(Status::ok, pair.write(2000, 2));
  FoundRecord record;
  ASSERT_EQ(Status::ok, pair.reader.peek(&record));
  EXPECT_EQ(4096u, pair.segment.slot()->cursor) << "the pad of 1536 bytes is released";
  EXPECT_EQ(4096u, pair.segment.slot()->gate);
  EXPECT_EQ(1u, pair.segment.slot()->sequence) << "a pad is no record";
}

TEST(VariableGate, AShortPadPublishesOnlyForAProducerThatWaits) {
  for (const std::uint32_t waiter : {0u, 1u}) {
    Options options;
    options.capacity = 4096;
    Pair pair(options);
    ASSERT_EQ(Status::ok, pair.write(3952, 1));
    EXPECT_EQ(3952, pair.read(1));
    ASSERT_EQ(Status::ok, pair.write(200, 2));
    shmbuf::layout::event_page(pair.segment.base())->space_waiter = waiter;
    FoundRecord record;
    ASSERT_EQ(Status::ok, pair.reader.peek(&record));
    EXPECT_EQ(4096u, pair.segment.slot()->cursor);
    EXPECT_EQ(waiter == 0 ? 3968u : 4096u, pair.segment.slot()->gate);
  }
}

}  // namespace
