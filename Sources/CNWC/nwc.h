/* nwc.h - the nwc speech codec for programs in C: link with -lnwc, or `pkg-config --libs nwc`.

   Sound is samples at the model's rate (nwc_model_info.sample_rate; of the built-in models 16 kHz
   for "default", 44.1 kHz for "audio"): the library does not resample. A sample is a float, full
   scale at 1, or a 16-bit integer, full scale at 32768. Sample t of channel c lies at
   t * frame_stride + c * channel_stride, counted in samples: interleaved sound of n channels has
   the strides n and 1, planar sound 1 and its length.
   A frame is one sample of every channel; lengths of sound are counted in frames.

   Two ways of bytes:
   - packets, one at a time, without lengths or checksums around them, for networks and containers
     that bring their own. Both ends need the stream header (nwc_encoder_header). A packet that was
     lost is NULL.
   - a stream, as nwc-enc writes and nwc-dec reads it: header, packets with checksums, end.

   Errors: functions that can fail return NWC_OK or another nwc_error. After an error of an encoder,
   decoder or denoiser, nwc_..._detail of that says more, with the values; functions that
   have no such object take an nwc_detail for that, which may be NULL. A function that fails changes
   nothing and sets its results to 0 or NULL, where nothing else is said. Nothing is written to
   standard error, no file is opened, no signal or locale touched; only memory that cannot be
   allocated ends the program.

   Threads: a model may be used by any number of threads at once. An encoder, a decoder or a
   denoiser may be used by any thread, by one at a time. There is no global state.

   Structures begin with their size, to be set by the caller: a program that was compiled with an
   older header works with a newer library, and a zero is always what was meant before a member
   existed. So `nwc_encoder_options options = {.size = sizeof options};` asks for what is usual, and
   `nwc_stream_info info = {.size = sizeof info};` is ready to be filled in. */
#ifndef NWC_H
#define NWC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NWC_VERSION, "major.minor.patch" of this header; nwc_version tells the library's. It stands here
   where the header was installed: the version is that of LibraryVersion.swift. */

/* What functions return. Numbers are never used for anything else, new ones may come. */
enum nwc_error {
    NWC_OK = 0,
    /* A value outside its limits, NULL where it is not allowed, a structure of an unknown size. */
    NWC_ERROR_ARGUMENT = 1,
    /* Not now: samples behind the end, packets where a stream was begun. */
    NWC_ERROR_STATE = 2,
    /* The buffer is too small; the size that is needed was stored. */
    NWC_ERROR_BUFFER = 3,
    /* The bytes are no intact model, or of one that this library does not know. */
    NWC_ERROR_MODEL = 4,
    /* The stream was made with another model. */
    NWC_ERROR_WRONG_MODEL = 5,
    /* The bytes are no intact header, packet or stream. */
    NWC_ERROR_STREAM = 6,
    /* They are intact so far, but more belong to them. */
    NWC_ERROR_TRUNCATED = 7,
    /* Decoding cannot begin at this packet, only at a key packet. */
    NWC_ERROR_KEY_PACKET = 8
};

/* In place of a number of samples: not known, not told, all of them. */
#define NWC_UNKNOWN UINT64_MAX
/* Most layers of a stream. */
#define NWC_MAX_LAYERS 8
/* No stream header is longer, in bytes; that of a stream which carries a patch of its model is at
   most NWC_MAX_PATCHED_HEADER. Encoders here write none. */
#define NWC_MAX_HEADER 300
#define NWC_MAX_PATCHED_HEADER 16684

typedef struct nwc_model nwc_model;
typedef struct nwc_encoder nwc_encoder;
typedef struct nwc_decoder nwc_decoder;
typedef struct nwc_denoiser nwc_denoiser;
typedef struct nwc_symbols nwc_symbols;

/* Why a function failed: UTF-8, ends with 0, cut where it is too long. Empty after success. */
typedef struct nwc_detail {
    char text[256];
} nwc_detail;

