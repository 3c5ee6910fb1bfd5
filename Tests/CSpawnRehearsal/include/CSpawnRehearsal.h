#pragma once

#include <sys/types.h>

// What a supervisor started before it waited to be killed.
struct rehearsal {
    pid_t supervisor; // -1 when something failed
    pid_t janitor;
    pid_t plain;   // sleeps
    pid_t stopped; // sleeps, and is stopped by SIGSTOP
    pid_t family;  // a shell with two more processes in its group
    int error;
};

// Forks a coordinator in small: in a session of its own it starts a janitor for `root`, has it remove `directory`,
// spawns its children, and waits for a signal (half a minute at most). Its children are in its session as well.
struct rehearsal rehearse_coordinator(const char *root, const char *directory);

// Forks one that spawns children as fast as it can until it is killed; its process id, or -1.
pid_t rehearse_spawning(const char *root);
