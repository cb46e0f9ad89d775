// The forward passes of training in single precision, each operation rounded as IEEE 754 says and
// in the order written: the same bits for any vector width, processor and length of the arrays.
// Streams of layers run on these; training runs on the faster nwc_f32_*.
#include "../dispatch/exact.h"
#include "hot.h"
#include "nwc_training.h"
#include <math.h>
#define T float
#define T_MASK int32_t
#define FN(name) nwc_strict_##name
#define NWC_IS_FLOAT 1
#define NWC_BACKWARD 0
#include "math.inc"
#include "arrays.inc"
#include "layers.inc"
#include "perceptron.inc"
