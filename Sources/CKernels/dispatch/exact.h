// Included first by every source whose results must be the same everywhere: arithmetic as IEEE 754
// has it, each operation rounded by itself. This holds whatever the compiler is told by default;
// what a source cannot switch off is refused. (-ffp-contract=fast, which makes clang ignore
// pragmas, shows in no macro: Scripts/check-kernels.sh compares results.)
#pragma once
#include <float.h>

#if !defined(__clang__)
#error "nwc's kernels need clang: vector types, element-wise built-ins, pragmas of floating point"
#endif
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "nwc's kernels need IEEE 754 arithmetic: build without -ffast-math and -ffinite-math-only"
#endif
_Static_assert(FLT_EVAL_METHOD == 0, "float operations must be rounded to float");

#pragma STDC FP_CONTRACT OFF
#pragma clang fp contract(off) reassociate(off) reciprocal(off)
