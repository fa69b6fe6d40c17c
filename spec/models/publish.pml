/* Publishing records and giving their space back: sections 3.5 to 3.7.
 *
 * A ring of CELLS records, of which each has a header word and a payload word. The
 * producer writes RECORDS records, publishes them singly or in batches and closes;
 * it looks at the gate only when what it knows of it leaves no room. The consumer
 * looks at the position only when it has used up what it knows; it peeks any
 * number of records, looks at them again before it releases them, and publishes
 * its gate late, at the latest when it finds the ring empty. A third process is a
 * producer's successor (or a tool) that checks cursor and gate against each other.
 *
 * Assertions: the consumer finds exactly the record that is due, finds it unchanged
 * until it has released it, ends with the last one, and gate ≤ cursor for
 * everybody. Nobody stays waiting for the other ("invalid end state").
 *
 * Go: Writer.room, put, publish; consumer.refresh, release, publishGate; Consumer.empty;
 * newGates. C++: NativeWriter.refresh, VariableWriter.place, commit, publish;
 * NativeReader.refresh, found_empty, advance, publish_gate; take_over.
 */
#ifndef CELLS
#define CELLS 2
#endif
#ifndef RECORDS
#define RECORDS 4
#endif

#define CPUS 2
#define WORDS (4 + 2 * CELLS)
#define DEPTH 6
#include "memory.pml"

#define POSITION 0
#define GATE 1
#define CURSOR 2
#define STATE 3 /* 2: closed */
#define HEADER(p) (4 + 2 * ((p) % CELLS))
#define PAYLOAD(p) (5 + 2 * ((p) % CELLS))

#ifdef BUG_ROOM
#define ROOM (CELLS + 1)
#else
#define ROOM CELLS
#endif

#define PRODUCER 0
#define CONSUMER 1

#ifdef BUG_POSITION_RELAXED
#define STORE_POSITION STORE
#else
#define STORE_POSITION STORE_RELEASE
#endif
#ifdef BUG_GATE_RELAXED
#define STORE_GATE STORE
#else
#define STORE_GATE STORE_RELEASE
#endif
#ifdef BUG_STATE_RELAXED
#define STORE_STATE STORE
#else
#define STORE_STATE STORE_RELEASE
#endif

proctype producer() {
  byte next, position, lowest;
  do
  :: next < RECORDS ->
#ifdef BUG_POSITION_FIRST
     STORE_POSITION(PRODUCER, POSITION, next + 1);
     position = next + 1;
#endif
#ifdef BUG_WRITE_FIRST
     STORE(PRODUCER, PAYLOAD(next), next + 1);
#endif
     do
     :: next + 1 - lowest <= ROOM -> break
     :: else ->
        if
        :: position != next -> STORE_POSITION(PRODUCER, POSITION, next); position = next
        :: else
        fi;
        LOAD(PRODUCER, GATE) != lowest -> lowest = LOAD(PRODUCER, GATE);
     od;
     skip;
     STORE(PRODUCER, HEADER(next), next + 1);
     STORE(PRODUCER, PAYLOAD(next), next + 1);
     next++;
#ifndef BUG_POSITION_FIRST
     if
     :: STORE_POSITION(PRODUCER, POSITION, next); position = next
     :: next < RECORDS /* the batch goes on */
     fi
#endif
  :: else -> break
  od;
  skip;
  STORE_STATE(PRODUCER, STATE, 2)
}

inline publish_gate() {
  gate = cursor;
  STORE_GATE(CONSUMER, GATE, gate)
}

/* What is peeked must still be there; then it is given back. */
inline give_back() {
#ifdef BUG_GATE_EARLY
  d_step { gate = ahead; k = cursor };
  STORE_GATE(CONSUMER, GATE, gate);
#endif
  k = cursor;
  do
  :: k != ahead -> assert(LOAD(CONSUMER, PAYLOAD(k)) == k + 1); k++
  :: else -> break
  od;
  skip;
  d_step { cursor = ahead; k = 0 };
  STORE(CONSUMER, CURSOR, cursor)
#ifndef BUG_GATE_EARLY
  ;
  if
  :: publish_gate()
  :: true
  fi
#endif
}

proctype consumer() {
  byte cursor, ahead, published, gate, k;
#ifdef BUG_NO_ACQUIRE
  byte header, payload;
  bool early;
#endif
  do
  :: ahead != published ->
#ifdef BUG_NO_ACQUIRE
     assert(early || LOAD(CONSUMER, HEADER(ahead)) == ahead + 1);
     assert(early || LOAD(CONSUMER, PAYLOAD(ahead)) == ahead + 1);
     assert(!early || (header == ahead + 1 && payload == ahead + 1));
     early = false;
#else
     assert(LOAD(CONSUMER, HEADER(ahead)) == ahead + 1);
     assert(LOAD(CONSUMER, PAYLOAD(ahead)) == ahead + 1);
#endif
     ahead++;
     if
     :: give_back()
     :: ahead != published /* peek on */
     fi
  :: ahead == published ->
     assert(cursor == ahead);
#ifdef BUG_NO_ACQUIRE
     header = LOAD(CONSUMER, HEADER(ahead));
     payload = LOAD(CONSUMER, PAYLOAD(ahead));
     early = true;
#endif
     published = LOAD(CONSUMER, POSITION);
     if
     :: ahead != published
     :: else ->
        if
        :: gate != cursor -> publish_gate()
        :: else
        fi;
        if
        :: LOAD(CONSUMER, STATE) == 2 ->
#ifndef BUG_END_AT_ONCE
           published = LOAD(CONSUMER, POSITION);
#endif
           if
           :: ahead == published -> break
           :: else
           fi
        :: else -> LOAD(CONSUMER, POSITION) != ahead || LOAD(CONSUMER, STATE) == 2
        fi
     fi
  od;
  assert(ahead == RECORDS && cursor == RECORDS)
}

/* gate first, then the cursor, which was stored before it. */
proctype successor() {
  byte gate, cursor;
#ifdef BUG_CURSOR_FIRST
  cursor = mem[CURSOR];
  gate = mem[GATE];
#else
  gate = mem[GATE];
  cursor = mem[CURSOR];
#endif
  assert(gate <= cursor)
}

init {
  atomic {
    run drain(PRODUCER);
    run drain(CONSUMER);
    run producer();
    run consumer();
    run successor()
  }
}
