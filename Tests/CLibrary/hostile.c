/* The library against callers who get everything wrong: each call returns the number that it
   should, and the program lives. Usage: hostile MODEL [POST-FILTER], files of a model that is not
   the built-in one. */
#include <nwc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures, calls;

static void expect(int line, const char *text, int found, int wanted) {
    calls++;
    if (found == wanted) return;
    failures++;
    fprintf(stderr, "hostile.c:%d: %s: %d (%s) instead of %d\n", line, text, found,
            nwc_error_text(found), wanted);
}

#define EXPECT(call, number) expect(__LINE__, #call, call, NWC_##number)
#define TRUE(condition) expect(__LINE__, #condition, (condition) ? 0 : -1, 0)

enum { FRAMES = 16000, LARGE = 1 << 20 };
static float sound[2 * FRAMES];
static unsigned char large[LARGE];
static uint32_t random_state = 1;

static uint32_t random_number(void) {
    return random_state = random_state * 1664525u + 1013904223u;
}

static unsigned char *file(const char *name, size_t *count) {
    FILE *input = fopen(name, "rb");
    if (!input || (*count = fread(large, 1, LARGE, input)) == 0 || *count == LARGE) exit(2);
    fclose(input);
    return memcpy(malloc(*count), large, *count);
}

static void models(const char *name, nwc_model *built_in) {
    size_t count, i;
    unsigned char *bytes = file(name, &count);
    nwc_model *model;
    nwc_detail detail;
    nwc_model_info info = {.size = sizeof info};
    EXPECT(nwc_model_create_built_in("no such model", &model, &detail), ERROR_ARGUMENT);
    TRUE(!model && strstr(detail.text, "no such model"));
    EXPECT(nwc_model_create_built_in("\xff\xfe", &model, &detail), ERROR_ARGUMENT);
    EXPECT(nwc_model_create_built_in(NULL, NULL, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_model_create(NULL, 0, NULL, 0, &model, &detail), ERROR_MODEL);
    EXPECT(nwc_model_create(NULL, 5, NULL, 0, &model, &detail), ERROR_ARGUMENT);
    EXPECT(nwc_model_create(bytes, (size_t)-1, NULL, 0, &model, NULL), ERROR_ARGUMENT);
    for (i = 0; i < count; i += 1 + count / 50)
        EXPECT(nwc_model_create(bytes, i, NULL, 0, &model, NULL), ERROR_MODEL);
    for (i = 0; i < 50; i++) {
        size_t place = random_number() % count;
        bytes[place] ^= 1u << random_number() % 8;
        EXPECT(nwc_model_create(bytes, count, NULL, 0, &model, NULL), ERROR_MODEL);
        free(bytes);
        bytes = file(name, &count);
    }
    /* A model is no post-filter. */
    EXPECT(nwc_model_create(bytes, count, bytes, count, &model, &detail), ERROR_MODEL);
    EXPECT(nwc_model_create(bytes, count, NULL, 0, &model, &detail), OK);
    TRUE(detail.text[0] == 0);
    EXPECT(nwc_model_get_info(model, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_model_get_info(NULL, &info), ERROR_ARGUMENT);
    info.size = 0;
    EXPECT(nwc_model_get_info(model, &info), ERROR_ARGUMENT);
    info.size = (size_t)-8;
    EXPECT(nwc_model_get_info(model, &info), ERROR_ARGUMENT);
    /* What an older program knows of the structure, and nothing behind it. */
    info.size = offsetof(nwc_model_info, block_samples);
    info.block_samples = 77;
    EXPECT(nwc_model_get_info(model, &info), OK);
    TRUE(info.sample_rate > 0 && info.block_samples == 77);
    {
        /* Streams of one model for a decoder of another. */
        nwc_encoder *encoder;
        nwc_decoder *decoder;
        unsigned char header[NWC_MAX_HEADER];
        EXPECT(nwc_encoder_create(model, NULL, &encoder, NULL), OK);
        EXPECT(nwc_encoder_header(encoder, header, sizeof header, &count), OK);
        EXPECT(nwc_decoder_create(built_in, header, count, NULL, &decoder, &detail),
               ERROR_WRONG_MODEL);
        TRUE(!decoder && strlen(detail.text) > 20);
        nwc_encoder_free(encoder);
    }
    nwc_model_free(model);
    nwc_model_free(NULL);
    free(bytes);
}

static void options(const nwc_model *model) {
    nwc_encoder *encoder;
    nwc_detail detail;
    struct {
        nwc_encoder_options known;
        uint64_t added;
    } newer;
    nwc_encoder_options o;
    nwc_decoder_options d;
    nwc_decoder *decoder;
#define REFUSED(setting)                                                                           \
    memset(&o, 0, sizeof o);                                                                       \
    o.size = sizeof o;                                                                             \
    setting;                                                                                       \
    EXPECT(nwc_encoder_create(model, &o, &encoder, &detail), ERROR_ARGUMENT);                      \
    TRUE(!encoder && detail.text[0])
    REFUSED(o.size = 0);
    REFUSED(o.size = 7);
    REFUSED(o.size = (size_t)-1);
    REFUSED(o.channels = 256);
    REFUSED(o.channels = UINT32_MAX);
    REFUSED(o.layers = 9);
    REFUSED(o.layers = UINT32_MAX);
    REFUSED(o.layers = UINT32_MAX; o.rate_mode = NWC_RATE_INDICES);
    REFUSED(o.rate_mode = 5);
    REFUSED(o.rate_mode = UINT32_MAX);
    REFUSED(o.rate_mode = NWC_RATE_BITRATE);
    REFUSED(o.rate_mode = NWC_RATE_BITRATE; o.rate = -1);
    REFUSED(o.rate_mode = NWC_RATE_BITRATE; o.rate = NAN);
    REFUSED(o.rate_mode = NWC_RATE_BITRATE_PER_CHANNEL; o.rate = INFINITY);
    REFUSED(o.rate_mode = NWC_RATE_QUALITY; o.rate = 1.01);
    REFUSED(o.rate_mode = NWC_RATE_QUALITY; o.rate = NAN);
    REFUSED(o.flags = 4);
    REFUSED(o.reserved = 1);
    REFUSED(o.blocks_per_packet = 3001);
    REFUSED(o.blocks_per_packet = UINT32_MAX);
    REFUSED(o.key_interval = 65536);
    REFUSED(o.source_rate = 768001);
    memset(&newer, 0, sizeof newer);
    newer.known.size = sizeof newer;
    EXPECT(nwc_encoder_create(model, &newer.known, &encoder, NULL), OK);
    nwc_encoder_free(encoder);
    newer.added = 1;
    EXPECT(nwc_encoder_create(model, &newer.known, &encoder, &detail), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_create(NULL, NULL, &encoder, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_create(model, NULL, NULL, NULL), ERROR_ARGUMENT);
    memset(&d, 0, sizeof d);
    EXPECT(nwc_decoder_create(model, NULL, 0, &d, &decoder, NULL), ERROR_ARGUMENT);
    d.size = sizeof d;
    d.flags = NWC_DECODER_ENHANCE | NWC_DECODER_PLAIN;
    EXPECT(nwc_decoder_create(model, NULL, 0, &d, &decoder, NULL), ERROR_ARGUMENT);
    d.flags = 8;
    EXPECT(nwc_decoder_create(model, NULL, 0, &d, &decoder, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_create(model, NULL, 0, NULL, NULL, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_create(model, NULL, 9, NULL, &decoder, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_create(model, "RIFF and more", 13, NULL, &decoder, NULL), ERROR_STREAM);
    EXPECT(nwc_decoder_create(model, "NWC\x1a", 4, NULL, &decoder, NULL), ERROR_TRUNCATED);
    EXPECT(nwc_decoder_create(model, "", 0, NULL, &decoder, NULL), ERROR_TRUNCATED);
}

static void encoding(const nwc_model *model) {
    nwc_encoder *encoder;
    nwc_packet_info info = {.size = 3};
    nwc_encoder_statistics statistics = {.size = sizeof statistics};
    float wrong[4] = {NAN, INFINITY, -1e30f, 3};
    size_t count = 9, needed;
    unsigned char bytes[64];
    TRUE(nwc_encoder_detail(NULL)[0] != 0);
    EXPECT(nwc_encoder_push_float(NULL, sound, 1, 1, 1), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_finish(NULL, 0), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_reset(NULL), ERROR_ARGUMENT);
    nwc_encoder_free(NULL);
    EXPECT(nwc_encoder_create(model, NULL, &encoder, NULL), OK);
    TRUE(nwc_encoder_detail(encoder)[0] == 0);
    EXPECT(nwc_encoder_push_float(encoder, NULL, 1, 1, 1), ERROR_ARGUMENT);
    TRUE(nwc_encoder_detail(encoder)[0] != 0);
    EXPECT(nwc_encoder_push_float(encoder, NULL, 0, 1, 1), OK);
    TRUE(nwc_encoder_detail(encoder)[0] == 0);
    EXPECT(nwc_encoder_push_float(encoder, sound, 5, 0, 1), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_push_float(encoder, sound, 5, 1, 0), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_push_float(encoder, sound, (size_t)-1, 1, 1), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_push_float(encoder, sound, 5, SIZE_MAX / 4, 1), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_push_int16(encoder, (const int16_t *)(const void *)sound, SIZE_MAX / 2, 3,
                                  1), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_push_float(encoder, wrong, 4, 1, 1), OK);
    EXPECT(nwc_encoder_push_float(encoder, sound, FRAMES - 4, 1, 1), OK);
    EXPECT(nwc_encoder_get_statistics(encoder, &statistics), OK);
    TRUE(statistics.samples == FRAMES && statistics.limited_samples == 3);
    EXPECT(nwc_encoder_get_statistics(encoder, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_header(encoder, bytes, 3, &count), ERROR_BUFFER);
    TRUE(count > 3);
    EXPECT(nwc_encoder_header(encoder, bytes, sizeof bytes, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_header(encoder, NULL, sizeof bytes, &count), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_pull_packet(encoder, bytes, sizeof bytes, &count, &info), ERROR_ARGUMENT);
    info.size = sizeof info;
    EXPECT(nwc_encoder_pull_packet(encoder, NULL, 0, &needed, &info), ERROR_BUFFER);
    TRUE(needed > 100 && info.is_key == 1 && info.blocks == 50);
    EXPECT(nwc_encoder_pull_packet(encoder, bytes, sizeof bytes, &count, NULL), ERROR_BUFFER);
    TRUE(count == needed);
    EXPECT(nwc_encoder_pull_packet(encoder, NULL, LARGE, &count, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_pull_packet(encoder, large, needed, &count, &info), OK);
    TRUE(count == needed && info.payload_bytes < needed);
    EXPECT(nwc_encoder_pull_packet(encoder, large, LARGE, &count, &info), OK);
    TRUE(count == 0 && info.blocks == 0);
    EXPECT(nwc_encoder_pull_stream(encoder, large, LARGE, &count), ERROR_STATE);
    EXPECT(nwc_encoder_finish(encoder, FRAMES + 1000), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_finish(encoder, UINT64_MAX - 1), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_finish(encoder, NWC_UNKNOWN), OK);
    EXPECT(nwc_encoder_finish(encoder, 0), OK);
    EXPECT(nwc_encoder_push_float(encoder, sound, 1, 1, 1), ERROR_STATE);
    EXPECT(nwc_encoder_pull_packet(encoder, large, LARGE, &count, &info), OK);
    TRUE(count > 0);
    EXPECT(nwc_encoder_reset(encoder), OK);
    EXPECT(nwc_encoder_pull_stream(encoder, NULL, 5, &count), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_pull_stream(encoder, large, 0, &count), OK);
    TRUE(count == 0);
    EXPECT(nwc_encoder_pull_packet(encoder, large, LARGE, &count, NULL), ERROR_STATE);
    EXPECT(nwc_encoder_finish(encoder, NWC_UNKNOWN), OK);
    EXPECT(nwc_encoder_pull_stream(encoder, large, LARGE, &count), OK);
    TRUE(count > 30);
    EXPECT(nwc_encoder_pull_stream(encoder, large, LARGE, &count), OK);
    TRUE(count == 0);
    nwc_encoder_free(encoder);
}

static size_t stream(const nwc_model *model, uint8_t **bytes) {
    nwc_encoder_options o = {.size = sizeof o};
    size_t count;
    o.channels = 2;
    o.layers = 2;
    o.blocks_per_packet = 5;
    EXPECT(nwc_encode(model, &o, sound, FRAMES, 2, 1, NWC_UNKNOWN, bytes, &count, NULL), OK);
    return count;
}

static void streams(const nwc_model *model) {
    uint8_t *bytes, *result;
    size_t count = stream(model, &bytes), frames, i;
    float *samples;
    nwc_stream_info info = {.size = sizeof info};
    nwc_detail detail;
    nwc_decoder *decoder;
    uint8_t *copy = malloc(count);
    EXPECT(nwc_encode(model, NULL, NULL, 3, 1, 1, NWC_UNKNOWN, &result, &frames, NULL),
           ERROR_ARGUMENT);
    EXPECT(nwc_encode(model, NULL, NULL, 0, 1, 1, NWC_UNKNOWN, &result, &frames, NULL), OK);
    EXPECT(nwc_decode(model, NULL, result, frames, &samples, &frames, &info, NULL), OK);
    TRUE(frames == 0 && info.channels == 1 && samples);
    nwc_free(samples);
    nwc_free(result);
    EXPECT(nwc_encode(model, NULL, sound, 5, 1, 1, NWC_UNKNOWN, NULL, &frames, NULL),
           ERROR_ARGUMENT);
    EXPECT(nwc_decode(model, NULL, bytes, count, &samples, &frames, &info, &detail), OK);
    TRUE(frames == FRAMES && info.channels == 2 && info.packets == 11 && info.blocks == 51);
    nwc_free(samples);
    EXPECT(nwc_decode(model, NULL, bytes, count, NULL, &frames, NULL, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_decode(model, NULL, NULL, 0, &samples, &frames, NULL, &detail), ERROR_TRUNCATED);
    TRUE(!samples && detail.text[0]);
    EXPECT(nwc_stream_inspect(bytes, count, NULL, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_stream_inspect(sound, sizeof sound, &info, NULL), ERROR_STREAM);
    EXPECT(nwc_stream_strip(bytes, count, 0, &result, &frames, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_stream_strip(bytes, count, UINT32_MAX, &result, &frames, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_stream_strip(bytes, count, 1, &result, &frames, NULL), OK);
    TRUE(frames < count);
    EXPECT(nwc_stream_inspect(result, frames, &info, NULL), OK);
    TRUE(info.layers == 1 && info.source_samples == FRAMES);
    nwc_free(result);
    nwc_free(NULL);
    for (i = 0; i < count; i += 1 + count / 40) {
        EXPECT(nwc_stream_inspect(bytes, i, &info, NULL), ERROR_TRUNCATED);
        EXPECT(nwc_decode(model, NULL, bytes, i, &samples, &frames, NULL, NULL), ERROR_TRUNCATED);
        EXPECT(nwc_stream_strip(bytes, i, 1, &result, &frames, NULL), ERROR_TRUNCATED);
    }
    for (i = 0; i < 40; i++) {
        int error;
        memcpy(copy, bytes, count);
        copy[random_number() % count] ^= 1u << random_number() % 8;
        error = nwc_decode(model, NULL, copy, count, &samples, &frames, NULL, &detail);
        TRUE(error != NWC_OK && !samples && detail.text[0]);
    }
    /* A stream in pieces, whose second half is missing: what came can be heard. */
    EXPECT(nwc_decoder_create(model, NULL, 0, NULL, &decoder, NULL), OK);
    EXPECT(nwc_decoder_get_info(decoder, &info), ERROR_STATE);
    EXPECT(nwc_decoder_pull_float(decoder, sound, 100, 2, 1, &frames), OK);
    TRUE(frames == 0);
    EXPECT(nwc_decoder_push_packet(decoder, bytes, 10), ERROR_STATE);
    EXPECT(nwc_decoder_conceal(decoder, 1), ERROR_STATE);
    EXPECT(nwc_decoder_push_stream(decoder, NULL, 1), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_push_stream(decoder, NULL, 0), OK);
    EXPECT(nwc_decoder_push_stream(decoder, bytes, count / 2), OK);
    EXPECT(nwc_decoder_finish(decoder, 100), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_finish(decoder, NWC_UNKNOWN), ERROR_TRUNCATED);
    EXPECT(nwc_decoder_push_stream(decoder, bytes, 1), ERROR_STATE);
    EXPECT(nwc_decoder_pull_float(decoder, sound, FRAMES, 2, 1, &frames), OK);
    TRUE(frames > FRAMES / 4 && frames < FRAMES);
    EXPECT(nwc_decoder_reset(decoder), OK);
    EXPECT(nwc_decoder_push_stream(decoder, "no stream", 9), ERROR_STREAM);
    EXPECT(nwc_decoder_push_stream(decoder, bytes, count), ERROR_STREAM);
    nwc_decoder_free(decoder);
    nwc_decoder_free(NULL);
    free(copy);
    nwc_free(bytes);
}

static void packets(const nwc_model *model) {
    nwc_encoder_options o = {.size = sizeof o};
    nwc_packet_info info = {.size = sizeof info};
    nwc_decoder_statistics statistics = {.size = sizeof statistics};
    nwc_encoder *encoder;
    nwc_decoder *decoder;
    nwc_detail detail;
    unsigned char header[NWC_MAX_HEADER], packet[4096], copy[4096];
    size_t length, count, taken, stripped, i;
    float samples[2 * 960];
    o.channels = 2;
    o.layers = 2;
    o.blocks_per_packet = 1;
    o.key_interval = 4;
    EXPECT(nwc_encoder_create(model, &o, &encoder, NULL), OK);
    EXPECT(nwc_encoder_header(encoder, header, sizeof header, &length), OK);
    EXPECT(nwc_decoder_create(model, header, length, NULL, &decoder, NULL), OK);
    EXPECT(nwc_decoder_push_stream(decoder, header, length), ERROR_STATE);
    EXPECT(nwc_decoder_push_packet(decoder, NULL, 7), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_push_packet(decoder, "", 0), ERROR_STREAM);
    EXPECT(nwc_decoder_conceal(decoder, 0), ERROR_ARGUMENT);
    EXPECT(nwc_encoder_push_float(encoder, sound, FRAMES, 2, 1), OK);
    for (i = 0;; i++) {
        int error;
        EXPECT(nwc_encoder_pull_packet(encoder, packet, sizeof packet, &count, NULL), OK);
        if (count == 0) break;
        EXPECT(nwc_packet_inspect(header, length, packet, count, &info, NULL), OK);
        TRUE(info.blocks == 1 && info.layers == 2 && info.is_key == (i % 4 == 0));
        EXPECT(nwc_packet_strip(header, length, packet, count, 1, copy, 1, &stripped, NULL),
               ERROR_BUFFER);
        EXPECT(nwc_packet_strip(header, length, packet, count, 1, copy, sizeof copy, &stripped,
                                NULL), OK);
        TRUE(stripped < count);
        if (i == 0) {
            EXPECT(nwc_packet_strip(header, length, packet, count, 0, copy, sizeof copy, &stripped,
                                    NULL), ERROR_ARGUMENT);
            EXPECT(nwc_packet_inspect(header, length, packet, 0, &info, NULL), ERROR_STREAM);
            EXPECT(nwc_packet_inspect(header, 3, packet, count, &info, NULL), ERROR_TRUNCATED);
            EXPECT(nwc_packet_inspect(packet, count, packet, count, &info, NULL), ERROR_STREAM);
            EXPECT(nwc_packet_inspect(NULL, 0, packet, count, &info, &detail), ERROR_TRUNCATED);
        }
        if (i == 1) {
            /* A decoder that has heard nothing. */
            nwc_decoder *late;
            EXPECT(nwc_decoder_create(model, header, length, NULL, &late, NULL), OK);
            EXPECT(nwc_decoder_push_packet(late, packet, count), ERROR_KEY_PACKET);
            nwc_decoder_free(late);
        }
        /* Damaged, lost, or as it should be: whatever it is, the decoder goes on. */
        memcpy(copy, packet, count);
        copy[random_number() % count] ^= 1u << random_number() % 8;
        error = i % 3 ? NWC_OK : nwc_decoder_push_packet(decoder, copy, count);
        TRUE(error == NWC_OK || nwc_decoder_detail(decoder)[0]);
        error = i % 5 ? nwc_decoder_push_packet(decoder, packet, count)
                      : nwc_decoder_push_packet(decoder, NULL, 0);
        TRUE(error == NWC_OK || error == NWC_ERROR_KEY_PACKET || error == NWC_ERROR_STREAM);
        EXPECT(nwc_decoder_pull_float(decoder, samples, 960, 2, 1, &taken), OK);
        TRUE(taken <= 960);
    }
    EXPECT(nwc_decoder_pull_float(decoder, NULL, 960, 2, 1, &taken), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_pull_float(decoder, samples, 1, 1, 1, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_pull_float(decoder, samples, 1, 0, 1, &taken), ERROR_ARGUMENT);
    EXPECT(nwc_decoder_pull_int16(decoder, (int16_t *)(void *)samples, SIZE_MAX, 1, 1, &taken),
           ERROR_ARGUMENT);
    EXPECT(nwc_decoder_get_statistics(decoder, &statistics), OK);
    TRUE(statistics.concealed_blocks > 0);
    EXPECT(nwc_decoder_finish(decoder, UINT64_MAX - 1), OK);
    EXPECT(nwc_decoder_get_statistics(decoder, &statistics), OK);
    /* A minute of zeros at most, whatever length was asked for. */
    TRUE(statistics.available + statistics.samples < 62 * 16000);
    EXPECT(nwc_decoder_push_packet(decoder, NULL, 0), ERROR_STATE);
    EXPECT(nwc_decoder_reset(decoder), OK);
    EXPECT(nwc_decoder_push_packet(decoder, NULL, 0), OK);
    nwc_encoder_free(encoder);
    nwc_decoder_free(decoder);
}

static void denoising(void) {
    static float clean[FRAMES], again[FRAMES];
    static int16_t pcm[FRAMES];
    nwc_denoiser *denoiser, *half;
    nwc_denoiser_options options = {.size = sizeof options};
    nwc_denoiser_info info = {.size = sizeof info};
    nwc_detail detail;
    size_t taken, count = 0, i;
    float wild[4] = {NAN, INFINITY, -1e30f, 1001};
    EXPECT(nwc_denoiser_create(NULL, 0, NULL, NULL, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_create(NULL, 3, NULL, &denoiser, &detail), ERROR_ARGUMENT);
    TRUE(!denoiser && strstr(detail.text, "NULL"));
    EXPECT(nwc_denoiser_create("no file", 0, NULL, &denoiser, NULL), ERROR_MODEL);
    EXPECT(nwc_denoiser_create("no file", 7, NULL, &denoiser, NULL), ERROR_MODEL);
    EXPECT(nwc_denoiser_create("no file", (size_t)-1, NULL, &denoiser, NULL), ERROR_ARGUMENT);
    options.kept = 1.01;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &denoiser, &detail), ERROR_ARGUMENT);
    TRUE(strstr(detail.text, "1.01"));
    options.kept = NAN;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &denoiser, NULL), ERROR_ARGUMENT);
    options.kept = 0;
    options.channels = 256;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &denoiser, NULL), ERROR_ARGUMENT);
    options.channels = 2;
    options.reserved = 1;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &denoiser, NULL), ERROR_ARGUMENT);
    options.reserved = 0;
    options.size = 0;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &denoiser, NULL), ERROR_ARGUMENT);
    options.size = sizeof options;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &denoiser, NULL), OK);
    EXPECT(nwc_denoiser_push_float(denoiser, NULL, 5, 2, 1), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_push_float(denoiser, sound, 5, 0, 1), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_push_float(denoiser, sound, (size_t)-1, 2, 1), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_push_float(denoiser, NULL, 0, 2, 1), OK);
    EXPECT(nwc_denoiser_push_float(denoiser, wild, 2, 2, 1), OK);
    EXPECT(nwc_denoiser_get_info(denoiser, &info), OK);
    TRUE(info.channels == 2 && info.sample_rate == 16000 && info.limited_samples == 4);
    TRUE(info.delay > 0 && info.parameters > 1000 && info.samples == 0);
    EXPECT(nwc_denoiser_finish(denoiser), OK);
    EXPECT(nwc_denoiser_finish(denoiser), OK);
    EXPECT(nwc_denoiser_push_float(denoiser, sound, 5, 2, 1), ERROR_STATE);
    TRUE(nwc_denoiser_detail(denoiser)[0]);
    EXPECT(nwc_denoiser_pull_float(denoiser, NULL, 5, 2, 1, &taken), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_pull_float(denoiser, clean, 5, 2, 0, &taken), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_pull_float(denoiser, clean, 5, 2, 1, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_pull_float(denoiser, clean, 5, 2, 1, &taken), OK);
    TRUE(taken == 2);
    for (i = 0; i < 4; i++) TRUE(isfinite(clean[i]));
    nwc_denoiser_free(denoiser);
    /* Pieces of any size, and again after a reset; nothing is taken away where all is kept. */
    options.channels = 0;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &denoiser, NULL), OK);
    EXPECT(nwc_denoiser_push_float(denoiser, sound, FRAMES, 1, 1), OK);
    EXPECT(nwc_denoiser_finish(denoiser), OK);
    EXPECT(nwc_denoiser_pull_float(denoiser, clean, FRAMES, 1, 1, &taken), OK);
    TRUE(taken == FRAMES);
    EXPECT(nwc_denoiser_reset(denoiser), OK);
    for (i = 0; i < FRAMES; i += 777) {
        size_t piece = i + 777 < FRAMES ? 777 : FRAMES - i;
        EXPECT(nwc_denoiser_push_float(denoiser, sound + i, piece, 1, 1), OK);
        EXPECT(nwc_denoiser_pull_float(denoiser, again + count, FRAMES, 1, 1, &taken), OK);
        count += taken;
    }
    EXPECT(nwc_denoiser_get_info(denoiser, &info), OK);
    TRUE(info.samples == count && info.available == 0 && FRAMES - count < 1600);
    EXPECT(nwc_denoiser_finish(denoiser), OK);
    EXPECT(nwc_denoiser_pull_float(denoiser, again + count, FRAMES - count, 1, 1, &taken), OK);
    TRUE(count + taken == FRAMES && !memcmp(clean, again, sizeof clean));
    options.kept = 1;
    EXPECT(nwc_denoiser_create(NULL, 0, &options, &half, NULL), OK);
    for (i = 0; i < FRAMES; i++) pcm[i] = (int16_t)(sound[i] * 20000);
    EXPECT(nwc_denoiser_push_int16(half, pcm, FRAMES, 1, 1), OK);
    EXPECT(nwc_denoiser_finish(half), OK);
    for (i = 0; i < FRAMES; i += taken) {
        int16_t piece[1000];
        size_t j;
        EXPECT(nwc_denoiser_pull_int16(half, piece, 1000, 1, 1, &taken), OK);
        if (taken == 0) break;
        for (j = 0; j < taken; j++) TRUE(abs(piece[j] - pcm[i + j]) <= 1);
    }
    TRUE(i == FRAMES);
    nwc_denoiser_free(half);
    nwc_denoiser_free(denoiser);
    nwc_denoiser_free(NULL);
    EXPECT(nwc_denoiser_reset(NULL), ERROR_ARGUMENT);
    EXPECT(nwc_denoiser_get_info(NULL, &info), ERROR_ARGUMENT);
    TRUE(nwc_denoiser_detail(NULL)[0]);
}

#include "hostile-patches.h"
#include "hostile-simulation.h"
#include "hostile-symbols.h"

int main(int argc, char **argv) {
    nwc_model *model;
    size_t i;
    if (argc != 3) return 64;
    for (i = 0; i < 2 * FRAMES; i++) {
        float noise = (float)(random_number() >> 16) / 65536 - 0.5f;
        sound[i] = 0.2f * noise + 0.3f * ((float)(i % 120) / 120 - 0.5f);
    }
    EXPECT(nwc_model_create_built_in("default", &model, NULL), OK);
    TRUE(nwc_error_text(-1)[0] && nwc_error_text(1000000)[0] && nwc_version()[0]);
    options(model);
    models(argv[1], model);
    patched(argv[1], argv[2], model);
    encoding(model);
    simulation(model);
    streams(model);
    packets(model);
    symbols(model);
    denoising();
    nwc_model_free(model);
    printf("%d checks\n", calls);
    return failures != 0;
}
