#ifndef CSPAWN_SHIM_H
#define CSPAWN_SHIM_H

/* Functions of the C library (glibc 2.34; musl 1.1.24 without closefrom) that Swift's module of it
   leaves out. No feature macro is defined: structures of other modules would look different. */
#include <spawn.h>

int pipe2(int ends[2], int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

#endif
