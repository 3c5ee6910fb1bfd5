#define _GNU_SOURCE
#include "CHoldfastLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int64_t holdfast_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int holdfast_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_nanoseconds) {
    struct timespec timeout = {timeout_nanoseconds / 1000000000, timeout_nanoseconds % 1000000000};
    int count = epoll_pwait2(epoll, events, capacity, timeout_nanoseconds < 0 ? NULL : &timeout, NULL);
    if (count < 0 && (errno == ENOSYS || errno == EPERM)) {
        // Before Linux 5.11, and in containers whose filter does not know the call: whole milliseconds, rounded up.
        int64_t milliseconds = timeout_nanoseconds < 0 ? -1 : (timeout_nanoseconds + 999999) / 1000000;
        if (milliseconds > INT32_MAX) milliseconds = INT32_MAX;
        count = epoll_wait(epoll, events, capacity, (int)milliseconds);
    }
    return count < 0 ? -errno : count;
}

int holdfast_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, operation, descriptor, &event) < 0 ? -errno : 0;
}

static struct sockaddr_in endpoint(uint32_t address, uint16_t port) {
    struct sockaddr_in result = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(address),
    };
    return result;
}

static int closed_with_errno(int descriptor) {
    int failure = -errno;
    close(descriptor);
    return failure;
}

int holdfast_listen(uint32_t address, uint16_t port, int backlog, bool is_shared) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int on = 1;
    struct sockaddr_in local = endpoint(address, port);
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        (is_shared && setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) ||
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
        bind(descriptor, (struct sockaddr *)&local, sizeof local) < 0 || listen(descriptor, backlog) < 0) {
        return closed_with_errno(descriptor);
    }
    return descriptor;
}

static int unix_name(const char *path, struct sockaddr_un *name) {
    *name = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof name->sun_path) return -ENAMETOOLONG;
    strcpy(name->sun_path, path);
    return 0;
}

static int passage_socket(const char *path, struct sockaddr_un *name) {
    int failure = unix_name(path, name);
    if (failure < 0) return failure;
    int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    // Thousands of messages may be on their way while the other end is busy; the kernel grants what it allows.
    int bytes = 4 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return descriptor;
}

int holdfast_passage_listen(const char *path) {
    struct sockaddr_un name;
    int descriptor = passage_socket(path, &name);
    if (descriptor < 0) return descriptor;
    unlink(path);
    if (bind(descriptor, (struct sockaddr *)&name, sizeof name) < 0 || listen(descriptor, 8) < 0) {
        return closed_with_errno(descriptor);
    }
    return descriptor;
}

int holdfast_passage_connect(const char *path) {
    struct sockaddr_un name;
    int descriptor = passage_socket(path, &name);
    if (descriptor < 0) return descriptor;
    if (connect(descriptor, (struct sockaddr *)&name, sizeof name) < 0) return closed_with_errno(descriptor);
    return descriptor;
}

int holdfast_passage_accept(int listener) {
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int holdfast_passage_send(int passage, uint32_t first, uint32_t second, int one, int other) {
    uint32_t numbers[2] = {first, second};
    struct iovec part = {.iov_base = numbers, .iov_len = sizeof numbers};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int descriptors[2] = {one, other};
    size_t count = (one >= 0) + (other >= 0);
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    }
    return sendmsg(passage, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int holdfast_passage_receive(int passage, uint32_t *first, uint32_t *second, int *one, int *other) {
    uint32_t numbers[2] = {0, 0};
    struct iovec part = {.iov_base = numbers, .iov_len = sizeof numbers};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    ssize_t count = recvmsg(passage, &message, MSG_CMSG_CLOEXEC);
    if (count <= 0) return count < 0 ? -errno : 0;
    int descriptors[2] = {-1, -1};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        memcpy(descriptors, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
    }
    *first = numbers[0];
    *second = numbers[1];
    *one = descriptors[0];
    *other = descriptors[1];
    return 1;
}

int holdfast_bell_listen(const char *path) {
    struct sockaddr_un name;
    int failure = unix_name(path, &name);
    if (failure < 0) return failure;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    unlink(path);
    if (bind(descriptor, (struct sockaddr *)&name, sizeof name) < 0) return closed_with_errno(descriptor);
    return descriptor;
}

int holdfast_bell_ring(int bell, const char *path) {
    struct sockaddr_un name;
    int failure = unix_name(path, &name);
    if (failure < 0) return failure;
    char ring = 1;
    ssize_t count = sendto(bell, &ring, 1, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&name, sizeof name);
    return count < 0 ? -errno : 0;
}

int holdfast_drop_incoming(int descriptor, bool is_dropping) {
    int nothing = 0;
    struct sock_filter keep_no_byte = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &keep_no_byte};
    int result = is_dropping ? setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program)
                             : setsockopt(descriptor, SOL_SOCKET, SO_DETACH_FILTER, &nothing, sizeof nothing);
    return result < 0 ? -errno : 0;
}

int holdfast_accept(int listener, uint32_t *address, uint16_t *port) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    int descriptor = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return -errno;
    *address = ntohl(peer.sin_addr.s_addr);
    *port = ntohs(peer.sin_port);
    return descriptor;
}

int holdfast_connect(uint32_t from_address, uint16_t from_port, uint32_t to_address, uint16_t to_port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int on = 1;
    struct sockaddr_in local = endpoint(from_address, from_port);
    struct sockaddr_in remote = endpoint(to_address, to_port);
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
        bind(descriptor, (struct sockaddr *)&local, sizeof local) < 0) {
        return closed_with_errno(descriptor);
    }
    if (connect(descriptor, (struct sockaddr *)&remote, sizeof remote) < 0 && errno != EINPROGRESS) {
        return closed_with_errno(descriptor);
    }
    return descriptor;
}

int holdfast_watch_over(int descriptor, int idle, int interval, int probes, unsigned user_timeout) {
    int on = 1;
    if (idle > 0 &&
        (setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle) < 0 ||
         setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval) < 0 ||
         setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes) < 0 ||
         setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) < 0)) {
        return -errno;
    }
    if (user_timeout > 0 &&
        setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout) < 0) {
        return -errno;
    }
    return 0;
}

int holdfast_unanswered_probes(int descriptor) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return -errno;
    return info.tcpi_probes;
}

int holdfast_local_endpoint(int descriptor, uint32_t *address, uint16_t *port) {
    struct sockaddr_in local;
    socklen_t length = sizeof local;
    if (getsockname(descriptor, (struct sockaddr *)&local, &length) < 0) return -errno;
    *address = ntohl(local.sin_addr.s_addr);
    *port = ntohs(local.sin_port);
    return 0;
}

int holdfast_peer_endpoint(int descriptor, uint32_t *address, uint16_t *port) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    if (getpeername(descriptor, (struct sockaddr *)&peer, &length) < 0) return -errno;
    *address = ntohl(peer.sin_addr.s_addr);
    *port = ntohs(peer.sin_port);
    return 0;
}

int64_t holdfast_read(int descriptor, void *buffer, size_t capacity) {
    ssize_t count = recv(descriptor, buffer, capacity, 0);
    return count < 0 ? -errno : count;
}

int64_t holdfast_send(int descriptor, const void *bytes, size_t count) {
    ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

int holdfast_take_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

int holdfast_finish(int descriptor) { return shutdown(descriptor, SHUT_WR) < 0 ? -errno : 0; }

int holdfast_reset(int descriptor) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return close(descriptor) < 0 ? -errno : 0;
}

int holdfast_eventfd(void) {
    int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}
