#!/usr/bin/env bash
# glibc 2.36 (Debian 12, x86-64): exp, log, sin, cos, tanh, pow and atan2 of one and the same
# library give different last bits on processors with and without FMA.
#
# Expected: same program, same libm, IEEE arithmetic, no -ffast-math: same bits on every x86-64
#   processor. (Everyone knows that another libm VERSION may differ.)
# Seen: with the FMA variants switched off by GLIBC_TUNABLES, which is what a processor without
#   FMA, some virtual machines and some emulators (valgrind's view of the processor) get, 0.07 %
#   of exp, sin, cos, pow and atan2 and 0.01 % of log and log10 differ. Of the float functions
#   expf, logf, powf, exp2f and tanhf gave no difference, sinf and cosf 0 to 2 in a million.
# Why: libm chooses among builds of each function at load time (ifunc); the FMA build is compiled
#   from the same source with contraction. Only correctly rounded operations (+ - * / sqrt fma)
#   are the same everywhere.
# Matters: "same bits everywhere" cannot rest on libm: tables computed at start-up, softmax and
#   companding in an entropy coder's model, window functions in an encoder that must reproduce.
#   A table in the program, a polynomial of one's own or integers can.
#
# Output seen (differences among 1,000,000 arguments): exp 695, log 108, sin 715, cos 685, tanh 186,
#   pow 720, atan2 721, log10 94; expf 0, logf 0, powf 0, exp2f 0, tanhf 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version libc6) == 2.36-* ]] || skip "needs Debian's libc6 2.36"
[ "$(uname -m)" = x86_64 ] && grep -qw fma /proc/cpuinfo ||
    skip "needs an x86-64 processor with FMA"
command -v cc >/dev/null || skip "needs a C compiler"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >values.c <<'CODE'
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;

static double uniform(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

enum { FUNCTIONS = 13, COUNT = 1000000 };
static const char *const names[FUNCTIONS] = {"exp",   "log",   "sin",  "cos",  "tanh",
                                             "pow",   "atan2", "log10", "expf", "logf",
                                             "powf",  "exp2f", "tanhf"};

/* Writes every value to the file argv[1], or compares with it (argv[2] given). */
int main(int argc, char **argv)
{
    FILE *file = fopen(argv[1], argc > 2 ? "rb" : "wb");
    long differences[FUNCTIONS] = {0};
    for (int i = 0; i < COUNT; ++i) {
        double a = uniform();
        double x = 40 * a - 20;
        float af = (float)a;
        float xf = (float)x;
        double values[FUNCTIONS] = {exp(x),      log(a),   sin(x),    cos(x),   tanh(x / 4),
                                    pow(a, x / 10), atan2(a, x), log10(a), expf(xf), logf(af),
                                    powf(af, xf / 10), exp2f(xf), tanhf(xf / 4)};
        double before[FUNCTIONS];
        if (argc == 2)
            fwrite(values, sizeof values, 1, file);
        else if (fread(before, sizeof before, 1, file) != 1)
            return 2;
        else
            for (int k = 0; k < FUNCTIONS; ++k)
                differences[k] += memcmp(&values[k], &before[k], sizeof(double)) != 0;
    }
    fclose(file);
    if (argc > 2)
        for (int k = 0; k < FUNCTIONS; ++k)
            printf("%s %ld\n", names[k], differences[k]);
    return 0;
}
CODE
cc -O1 -fno-builtin values.c -o values -lm
./values table
./values table compare >same
GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2 ./values table compare >other
awk '$2 != 0 { exit 1 }' same || { echo "one path differs from itself" >&2; exit 1; }
tr '\n' ' ' <other
echo
# The seven double functions differ somewhere, in less than 1 % of the arguments.
awk 'NR <= 8 && ($2 == 0 || $2 > 10000) { exit 1 }' other
