/* The nwc codec from C: sound of one channel at the model's rate, as 16-bit samples without a
   header, from standard input to standard output.

       cc codec.c $(pkg-config --cflags --libs nwc) -lm -o codec
       ./codec encode 12000 < speech.raw > speech.nwc     whole sound, bit/s
       ./codec stream 120 < speech.raw > speech.nwc       as it comes, rate index 0 ... 255
       ./codec decode < speech.nwc > copy.raw             as it comes
       ./codec call 16000 10 < speech.raw > heard.raw     packets of 20 ms, every tenth lost
       ./codec simulate 120 < speech.raw > copy.raw       stream and decode, without coding
       ./codec denoise < noisy.raw > clean.raw            as it comes
       ./codec info < speech.nwc

   speech.raw: for example sox speech.wav -t raw -r 16000 -e signed -b 16 -c 1 speech.raw */
#include <nwc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Frames that are read and written at a time. */
enum { PIECE = 1024 };

/* Ends the program where something failed. */
static void check(int error, const char *action, const char *detail) {
    if (error == NWC_OK) return;
    fprintf(stderr, "codec: %s: %s: %s\n", action, nwc_error_text(error), detail);
    exit(1);
}

static void put(const void *bytes, size_t size, size_t count) {
    if (fwrite(bytes, size, count, stdout) == count) return;
    perror("codec: output");
    exit(1);
}

static nwc_model *load(void) {
    nwc_model *model;
    nwc_detail detail;
    check(nwc_model_create_built_in(NULL, &model, &detail), "model", detail.text);
    return model;
}

/* All of standard input, for the caller to free. */
static unsigned char *read_all(size_t *count) {
    unsigned char *bytes = NULL;
    size_t capacity = 0;
    *count = 0;
    do {
        unsigned char *larger = realloc(bytes, capacity += 1 << 16);
        if (!larger) {
            free(bytes);
            check(NWC_ERROR_ARGUMENT, "input", "too long for the memory");
        }
        bytes = larger;
        *count += fread(bytes + *count, 1, capacity - *count, stdin);
    } while (*count == capacity);
    return bytes;
}

/* All of standard input as floats, for the caller to free. */
static float *read_sound(size_t *frames) {
    size_t count, i;
    int16_t *pcm = (int16_t *)(void *)read_all(&count);
    float *samples = malloc((count / 2 + 1) * sizeof *samples);
    if (!samples) check(NWC_ERROR_ARGUMENT, "input", "too long for the memory");
    *frames = count / 2;
    for (i = 0; i < *frames; i++) samples[i] = pcm[i] / 32768.0f;
    free(pcm);
    return samples;
}

/* A sound that is there as a whole: its bitrate is planned. */
static void encode(double bitrate) {
    nwc_model *model = load();
    nwc_encoder_options options = {.size = sizeof options};
    nwc_detail detail;
    size_t count, frames;
    float *samples = read_sound(&frames);
    uint8_t *bytes;
    options.rate_mode = NWC_RATE_BITRATE;
    options.rate = bitrate;
    check(nwc_encode(model, &options, samples, frames, 1, 1, NWC_UNKNOWN, &bytes, &count, &detail),
          "encode", detail.text);
    put(bytes, 1, count);
    nwc_free(bytes);
    free(samples);
    nwc_model_free(model);
}

/* A sound that is there as a whole as it would be behind encoder and decoder. */
static void simulate(int index) {
    nwc_model *model = load();
    nwc_encoder_options options = {.size = sizeof options};
    nwc_detail detail;
    size_t frames, i;
    float *samples = read_sound(&frames);
    options.rate_mode = NWC_RATE_INDICES;
    options.rate_indices[0] = (uint8_t)index;
    check(nwc_simulate(model, &options, samples, frames, 1, 1, NULL, 0, samples, 1, 1, &detail),
          "simulate", detail.text);
    for (i = 0; i < frames; i++) {
        float x = rintf(samples[i] * 32768);
        int16_t pcm = x < -32768 ? -32768 : x > 32767 ? 32767 : (int16_t)x;
        put(&pcm, sizeof pcm, 1);
    }
    free(samples);
    nwc_model_free(model);
}

