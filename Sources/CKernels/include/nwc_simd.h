// The SIMD path: the set of machine instructions that inference and integer kernels use. All paths
// give the same bits.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// A set of machine instructions the kernels were compiled for.
typedef enum nwc_simd {
    /// C only; fused multiply-add emulated where the processor type does not promise it
    NWC_SIMD_PORTABLE = 0,
    NWC_SIMD_AVX2 = 1,   ///< x86-64 with AVX2 and FMA
    NWC_SIMD_AVX512 = 2, ///< x86-64 with AVX-512 F, BW, DQ, VL
    NWC_SIMD_NEON = 3,   ///< arm64
} nwc_simd;

/// Number of values of `nwc_simd`.
#define NWC_SIMD_COUNT 4

/// 1 when this build contains `path` and this processor can run it, else 0. Any int may be asked.
int nwc_simd_available(int path);

/// The fastest available path.
nwc_simd nwc_simd_best(void);

/// The path in use: `nwc_simd_best()`, or the one named by the environment variable NWC_SIMD
/// (portable, avx2, avx512, neon; read once, at first use; ignored when unknown or not available),
/// or the last one selected.
nwc_simd nwc_simd_current(void);

/// Selects a path for all threads from now on. 0 on success, -1 (and no change) when `path` is not
/// available.
int nwc_simd_select(int path);

/// "portable", "avx2", "avx512", "neon"; "unknown" for another value. Static string.
const char *nwc_simd_name(int path);

#ifdef __cplusplus
}
#endif
