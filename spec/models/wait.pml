/* Sleeping and waking: section 3.7 of the specification.
 *
 * PUBLISHERS publish RECORDS positions each; a waiter waits until it has seen every
 * one of all of them. It sleeps without a time limit, so that a wake-up that is
 * lost is a deadlock ("invalid end state"): the position is published, the waiter
 * sleeps, and nobody is left to wake it. Each publisher is registered for the
 * barrier or not, in every combination.
 *
 *   TAKEOVER  a publisher is killed at any moment; a successor with other
 *             capabilities goes on, as newProducer and sign_producer do
 *   LAZY      publishers are consumers: they publish their gate when they see the
 *             waiter or find the ring empty, and not otherwise
 *   ATTACH    publishers are consumers that take a slot while the waiter waits
 *   REFUSED   the kernel may refuse membarrier to the waiter
 *   WAITERS   more than 1: see LIMIT in the README
 *
 * Word by word: ring.go signal.publish, pause.go pauseNative, wait.hpp notify and park.
 */
#ifndef PUBLISHERS
#define PUBLISHERS 1
#endif
#ifndef RECORDS
#define RECORDS 2
#endif
#ifndef WAITERS
#define WAITERS 1
#endif

#define CPUS (WAITERS + PUBLISHERS)
#define WORDS (1 + 3 * PUBLISHERS)
#include "memory.pml"

#define W 0
#define POSITION(p) (1 + 3 * (p))
#define CAPABILITIES(p) (2 + 3 * (p))
#define STATE(p) (3 + 3 * (p)) /* of a slot: 1 attached */
#define CPU(p) (WAITERS + (p))

bool asleep[WAITERS];
bool registered[PUBLISHERS];
bool killed;

/* The kernel's futex: it compares and queues in one step. */
inline futex_wait(me) {
  atomic {
    if
    :: mem[W] == 1 -> asleep[me] = true
    :: else
    fi
  };
  !asleep[me]
}
inline futex_wake() {
  d_step {
    asleep[0] = false;
#if WAITERS > 1
    asleep[1] = false
#endif
  }
}

/* Every registered process passes a full fence at some moment before the call
 * returns, and the caller does too. */
inline membarrier(me) {
  FULL_FENCE(me);
  q = 0;
  do
  :: q < PUBLISHERS -> (!registered[q] || EMPTY(CPU(q))); q++
  :: else -> break
  od;
  q = 0
}

/* Is there a publisher whose fence we have to execute? */
inline read_capabilities(me) {
  d_step { use = false; q = 0 };
  do
  :: q < PUBLISHERS ->
#ifdef BUG_ATTACHED_ONLY
     if
     :: LOAD(me, STATE(q)) == 1 -> use = (use || LOAD(me, CAPABILITIES(q)))
     :: else
     fi;
#else
     use = (use || LOAD(me, CAPABILITIES(q)));
#endif
     q++
  :: else -> break
  od;
  q = 0
}

inline look(me) {
  d_step { ready = true; q = 0 };
  do
  :: q < PUBLISHERS -> ready = (ready && LOAD(me, POSITION(q)) >= want); q++
  :: else -> break
  od;
  q = 0
}

proctype waiter(byte me) {
  byte want = 1;
  byte q;
  bool use, ready, bounded;
again:
  skip;
#ifdef BUG_CAPABILITIES_EARLY
  read_capabilities(me);
#endif
#ifdef BUG_LOOK_EARLY
  look(me);
#endif
  STORE(me, W, 1);
#ifndef BUG_NO_WAITER_FENCE
  FULL_FENCE(me);
#endif
#ifndef BUG_CAPABILITIES_EARLY
  read_capabilities(me);
#endif
#ifdef BUG_LOOK_BEFORE_BARRIER
  look(me);
#endif
#ifndef BUG_NO_MEMBARRIER
  if
  :: use ->
#ifdef REFUSED
     if
     :: bounded = true
     :: membarrier(me)
     fi
#else
     membarrier(me)
#endif
  :: else
  fi;
#endif
#if !defined(BUG_LOOK_EARLY) && !defined(BUG_LOOK_BEFORE_BARRIER)
  look(me);
#endif
  if
  :: ready ->
     d_step { ready = false; use = false; bounded = false; want++ };
     if
     :: want > RECORDS -> goto done
     :: else -> goto again
     fi
  :: else
  fi;
#ifndef BUG_REFUSED
  if
  :: bounded -> d_step { bounded = false; use = false }; goto again /* a short sleep */
  :: else
  fi;
#endif
  futex_wait(me);
  use = false;
  goto again;
done:
  skip
}