/* Bytes of the stream that are ready. */
static void put_stream(nwc_encoder *encoder) {
    unsigned char bytes[4096];
    size_t count;
    do {
        check(nwc_encoder_pull_stream(encoder, bytes, sizeof bytes, &count), "encode",
              nwc_encoder_detail(encoder));
        put(bytes, 1, count);
    } while (count > 0);
}

/* A sound as it comes. */
static void stream(int index) {
    nwc_model *model = load();
    nwc_encoder_options options = {.size = sizeof options};
    nwc_encoder *encoder;
    nwc_detail detail;
    int16_t pcm[PIECE];
    size_t frames;
    options.rate_mode = NWC_RATE_INDICES;
    options.rate_indices[0] = (uint8_t)index;
    check(nwc_encoder_create(model, &options, &encoder, &detail), "encoder", detail.text);
    nwc_model_free(model); /* The encoder keeps what it needs. */
    while ((frames = fread(pcm, sizeof *pcm, PIECE, stdin)) > 0) {
        check(nwc_encoder_push_int16(encoder, pcm, frames, 1, 1), "encode",
              nwc_encoder_detail(encoder));
        put_stream(encoder);
    }
    check(nwc_encoder_finish(encoder, NWC_UNKNOWN), "encode", nwc_encoder_detail(encoder));
    put_stream(encoder);
    nwc_encoder_free(encoder);
}

/* Samples that are ready; interleaved where there are several channels. */
static void put_sound(nwc_decoder *decoder, unsigned channels) {
    int16_t pcm[PIECE];
    size_t taken;
    do {
        check(nwc_decoder_pull_int16(decoder, pcm, PIECE / channels, channels, 1, &taken), "decode",
              nwc_decoder_detail(decoder));
        put(pcm, sizeof *pcm, taken * channels);
    } while (taken > 0);
}

static void decode(void) {
    nwc_model *model = load();
    nwc_decoder *decoder;
    nwc_stream_info info = {.size = sizeof info};
    nwc_detail detail;
    unsigned char bytes[4096];
    size_t count;
    check(nwc_decoder_create(model, NULL, 0, NULL, &decoder, &detail), "decoder", detail.text);
    nwc_model_free(model);
    while ((count = fread(bytes, 1, sizeof bytes, stdin)) > 0) {
        check(nwc_decoder_push_stream(decoder, bytes, count), "decode",
              nwc_decoder_detail(decoder));
        if (nwc_decoder_get_info(decoder, &info) == NWC_OK) put_sound(decoder, info.channels);
    }
    check(nwc_decoder_finish(decoder, NWC_UNKNOWN), "decode", nwc_decoder_detail(decoder));
    put_sound(decoder, info.channels);
    nwc_decoder_free(decoder);
}

