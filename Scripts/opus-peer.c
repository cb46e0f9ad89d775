/* libopus as a codec of comparisons, with settings that opusenc and opusdec do not offer: wide band
 * forced, and the decoder's complexity, which turns its networks on (6: LACE, 7: NoLACE).
 *   opus-peer version
 *   opus-peer encode BITS_PER_SECOND IN OUT    16 kHz mono, 16 bits, raw -> packets of 20 ms, each
 *                                              behind its length in two bytes, little-endian
 *   opus-peer decode COMPLEXITY IN OUT         the other way round
 * Speech, VBR, complexity 10. Nothing is cut: the output begins with the codec's delay. Below
 * 10 kbit/s the encoder would choose narrow band by itself, where the networks do nothing. */
#include <opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME = 320, MOST = 1275 };

static int fail(const char *what) {
    fprintf(stderr, "opus-peer: %s\n", what);
    return 1;
}

static int encode(int rate, FILE *in, FILE *out) {
    int error = 0;
    OpusEncoder *encoder = opus_encoder_create(16000, 1, OPUS_APPLICATION_VOIP, &error);
    if (error != OPUS_OK) return fail(opus_strerror(error));
    opus_int32 delay = 0;
    if (opus_encoder_ctl(encoder, OPUS_SET_BITRATE(rate)) != OPUS_OK) return fail("bad rate");
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(10));
    opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    opus_encoder_ctl(encoder, OPUS_SET_BANDWIDTH(OPUS_BANDWIDTH_WIDEBAND));
    opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&delay));
    /* Silence behind the end, until the delay has let the last sample out. */
    for (opus_int32 left = delay; left > 0;) {
        opus_int16 samples[FRAME] = {0};
        unsigned char packet[2 + MOST];
        const size_t got = fread(samples, 2, FRAME, in);
        if (got < FRAME) left -= FRAME - (opus_int32)got;
        const int size = opus_encode(encoder, samples, FRAME, packet + 2, MOST);
        if (size < 0) return fail(opus_strerror(size));
        packet[0] = (unsigned char)(size & 255);
        packet[1] = (unsigned char)(size >> 8);
        if (fwrite(packet, 1, 2 + (size_t)size, out) != 2 + (size_t)size)
            return fail("cannot write");
    }
    return 0;
}

static int decode(int complexity, FILE *in, FILE *out) {
    int error = 0;
    OpusDecoder *decoder = opus_decoder_create(16000, 1, &error);
    if (error != OPUS_OK) return fail(opus_strerror(error));
    if (opus_decoder_ctl(decoder, OPUS_SET_COMPLEXITY(complexity)) != OPUS_OK) {
        return fail("this libopus has no networks in its decoder");
    }
    unsigned char length[2], packet[MOST];
    while (fread(length, 1, 2, in) == 2) {
        const size_t size = length[0] + 256u * length[1];
        if (size > MOST || fread(packet, 1, size, in) != size) return fail("a packet is cut off");
        opus_int16 samples[FRAME];
        const int count = opus_decode(decoder, packet, (opus_int32)size, samples, FRAME, 0);
        if (count < 0) return fail(opus_strerror(count));
        if (fwrite(samples, 2, (size_t)count, out) != (size_t)count) return fail("cannot write");
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "version") == 0) {
        return puts(opus_get_version_string()) < 0;
    }
    const int encodes = count == 5 && strcmp(arguments[1], "encode") == 0;
    if (!encodes && (count != 5 || strcmp(arguments[1], "decode") != 0)) {
        fputs(
            "usage: opus-peer version | encode BITS_PER_SECOND IN OUT | decode COMPLEXITY IN OUT\n",
            stderr);
        return 64;
    }
    FILE *in = fopen(arguments[3], "rb"), *out = fopen(arguments[4], "wb");
    if (!in || !out) return fail("cannot open the files");
    const int status = (encodes ? encode : decode)(atoi(arguments[2]), in, out);
    return fclose(out) != 0 ? fail("cannot write") : status;
}
