// Transforms of real frames and their adjoint, for losses and measures: one order of operations,
// each rounded by itself, so that results are the same on every machine. Nothing here allocates or
// locks.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Frames that are worked on together; results do not depend on it.
enum { NWC_TRANSFORM_LANES = 8 };

/// What is known of a transform of `size` (N, even) real numbers: a transform of N / 2 complex
/// ones, in passes, and a step that makes it one of real numbers.
typedef struct nwc_fft_plan {
    size_t size;
    size_t passes;
    /// [passes], their product N / 2.
    const size_t *radix;
    /// In the element type, pairs of real and imaginary part. For each pass of radix r, n being N /
    /// 2 divided by the radices before it and m = n / r: if r is not 2, 4 or 5, exp(-2 pi i k / r)
    /// for k in 0..<r; then for p in 0..<m, j in 1..<r: exp(-2 pi i p j / n).
    const void *twiddles;
    /// In the element type, pairs: exp(-2 pi i k / N) for k in 0..<N / 2.
    const void *split;
} nwc_fft_plan;

/// How frames lie in a signal.
typedef struct nwc_frames {
    /// Of the signal.
    ptrdiff_t samples;
    /// Of frame 0; may be negative.
    ptrdiff_t start;
    size_t hop;
    /// Samples of the window, 1 ... N; behind them a frame is zero.
    size_t width;
    size_t count;
    /// Beyond its ends the signal is mirrored at its first and last sample (and has more samples
    /// than a frame reaches beyond them); else zero.
    int reflects;
} nwc_frames;

#define T float
#define FN(name) nwc_f32_##name
#include "nwc_transform_list.inc"
#undef FN
#undef T
#define T double
#define FN(name) nwc_f64_##name
#include "nwc_transform_list.inc"
#undef FN
#undef T

#ifdef __cplusplus
}
#endif
