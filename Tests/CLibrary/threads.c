/* One model, several threads: each encodes and decodes its own sound, with the same bytes and
   samples as the first thread did alone. Usage: threads NUMBER SECONDS; prints the time of one
   thread with all the sounds and of all with one each, and the processor time of both: that does
   not depend on what else the machine does, and is the same where no thread waits for another. */
#include <nwc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 64 };

typedef struct sound {
    const nwc_model *model;
    float *samples;
    size_t frames;
    uint8_t *bytes;
    size_t count;
    float *decoded;
    int error;
} sound;

static void *code(void *argument) {
    sound *s = argument;
    size_t frames = 0;
    nwc_free(s->bytes);
    nwc_free(s->decoded);
    s->error = nwc_encode(s->model, NULL, s->samples, s->frames, 1, 1, NWC_UNKNOWN, &s->bytes,
                          &s->count, NULL);
    if (!s->error)
        s->error = nwc_decode(s->model, NULL, s->bytes, s->count, &s->decoded, &frames, NULL, NULL);
    if (!s->error && frames != s->frames) s->error = -1;
    return NULL;
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct watch {
    double time, processor;
} watch;

static watch started(void) {
    watch w = {now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID)};
    return w;
}

static watch since(watch start) {
    watch w = started();
    w.time -= start.time;
    w.processor -= start.processor;
    return w;
}

int main(int argc, char **argv) {
    sound sounds[MOST], first[MOST];
    pthread_t threads[MOST];
    nwc_model *model;
    watch start, alone, together;
    int number = argc == 3 ? atoi(argv[1]) : 0, i, bad = 0;
    size_t t, frames = argc == 3 ? (size_t)atoi(argv[2]) * 16000 : 0;
    if (number < 1 || number > MOST || frames == 0) return 64;
    if (nwc_model_create_built_in(NULL, &model, NULL)) return 1;
    memset(sounds, 0, sizeof sounds);
    for (i = 0; i < number; i++) {
        uint32_t random = (uint32_t)i + 1;
        sounds[i].model = model;
        sounds[i].frames = frames;
        sounds[i].samples = malloc(frames * sizeof(float));
        if (!sounds[i].samples) return 1;
        for (t = 0; t < frames; t++) {
            random = random * 1664525u + 1013904223u;
            sounds[i].samples[t] = 0.1f * ((float)(random >> 16) / 65536 - 0.5f)
                                   + 0.3f * ((float)(t % (100 + 7 * (size_t)i)) / 100 - 0.5f);
        }
    }
    start = started();
    for (i = 0; i < number; i++) code(&sounds[i]);
    alone = since(start);
    memcpy(first, sounds, sizeof sounds);
    for (i = 0; i < number; i++) sounds[i].bytes = NULL, sounds[i].decoded = NULL;
    start = started();
    for (i = 0; i < number; i++)
        if (pthread_create(&threads[i], NULL, code, &sounds[i])) return 1;
    for (i = 0; i < number; i++) pthread_join(threads[i], NULL);
    together = since(start);
    for (i = 0; i < number; i++) {
        bad += first[i].error || sounds[i].error || first[i].count != sounds[i].count
               || memcmp(first[i].bytes, sounds[i].bytes, first[i].count)
               || memcmp(first[i].decoded, sounds[i].decoded, frames * sizeof(float));
        nwc_free(first[i].bytes);
        nwc_free(first[i].decoded);
        nwc_free(sounds[i].bytes);
        nwc_free(sounds[i].decoded);
        free(sounds[i].samples);
    }
    nwc_model_free(model);
    printf("%d sounds: %.2f s in one thread, %.2f s in %d; processor time %.2f and %.2f s\n",
           number, alone.time, together.time, number, alone.processor, together.processor);
    return bad != 0;
}
