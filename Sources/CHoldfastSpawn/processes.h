#pragma once

#include "CHoldfastSpawn.h"

#include <dirent.h>
#include <stdbool.h>

// A directory read without malloc, which is not to be trusted in the forked child of a process with threads.
struct hf_listing {
    int descriptor;
    long filled;
    long position;
    _Alignas(struct dirent64) char buffer[4096];
};

// Opens `name` below `parent`; false with errno when that fails.
bool hf_listing_open(struct hf_listing *listing, int parent, const char *name);
// The next name other than "." and "..", or NULL at the end.
const char *hf_listing_next(struct hf_listing *listing);
void hf_listing_close(struct hf_listing *listing);

// The next process of a listing of /proc; false at the end.
bool hf_next_process(struct hf_listing *proc, struct hf_process *process);

// Removes `name` below `parent` and everything in it; true when it is gone. Follows no symbolic link.
bool hf_remove_tree(int parent, const char *name, int depth);

// Whether `path` is below `root` and has no component that could lead out again.
bool hf_is_below(const char *root, const char *path);
