// Short-time transforms in single and double precision, see nwc_transform.h.
#include "../dispatch/exact.h"
#include "../training/hot.h"
#include "nwc_transform.h"

#define ALWAYS static inline __attribute__((always_inline))
// Frames that are worked on together.
#define LANES NWC_TRANSFORM_LANES

#define T float
#define FN(name) nwc_f32_##name
#include "fft.inc"
#undef T
#undef FN
#define T double
#define FN(name) nwc_f64_##name
#include "fft.inc"
