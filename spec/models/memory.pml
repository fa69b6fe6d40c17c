/* Memory weaker than sequential consistency: each CPU has a store buffer.
 *
 * A store goes into the buffer of its CPU and reaches memory later, when the CPU's
 * process `drain` takes it out. A CPU sees its own buffered stores first. By
 * default stores reach memory in their order, as on x86 (TSO). With WEAK they
 * reach it in any order that is left open by
 *   - coherence: two stores to one word stay in order;
 *   - STORE_RELEASE: all earlier stores of the CPU come first (later ones need
 *     not wait: STLR, memory_order_release);
 *   - STORE_FENCE: all earlier stores come before all later ones
 *     (atomic_thread_fence(release), DMB ISHST).
 * A store that waits in the buffer while its CPU goes on to load is the same as a
 * load that is done early, so that nothing else is needed for "a later load moves
 * before a store". Loads that pass each other are written out where they matter
 * (publish.pml).
 *
 * The including model defines CPUS, WORDS (addresses 0…WORDS-1) and may define
 * DEPTH, the places in a buffer: a CPU whose buffer is full waits, as real ones do.
 */
#ifndef DEPTH
#define DEPTH 3
#endif
#if DEPTH > 6
#error "DEPTH may be at most 6"
#endif

#define MARK WORDS /* the address of a STORE_FENCE's entry */

typedef Buffer {
  byte n;
  byte word[DEPTH];
  byte value[DEPTH];
  bool release[DEPTH];
}

byte mem[WORDS + 1]; /* the last is where MARK goes; nobody reads it */
Buffer buffer[CPUS];

#define PUSH(c, w, v, r)                  \
  d_step {                                \
    buffer[c].n < DEPTH ->                \
    buffer[c].word[buffer[c].n] = (w);    \
    buffer[c].value[buffer[c].n] = (v);   \
    buffer[c].release[buffer[c].n] = (r); \
    buffer[c].n++                         \
  }

#define STORE(c, w, v) PUSH(c, w, v, false)
#define STORE_RELEASE(c, w, v) PUSH(c, w, v, true)

#ifdef WEAK
#define STORE_FENCE(c) PUSH(c, MARK, 0, false)
#else
#define STORE_FENCE(c) skip
#endif

#define OWN(c, i, w) (buffer[c].n > i && buffer[c].word[i] == (w))
#define LOAD_2(c, w) (OWN(c, 1, w) -> buffer[c].value[1] : (OWN(c, 0, w) -> buffer[c].value[0] : mem[w]))
#define LOAD_3(c, w) (OWN(c, 2, w) -> buffer[c].value[2] : LOAD_2(c, w))
#define LOAD_4(c, w) (OWN(c, 3, w) -> buffer[c].value[3] : LOAD_3(c, w))
#define LOAD_5(c, w) (OWN(c, 4, w) -> buffer[c].value[4] : LOAD_4(c, w))
#define LOAD_6(c, w) (OWN(c, 5, w) -> buffer[c].value[5] : LOAD_5(c, w))
#if DEPTH == 2
#define LOAD LOAD_2
#elif DEPTH == 3
#define LOAD LOAD_3
#elif DEPTH == 4
#define LOAD LOAD_4
#elif DEPTH == 5
#define LOAD LOAD_5
#else
#define LOAD LOAD_6
#endif

#define EMPTY(c) (buffer[c].n == 0)

/* What a full fence, an exchange and a system call that hands over a lock wait for. */
#define FULL_FENCE(c) EMPTY(c)
#define EXCHANGE(c, w, v, old) \
  d_step {                     \
    EMPTY(c) ->                \
    old = mem[w];              \
    mem[w] = v                 \
  }

/* Takes entry i out. Unused places are 0, so that equal buffers are equal states. */
inline commit(c, i) {
  mem[buffer[c].word[i]] = buffer[c].value[i];
  mem[MARK] = 0;
  k = i;
  do
  :: k + 1 < buffer[c].n ->
     buffer[c].word[k] = buffer[c].word[k + 1];
     buffer[c].value[k] = buffer[c].value[k + 1];
     buffer[c].release[k] = buffer[c].release[k + 1];
     k++
  :: else -> break
  od;
  buffer[c].n--;
  buffer[c].word[k] = 0;
  buffer[c].value[k] = 0;
  buffer[c].release[k] = false;
  k = 0
}

/* Entry i may pass entry j < i. */
#define PASSES(c, i, j) (buffer[c].word[j] != MARK && buffer[c].word[j] != buffer[c].word[i])
#define FREE(c, i) (buffer[c].n > i && !buffer[c].release[i] && buffer[c].word[i] != MARK)
#define PASSES_1(c, i) (FREE(c, i) && PASSES(c, i, 0))
#define PASSES_2(c, i) (PASSES_1(c, i) && PASSES(c, i, 1))
#define PASSES_3(c, i) (PASSES_2(c, i) && PASSES(c, i, 2))
#define PASSES_4(c, i) (PASSES_3(c, i) && PASSES(c, i, 3))
#define PASSES_5(c, i) (PASSES_4(c, i) && PASSES(c, i, 4))

proctype drain(byte c) {
  byte k;
end:
  do
  :: d_step { buffer[c].n > 0 -> commit(c, 0) }
#ifdef WEAK
  :: d_step { PASSES_1(c, 1) -> commit(c, 1) }
#if DEPTH > 2
  :: d_step { PASSES_2(c, 2) -> commit(c, 2) }
#endif
#if DEPTH > 3
  :: d_step { PASSES_3(c, 3) -> commit(c, 3) }
#endif
#if DEPTH > 4
  :: d_step { PASSES_4(c, 4) -> commit(c, 4) }
#endif
#if DEPTH > 5
  :: d_step { PASSES_5(c, 5) -> commit(c, 5) }
#endif
#endif
  od
}
