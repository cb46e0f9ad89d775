#!/usr/bin/env bash
# OpenBLAS 0.3.21 (Debian 12, libopenblas0-pthread): `openblas_get_config` is not safe in threads.
#
# Expected: a constant text about the build, which any number of threads may ask for; the products
#   of the same library are safe in threads.
# Seen: every call puts the text together anew in one static buffer, so that another thread reads
#   pieces, most often without its end (MAX_THREADS=64), in 2 to 300 of 1,000 calls of two.
# Matters: who compares the text of two threads or keeps it as an identity of the library finds two
#   libraries now and then. Ask once, before there are threads.
#
# Output seen: 8287 and 1239466 of 4000000 calls differ with two threads, 0 with one
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version libopenblas0-pthread) == 0.3.21* ]] || skip "needs libopenblas0-pthread 0.3.21"
[ -n "$(version libopenblas-dev)" ] || skip "needs Debian's libopenblas-dev"
command -v gcc >/dev/null || skip "needs gcc"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >ask.c <<'CODE'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
char *openblas_get_config(void);
static char expected[512];
static int calls;
static void *ask(void *odd) {
    char text[512];
    for (int i = 0; i < calls; i++) {
        strncpy(text, openblas_get_config(), sizeof text - 1);
        text[sizeof text - 1] = 0;
        *(int *)odd += strcmp(text, expected) != 0;
    }
    return 0;
}
int main(int argc, char **argv) {
    int threads = atoi(argv[argc - 1]), odd[2] = {0, 0};
    pthread_t thread[2];
    strncpy(expected, openblas_get_config(), sizeof expected - 1);
    calls = 4000000 / threads;
    for (int i = 0; i < threads; i++) pthread_create(&thread[i], 0, ask, &odd[i]);
    for (int i = 0; i < threads; i++) pthread_join(thread[i], 0);
    printf("%d\n", odd[0] + odd[1]);
    return 0;
}
CODE
gcc -O1 ask.c -o ask -lopenblas -lpthread
one=$(./ask 1)
two=$(./ask 2)
echo "$one of 4000000 calls differ in one thread, $two in two"
[ "$one" -eq 0 ] && [ "$two" -gt 0 ] || { echo "  was 0 and thousands" >&2; exit 1; }
