#define _GNU_SOURCE
#include "CHoldfastSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct failure {
    enum hf_spawn_stage stage;
    int error;
};

static _Noreturn void fail(int report, enum hf_spawn_stage stage) {
    struct failure failure = {stage, errno};
    // Nobody is left to be told when this fails.
    (void)!write(report, &failure, sizeof failure);
    _exit(127);
}

static bool register_with(int janitor) {
    char message[16] = "+";
    char digits[12];
    int count = 0;
    for (pid_t rest = getpid(); rest > 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    for (int i = 0; i < count; i++) message[1 + i] = digits[count - 1 - i];
    return send(janitor, message, (size_t)count + 1, MSG_NOSIGNAL) > 0;
}

// Puts standard input, output, error and the inherited descriptors to 0, 1, 2, 3, ... and marks all others
// close-on-exec. The sources are first copied above that range, since one of them may be where another one belongs.
static bool arrange_descriptors(const struct hf_spawn_request *request) {
    int count = 3 + request->inherited_count;
    int copies[3 + 8];
    if (request->inherited_count > 8) {
        errno = EINVAL;
        return false;
    }
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0) return false;
    for (int i = 0; i < count; i++) {
        int source = i == 0   ? null
                     : i == 1 ? request->standard_output
                     : i == 2 ? request->standard_error
                              : request->inherited[i - 3];
        copies[i] = fcntl(source, F_DUPFD_CLOEXEC, count);
        if (copies[i] < 0) return false;
    }
    for (int i = 0; i < count; i++) {
        if (dup2(copies[i], i) < 0) return false;
    }
    return close_range((unsigned)count, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

// The kernel's call, since glibc's refuses the two signals that it keeps for itself; all zeros is SIG_DFL.
static void default_signals(void) {
    const char standard[64] = {0};
    for (int signal = 1; signal < _NSIG; signal++) syscall(SYS_rt_sigaction, signal, standard, NULL, _NSIG / 8);
}

// Runs between fork and exec: only async-signal-safe calls. All signals are still blocked.
static _Noreturn void become(const struct hf_spawn_request *request, int niceness, int report) {
    if (setpgid(0, 0) != 0) fail(report, hf_spawn_stage_group);
    // A child has that of the thread that forked it, and thread pools give threads of theirs any. Without the right to
    // it everything stays as it is.
    setpriority(PRIO_PROCESS, 0, niceness);
    default_signals();
    if (request->janitor >= 0 && !register_with(request->janitor)) fail(report, hf_spawn_stage_register);
    // The report pipe may lie where an inherited descriptor goes.
    int moved = fcntl(report, F_DUPFD_CLOEXEC, 3 + request->inherited_count);
    if (moved < 0) fail(report, hf_spawn_stage_descriptors);
    report = moved;
    if (!arrange_descriptors(request)) fail(report, hf_spawn_stage_descriptors);
    if (request->working_directory != NULL && chdir(request->working_directory) != 0) {
        fail(report, hf_spawn_stage_directory);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->executable, request->arguments, request->environment);
    fail(report, hf_spawn_stage_exec);
}

// With SIGCHLD ignored, as a parent may have left it, the kernel reaps children by itself and their status is lost.
static void keep_children(void) {
    struct sigaction present;
    if (sigaction(SIGCHLD, NULL, &present) != 0 || present.sa_handler != SIG_IGN) return;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &standard, NULL);
}

// Waits for the report of a child: the end of the pipe is exec's doing.
static struct failure read_report(int report) {
    struct failure failure = {hf_spawn_stage_none, 0};
    ssize_t length;
    do length = read(report, &failure, sizeof failure);
    while (length < 0 && errno == EINTR);
    close(report);
    if (length != (ssize_t)sizeof failure) failure.stage = hf_spawn_stage_none;
    return failure;
}

struct hf_spawn_result hf_spawn(const struct hf_spawn_request *request) {
    struct hf_spawn_result result = {.pid = -1, .stage = hf_spawn_stage_fork};
    int report[2];
    keep_children();
    if (pipe2(report, O_CLOEXEC) != 0) {
        result.error = errno;
        return result;
    }
    // A handler of the parent must not run in the child, and a signal must not be lost between fork and exec.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // That of the main thread: what whoever started this process wanted.
    int niceness = getpriority(PRIO_PROCESS, (id_t)getpid());
    pid_t pid = fork();
    if (pid == 0) become(request, niceness, report[1]);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        result.error = error;
        return result;
    }
    struct failure failure = read_report(report[0]);
    result.pid = pid;
    result.stage = failure.stage;
    result.error = failure.error;
    if (failure.stage == hf_spawn_stage_none) return result;
    siginfo_t info;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) continue;
    if (request->janitor >= 0) hf_janitor_forget(request->janitor, pid);
    hf_reap(pid);
    result.pid = -1;
    return result;
}

struct hf_exit hf_poll_exit(pid_t pid) {
    struct hf_exit result = {0};
    siginfo_t info = {0};
    int status;
    do status = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
    while (status != 0 && errno == EINTR);
    if (status != 0) {
        result.ended = true;
        result.lost = true;
        return result;
    }
    result.ended = info.si_pid == pid;
    result.signalled = result.ended && info.si_code != CLD_EXITED;
    result.status = info.si_status;
    return result;
}

void hf_reap(pid_t pid) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
}

char *const *hf_environment(void) { return environ; }

int hf_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