/* "major.minor.patch" of the library. */
const char *nwc_version(void);
/* A short English text for an nwc_error; for other numbers too. Lives as long as the program. */
const char *nwc_error_text(int error);
/* Frees what nwc_encode, nwc_decode and nwc_stream_strip gave; NULL is ignored. */
void nwc_free(void *memory);

/* ---- Models ------------------------------------------------------------------------------- */

/* A model inside the library. Takes some milliseconds and megabytes: load it once and share it.
   name: "default" for speech at 16 kHz, or NULL for the same; "audio" for speech and music at
   44.1 kHz; "small" for speech at 16 kHz in less memory. */
int nwc_model_create_built_in(const char *name, nwc_model **model, nwc_detail *detail);
/* A model from the bytes of a model file, which are not needed afterwards.
   post_filter: bytes of a post-filter's file for it; NULL and 0 = none. */
int nwc_model_create(const void *bytes, size_t count, const void *post_filter,
                     size_t post_filter_count, nwc_model **model, nwc_detail *detail);
/* Encoders and decoders that were made with it stay usable. NULL is ignored. */
void nwc_model_free(nwc_model *model);

typedef struct nwc_model_info {
    size_t size;
    /* Identity that its streams name, and that of the same model without its post-filter. */
    uint8_t id[8];
    uint8_t codec_id[8];
    /* Of the samples that go in and come out, Hz. */
    uint32_t sample_rate;
    /* Samples per channel of a block, the unit that packets are made of. */
    uint32_t block_samples;
    /* Channels that are coded together: 1 or 2. */
    uint32_t group_channels;
    /* Residual layers that it can code (NWC_ENCODER_RESIDUAL). */
    uint32_t layers;
    /* Trained numbers of encoder, decoder and entropy model, without the post-filter. */
    uint64_t parameters;
    /* 1 = it has a post-filter. */
    uint32_t has_post_filter;
    /* Samples from the arrival of a sample at the encoder to its output by a low-delay decoder, in
       packets of one block: of streams of one layer or nested ones, and of residual ones. */
    uint32_t delay;
    uint32_t layered_delay;
    uint32_t reserved;
} nwc_model_info;

int nwc_model_get_info(const nwc_model *model, nwc_model_info *info);

/* ---- Encoder ------------------------------------------------------------------------------ */

/* nwc_encoder_options.rate_mode */
enum nwc_rate_mode {
    /* 16 kbit/s a channel; 48 kbit/s with models of more than 24 kHz. */
    NWC_RATE_DEFAULT = 0,
    /* rate = bit/s of the whole stream, all channels, framing as in a stream included. */
    NWC_RATE_BITRATE = 1,
    /* rate = the same for each channel: 1,000 ... 100,000. */
    NWC_RATE_BITRATE_PER_CHANNEL = 2,
    /* rate = 0 ... 1: the same quality throughout. */
    NWC_RATE_QUALITY = 3,
    /* rate_indices: one for each layer, 0 cheapest ... 255 best. */
    NWC_RATE_INDICES = 4
};

/* nwc_encoder_options.flags */
enum nwc_encoder_flags {
    /* The stream does not name the model's post-filter: decoders do not use it. */
    NWC_ENCODER_PLAIN = 1,
    /* Layers above the first are those of the model's further modules, 1 ... nwc_model_info.layers,
       as up to version 0.2; without it each divides the steps of the one below, which costs far
       less. */
    NWC_ENCODER_RESIDUAL = 2
};

/* 0 everywhere is what is usual. */
typedef struct nwc_encoder_options {
    size_t size;
    /* 1 ... 255; 0 = 1. */
    uint32_t channels;
    /* 1 ... NWC_MAX_LAYERS; 0 = 1. Upper layers can be dropped without a model. */
    uint32_t layers;
    /* An nwc_rate_mode, and its number. */
    uint32_t rate_mode;
    uint32_t flags;
    double rate;
    uint8_t rate_indices[NWC_MAX_LAYERS];
    /* Blocks in a packet: 1 for lowest delay; 0 = 50. At most 3,000, fewer for many channels. */
    uint32_t blocks_per_packet;
    /* Every so many packets one can be decoded without those before, 1 ... 65,535; 0 = 1. Behind a
       lost packet nothing can be decoded before such a key packet. */
    uint32_t key_interval;
    /* Of the source, Hz, where it was resampled: told to decoders. 0 = the model's. */
    uint32_t source_rate;
    uint32_t reserved;
    /* Frames that will come, about: lets a bitrate be met at the end. 0 = not known. */
    uint64_t expected_samples;
} nwc_encoder_options;

