#define _GNU_SOURCE
#include "CHoldfastSpawn.h"

#include <errno.h>
#include <sched.h>

int hf_processors(int *processors, int capacity) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0) return -errno;
    int count = 0;
    for (int processor = 0; processor < CPU_SETSIZE && count < capacity; processor++) {
        if (CPU_ISSET(processor, &set)) processors[count++] = processor;
    }
    return count;
}

int hf_pin(pid_t pid, const int *processors, int count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int position = 0; position < count; position++) CPU_SET(processors[position], &set);
    return sched_setaffinity(pid, sizeof set, &set) < 0 ? -errno : 0;
}
