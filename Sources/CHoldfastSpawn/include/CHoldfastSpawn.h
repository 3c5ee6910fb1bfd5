#pragma once

// Starting and ending processes on Linux. Swift can neither fork nor run code between fork and exec, and the janitor
// has to run without the Swift runtime; that is all that lives here. Every function is safe to call from any thread.

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// The janitor keeps its tables in static memory, so they are bounded; whoever spawns keeps to the limits.
enum {
    hf_janitor_group_limit = 4096,
    hf_janitor_directory_limit = 16,
    hf_janitor_path_limit = 512,
};

// How a janitor ended: its exit code.
enum {
    hf_janitor_clean = 0,      // nothing was left to kill
    hf_janitor_killed = 1,     // something was left, and is gone
    hf_janitor_incomplete = 2, // a process or a directory is still there
};

struct hf_janitor {
    pid_t pid;
    int descriptor; // the write end, close-on-exec; the janitor acts once the last copy of it is closed
    int error;      // errno, 0 when it runs
};

// Forks the janitor: own session, deaf to every signal that can be ignored, no descriptor but the read end, no Swift,
// no exec. It only ever removes directories below `root`. Call it early, while the process is small.
struct hf_janitor hf_janitor_start(const char *root);

// Tells the janitor that `pid` is about to be reaped, so that a recycled number is never killed. Returns 0 or errno.
int hf_janitor_forget(int descriptor, pid_t pid);

// Has the janitor remove the directory `path` and what is in it when it ends. Returns 0 or errno; EINVAL for a path
// that is not below the janitor's root or has components such as "..".
int hf_janitor_remove(int descriptor, const char *root, const char *path);

// Where a spawn failed.
enum hf_spawn_stage {
    hf_spawn_stage_none = 0,
    hf_spawn_stage_fork,
    hf_spawn_stage_group,
    hf_spawn_stage_register,
    hf_spawn_stage_descriptors,
    hf_spawn_stage_directory,
    hf_spawn_stage_exec,
};

struct hf_spawn_request {
    const char *executable; // a path; PATH is not searched
    char *const *arguments; // with the name first, ends in NULL
    char *const *environment;
    const char *working_directory; // NULL keeps the parent's
    int standard_output;
    int standard_error;
    const int *inherited; // become descriptors 3, 4, ... of the child; it gets no others
    int inherited_count;
    int janitor; // the janitor's write end, or -1
};

struct hf_spawn_result {
    pid_t pid;
    enum hf_spawn_stage stage; // none: the executable runs
    int error;                 // errno of the failed stage
};

// Forks and executes: own process group, default signals, standard input from /dev/null. Between joining its group and
// exec the child registers itself with the janitor, and its copy of the janitor's write end closes at exec: the janitor
// cannot see the end of the file while a child that was forked is still unknown to it. Returns once exec has happened.
struct hf_spawn_result hf_spawn(const struct hf_spawn_request *request);

struct hf_exit {
    bool ended;
    bool lost; // somebody else reaped it
    bool signalled;
    int status; // exit code, or the signal's number
};

// Looks whether the child `pid` has ended, without reaping it: its number stays taken. (siginfo_t is a union that Swift
// sees through private names.)
struct hf_exit hf_poll_exit(pid_t pid);

// Reaps a child that hf_poll_exit found ended.
void hf_reap(pid_t pid);

struct hf_process {
    pid_t pid;
    pid_t group;
    char state; // of /proc/<pid>/stat, but 'T' only once every thread has stopped
};

// Writes the processes of a group, zombies included, to `members`; returns how many there are, or -errno.
int hf_group_members(pid_t group, struct hf_process *members, int capacity);

// The state of one process as in hf_process; 0 when it does not exist.
char hf_process_state(pid_t pid);

// The environment of this process (the C global is not visible to Swift 6).
char *const *hf_environment(void);

// A pipe that no other program started meanwhile can inherit; pipe2 is hidden from Swift behind _GNU_SOURCE.
int hf_pipe(int ends[2]);

// The processors that this process may use, ascending; returns how many there are, or -errno.
int hf_processors(int *processors, int capacity);

// Keeps the first thread of a process, and whatever it starts later, on some processors. 0, or -errno.
int hf_pin(pid_t pid, const int *processors, int count);