/* options: NULL = what is usual. */
int nwc_encoder_create(const nwc_model *model, const nwc_encoder_options *options,
                       nwc_encoder **encoder, nwc_detail *detail);
void nwc_encoder_free(nwc_encoder *encoder);
/* Back to the beginning of a stream, with the same settings. */
int nwc_encoder_reset(nwc_encoder *encoder);

/* Adds frames, any number; strides are at least 1. Packets do not depend on how the sound was cut.
   Floats beyond +-16 are limited to that, NaN and infinity count as 0. */
int nwc_encoder_push_float(nwc_encoder *encoder, const float *samples, size_t frames,
                           size_t frame_stride, size_t channel_stride);
int nwc_encoder_push_int16(nwc_encoder *encoder, const int16_t *samples, size_t frames,
                           size_t frame_stride, size_t channel_stride);
/* No more samples come; the last packets can be pulled then. A second call does nothing.
   source_samples: frames of the source at options.source_rate, for the end of a stream;
   NWC_UNKNOWN = those that were pushed, for sources at the model's rate only. */
int nwc_encoder_finish(nwc_encoder *encoder, uint64_t source_samples);

/* The stream header, which a decoder of packets needs once: at most NWC_MAX_HEADER bytes. It is the
   same from the first moment on, does not say how long the sound is, and is the beginning of what
   nwc_encoder_pull_stream gives. */
int nwc_encoder_header(const nwc_encoder *encoder, void *bytes, size_t capacity, size_t *count);

/* Of a packet, read without any state. */
typedef struct nwc_packet_info {
    size_t size;
    /* 1 = decoding can begin here. */
    uint32_t is_key;
    uint32_t blocks;
    /* Frames that the blocks hold, at the model's rate. */
    uint32_t samples;
    uint32_t layers;
    /* Of a key packet, one for each layer; packets that are none use those of the last one. */
    uint8_t rate_indices[NWC_MAX_LAYERS];
    /* Without framing. */
    uint32_t payload_bytes;
    uint32_t reserved;
} nwc_packet_info;

/* The next finished packet. count = 0: none yet. Where capacity is too small, count is what is
   needed, NWC_ERROR_BUFFER is returned and the packet stays. info: NULL, or filled in too. */
int nwc_encoder_pull_packet(nwc_encoder *encoder, void *bytes, size_t capacity, size_t *count,
                            nwc_packet_info *info);
/* The next bytes of the stream, at most capacity; count = 0: none yet, and after
   nwc_encoder_finish: the stream is complete. Not together with nwc_encoder_pull_packet. */
int nwc_encoder_pull_stream(nwc_encoder *encoder, void *bytes, size_t capacity, size_t *count);

typedef struct nwc_encoder_statistics {
    size_t size;
    /* Frames that were pushed. */
    uint64_t samples;
    /* Samples, over all channels, that were beyond +-16 or no numbers. */
    uint64_t limited_samples;
    /* Of all symbols coded so far; that of a decoder that got everything is the same. */
    uint64_t symbol_checksum;
} nwc_encoder_statistics;

int nwc_encoder_get_statistics(const nwc_encoder *encoder, nwc_encoder_statistics *statistics);
/* About the last call with this encoder: never NULL, valid until the next. */
const char *nwc_encoder_detail(const nwc_encoder *encoder);

/* ---- Headers, packets and streams without a model ------------------------------------------ */