/* The publisher's half, after its store of the position. */
inline notify(c, bar, always) {
#ifndef BUG_NO_PUBLISHER_FENCE
  if
  :: !bar -> FULL_FENCE(c)
  :: else
  fi;
#endif
  if
  :: always || LOAD(c, W) != 0 ->
#if defined(BUG_WAKE_FIRST)
     futex_wake();
     EXCHANGE(c, W, 0, old)
#elif defined(BUG_PLAIN_CLEAR)
     STORE(c, W, 0);
     futex_wake()
#elif defined(BUG_NEVER_CLEARED)
     futex_wake()
#else
     EXCHANGE(c, W, 0, old);
     old = 0;
     futex_wake()
#endif
  :: else
  fi
}

inline publish(c, p, bar, v) {
#ifdef BUG_NOTIFY_FIRST
  notify(c, bar, false);
  STORE_RELEASE(c, POSITION(p), v)
#else
  STORE_RELEASE(c, POSITION(p), v);
  notify(c, bar, false)
#endif
}

/* Says what it can do, before it publishes anything. */
inline sign(c, p, bar) {
  if
  :: bar = true
  :: bar = false
  fi;
#ifndef BUG_UNREGISTERED
  registered[p] = bar;
#endif
  STORE(c, CAPABILITIES(p), bar);
#ifndef BUG_CAPABILITIES_NO_FENCE
  FULL_FENCE(c)
#endif
}

proctype publisher(byte p) {
  byte c = CPU(p);
  byte old, at, told;
  bool bar;
  {
#ifdef ATTACH
    sign(c, p, bar);
    STORE_RELEASE(c, STATE(p), 1);
#else
    atomic {
      if
      :: bar = true
      :: bar = false
      fi;
      registered[p] = bar;
      mem[CAPABILITIES(p)] = bar
    }
#endif
    do
    :: at < RECORDS ->
       at++;
#ifdef LAZY
       if
       :: LOAD(c, W) != 0 -> publish(c, p, bar, at); told = at
       :: else
       fi
#else
       publish(c, p, bar, at)
#endif
    :: else -> break
    od;
#if defined(LAZY) && !defined(BUG_EMPTY_UNTOLD)
    if
    :: told != at -> publish(c, p, bar, at) /* the ring is empty */
    :: else
    fi;
#endif
  } unless { killed && p == 0 };
#ifdef TAKEOVER
  if
  :: killed && p == 0 ->
     /* The lock comes free when the kernel is through with the dead process. */
     FULL_FENCE(c);
     atomic { registered[p] = false; at = mem[POSITION(p)]; old = 0 };
     sign(c, p, bar);
#ifdef BUG_SUCCESSOR_ASKS
     notify(c, false, false);
#else
     notify(c, false, true);
#endif
     do
     :: at < RECORDS -> at++; publish(c, p, bar, at)
     :: else -> break
     od
  :: else
  fi;
#endif
  skip
}

init {
  byte i;
  atomic {
    do
    :: i < CPUS -> run drain(i); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < WAITERS -> run waiter(i); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < PUBLISHERS -> run publisher(i); i++
    :: else -> break
    od;
    i = 0
  };
#ifdef TAKEOVER
  killed = true
#else
  skip
#endif
}
