#pragma once

#include <malloc.h>
#include <stddef.h>
#include <sys/mman.h>

// Asks for the cache line at `address`, which is going to be written, and does not wait for it. Swift has no such
// word, and a read in its place waits.
static inline void holdfast_prefetch(const void *address) { __builtin_prefetch(address, 1, 2); }

// Has threads that are still to come share the heaps there are.
static inline void holdfast_share_heaps(void) { mallopt(M_ARENA_MAX, 1); }

// Asks for large pages where the machine has them; a wish, which may be refused without harm.
static inline void holdfast_want_large_pages(void *address, size_t bytes) {
#ifdef MADV_HUGEPAGE
    madvise(address, bytes, MADV_HUGEPAGE);
#else
    (void)address;
    (void)bytes;
#endif
}