typedef struct nwc_stream_info {
    size_t size;
    /* nwc_model_info.id or codec_id of the model that it needs. */
    uint8_t model_id[8];
    /* Of the source, Hz: 1 ... 768,000. */
    uint32_t source_rate;
    uint32_t channels;
    uint32_t layers;
    uint32_t blocks_per_packet;
    uint32_t key_interval;
    uint32_t format_version;
    /* Of the coded sound, Hz, its samples per channel and block, and channels coded together. */
    uint32_t sample_rate;
    uint32_t block_samples;
    uint32_t group_channels;
    /* Bytes of the header. */
    uint32_t header_bytes;
    /* Frames of the source; NWC_UNKNOWN where a header does not say so. */
    uint64_t source_samples;
    /* The members below are 0 from nwc_header_inspect. */
    uint64_t packets;
    uint64_t key_packets;
    uint64_t blocks;
    /* Of all packets, without framing. */
    uint64_t payload_bytes;
} nwc_stream_info;

/* Reads the header at the start of bytes; more may follow. NWC_ERROR_TRUNCATED: fewer than a header
   are there. */
int nwc_header_inspect(const void *bytes, size_t count, nwc_stream_info *info, nwc_detail *detail);
/* Reads a packet of the stream with a given header. */
int nwc_packet_inspect(const void *header, size_t header_count, const void *packet, size_t count,
                       nwc_packet_info *info, nwc_detail *detail);
/* The packet with its lowest layers only. capacity as in nwc_encoder_pull_packet; result may be
   packet itself. */
int nwc_packet_strip(const void *header, size_t header_count, const void *packet, size_t count,
                     uint32_t layers, void *result, size_t capacity, size_t *result_count,
                     nwc_detail *detail);
/* Reads a whole stream, from header to end, and checks everything but the symbols. */
int nwc_stream_inspect(const void *bytes, size_t count, nwc_stream_info *info, nwc_detail *detail);
/* A whole stream with its lowest layers only. Free it with nwc_free. */
int nwc_stream_strip(const void *bytes, size_t count, uint32_t layers, uint8_t **result,
                     size_t *result_count, nwc_detail *detail);

/* ---- Decoder ------------------------------------------------------------------------------ */

/* nwc_decoder_options.flags */
enum nwc_decoder_flags {
    /* Every sample is given out at once. Otherwise a block is kept back until the end, so that the
       sound can be cut to its exact length. */
    NWC_DECODER_LOW_DELAY = 1,
    /* The model's post-filter runs, or does not, whatever the stream says. Not both. */
    NWC_DECODER_ENHANCE = 2,
    NWC_DECODER_PLAIN = 4
};

typedef struct nwc_decoder_options {
    size_t size;
    /* Decode at most so many layers; 0 = all that come. */
    uint32_t layers;
    uint32_t flags;
} nwc_decoder_options;

/* header: of the stream whose packets will come, from nwc_encoder_header or the start of a stream;
   NULL and 0: the bytes of a stream will come, its header among them. options: NULL = what is
   usual. */
int nwc_decoder_create(const nwc_model *model, const void *header, size_t header_count,
                       const nwc_decoder_options *options, nwc_decoder **decoder,
                       nwc_detail *detail);
void nwc_decoder_free(nwc_decoder *decoder);
/* Back to the beginning of a stream, with the same settings: also to go on at a key packet. */
int nwc_decoder_reset(nwc_decoder *decoder);

/* Decodes a packet. NULL and 0: it was lost, and is concealed as one of usual length. After a lost
   packet the next ones are concealed as well, up to a key packet. After an error the decoder is as
   it was, and needs a key packet to go on. */
int nwc_decoder_push_packet(nwc_decoder *decoder, const void *packet, size_t count);
/* The same as a lost packet of so many blocks, at least 1. */
int nwc_decoder_conceal(nwc_decoder *decoder, uint32_t blocks);
/* Decodes the next bytes of a stream, in pieces of any size. An error stays; samples that were
   decoded before can be pulled. */
int nwc_decoder_push_stream(nwc_decoder *decoder, const void *bytes, size_t count);
/* Nothing more comes; the last samples can be pulled then. A second call does nothing.
   samples: the length of the sound, at the model's rate, to which it is cut or filled with zeros (a
   minute at most); NWC_UNKNOWN = all that the packets hold. A stream knows its length: pass
   NWC_UNKNOWN. NWC_ERROR_TRUNCATED: its end is missing, and the sound is not cut. */
