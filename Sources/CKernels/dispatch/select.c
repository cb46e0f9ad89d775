// Choice of the SIMD path at run time, and the public functions that call through its table.
#include "table.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[NWC_SIMD_COUNT] = {"portable", "avx2", "avx512", "neon"};

const char *nwc_simd_name(int path) {
    return path >= 0 && path < NWC_SIMD_COUNT ? names[path] : "unknown";
}

static const nwc_kernel_table *table_of(int path) {
    switch (path) {
    case NWC_SIMD_PORTABLE: return &nwc_kernels_portable;
#if defined(__x86_64__)
    case NWC_SIMD_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &nwc_kernels_avx2
                                                                               : NULL;
    case NWC_SIMD_AVX512:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                       __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
                   ? &nwc_kernels_avx512
                   : NULL;
#elif defined(__aarch64__)
    case NWC_SIMD_NEON: return &nwc_kernels_neon;
#endif
    default: return NULL;
    }
}

int nwc_simd_available(int path) { return table_of(path) != NULL; }

nwc_simd nwc_simd_best(void) {
    for (int path = NWC_SIMD_COUNT - 1; path > 0; path--)
        if (table_of(path)) return (nwc_simd)path;
    return NWC_SIMD_PORTABLE;
}

// -1 until the first use. Racing first uses all find the same answer.
static _Atomic int current_path = -1;
static _Atomic(const nwc_kernel_table *) current_table;

static int first_path(void) {
    const char *wanted = getenv("NWC_SIMD");
    for (int path = 0; wanted && path < NWC_SIMD_COUNT; path++)
        if (strcmp(wanted, names[path]) == 0 && table_of(path)) return path;
    return (int)nwc_simd_best();
}

nwc_simd nwc_simd_current(void) {
    int path = atomic_load(&current_path);
    if (path < 0) {
        int none = -1;
        path = first_path();
        if (!atomic_compare_exchange_strong(&current_path, &none, path))
            path = none; // another thread was first
    }
    return (nwc_simd)path;
}

int nwc_simd_select(int path) {
    const nwc_kernel_table *table = table_of(path);
    if (!table) return -1;
    atomic_store(&current_path, path);
    atomic_store(&current_table, table);
    return 0;
}

static const nwc_kernel_table *table(void) {
    const nwc_kernel_table *t = atomic_load_explicit(&current_table, memory_order_acquire);
    if (__builtin_expect(t != NULL, 1)) return t;
    const nwc_kernel_table *none = NULL;
    t = table_of((int)nwc_simd_current());
    return atomic_compare_exchange_strong(&current_table, &none, t) ? t : none;
}

#define NWC_PUBLIC(result, name, parameters, arguments)                                            \
    result nwc_##name parameters { return table()->name arguments; }
NWC_KERNELS(NWC_PUBLIC)
