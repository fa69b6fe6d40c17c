/* Noticing while asleep that the other side has died: a sleep without a limit must
 * not outlast the peer.
 *
 * A waiter that has slept for whole 50 ms has the kernel report events of the object
 * from then on (`arm`), looks whether the peer still holds its lock, sleeps and
 * looks once more, and then sleeps without a limit. The kernel reports the close of
 * a dead process's descriptor first and frees its lock a moment later, which is why
 * one look is too few: the report can be just too early to be seen, and the lock
 * still held. A watcher thread turns a report into `alarms`: as many sleeps with a
 * limit and a look after each.
 *
 * Time is an assumption about the kernel: it frees the lock less than 50 ms after
 * it has reported (microseconds, as a rule). A step that takes 50 ms or more
 * therefore ends only when a lock that was about to come free at its begin is free.
 * With SLOW_KERNEL it is not assumed, and the protocol fails.
 *
 * The peer publishes a record or not and dies at any moment. The waiter must end:
 * with the record, with the death noticed, or cancelled. Every step here is
 * sequentially consistent; fences around the word are wait.pml's subject.
 *
 *   ALARMS    sleeps after an event; the first SHORT of them take less than 50 ms
 *   VISITS    other processes that open and close the object meanwhile
 *   CANCEL    the wait is cancelled (a context, or Close of another thread) and
 *             nobody dies. With REPEATED the canceller goes on waking, as
 *             HandleCore::close does
 *
 * C++: Vigil and park in wait.hpp, Watcher and PeerWatch in watch_linux.hpp.
 * Go: lookout.go, arm and sleep in pause.go, cancel.go, internal/watch.
 */
#ifndef ALARMS
#define ALARMS 6
#endif
#ifndef SHORT
#define SHORT 3
#endif
#ifndef VISITS
#define VISITS 1
#endif

#define ALONE 0    /* nothing is reported yet */
#define ARMED 1    /* reported from now on; one more look is due */
#define REPORTED 2 /* no limit any more */

bool word;           /* the futex word */
bool asleep;
bool position;       /* a record is there */
bool armed, queued;  /* inotify */
byte alarms;
bool closing;        /* the peer's descriptor is closed: reported if armed */
bool held = true;    /* its lock */
bool cancelled, ended;
bool killed; /* at any moment, between any two steps of the peer */

#ifdef SLOW_KERNEL
#define PENDING false
#else
#define PENDING (closing && held) /* the lock is about to come free */
#endif
#define PASSED(pending) (!(pending) || !held)

inline wake() {
#ifndef BUG_WORD_KEPT
  word = false;
#endif
  asleep = false
}

proctype peer() {
  {
    if
    :: position = true;
       if
       :: word -> word = false; asleep = false
       :: else
       fi
    :: true
    fi;
    killed
  } unless { killed };
  d_step { closing = true; queued = (queued || armed) };
  held = false
}

proctype visitor() {
  byte i;
  do
  :: i < VISITS -> d_step { queued = (queued || armed); i++ }
  :: else -> break
  od
}

proctype watcher() {
end:
  do
  :: queued ->
     queued = false;
#ifdef BUG_ALARM_LATE
     wake();
     alarms = ALARMS
#else
     alarms = ALARMS;
     wake()
#endif
  od
}

proctype canceller() {
  cancelled = true;
#ifdef REPEATED
  do
  :: ended -> break
  :: !ended -> word = false; asleep = false
  od
#else
  word = false;
  asleep = false
#endif
}

/* How long the next sleep may be: `last` alarms, or the stage decides. */
inline patience() {
  last = alarms;
  if
  :: last != 0 ->
     atomic {
       if
       :: alarms == last -> alarms = last - 1
       :: else /* a new event */
       fi
     }
  :: else
  fi
}

proctype waiter() {
  byte stage = ALONE;
  byte last;
  bool timeout_is_whole, whole, pending, arming;
again:
#if defined(CANCEL) && (defined(REPEATED) || defined(BUG_CANCEL_EARLY))
  if
  :: cancelled -> goto done
  :: else
  fi;
#endif
#ifdef BUG_ALARM_EARLY
  patience();
#endif
  word = true;
#ifndef BUG_ALARM_EARLY
  patience();
#endif
#if defined(CANCEL) && !defined(REPEATED) && !defined(BUG_CANCEL_EARLY)
  if
  :: cancelled -> goto done
  :: else
  fi;
#endif
  if
  :: position -> goto done
  :: else
  fi;
  /* futex_wait */
  atomic {
    whole = false;
    pending = PENDING;
    if
    :: word -> asleep = true
    :: else
    fi
  };
  timeout_is_whole = (last == 0 || last <= ALARMS - SHORT);
  if
  :: !asleep
  :: last == 0 && stage == REPORTED -> !asleep
  :: atomic { (last != 0 || stage != REPORTED) && (!timeout_is_whole || PASSED(pending)) -> asleep = false; whole = timeout_is_whole }
  fi;
  if
  :: position -> goto done
  :: else
  fi;
  if
  :: last != 0
  :: last == 0 && !whole -> goto again /* 50 ms since the last look have not passed … */
  :: last == 0 -> /* … or they have */
     if
#ifndef BUG_ONE_LOOK
     :: stage == ARMED -> PASSED(arming); stage = REPORTED
#endif
     :: stage == ALONE && whole ->
        if
        :: 
#ifdef BUG_LOOK_THEN_ARM
           if
           :: !held -> goto done
           :: else
           fi;
#endif
           d_step { armed = true; arming = PENDING };
#if defined(BUG_ONE_LOOK) || defined(BUG_LOOK_THEN_ARM)
           stage = REPORTED
#else
           stage = ARMED
#endif
        :: 
#ifdef BUG_UNREPORTED
           stage = REPORTED
#else
           skip /* the kernel refuses */
#endif
        fi
     :: else
     fi
  fi;
#ifdef BUG_LOOK_THEN_ARM
  if
  :: stage == REPORTED && last == 0 -> goto again
  :: else
  fi;
#endif
  /* Look. */
  if
  :: !held -> goto done
  :: else -> goto again
  fi;
done:
  ended = true
}

init {
  atomic {
    run waiter();
    run watcher();
    run visitor();
#ifdef CANCEL
    run canceller()
#else
    run peer()
#endif
  };
  killed = true
}
