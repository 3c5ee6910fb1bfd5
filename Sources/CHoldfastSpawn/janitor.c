#define _GNU_SOURCE
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The protocol: one small text a message, "+<pid>" (a group of ours lives), "-<pid>" (it is about to be reaped),
// "d<path>" (remove this directory at the end). A sequenced-packet socket pair rather than a pipe: messages stay whole,
// and a janitor that is gone answers EPIPE without a signal.

enum { lane = 3, longest_wait_seconds = 4, tree_depth = 8 };

struct group {
    pid_t pid;
    int handle; // a pidfd, or -1: it stands for the group even when the number has been given to somebody else
};

// Used in the janitor's own process only; every janitor has a copy of its own.
static struct group groups[hf_janitor_group_limit];
static int group_count;
static char directories[hf_janitor_directory_limit][hf_janitor_path_limit];
static int directory_count;

static void add_group(pid_t pid) {
    if (pid <= 1 || group_count == hf_janitor_group_limit) return;
    groups[group_count].pid = pid;
    groups[group_count].handle = (int)syscall(SYS_pidfd_open, pid, 0);
    group_count++;
}

static void forget_group(pid_t pid) {
    for (int i = 0; i < group_count; i++) {
        if (groups[i].pid != pid) continue;
        if (groups[i].handle >= 0) close(groups[i].handle);
        groups[i] = groups[--group_count];
        return;
    }
}

static void add_directory(const char *root, const char *path) {
    if (directory_count == hf_janitor_directory_limit || strlen(path) >= hf_janitor_path_limit) return;
    if (hf_is_below(root, path)) strcpy(directories[directory_count++], path);
}

static void kill_group(const struct group *group) {
    // PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9; older kernels refuse the flag.
    const unsigned whole_group = 1U << 2;
    if (group->handle >= 0) {
        if (syscall(SYS_pidfd_send_signal, group->handle, SIGKILL, NULL, whole_group) == 0) return;
        if (errno != EINVAL) return;
    }
    kill(-group->pid, SIGKILL);
}

static bool is_ours(const struct hf_process *process) {
    if (process->state == 'Z' || process->state == 'X') return false;
    for (int i = 0; i < group_count; i++) {
        if (groups[i].pid == process->group) return true;
    }
    return false;
}

static int count_living(void) {
    struct hf_listing proc;
    int count = 0;
    if (!hf_listing_open(&proc, AT_FDCWD, "/proc")) {
        for (int i = 0; i < group_count; i++) count += kill(-groups[i].pid, 0) == 0;
        return count;
    }
    struct hf_process process;
    while (hf_next_process(&proc, &process)) count += is_ours(&process);
    hf_listing_close(&proc);
    return count;
}

// Kills until nothing is left, since a process may fork while its group is being killed; bounded.
static int kill_everything(void) {
    if (group_count == 0 || count_living() == 0) return hf_janitor_clean;
    struct timespec start, now, pause = {0, 2000000};
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        for (int i = 0; i < group_count; i++) kill_group(&groups[i]);
        if (count_living() == 0) return hf_janitor_killed;
        nanosleep(&pause, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - start.tv_sec < longest_wait_seconds);
    return hf_janitor_incomplete;
}

// Walks from the root without following a link, so that nobody can lead the removal elsewhere.
static bool remove_directory(const char *root, char *path) {
    size_t length = strlen(root);
    while (length > 0 && root[length - 1] == '/') length--;
    char *component = path + length + 1;
    int parent = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (char *slash; parent >= 0 && (slash = strchr(component, '/')) != NULL; component = slash + 1) {
        *slash = 0;
        int next = openat(parent, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(parent);
        parent = next;
    }
    if (parent < 0) return errno == ENOENT;
    struct stat status;
    bool gone = fstatat(parent, component, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
    if (!gone && S_ISDIR(status.st_mode) && status.st_uid == geteuid()) {
        gone = hf_remove_tree(parent, component, tree_depth);
    }
    close(parent);
    return gone;
}

// Deaf to everything that can be ignored and does not come from a fault of its own.
static void ignore_signals(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, standard = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < _NSIG; signal++) {
        bool fault = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE ||
                     signal == SIGABRT || signal == SIGTRAP || signal == SIGSYS;
        sigaction(signal, fault ? &standard : &ignore, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// The command line is that of the coordinator, which it was forked from: whoever kills the coordinator by its command
// line (pkill -f) must not hit the janitor as well. Fields 48 and 49 of /proc/self/stat say where it lies in memory.
static void rename_command_line(void) {
    char text[1024];
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    if (length <= 0) return;
    text[length] = 0;
    char *field = strrchr(text, ')');
    for (int number = 2; field != NULL && number < 48; number++) field = strchr(field + 1, ' ');
    if (field == NULL) return;
    char *end;
    unsigned long from = strtoul(field, &end, 10), to = strtoul(end, NULL, 10);
    const char name[] = "holdfast-janitor";
    if (from == 0 || to <= from || to - from > 1 << 21) return;
    memset((char *)from, 0, to - from);
    memcpy((char *)from, name, to - from < sizeof name ? to - from - 1 : sizeof name - 1);
}

static void detach(int descriptor) {
    setsid();
    ignore_signals();
    prctl(PR_SET_NAME, "holdfast-janit");
    rename_command_line();
    if (descriptor != lane) dup2(descriptor, lane);
    close_range(lane + 1, ~0U, 0);
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < lane; i++) dup2(null, i);
    if (null > lane) close(null);
    (void)!chdir("/");
}

static _Noreturn void serve(int descriptor, const char *root) {
    char message[1 + hf_janitor_path_limit];
    detach(descriptor);
    for (;;) {
        ssize_t length = recv(lane, message, sizeof message - 1, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break;
        message[length] = 0;
        if (message[0] == '+') add_group((pid_t)strtol(message + 1, NULL, 10));
        if (message[0] == '-') forget_group((pid_t)strtol(message + 1, NULL, 10));
        if (message[0] == 'd') add_directory(root, message + 1);
    }
    int result = kill_everything();
    for (int i = 0; i < directory_count; i++) {
        if (!remove_directory(root, directories[i])) result = hf_janitor_incomplete;
    }
    _exit(result);
}

struct hf_janitor hf_janitor_start(const char *root) {
    struct hf_janitor janitor = {.pid = -1, .descriptor = -1};
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        janitor.error = errno;
        return janitor;
    }
    // A Ctrl-C in this very moment must not reach the janitor before it ignores it.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) serve(ends[0], root);
    janitor.error = pid < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return janitor;
    }
    janitor.pid = pid;
    janitor.descriptor = ends[1];
    return janitor;
}

static int tell(int descriptor, const char *message, size_t length) {
    for (;;) {
        if (send(descriptor, message, length, MSG_NOSIGNAL) >= 0) return 0;
        if (errno != EINTR) return errno;
    }
}

int hf_janitor_forget(int descriptor, pid_t pid) {
    char message[16];
    char *first = message + sizeof message;
    for (pid_t rest = pid; rest > 0; rest /= 10) *--first = (char)('0' + rest % 10);
    *--first = '-';
    return tell(descriptor, first, (size_t)(message + sizeof message - first));
}

int hf_janitor_remove(int descriptor, const char *root, const char *path) {
    char message[1 + hf_janitor_path_limit] = "d";
    size_t length = strlen(path);
    if (length >= hf_janitor_path_limit || !hf_is_below(root, path)) return EINVAL;
    memcpy(message + 1, path, length);
    return tell(descriptor, message, length + 1);
}
