#define _GNU_SOURCE
#include "bare.h"

#include "CHoldfastBare.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

static void accept_all(int epoll, int listener) {
    for (;;) {
        int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (connection < 0) return;
        if (watch(epoll, connection, EPOLLIN | EPOLLRDHUP, (uint64_t)connection) < 0) close(connection);
    }
}

// One answer for each whole frame; what is cut in two or unknown ends the connection, which no client of ours does.
static int answer(int connection) {
    uint8_t in[4096], out[4096];
    ssize_t count = recv(connection, in, sizeof in, 0);
    if (count <= 0) return count < 0 && errno == EAGAIN;
    int filled = 0;
    for (ssize_t start = 0; start < count; start += bytes_of(in + start)) {
        if (count - start < 4 || count - start < bytes_of(in + start)) return 0;
        if (filled + welcome_bytes > (int)sizeof out) return 0;
        uint8_t *frame = out + filled;
        if (in[start + 2] == type_hello) {
            memset(frame, 0, welcome_bytes);
            header(frame, welcome_bytes, type_welcome);
            filled += welcome_bytes;
        } else if (in[start + 2] == type_ping) {
            header(frame, pong_bytes, type_pong);
            memcpy(frame + 4, in + start + 4, 4);
            store32(frame + 8, 0);
            filled += pong_bytes;
        } else {
            return 0;
        }
    }
    return send(connection, out, (size_t)filled, MSG_NOSIGNAL) == filled;
}

int holdfast_bare_gateway(uint32_t address, uint16_t port, void (*listening)(void)) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0) return errno;
    int on = 1;
    struct sockaddr_in local = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
        bind(listener, (struct sockaddr *)&local, sizeof local) < 0 || listen(listener, 4096) < 0) {
        return errno;
    }
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0 || watch(epoll, listener, EPOLLIN, (uint64_t)listener) < 0) return errno;
    listening();
    for (;;) {
        struct epoll_event events[batch];
        int count = epoll_wait(epoll, events, batch, -1);
        if (count < 0 && errno != EINTR) return errno;
        for (int position = 0; position < count; position++) {
            int descriptor = (int)events[position].data.u64;
            if (descriptor == listener) {
                accept_all(epoll, listener);
            } else if (!answer(descriptor)) {
                close(descriptor);
            }
        }
    }
}
