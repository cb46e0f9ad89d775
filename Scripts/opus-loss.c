/* Opus as a reference for loss: encodes, loses packets by a pattern, decodes with Opus's own
 * concealment and, where the encoder was told of the loss, its forward error correction. opusdec
 * --packet-loss loses only single packets and knows no pattern. opus-loss RATE LOSS BURST SEED < in
 * > out      16 kHz mono, 16 bits, raw; packets of 20 ms; LOSS 0 ... 1; BURST 0 = each packet by
 * itself Prints the payload's kbit/s, the number of packets that were lost and of all to standard
 * error. Loss follows the same generator as nwc-dec --packet-loss --loss-burst --seed. */
#include <opus/opus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME = 320, MOST = 1275 };

static uint64_t state;

static double uniform(void) {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

int main(int count, char **arguments) {
    if (count != 5) return fputs("usage: opus-loss RATE LOSS BURST SEED < in > out\n", stderr), 64;
    const double loss = atof(arguments[2]), burst = atof(arguments[3]);
    state = strtoull(arguments[4], NULL, 10);
    int error = 0, losing = 0;
    OpusEncoder *encoder = opus_encoder_create(16000, 1, OPUS_APPLICATION_VOIP, &error);
    OpusDecoder *decoder = opus_decoder_create(16000, 1, &error);
    if (error || !encoder || !decoder) return 1;
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(atoi(arguments[1])));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(10));
    opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(loss > 0));
    opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC((int)(100 * loss + 0.5)));
    opus_int32 delay = 0;
    opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&delay));
    /* A packet is decoded when the next one is there, which may hold its repair. */
    unsigned char waiting[MOST] = {0}, packet[MOST];
    opus_int32 waitingSize = -1;
    opus_int16 in[FRAME], out[FRAME];
    long frames = 0, losses = 0, bytes = 0, samples = 0, written = 0;
    size_t got, skip = (size_t)delay;
    do {
        memset(in, 0, sizeof in);
        got = fread(in, 2, FRAME, stdin);
        samples += (long)got;
        opus_int32 size = opus_encode(encoder, in, FRAME, packet, MOST);
        if (size < 0) return 1;
        const double u = uniform();
        losing = burst < 1 ? u < loss : losing ? u >= 1 / burst : u < loss / (burst * (1 - loss));
        const int lost = loss > 0 && losing;
        losses += lost;
        if (frames > 0) {
            int n = waitingSize >= 0 ? opus_decode(decoder, waiting, waitingSize, out, FRAME, 0)
                    : !lost          ? opus_decode(decoder, packet, size, out, FRAME, 1)
                                     : opus_decode(decoder, NULL, 0, out, FRAME, 0);
            if (n < 0) return 1;
            size_t first = skip < (size_t)n ? skip : (size_t)n;
            skip -= first;
            long room = n - (long)first < samples - written ? n - (long)first : samples - written;
            written += (long)fwrite(out + first, 2, (size_t)room, stdout);
        }
        if (got > 0) bytes += size;
        waitingSize = lost ? -1 : size;
        memcpy(waiting, packet, (size_t)size);
        frames++;
    } while (got > 0 || written < samples);
    fprintf(stderr, "%.2f %ld %ld\n", (double)bytes * 8 / ((double)samples / 16), losses, frames);
    return 0;
}
