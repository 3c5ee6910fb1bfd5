#pragma once

// A client and a gateway with nothing of Holdfast's but the frames: what the same work costs without sessions, timers
// in a wheel, accounts of what happened, and Swift. `holdfast bench` measures the worker beside them. Addresses and
// ports are in host byte order, times in nanoseconds.

#include <stdint.h>

// What a client does.
typedef struct {
    uint32_t gateway_address;
    uint16_t gateway_port;
    // Connection i comes from the address i above this one; its n-th connect from port `first_port` + n mod `ports`.
    uint32_t first_source;
    uint16_t first_port;
    uint16_t ports;
    // How many connections there are at once.
    int connections;
    // From one ping of a connection to the next; not used by connects.
    int64_t interval;
    // How long it is measured, after a tenth of that for warming up.
    int64_t duration;
    // A process whose first thread's CPU time is measured as well; 0 for none.
    int watched;
} holdfast_bare_load;

// What it did, and what that cost this thread.
typedef struct {
    uint64_t operations;
    int64_t cpu;
    int64_t wall;
    // CPU time of the watched process; 0 where the kernel does not tell.
    int64_t watched_cpu;
    // How much later than it was due the 99th of 100 pings was sent; 0 for connects.
    int64_t lateness_p99;
    // errno of what made it give up, 0 for nothing.
    int error;
} holdfast_bare_outcome;

// Connect, log in, wait for the answer, close, and again at once, on every connection.
holdfast_bare_outcome holdfast_bare_connects(const holdfast_bare_load *load);

// Connections that are logged in send as many pings as their gateway reads at once, wait for as many pongs, and again
// at once; each pair is an operation.
holdfast_bare_outcome holdfast_bare_bursts(const holdfast_bare_load *load);

// Connections that are logged in send a ping each interval, whatever becomes of the one before, and wait for pongs. As
// in a worker, pings go out once a millisecond, and those that a stall of the process has made late by an interval or
// more are left out.
holdfast_bare_outcome holdfast_bare_beats(const holdfast_bare_load *load);

// Holds connections that are logged in; `held` is called once all of them are, or with how many there were when time
// was over.
holdfast_bare_outcome holdfast_bare_rest(const holdfast_bare_load *load, void (*held)(int count, void *context),
                                         void *context);

// Answers logins and pings for ever, once it listens and has said so; returns errno when it cannot begin.
int holdfast_bare_gateway(uint32_t address, uint16_t port, void (*listening)(void));
