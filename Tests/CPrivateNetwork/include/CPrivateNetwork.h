#pragma once

// A network namespace for one thread, which goes with it: Swift's Glibc module has neither `unshare` nor `ifreq`'s
// fields. Every function returns 0, or -errno.

// The calling thread moves into a namespace of its own, in which loopback is up. Needs CAP_SYS_ADMIN.
int private_network_enter(void);

// Whatever is sent in the calling thread's namespace from now on is lost.
int private_network_cut(void);

// How often the calling thread's namespace sends data again before it gives up (tcp_retries2).
int private_network_set_retries(int count);
