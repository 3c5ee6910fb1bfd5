#define _GNU_SOURCE
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool hf_listing_open(struct hf_listing *listing, int parent, const char *name) {
    listing->descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    listing->filled = 0;
    listing->position = 0;
    return listing->descriptor >= 0;
}

const char *hf_listing_next(struct hf_listing *listing) {
    for (;;) {
        if (listing->position >= listing->filled) {
            listing->filled = getdents64(listing->descriptor, listing->buffer, sizeof listing->buffer);
            listing->position = 0;
            if (listing->filled <= 0) return NULL;
        }
        struct dirent64 *entry = (struct dirent64 *)(listing->buffer + listing->position);
        listing->position += entry->d_reclen;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) return entry->d_name;
    }
}

void hf_listing_close(struct hf_listing *listing) {
    int error = errno;
    close(listing->descriptor);
    errno = error;
}

// "<name>/<leaf>" for a name of digits; snprintf is not async-signal-safe.
static void join(char *path, const char *name, const char *leaf) {
    size_t length = strnlen(name, 20);
    memcpy(path, name, length);
    path[length] = '/';
    strcpy(path + length + 1, leaf);
}

// Reads "pid (command) state parent group ..." of `path` below `directory`. A command may contain blanks and brackets.
static bool read_stat(int directory, const char *path, char *state, pid_t *group) {
    char text[512];
    int file = openat(directory, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return false;
    text[length] = 0;
    char *field = strrchr(text, ')');
    if (field == NULL || field[1] != ' ' || field[2] == 0) return false;
    *state = field[2];
    char *end;
    strtol(field + 3, &end, 10);
    *group = (pid_t)strtol(end, NULL, 10);
    return true;
}

// A process is stopped when its last thread is; the first one, which /proc/<pid>/stat shows, may stop earlier.
static bool every_thread_stopped(int proc, const char *name) {
    char path[32];
    join(path, name, "task");
    struct hf_listing threads;
    if (!hf_listing_open(&threads, proc, path)) return true;
    bool stopped = true;
    const char *thread;
    while (stopped && (thread = hf_listing_next(&threads)) != NULL) {
        char state;
        pid_t group;
        join(path, thread, "stat");
        if (read_stat(threads.descriptor, path, &state, &group)) stopped = strchr("TtZX", state) != NULL;
    }
    hf_listing_close(&threads);
    return stopped;
}

static bool read_process(int proc, const char *name, struct hf_process *process) {
    char path[32];
    join(path, name, "stat");
    if (!read_stat(proc, path, &process->state, &process->group)) return false;
    process->pid = (pid_t)strtol(name, NULL, 10);
    return true;
}

static void judge_stop(int proc, const char *name, struct hf_process *process) {
    if (process->state == 'T' || process->state == 't') {
        process->state = every_thread_stopped(proc, name) ? 'T' : 'R';
    }
}

bool hf_next_process(struct hf_listing *proc, struct hf_process *process) {
    const char *name;
    while ((name = hf_listing_next(proc)) != NULL) {
        if (name[0] < '1' || name[0] > '9') continue;
        if (read_process(proc->descriptor, name, process)) return true;
    }
    return false;
}

int hf_group_members(pid_t group, struct hf_process *members, int capacity) {
    struct hf_listing proc;
    if (!hf_listing_open(&proc, AT_FDCWD, "/proc")) return -errno;
    int count = 0;
    const char *name;
    while ((name = hf_listing_next(&proc)) != NULL) {
        struct hf_process process;
        if (name[0] < '1' || name[0] > '9') continue;
        if (!read_process(proc.descriptor, name, &process) || process.group != group) continue;
        judge_stop(proc.descriptor, name, &process);
        if (count < capacity) members[count] = process;
        count++;
    }
    hf_listing_close(&proc);
    return count;
}

char hf_process_state(pid_t pid) {
    char digits[20];
    char *name = digits + sizeof digits - 1;
    *name = 0;
    for (pid_t rest = pid; rest > 0; rest /= 10) *--name = (char)('0' + rest % 10);
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0) return 0;
    struct hf_process process = {.state = 0};
    if (read_process(proc, name, &process)) judge_stop(proc, name, &process);
    close(proc);
    return process.state;
}

// Removes what one reading of a directory shows; some file systems skip names when others vanish meanwhile.
static bool remove_entries(int parent, const char *name, int depth) {
    struct hf_listing listing;
    if (!hf_listing_open(&listing, parent, name)) return false;
    const char *entry;
    bool whole = true;
    while ((entry = hf_listing_next(&listing)) != NULL) {
        whole = hf_remove_tree(listing.descriptor, entry, depth - 1) && whole;
    }
    hf_listing_close(&listing);
    return whole;
}

bool hf_remove_tree(int parent, const char *name, int depth) {
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return true;
    for (int reading = 0; depth > 0 && reading < 3; reading++) {
        if (!remove_entries(parent, name, depth)) return false;
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0) return true;
    }
    return false;
}

bool hf_is_below(const char *root, const char *path) {
    size_t length = strlen(root);
    while (length > 1 && root[length - 1] == '/') length--;
    if (root[0] != '/' || strncmp(path, root, length) != 0) return false;
    if (length > 1 && path[length] != '/') return false;
    const char *component = path + (length > 1 ? length + 1 : 1);
    do {
        size_t size = strcspn(component, "/");
        bool dots = (size == 1 && component[0] == '.') || (size == 2 && component[0] == '.' && component[1] == '.');
        if (size == 0 || dots) return false;
        component += size;
    } while (*component++ == '/');
    return true;
}