int nwc_decoder_finish(nwc_decoder *decoder, uint64_t samples);

/* Takes up to so many of the frames that are ready; taken = 0: none. Strides are at least 1. 16-bit
   samples are rounded to nearest and limited. */
int nwc_decoder_pull_float(nwc_decoder *decoder, float *samples, size_t frames, size_t frame_stride,
                           size_t channel_stride, size_t *taken);
int nwc_decoder_pull_int16(nwc_decoder *decoder, int16_t *samples, size_t frames,
                           size_t frame_stride, size_t channel_stride, size_t *taken);

typedef struct nwc_decoder_statistics {
    size_t size;
    /* Frames that can be pulled now, and those that were. */
    uint64_t available;
    uint64_t samples;
    /* Blocks that were lost, or could not be read because of a loss. */
    uint64_t concealed_blocks;
    /* Of all symbols decoded so far. */
    uint64_t symbol_checksum;
} nwc_decoder_statistics;

int nwc_decoder_get_statistics(const nwc_decoder *decoder, nwc_decoder_statistics *statistics);
/* What the header says, as nwc_header_inspect. NWC_ERROR_STATE: none has come yet. */
int nwc_decoder_get_info(const nwc_decoder *decoder, nwc_stream_info *info);
/* About the last call with this decoder: never NULL, valid until the next. */
const char *nwc_decoder_detail(const nwc_decoder *decoder);

/* ---- Whole sounds ------------------------------------------------------------------------- */

/* Encodes a sound that is known as a whole: a bitrate is planned by looking at it, which meets it
   better than an encoder that does not know what comes. The same bytes as nwc-enc's for sound of
   the model's rate up to 30 s. options: as for an encoder; expected_samples is ignored.
   source_samples: frames of the source at options.source_rate, as for nwc_encoder_finish. Free the
   bytes with nwc_free. */
int nwc_encode(const nwc_model *model, const nwc_encoder_options *options, const float *samples,
               size_t frames, size_t frame_stride, size_t channel_stride, uint64_t source_samples,
               uint8_t **bytes, size_t *count, nwc_detail *detail);
/* Decodes a whole stream to interleaved samples at the model's rate; *frames of them, of info's
   channels. info: NULL, or what nwc_stream_inspect says. Free the samples with nwc_free. */
int nwc_decode(const nwc_model *model, const nwc_decoder_options *options, const void *bytes,
               size_t count, float **samples, size_t *frames, nwc_stream_info *info,
               nwc_detail *detail);

/* What nwc_decode makes of what nwc_encode gives, sample for sample, without coding it, in less
   than half of the time: to train on coded sound, say. How many bytes it would have been is not
   known.
   options: as for an encoder, with NWC_RATE_QUALITY or NWC_RATE_INDICES, as a bitrate can only be
   met by coding; source_rate and expected_samples are ignored.
   lost: for each packet of the stream that would be, whether it is lost (not 0) and concealed, of
   lost_count packets; of more, the rest arrives. NULL and 0: none is lost.
   result: room for as many frames, with strides of its own; may lie over samples. */
int nwc_simulate(const nwc_model *model, const nwc_encoder_options *options, const float *samples,
                 size_t frames, size_t frame_stride, size_t channel_stride, const uint8_t *lost,
                 size_t lost_count, float *result, size_t result_frame_stride,
                 size_t result_channel_stride, nwc_detail *detail);

/* ---- Symbols ------------------------------------------------------------------------------ */

/* The symbols of a whole stream, and the length in bits that each was coded with (-log2 of its
   probability), without making sound of them: for models of streams, and to see what bits are spent
   on. The same numbers as nwc-info --symbols writes. */

typedef struct nwc_symbols_info {
    size_t size;
    /* Sizes: the envelope is [blocks][groups][bands], each layer
       [blocks][groups][frames][coefficients]. */
    uint64_t blocks;
    uint32_t groups;
    uint32_t layers;
    uint32_t bands;
    uint32_t frames;
    uint32_t coefficients;
    uint32_t reserved;
} nwc_symbols_info;

