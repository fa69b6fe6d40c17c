/* The journal: whatever moment a producer is killed at, its successor finds a cell
 * that ends at the published position, and in it the right number of records.
 *
 * GENERATIONS producers follow each other; each publishes records or lone pads until
 * it is killed. A kill throws away every store that has not reached memory. On a
 * machine that is precise about interrupts, as all we know are, the stores that are
 * thrown away are the last ones of the program; in store order (the default) the
 * model says just that. With WEAK any store may be missing that no release or fence
 * holds back: what a compiler could make of the program. Beside them an
 * inspector reads the count without any lock.
 *
 * WEAK is C++ (announce, publish); WEAK GO is Go where every store is a release
 * (store_generic.go); the default is both on x86.
 * Go: Writer.publish, NewWriter, ProducerPage.CountAt. C++: NativeWriter.announce,
 * VariableWriter.publish, take_over, read_count.
 */
#ifndef GENERATIONS
#define GENERATIONS 3
#endif
#ifndef PUBLICATIONS
#define PUBLICATIONS 2 /* of one producer */
#endif

#define CPUS 1
#define WORDS 5
#define DEPTH 6
#include "memory.pml"

#define POSITION 0
#define END(i) (1 + 2 * (i))
#define COUNT(i) (2 + 2 * (i))

#ifdef GO
#define STORE_END STORE_RELEASE
#else
#define STORE_END STORE
#endif
#ifdef BUG_COUNT_RELAXED
#define STORE_COUNT STORE
#else
#define STORE_COUNT STORE_RELEASE
#endif
#ifdef BUG_POSITION_RELAXED
#define STORE_POSITION STORE
#else
#define STORE_POSITION STORE_RELEASE
#endif

bool killed;
byte truth[GENERATIONS * PUBLICATIONS + 1]; /* records published with a position */

inline take_over() {
  at = mem[POSITION];
  /* On a fresh segment both cells match, and whoever looks for one must take the
   * same: the first. */
#ifdef BUG_LAST_CELL
  cell = (mem[END(1)] == at -> 1 : 0);
#else
  cell = (mem[END(0)] == at -> 0 : 1);
#endif
  assert(mem[END(cell)] == at);
  count = mem[COUNT(cell)];
  assert(count == truth[at]);
#ifdef BUG_CELL_FORGOTTEN
  cell = 0;
#endif
  left = PUBLICATIONS
}

/* at is the position published last, cell the one that holds it. */
inline publish() {
#if !defined(BUG_NO_FENCE) && !defined(GO)
  STORE_FENCE(0); /* announce, before anything of the next publication */
#endif
#ifndef BUG_SAME_CELL
  cell = 1 - cell;
#endif
  at++;
  if
  :: count++
  :: true /* a lone pad */
  fi;
  truth[at] = count;
#ifdef BUG_POSITION_FIRST
  STORE_POSITION(0, POSITION, at);
#endif
#ifdef BUG_COUNT_FIRST
  STORE_COUNT(0, COUNT(cell), count);
  STORE_END(0, END(cell), at);
#else
  STORE_END(0, END(cell), at);
  STORE_COUNT(0, COUNT(cell), count);
#endif
#ifndef BUG_POSITION_FIRST
  STORE_POSITION(0, POSITION, at);
#endif
  left--
}

proctype producer() {
  byte generation, at, count, cell, left;
  do
  :: generation < GENERATIONS ->
     generation++;
     atomic { take_over() };
     {
       do
       :: left > 0 -> publish()
       :: else -> break
       od;
       killed /* by nobody else */
     } unless { killed };
     d_step { killed = false; at = 0; count = 0; cell = 0; left = 0 }
  :: else -> break
  od;
  atomic { take_over() }
}

proctype killer() {
  byte i;
  byte kills;
  do
  :: kills < GENERATIONS ->
     d_step {
       !killed ->
       killed = true;
       i = 0;
       do
       :: i < DEPTH ->
          buffer[0].word[i] = 0;
          buffer[0].value[i] = 0;
          buffer[0].release[i] = false;
          i++
       :: else -> break
       od;
       buffer[0].n = 0;
       i = 0;
       kills++
     }
  :: else -> break
  od
}

/* Reads while producers go on and die; finds nothing when they are too fast. */
proctype inspector() {
  byte at, i, count;
  bool same;
  at = mem[POSITION];
  do
  :: i < 2 ->
     if
     :: mem[END(i)] == at ->
        count = mem[COUNT(i)];
#ifdef BUG_INSPECT_ONCE
        same = true;
#else
        if
        :: same = (mem[END(i)] == at) /* Go looks at the cell again */
        :: same = (mem[POSITION] == at) /* C++ at the position */
        fi;
#endif
        if
        :: same -> assert(count == truth[at]); break
        :: else -> i++
        fi
     :: else -> i++
     fi
  :: else -> break
  od
}

init {
  atomic {
    run drain(0);
    run producer();
    run killer();
    run inspector()
  }
}
