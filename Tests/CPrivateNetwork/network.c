#define _GNU_SOURCE
#include "CPrivateNetwork.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int set_loopback(short flags) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    struct ifreq request = {.ifr_flags = flags};
    strcpy(request.ifr_name, "lo");
    int failure = ioctl(descriptor, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
    close(descriptor);
    return failure;
}

int private_network_enter(void) { return unshare(CLONE_NEWNET) < 0 ? -errno : set_loopback(IFF_UP); }

int private_network_cut(void) { return set_loopback(0); }

int private_network_set_retries(int count) {
    // The kernel shows each thread the values of its own namespace.
    int descriptor = open("/proc/sys/net/ipv4/tcp_retries2", O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int failure = dprintf(descriptor, "%d", count) < 0 ? -errno : 0;
    close(descriptor);
    return failure;
}