/* Reads a stream. Takes 8 bytes for each symbol. */
int nwc_symbols_create(const nwc_model *model, const void *bytes, size_t count,
                       nwc_symbols **symbols, nwc_detail *detail);
void nwc_symbols_free(nwc_symbols *symbols);
int nwc_symbols_get_info(const nwc_symbols *symbols, nwc_symbols_info *info);
/* Copies those of the envelope (layer 0) or of a layer (1 the lowest). values and bits: room for
   capacity numbers each, NULL where they are not wanted. *count becomes their number, also with
   NWC_ERROR_BUFFER. Of a layer that packets lack, values are 0 and bits not a number. */
int nwc_symbols_copy(const nwc_symbols *symbols, uint32_t layer, int32_t *values, float *bits,
                     size_t capacity, size_t *count);

/* ---- Denoiser ----------------------------------------------------------------------------- */

/* Takes noise out of recordings of speech, as nwc-denoise does: behind a microphone and in front of
   an encoder, or by itself. */

typedef struct nwc_denoiser_options {
    size_t size;
    /* 1 ... 255, each by itself; 0 = 1. */
    uint32_t channels;
    uint32_t reserved;
    /* Share of the denoising, in dB, that is left out: 0 = all that it was trained for is done ...
       1 = the sound stays as it is. */
    double kept;
} nwc_denoiser_options;

/* bytes: of a denoiser's file, which are not needed afterwards; NULL and 0: the one inside the
   library, which takes some milliseconds and megabytes at first and is shared then. options: NULL =
   what is usual. */
int nwc_denoiser_create(const void *bytes, size_t count, const nwc_denoiser_options *options,
                        nwc_denoiser **denoiser, nwc_detail *detail);
void nwc_denoiser_free(nwc_denoiser *denoiser);
/* Back to the beginning of a sound, with the same settings. */
int nwc_denoiser_reset(nwc_denoiser *denoiser);

/* Adds frames, any number, at nwc_denoiser_info.sample_rate; what comes out does not depend on how
   the sound was cut. Floats beyond +-1000 are limited to that, NaN counts as 0. */
int nwc_denoiser_push_float(nwc_denoiser *denoiser, const float *samples, size_t frames,
                            size_t frame_stride, size_t channel_stride);
int nwc_denoiser_push_int16(nwc_denoiser *denoiser, const int16_t *samples, size_t frames,
                            size_t frame_stride, size_t channel_stride);
/* Nothing more comes; the last samples can be pulled then. A second call does nothing. */
int nwc_denoiser_finish(nwc_denoiser *denoiser);
/* Takes up to so many of the frames that are ready, as nwc_decoder_pull_float. All together they
   are as many as were pushed, and lie where they lay. */
int nwc_denoiser_pull_float(nwc_denoiser *denoiser, float *samples, size_t frames,
                            size_t frame_stride, size_t channel_stride, size_t *taken);
int nwc_denoiser_pull_int16(nwc_denoiser *denoiser, int16_t *samples, size_t frames,
                            size_t frame_stride, size_t channel_stride, size_t *taken);

typedef struct nwc_denoiser_info {
    size_t size;
    /* Identity of its file. */
    uint8_t id[8];
    /* Of the samples that go in and come out, Hz, and their channels. */
    uint32_t sample_rate;
    uint32_t channels;
    /* Samples from the arrival of a sample to its output, to which up to 10 ms come until the next
       hop is full. */
    uint32_t delay;
    uint32_t reserved;
    /* Trained numbers. */
    uint64_t parameters;
    /* Frames that can be pulled now, and those that were. */
    uint64_t available;
    uint64_t samples;
    /* Samples, over all channels, that were beyond +-1000 or no numbers. */
    uint64_t limited_samples;
} nwc_denoiser_info;

int nwc_denoiser_get_info(const nwc_denoiser *denoiser, nwc_denoiser_info *info);
/* About the last call with this denoiser: never NULL, valid until the next. */
const char *nwc_denoiser_detail(const nwc_denoiser *denoiser);

#ifdef __cplusplus
}
#endif

#endif
