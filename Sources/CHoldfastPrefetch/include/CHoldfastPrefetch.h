#pragma once

// Asks for the cache line at `address`, which is going to be written, and does not wait for it. Swift has no such
// word, and a read in its place waits.
static inline void holdfast_prefetch(const void *address) { __builtin_prefetch(address, 1, 2); }
