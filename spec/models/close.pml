/* One thread uses a handle, another closes it: usage.go and, with CPP,
 * handle_guard.hpp with handle_core.hpp.
 *
 * The owner says in one word that it is in a call, then looks whether the handle is
 * closed; the closer says that it is closed, then looks at the owner's word. Unless
 * FENCED the owner executes no fence: the closer's membarrier does it for both. A
 * view that is out when the handle is closed keeps the memory; then the unmapping
 * is the owner's.
 *
 * Assertions: nobody touches memory that is unmapped; behind settle (in_call in C++)
 * the closer sees all that the owner's calls have stored; when both are done the
 * memory is unmapped, in C++ exactly once (in Go sync.Once sees to that).
 */
#define CPUS 2
#define WORDS 4
#define DEPTH 4
#include "memory.pml"

#define OWNER 0
#define CLOSER 1

#define IN_USE 0 /* usage.state */
#define CLOSED 1
#define ENDED 2 /* Go */
#define DATA 3 /* what calls store in the segment and in the handle */

#define CALL 1
#define LEASE 2

bool mapped = true;
byte written; /* the last value of DATA, by a call that has begun */
byte finished;
bool role_over, locked; /* C++: guarded by closing_ */

#define LOCK atomic { !locked -> locked = true }
#define UNLOCK(c)  \
  d_step {         \
    EMPTY(c) ->    \
    locked = false \
  }

inline drop() {
#ifdef CPP
  assert(mapped);
#endif
  mapped = false
}

inline enter() {
#ifdef BUG_LOOK_FIRST
  open = (LOAD(OWNER, CLOSED) == 0);
#endif
#ifdef CPP
  STORE(OWNER, IN_USE, (leased -> LEASE + CALL : CALL));
#else
  STORE(OWNER, IN_USE, CALL);
#endif
#if defined(FENCED) && !defined(BUG_NO_OWNER_FENCE)
  FULL_FENCE(OWNER);
#endif
#ifndef BUG_LOOK_FIRST
  open = (LOAD(OWNER, CLOSED) == 0)
#endif
}

inline leave() {
#if defined(BUG_LEAVE_IDLE)
  STORE_RELEASE(OWNER, IN_USE, 0)
#elif defined(BUG_LEAVE_RELAXED)
  STORE(OWNER, IN_USE, (leased -> LEASE : 0))
#else
  STORE_RELEASE(OWNER, IN_USE, (leased -> LEASE : 0))
#endif
}

/* What a call does to the segment. */
inline work() {
  assert(mapped);
  written = (written == 1 -> 2 : 1);
  STORE(OWNER, DATA, written);
  assert(mapped)
}

/* Ends the owner's part on a handle that is closed. */
inline give_up() {
#ifdef CPP
  /* end_lease_late. A call that is refused leaves a view alone. */
  if
  :: leased ->
     assert(mapped);
#ifndef BUG_UNLOCKED
     LOCK;
#endif
     leased = false;
     leave();
     if
     :: role_over -> drop()
     :: else
     fi;
     skip;
     UNLOCK(OWNER)
  :: else
  fi
#else
  /* abandon */
  leased = false;
#ifdef BUG_ABANDON_PLAIN
  STORE_RELEASE(OWNER, IN_USE, 0);
#else
  EXCHANGE(OWNER, IN_USE, 0, old);
  old = 0;
#endif
  if
  :: LOAD(OWNER, ENDED) != 0 -> drop()
  :: else
  fi
#endif
}

proctype owner() {
  bool open, leased;
  byte old;
  do
  :: enter();
     if
     :: open ->
        work();
        if
        :: leased = true
        :: leased = false
        fi;
        leave();
        assert(!leased || mapped) /* the view */
     :: else ->
        if
        :: leave(); /* Go: put and get, before tryWrite and tryRead */
#ifdef CPP
           assert(!leased || mapped);
#endif
           enter();
           assert(!open)
        :: true
        fi;
#ifdef CPP
        leave();
#endif
        break
     fi
  od;
  skip;
  give_up();
  finished++
}

proctype closer() {
  byte old;
#ifdef BUG_MEMBARRIER_FIRST
  EMPTY(OWNER);
#endif
  EXCHANGE(CLOSER, CLOSED, 1, old);
#if !defined(FENCED) && !defined(BUG_NO_MEMBARRIER) && !defined(BUG_MEMBARRIER_FIRST)
  EMPTY(OWNER); /* membarrier: the owner passes a fence now */
#endif
#ifndef BUG_NO_SETTLE
#ifdef CPP
  LOAD(CLOSER, IN_USE) != CALL && LOAD(CLOSER, IN_USE) != CALL + LEASE;
#else
  LOAD(CLOSER, IN_USE) != CALL;
#endif
#endif
#ifdef CPP
  LOCK;
#endif
  assert(mapped);
  assert(LOAD(CLOSER, DATA) == written);
#ifdef CPP
  role_over = true;
  if
  :: LOAD(CLOSER, IN_USE) != LEASE && LOAD(CLOSER, IN_USE) != CALL + LEASE -> drop()
  :: else
  fi;
  skip;
  UNLOCK(CLOSER);
#else
#if defined(BUG_END_LOOK_FIRST)
  old = LOAD(CLOSER, IN_USE);
  STORE(CLOSER, ENDED, 1);
  FULL_FENCE(CLOSER);
#elif defined(BUG_END_PLAIN)
  STORE_RELEASE(CLOSER, ENDED, 1);
  old = LOAD(CLOSER, IN_USE);
#else
  EXCHANGE(CLOSER, ENDED, 1, old);
  old = LOAD(CLOSER, IN_USE);
#endif
  if
  :: old != LEASE -> drop()
  :: else
  fi;
#endif
  finished++
}

init {
  atomic {
    run drain(OWNER);
    run drain(CLOSER);
    run owner();
    run closer()
  };
  finished == 2;
  assert(!mapped)
}
