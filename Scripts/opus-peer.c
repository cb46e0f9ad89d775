/* libopus as a codec of comparisons, with settings that opusenc and opusdec do not offer: wide band
 * forced, and the decoder's complexity, which turns its networks on (6: LACE, 7: NoLACE).
 *   opus-peer version
 *   opus-peer encode BITS_PER_SECOND IN OUT    16 kHz mono, 16 bits, raw -> packets of 20 ms, each
 *                                              behind its length in two bytes, little-endian
 *   opus-peer decode COMPLEXITY IN OUT         the other way round
 *   opus-peer encode-music BITS_PER_SECOND IN.wav OUT   48 kHz, 16 bits, mono or stereo -> a byte
 *                                              with the number of channels, then packets as above
 *   opus-peer decode-music IN OUT.wav          the other way round
 * VBR, complexity 10. Nothing is cut: the output begins with the codec's delay. Speech below
 * 10 kbit/s: the encoder would choose narrow band by itself, where the networks do nothing. */
#include <opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME = 320, MOST = 1275, MUSIC_RATE = 48000, MUSIC_FRAME = 960 };

static int fail(const char *what) {
    fprintf(stderr, "opus-peer: %s\n", what);
    return 1;
}

/* The packets of the samples in `in`, of whole frames and `delay` more, so that the last is out. */
static int encode_all(
    OpusEncoder *encoder, int channels, int frame, FILE *in, long frames, FILE *out
) {
    opus_int32 delay = 0;
    opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&delay));
    for (long left = frames + delay; left > 0; left -= frame) {
        opus_int16 samples[2 * MUSIC_FRAME] = {0};
        unsigned char packet[2 + MOST];
        const long wanted = frames < frame ? frames : frame;
        if (fread(samples, 2 * (size_t)channels, (size_t)wanted, in) != (size_t)wanted)
            return fail("the input is cut off");
        frames -= wanted;
        const int size = opus_encode(encoder, samples, frame, packet + 2, MOST);
        if (size < 0) return fail(opus_strerror(size));
        packet[0] = (unsigned char)(size & 255);
        packet[1] = (unsigned char)(size >> 8);
        if (fwrite(packet, 1, 2 + (size_t)size, out) != 2 + (size_t)size)
            return fail("cannot write");
    }
    return 0;
}

static int encode(int rate, FILE *in, FILE *out) {
    int error = 0;
    OpusEncoder *encoder = opus_encoder_create(16000, 1, OPUS_APPLICATION_VOIP, &error);
    if (error != OPUS_OK) return fail(opus_strerror(error));
    if (opus_encoder_ctl(encoder, OPUS_SET_BITRATE(rate)) != OPUS_OK) return fail("bad rate");
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(10));
    opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    opus_encoder_ctl(encoder, OPUS_SET_BANDWIDTH(OPUS_BANDWIDTH_WIDEBAND));
    if (fseek(in, 0, SEEK_END) != 0) return fail("cannot read");
    const long frames = ftell(in) / 2;
    rewind(in);
    return encode_all(encoder, 1, FRAME, in, frames, out);
}

static long little_endian(const unsigned char *bytes, int count) {
    long value = 0;
    for (int i = count; i-- > 0;) value = value << 8 | bytes[i];
    return value;
}

/* Goes to the samples of a WAV file; gives their number for each channel, or -1. */
static long wav_start(FILE *in, int *channels) {
    unsigned char head[12], chunk[8], format[16];
    if (fread(head, 1, 12, in) != 12 || memcmp(head, "RIFF", 4) || memcmp(head + 8, "WAVE", 4))
        return -1;
    *channels = 0;
    while (fread(chunk, 1, 8, in) == 8) {
        const long size = little_endian(chunk + 4, 4);
        if (memcmp(chunk, "data", 4) == 0) return *channels ? size / (2 * *channels) : -1;
        long rest = size + (size & 1);
        if (memcmp(chunk, "fmt ", 4) == 0) {
            if (size < 16 || fread(format, 1, 16, in) != 16) return -1;
            *channels = (int)little_endian(format + 2, 2);
            if (*channels < 1 || *channels > 2 || little_endian(format + 4, 4) != MUSIC_RATE ||
                little_endian(format + 14, 2) != 16)
                return -1;
            rest -= 16;
        }
        if (fseek(in, rest, SEEK_CUR) != 0) return -1;
    }
    return -1;
}

