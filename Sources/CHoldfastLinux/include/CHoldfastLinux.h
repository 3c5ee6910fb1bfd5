#pragma once

// What the reactor needs of Linux. Every function that can fail returns -errno: errno is read before anything else of
// the process can overwrite it. Addresses and ports are in host byte order.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

// The clock that every process of a run shares, as one number: `timespec` is two words behind a pointer.
int64_t holdfast_monotonic_nanoseconds(void);

// Waits for events, to the nanosecond where the kernel can; a negative timeout waits for ever. A process that was
// stopped and continues hears -EINTR. Newer than what Swift's Glibc module imports, with a way back for older kernels.
int holdfast_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_nanoseconds);

// `epoll_event` is packed, which Swift does not lay out; `operation` is one of the three names below.
int holdfast_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token);

enum {
    holdfast_epoll_add = EPOLL_CTL_ADD,
    holdfast_epoll_modify = EPOLL_CTL_MOD,
    holdfast_epoll_delete = EPOLL_CTL_DEL,
};

// The two fields of a packed event.
static inline uint64_t holdfast_event_token(const struct epoll_event *events, int position) {
    return events[position].data.u64;
}
static inline uint32_t holdfast_event_flags(const struct epoll_event *events, int position) {
    return events[position].events;
}

// Readiness and interest: the kernel's names are an enum in Swift, not numbers that can be combined.
static const uint32_t holdfast_readable = EPOLLIN;
static const uint32_t holdfast_writable = EPOLLOUT;
static const uint32_t holdfast_peer_finished = EPOLLRDHUP;
static const uint32_t holdfast_hung_up = EPOLLHUP;
static const uint32_t holdfast_failed = EPOLLERR;
static const uint32_t holdfast_edge = EPOLLET;

// A listening socket. The `sockaddr` family of types needs casts between unrelated pointers, here and below. What it
// accepts inherits TCP_NODELAY, which saves a call for each connection.
int holdfast_listen(uint32_t address, uint16_t port, int backlog, bool is_shared);

// Sockets between processes of this machine that keep messages apart (SOCK_SEQPACKET). A listener takes the path over
// from one that is gone.
int holdfast_passage_listen(const char *path);
int holdfast_passage_connect(const char *path);
int holdfast_passage_accept(int listener);

// Sends two numbers, and as many of two descriptors as are not -1. 0, or -errno.
int holdfast_passage_send(int passage, uint32_t first, uint32_t second, int one, int other);

// Receives them. 1, or 0 when the other end is gone, or -errno.
int holdfast_passage_receive(int passage, uint32_t *first, uint32_t *second, int *one, int *other);

// What the kernel watches over by itself: keepalive (seconds; without when `idle` is 0) and TCP_USER_TIMEOUT
// (milliseconds; without when 0). Neither option is in what Swift's Glibc module imports. 0, or -errno.
int holdfast_watch_over(int descriptor, int idle, int interval, int probes, unsigned user_timeout);

// Probes that the peer has not answered (`tcp_info` has bit fields, which Swift does not import), or -errno.
int holdfast_unanswered_probes(int descriptor);

// A socket that processes of this machine wake its owner up with (SOCK_DGRAM), and from which it wakes others up; it
// takes the path over from one that is gone. Ringing never waits: 0, or -errno.
int holdfast_bell_listen(const char *path);
int holdfast_bell_ring(int bell, const char *path);

// Whether the kernel drops whatever arrives for a socket, before TCP sees it: data, acknowledgements and ends, and of a
// listener whoever wants to connect (socket(7), SO_ATTACH_FILTER, which needs no privilege). 0, or -errno.
int holdfast_drop_incoming(int descriptor, bool is_dropping);

// The next connection of a listener, non-blocking and closed on exec, and where it comes from.
int holdfast_accept(int listener, uint32_t *address, uint16_t *port);

// A non-blocking connect from exactly this address and port, in one call across the language border instead of six.
// Returns the descriptor, whether the connect is done or still in progress.
int holdfast_connect(uint32_t from_address, uint16_t from_port, uint32_t to_address, uint16_t to_port);

// Where a socket is bound, and whom it is connected to.
int holdfast_local_endpoint(int descriptor, uint32_t *address, uint16_t *port);
int holdfast_peer_endpoint(int descriptor, uint32_t *address, uint16_t *port);

// read(2) and send(2) without SIGPIPE: bytes, or -errno.
int64_t holdfast_read(int descriptor, void *buffer, size_t capacity);
int64_t holdfast_send(int descriptor, const void *bytes, size_t count);

// The pending error of a socket as a positive errno, 0 for none; asking clears it.
int holdfast_take_error(int descriptor);

// FIN: this side will send no more.
int holdfast_finish(int descriptor);

// RST: SO_LINGER with time 0, then close.
int holdfast_reset(int descriptor);

// Another thread's way to end an epoll_wait. The flags are an enum in Swift that cannot be combined.
int holdfast_eventfd(void);
