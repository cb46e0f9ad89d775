// HOT marks functions of which the compiler makes a version for each level of x86-64; the best one
// is bound when the program is loaded. Not under the thread sanitizer: the choice runs before the
// sanitizer has started, and ends the program.
#pragma once
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
#define HOT __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HOT
#endif
