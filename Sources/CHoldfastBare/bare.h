#pragma once

#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

enum { hello_bytes = 36, welcome_bytes = 20, ping_bytes = 8, pong_bytes = 12, batch = 128 };
enum { type_hello = 1, type_welcome = 2, type_ping = 3, type_pong = 4 };

static inline int64_t clock_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void store32(uint8_t *at, uint32_t value) {
    value = __builtin_bswap32(value);
    memcpy(at, &value, sizeof value);
}

static inline void header(uint8_t *frame, int bytes, uint8_t type) {
    frame[0] = (uint8_t)((bytes - 4) >> 8);
    frame[1] = (uint8_t)(bytes - 4);
    frame[2] = type;
    frame[3] = 0;
}

static inline int bytes_of(const uint8_t *frame) { return 4 + (frame[0] << 8 | frame[1]); }

static inline int watch(int epoll, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}