/* Both ends of a call: packets of one block, of which every so many gets lost. */
static void call(double bitrate, unsigned lost) {
    nwc_model *model = load();
    nwc_encoder_options encoding = {.size = sizeof encoding};
    nwc_decoder_options decoding = {.size = sizeof decoding};
    nwc_encoder_statistics sent = {.size = sizeof sent};
    nwc_decoder_statistics heard = {.size = sizeof heard};
    nwc_encoder *encoder;
    nwc_decoder *decoder;
    nwc_detail detail;
    unsigned char header[NWC_MAX_HEADER], packet[1500];
    int16_t pcm[PIECE];
    size_t frames, count;
    unsigned number = 0;
    encoding.rate_mode = NWC_RATE_BITRATE;
    encoding.rate = bitrate;
    encoding.blocks_per_packet = 1;
    decoding.flags = NWC_DECODER_LOW_DELAY;
    check(nwc_encoder_create(model, &encoding, &encoder, &detail), "encoder", detail.text);
    /* The header travels once, outside the packets: in the description of the session. */
    check(nwc_encoder_header(encoder, header, sizeof header, &count), "header",
          nwc_encoder_detail(encoder));
    check(nwc_decoder_create(model, header, count, &decoding, &decoder, &detail), "decoder",
          detail.text);
    do {
        frames = fread(pcm, sizeof *pcm, PIECE, stdin);
        check(frames > 0 ? nwc_encoder_push_int16(encoder, pcm, frames, 1, 1)
                         : nwc_encoder_finish(encoder, NWC_UNKNOWN),
              "encode", nwc_encoder_detail(encoder));
        for (;;) {
            check(nwc_encoder_pull_packet(encoder, packet, sizeof packet, &count, NULL), "encode",
                  nwc_encoder_detail(encoder));
            if (count == 0) break;
            number++;
            if (lost > 0 && number % lost == 0)
                check(nwc_decoder_push_packet(decoder, NULL, 0), "decode",
                      nwc_decoder_detail(decoder));
            else
                check(nwc_decoder_push_packet(decoder, packet, count), "decode",
                      nwc_decoder_detail(decoder));
            put_sound(decoder, 1);
        }
    } while (frames > 0);
    check(nwc_encoder_get_statistics(encoder, &sent), "statistics", nwc_encoder_detail(encoder));
    check(nwc_decoder_finish(decoder, sent.samples), "decode", nwc_decoder_detail(decoder));
    put_sound(decoder, 1);
    check(nwc_decoder_get_statistics(decoder, &heard), "statistics", nwc_decoder_detail(decoder));
    fprintf(stderr, "%u packets, %llu blocks concealed\n", number,
            (unsigned long long)heard.concealed_blocks);
    nwc_encoder_free(encoder);
    nwc_decoder_free(decoder);
    nwc_model_free(model);
}

/* Noise out of a sound as it comes. */
static void denoise(void) {
    nwc_denoiser *denoiser;
    nwc_detail detail;
    int16_t pcm[PIECE];
    size_t frames, taken;
    check(nwc_denoiser_create(NULL, 0, NULL, &denoiser, &detail), "denoiser", detail.text);
    do {
        frames = fread(pcm, sizeof *pcm, PIECE, stdin);
        check(frames > 0 ? nwc_denoiser_push_int16(denoiser, pcm, frames, 1, 1)
                         : nwc_denoiser_finish(denoiser),
              "denoise", nwc_denoiser_detail(denoiser));
        do {
            check(nwc_denoiser_pull_int16(denoiser, pcm, PIECE, 1, 1, &taken), "denoise",
                  nwc_denoiser_detail(denoiser));
            put(pcm, sizeof *pcm, taken);
        } while (taken > 0);
    } while (frames > 0);
    nwc_denoiser_free(denoiser);
}

static void info(void) {
    nwc_stream_info info = {.size = sizeof info};
    nwc_detail detail;
    size_t count;
    unsigned char *bytes = read_all(&count);
    check(nwc_stream_inspect(bytes, count, &info, &detail), "info", detail.text);
    printf("%llu samples at %u Hz, %u channels, %u layers, %llu packets, %llu bytes of payload\n",
           (unsigned long long)info.source_samples, info.source_rate, info.channels, info.layers,
           (unsigned long long)info.packets, (unsigned long long)info.payload_bytes);
    free(bytes);
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    if (argc == 3 && !strcmp(command, "encode"))
        encode(atof(argv[2]));
    else if (argc == 3 && !strcmp(command, "stream"))
        stream(atoi(argv[2]));
    else if (argc == 2 && !strcmp(command, "decode"))
        decode();
    else if (argc == 4 && !strcmp(command, "call"))
        call(atof(argv[2]), (unsigned)atoi(argv[3]));
    else if (argc == 3 && !strcmp(command, "simulate"))
        simulate(atoi(argv[2]));
    else if (argc == 2 && !strcmp(command, "denoise"))
        denoise();
    else if (argc == 2 && !strcmp(command, "info"))
        info();
    else if (argc == 2 && !strcmp(command, "version"))
        printf("%s %s\n", nwc_version(), NWC_VERSION);
    else {
        fprintf(stderr, "usage: codec encode BITRATE | stream INDEX | decode | call BITRATE LOST | "
                        "simulate INDEX | denoise | info | version\n");
        return 64;
    }
    if (fflush(stdout)) {
        perror("codec: output");
        return 1;
    }
    return 0;
}
