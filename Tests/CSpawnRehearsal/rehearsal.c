#define _GNU_SOURCE
#include "CSpawnRehearsal.h"

#include "CHoldfastSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { longest_life_seconds = 30, most_children = 300, kept = 3 };

static pid_t spawn(int janitor, int null, char *const *arguments) {
    struct hf_spawn_request request = {
        .executable = arguments[0],
        .arguments = arguments,
        .environment = hf_environment(),
        .standard_output = null,
        .standard_error = null,
        .janitor = janitor,
    };
    return hf_spawn(&request).pid;
}

static char *const sleeper[] = {"/bin/sleep", "1000", NULL};
static char *const family[] = {"/bin/sh", "-c", "/bin/sleep 1000 & /bin/sleep 1000", NULL};

// The fork has copies of all descriptors of the test process, other janitors' among them: they must not stay open.
// Leaves `keep` at number 3.
static void settle(int keep) {
    setsid();
    alarm(longest_life_seconds);
    if (keep >= 0 && keep != kept) dup2(keep, kept);
    close_range(keep >= 0 ? kept + 1 : kept, ~0U, 0);
}

static _Noreturn void coordinate(const char *root, const char *directory) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct hf_janitor janitor = hf_janitor_start(root);
    struct rehearsal rehearsal = {.supervisor = getpid(), .janitor = janitor.pid, .error = janitor.error};
    if (rehearsal.error == 0) rehearsal.error = hf_janitor_remove(janitor.descriptor, root, directory);
    rehearsal.plain = spawn(janitor.descriptor, null, sleeper);
    rehearsal.stopped = spawn(janitor.descriptor, null, sleeper);
    rehearsal.family = spawn(janitor.descriptor, null, family);
    struct hf_process members[3];
    for (int i = 0; i < 2000 && hf_group_members(rehearsal.family, members, 3) != 3; i++) usleep(1000);
    kill(-rehearsal.stopped, SIGSTOP);
    for (int i = 0; i < 2000 && hf_process_state(rehearsal.stopped) != 'T'; i++) usleep(1000);
    (void)!write(kept, &rehearsal, sizeof rehearsal);
    for (;;) pause();
}

struct rehearsal rehearse_coordinator(const char *root, const char *directory) {
    struct rehearsal rehearsal = {.supervisor = -1};
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return rehearsal;
    pid_t pid = fork();
    if (pid == 0) {
        settle(report[1]);
        coordinate(root, directory);
    }
    close(report[1]);
    if (pid < 0 || read(report[0], &rehearsal, sizeof rehearsal) != sizeof rehearsal) rehearsal.supervisor = -1;
    close(report[0]);
    return rehearsal;
}

pid_t rehearse_spawning(const char *root) {
    pid_t pid = fork();
    if (pid != 0) return pid;
    settle(-1);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct hf_janitor janitor = hf_janitor_start(root);
    for (int i = 0; janitor.error == 0 && i < most_children; i++) spawn(janitor.descriptor, null, sleeper);
    for (;;) pause();
}
