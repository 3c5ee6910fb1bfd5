/* Linked with what counts allocations: says at a program's end how many there were. */

#include <stdint.h>
#include <stdio.h>

extern uint64_t allocation_count(void);

__attribute__((destructor)) static void report(void) {
    fprintf(stderr, "allocations %llu\n", (unsigned long long)allocation_count());
}
