#define _GNU_SOURCE
#include "bare.h"

#include "CHoldfastBare.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

// As long as a slot of the worker's timer wheel: what is due within it is sent at its end, in one go.
static const int64_t tick = 1000000;

// Pings at once whose pongs fit one buffer of the gateway's.
enum { burst = 256 };

typedef struct {
    int descriptor;
    uint32_t connects;
    uint32_t sequence;
    int is_connected;
    int is_logged_in;
    ssize_t answered; // bytes of the burst under way
} connection;

typedef struct client client;

struct client {
    const holdfast_bare_load *load;
    void (*hears)(client *self, int index, int closes);
    connection *connections;
    int epoll;
    int error;
    uint64_t operations;
    int64_t begin, end;
    int64_t cpu_begin, watched_begin;
    uint64_t operations_begin;
    // Of every ping since the measuring began, as many as there is room for.
    int32_t *late;
    size_t late_count, late_capacity;
    int logged_in;
};

static void fail(client *self) {
    if (self->error == 0) self->error = errno ? errno : EPROTO;
}

static struct sockaddr_in endpoint(uint32_t address, uint16_t port) {
    struct sockaddr_in result = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
    return result;
}

static void start_connect(client *self, int index) {
    connection *this = &self->connections[index];
    const holdfast_bare_load *load = self->load;
    uint16_t port = (uint16_t)(load->first_port + this->connects++ % load->ports);
    struct sockaddr_in local = endpoint(load->first_source + (uint32_t)index, port);
    struct sockaddr_in remote = endpoint(load->gateway_address, load->gateway_port);
    int on = 1;
    this->is_connected = this->is_logged_in = 0;
    this->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (this->descriptor < 0 ||
        setsockopt(this->descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        setsockopt(this->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
        bind(this->descriptor, (struct sockaddr *)&local, sizeof local) < 0 ||
        (connect(this->descriptor, (struct sockaddr *)&remote, sizeof remote) < 0 && errno != EINPROGRESS) ||
        watch(self->epoll, this->descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, (uint64_t)index) < 0) {
        fail(self);
    }
}

static void log_in(client *self, int index) {
    connection *this = &self->connections[index];
    int code = 0;
    socklen_t length = sizeof code;
    if (getsockopt(this->descriptor, SOL_SOCKET, SO_ERROR, &code, &length) < 0 || code != 0) {
        errno = code;
        return fail(self);
    }
    this->is_connected = 1;
    uint8_t hello[hello_bytes] = {0};
    header(hello, hello_bytes, type_hello);
    store32(hello + 4, 0x48465354);
    hello[8] = 1;
    store32(hello + 12, (uint32_t)index);
    store32(hello + 16, this->connects - 1);
    if (send(this->descriptor, hello, sizeof hello, MSG_NOSIGNAL) != sizeof hello) fail(self);
}

static void ping(client *self, int index) {
    connection *this = &self->connections[index];
    if (!this->is_logged_in) return;
    uint8_t frame[ping_bytes];
    header(frame, ping_bytes, type_ping);
    store32(frame + 4, ++this->sequence);
    if (send(this->descriptor, frame, sizeof frame, MSG_NOSIGNAL) != sizeof frame) fail(self);
}

// Counts answers; a login's may be followed by nothing, a pong by another one.
static void hear(client *self, int index, int closes) {
    connection *this = &self->connections[index];
    uint8_t in[4096];
    ssize_t count = recv(this->descriptor, in, sizeof in, 0);
    if (count <= 0) {
        if (count == 0 || errno != EAGAIN) fail(self);
        return;
    }
    for (ssize_t start = 0; start < count; start += bytes_of(in + start)) {
        if (count - start < 4 || count - start < bytes_of(in + start)) return fail(self);
        if (in[start + 2] == type_pong) self->operations++;
        if (in[start + 2] == type_welcome) {
            this->is_logged_in = 1;
            self->logged_in++;
        }
    }
    if (!closes || !this->is_logged_in) return;
    self->operations++;
    close(this->descriptor);
    start_connect(self, index);
}

static void send_burst(client *self, int index) {
    connection *this = &self->connections[index];
    uint8_t frames[burst * ping_bytes];
    for (int position = 0; position < burst; position++) {
        header(frames + position * ping_bytes, ping_bytes, type_ping);
        store32(frames + position * ping_bytes + 4, ++this->sequence);
    }
    this->answered = 0;
    if (send(this->descriptor, frames, sizeof frames, MSG_NOSIGNAL) != sizeof frames) fail(self);
}

// An answer may come in pieces: its bytes are counted.
static void hear_burst(client *self, int index, int closes) {
    connection *this = &self->connections[index];
    if (!this->is_logged_in) {
        hear(self, index, closes);
        if (this->is_logged_in) send_burst(self, index);
        return;
    }
    uint8_t in[burst * pong_bytes];
    ssize_t count = recv(this->descriptor, in, sizeof in, 0);
    if (count <= 0) {
        if (count == 0 || errno != EAGAIN) fail(self);
        return;
    }
    this->answered += count;
    if (this->answered < burst * pong_bytes) return;
    self->operations += burst;
    send_burst(self, index);
}

// Waits for at most so long, and handles what has come.
static void turn(client *self, int64_t limit, int closes) {
    struct epoll_event events[batch];
    struct timespec timeout = {limit / 1000000000, limit % 1000000000};
    int count = epoll_pwait2(self->epoll, events, batch, &timeout, NULL);
    if (count < 0 && errno == ENOSYS) count = epoll_wait(self->epoll, events, batch, (int)(limit / 1000000));
    if (count < 0 && errno != EINTR) return fail(self);
    for (int position = 0; position < count && self->error == 0; position++) {
        int index = (int)events[position].data.u64;
        if (!self->connections[index].is_connected) {
            if (!(events[position].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) continue;
            log_in(self, index);
        }
        if (events[position].events & EPOLLIN) self->hears(self, index, closes);
    }
}

static client begin(const holdfast_bare_load *load) {
    client self = {.load = load, .hears = hear, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    self.connections = calloc((size_t)load->connections, sizeof(connection));
    if (self.epoll < 0 || !self.connections) fail(&self);
    for (int index = 0; index < load->connections && self.error == 0; index++) start_connect(&self, index);
    return self;
}

// CPU time of a process's first thread, to the nanosecond.
static int64_t cpu_of(int process) {
    char path[64], text[64] = "";
    snprintf(path, sizeof path, "/proc/%d/schedstat", process);
    int file = process > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    return count > 0 ? strtoll(text, NULL, 10) : 0;
}

// Everything before is warming up.
static void measure(client *self) {
    self->begin = clock_of(CLOCK_MONOTONIC);
    self->end = self->begin + self->load->duration;
    self->cpu_begin = clock_of(CLOCK_THREAD_CPUTIME_ID);
    self->watched_begin = cpu_of(self->load->watched);
    self->operations_begin = self->operations;
}

static int by_size(const void *left, const void *right) {
    int32_t first = *(const int32_t *)left, second = *(const int32_t *)right;
    return (first > second) - (first < second);
}

static holdfast_bare_outcome finish(client *self) {
    holdfast_bare_outcome outcome = {
        .operations = self->operations - self->operations_begin,
        .cpu = clock_of(CLOCK_THREAD_CPUTIME_ID) - self->cpu_begin,
        .wall = clock_of(CLOCK_MONOTONIC) - self->begin,
        .watched_cpu = cpu_of(self->load->watched) - self->watched_begin,
        .error = self->error,
    };
    for (int index = 0; self->connections && index < self->load->connections; index++) {
        if (self->connections[index].descriptor > 0) close(self->connections[index].descriptor);
    }
    if (self->late_count > 0) {
        qsort(self->late, self->late_count, sizeof *self->late, by_size);
        outcome.lateness_p99 = self->late[(self->late_count * 99 + 99) / 100 - 1];
    }
    free(self->late);
    free(self->connections);
    close(self->epoll);
    return outcome;
}

// As fast as it goes.
static holdfast_bare_outcome saturate(client self, int closes) {
    int64_t warm = clock_of(CLOCK_MONOTONIC) + self.load->duration / 10;
    while (self.error == 0 && clock_of(CLOCK_MONOTONIC) < warm) turn(&self, 10000000, closes);
    measure(&self);
    while (self.error == 0 && clock_of(CLOCK_MONOTONIC) < self.end) turn(&self, 10000000, closes);
    return finish(&self);
}

holdfast_bare_outcome holdfast_bare_connects(const holdfast_bare_load *load) { return saturate(begin(load), 1); }

holdfast_bare_outcome holdfast_bare_bursts(const holdfast_bare_load *load) {
    client self = begin(load);
    self.hears = hear_burst;
    return saturate(self, 0);
}

holdfast_bare_outcome holdfast_bare_beats(const holdfast_bare_load *load) {
    client self = begin(load);
    // First pings are spread over the interval, so they come in the order of connections, for ever.
    int64_t gap = load->interval / load->connections;
    self.late_capacity = (size_t)(load->duration / gap + 1);
    self.late = malloc(self.late_capacity * sizeof *self.late);
    if (!self.late) self.late_capacity = 0;
    int64_t due = clock_of(CLOCK_MONOTONIC) + load->duration / 20;
    int64_t warm = due + load->duration / 20;
    int is_measured = 0;
    for (int next = 0; self.error == 0;) {
        int64_t now = clock_of(CLOCK_MONOTONIC);
        if (!is_measured && now >= warm) {
            is_measured = 1;
            measure(&self);
        }
        if (is_measured && now >= self.end) break;
        int64_t reached = now / tick * tick;
        for (; due <= reached && self.error == 0; due += gap, next = (next + 1) % load->connections) {
            // A stall is not made up for: each connection pings once after it, and its next ping is in time.
            if (reached - due >= load->interval) continue;
            ping(&self, next);
            if (is_measured && self.late_count < self.late_capacity) {
                int64_t late = clock_of(CLOCK_MONOTONIC) - due;
                self.late[self.late_count++] = late < INT32_MAX ? (int32_t)late : INT32_MAX;
            }
        }
        int64_t wait = (due + tick - 1) / tick * tick - clock_of(CLOCK_MONOTONIC);
        turn(&self, wait > 0 ? wait : 0, 0);
    }
    return finish(&self);
}

holdfast_bare_outcome holdfast_bare_rest(const holdfast_bare_load *load, void (*held)(int count, void *context),
                                         void *context) {
    client self = begin(load);
    measure(&self);
    while (self.error == 0 && self.logged_in < load->connections && clock_of(CLOCK_MONOTONIC) < self.end) {
        turn(&self, 10000000, 0);
    }
    held(self.logged_in, context);
    self.operations = (uint64_t)self.logged_in;
    return finish(&self);
}