static int encode_music(int rate, FILE *in, FILE *out) {
    int channels = 0, error = 0;
    const long frames = wav_start(in, &channels);
    if (frames < 0) return fail("no WAV of 48 kHz, 16 bits, one or two channels");
    OpusEncoder *encoder =
        opus_encoder_create(MUSIC_RATE, channels, OPUS_APPLICATION_AUDIO, &error);
    if (error != OPUS_OK) return fail(opus_strerror(error));
    if (opus_encoder_ctl(encoder, OPUS_SET_BITRATE(rate)) != OPUS_OK) return fail("bad rate");
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(10));
    opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_MUSIC));
    if (fputc(channels, out) == EOF) return fail("cannot write");
    return encode_all(encoder, channels, MUSIC_FRAME, in, frames, out);
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

static int decode_music(FILE *in, FILE *out) {
    const int channels = fgetc(in);
    if (channels != 1 && channels != 2) return fail("no packets of encode-music");
    int error = 0;
    OpusDecoder *decoder = opus_decoder_create(MUSIC_RATE, channels, &error);
    if (error != OPUS_OK) return fail(opus_strerror(error));
    /* RIFF header; the two lengths are filled in at the end. */
    unsigned char head[44] = "RIFF....WAVEfmt \20\0\0\0\1\0..\200\273\0\0......\20\0data....";
    const long second = MUSIC_RATE * 2L * channels;
    head[22] = (unsigned char)channels;
    head[23] = 0;
    for (int i = 0; i < 4; ++i) head[28 + i] = (unsigned char)(second >> 8 * i);
    head[32] = (unsigned char)(2 * channels);
    head[33] = 0;
    if (fwrite(head, 1, 44, out) != 44) return fail("cannot write");
    unsigned char length[2], packet[MOST];
    long bytes = 0;
    while (fread(length, 1, 2, in) == 2) {
        const size_t size = length[0] + 256u * length[1];
        if (size > MOST || fread(packet, 1, size, in) != size) return fail("a packet is cut off");
        opus_int16 samples[2 * MUSIC_FRAME];
        const int count = opus_decode(decoder, packet, (opus_int32)size, samples, MUSIC_FRAME, 0);
        if (count < 0) return fail(opus_strerror(count));
        const size_t values = (size_t)count * (size_t)channels;
        if (fwrite(samples, 2, values, out) != values) return fail("cannot write");
        bytes += 2 * (long)values;
    }
    for (int i = 0; i < 4; ++i) {
        head[4 + i] = (unsigned char)((bytes + 36) >> 8 * i);
        head[40 + i] = (unsigned char)(bytes >> 8 * i);
    }
    rewind(out);
    return fwrite(head, 1, 44, out) == 44 ? 0 : fail("cannot write");
}

int main(int count, char **arguments) {
    const char *name = count > 1 ? arguments[1] : "";
    if (count == 2 && strcmp(name, "version") == 0) return puts(opus_get_version_string()) < 0;
    const int encodes = count == 5 && strcmp(name, "encode") == 0;
    const int decodes = count == 5 && strcmp(name, "decode") == 0;
    const int encodes_music = count == 5 && strcmp(name, "encode-music") == 0;
    const int decodes_music = count == 4 && strcmp(name, "decode-music") == 0;
    if (!encodes && !decodes && !encodes_music && !decodes_music) {
        fputs(
            "usage: opus-peer version | encode BITS_PER_SECOND IN OUT | decode COMPLEXITY IN OUT\n"
            "                 | encode-music BITS_PER_SECOND IN OUT | decode-music IN OUT\n",
            stderr);
        return 64;
    }
    FILE *in = fopen(arguments[count - 2], "rb"), *out = fopen(arguments[count - 1], "wb");
    if (!in || !out) return fail("cannot open the files");
    const int number = atoi(arguments[2]);
    const int status = encodes         ? encode(number, in, out)
                       : decodes       ? decode(number, in, out)
                       : encodes_music ? encode_music(number, in, out)
                                       : decode_music(in, out);
    return fclose(out) != 0 ? fail("cannot write") : status;
}
