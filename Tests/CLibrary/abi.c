/* What programs that were compiled once rely on: numbers, sizes and places of members. */
#include <nwc.h>
#include <stdio.h>

#define NUMBER(name) printf(#name " = %llu\n", (unsigned long long)name)
#define SIZE(type) printf("sizeof(" #type ") = %zu\n", sizeof(type))
#define PLACE(type, member)                                                                        \
    printf(#type "." #member " at %zu, %zu bytes\n", offsetof(type, member),                       \
           sizeof(((type *)0)->member))

int main(void) {
    NUMBER(NWC_OK);
    NUMBER(NWC_ERROR_ARGUMENT);
    NUMBER(NWC_ERROR_STATE);
    NUMBER(NWC_ERROR_BUFFER);
    NUMBER(NWC_ERROR_MODEL);
    NUMBER(NWC_ERROR_WRONG_MODEL);
    NUMBER(NWC_ERROR_STREAM);
    NUMBER(NWC_ERROR_TRUNCATED);
    NUMBER(NWC_ERROR_KEY_PACKET);
    NUMBER(NWC_UNKNOWN);
    NUMBER(NWC_MAX_LAYERS);
    NUMBER(NWC_MAX_HEADER);
    NUMBER(NWC_MAX_PATCHED_HEADER);
    NUMBER(NWC_RATE_DEFAULT);
    NUMBER(NWC_RATE_BITRATE);
    NUMBER(NWC_RATE_BITRATE_PER_CHANNEL);
    NUMBER(NWC_RATE_QUALITY);
    NUMBER(NWC_RATE_INDICES);
    NUMBER(NWC_ENCODER_PLAIN);
    NUMBER(NWC_DECODER_LOW_DELAY);
    NUMBER(NWC_DECODER_ENHANCE);
    NUMBER(NWC_DECODER_PLAIN);
    SIZE(nwc_detail);
    SIZE(nwc_model_info);
    PLACE(nwc_model_info, size);
    PLACE(nwc_model_info, id);
    PLACE(nwc_model_info, codec_id);
    PLACE(nwc_model_info, sample_rate);
    PLACE(nwc_model_info, block_samples);
    PLACE(nwc_model_info, group_channels);
    PLACE(nwc_model_info, layers);
    PLACE(nwc_model_info, parameters);
    PLACE(nwc_model_info, has_post_filter);
    PLACE(nwc_model_info, delay);
    PLACE(nwc_model_info, layered_delay);
    PLACE(nwc_model_info, reserved);
    SIZE(nwc_encoder_options);
    PLACE(nwc_encoder_options, size);
    PLACE(nwc_encoder_options, channels);
    PLACE(nwc_encoder_options, layers);
    PLACE(nwc_encoder_options, rate_mode);
    PLACE(nwc_encoder_options, flags);
    PLACE(nwc_encoder_options, rate);
    PLACE(nwc_encoder_options, rate_indices);
    PLACE(nwc_encoder_options, blocks_per_packet);
    PLACE(nwc_encoder_options, key_interval);
    PLACE(nwc_encoder_options, source_rate);
    PLACE(nwc_encoder_options, reserved);
    PLACE(nwc_encoder_options, expected_samples);
    SIZE(nwc_packet_info);
    PLACE(nwc_packet_info, size);
    PLACE(nwc_packet_info, is_key);
    PLACE(nwc_packet_info, blocks);
    PLACE(nwc_packet_info, samples);
    PLACE(nwc_packet_info, layers);
    PLACE(nwc_packet_info, rate_indices);
    PLACE(nwc_packet_info, payload_bytes);
    PLACE(nwc_packet_info, reserved);
    SIZE(nwc_encoder_statistics);
    PLACE(nwc_encoder_statistics, size);
    PLACE(nwc_encoder_statistics, samples);
    PLACE(nwc_encoder_statistics, limited_samples);
    PLACE(nwc_encoder_statistics, symbol_checksum);
    SIZE(nwc_stream_info);
    PLACE(nwc_stream_info, size);
    PLACE(nwc_stream_info, model_id);
    PLACE(nwc_stream_info, source_rate);
    PLACE(nwc_stream_info, channels);
    PLACE(nwc_stream_info, layers);
    PLACE(nwc_stream_info, blocks_per_packet);
    PLACE(nwc_stream_info, key_interval);
    PLACE(nwc_stream_info, format_version);
    PLACE(nwc_stream_info, sample_rate);
    PLACE(nwc_stream_info, block_samples);
    PLACE(nwc_stream_info, group_channels);
    PLACE(nwc_stream_info, header_bytes);
    PLACE(nwc_stream_info, source_samples);
    PLACE(nwc_stream_info, packets);
    PLACE(nwc_stream_info, key_packets);
    PLACE(nwc_stream_info, blocks);
    PLACE(nwc_stream_info, payload_bytes);
    SIZE(nwc_decoder_options);
    PLACE(nwc_decoder_options, size);
    PLACE(nwc_decoder_options, layers);
    PLACE(nwc_decoder_options, flags);
    SIZE(nwc_decoder_statistics);
    PLACE(nwc_decoder_statistics, size);
    PLACE(nwc_decoder_statistics, available);
    PLACE(nwc_decoder_statistics, samples);
    PLACE(nwc_decoder_statistics, concealed_blocks);
    PLACE(nwc_decoder_statistics, symbol_checksum);
    SIZE(nwc_symbols_info);
    PLACE(nwc_symbols_info, size);
    PLACE(nwc_symbols_info, blocks);
    PLACE(nwc_symbols_info, groups);
    PLACE(nwc_symbols_info, layers);
    PLACE(nwc_symbols_info, bands);
    PLACE(nwc_symbols_info, frames);
    PLACE(nwc_symbols_info, coefficients);
    PLACE(nwc_symbols_info, reserved);
    SIZE(nwc_denoiser_options);
    PLACE(nwc_denoiser_options, size);
    PLACE(nwc_denoiser_options, channels);
    PLACE(nwc_denoiser_options, reserved);
    PLACE(nwc_denoiser_options, kept);
    SIZE(nwc_denoiser_info);
    PLACE(nwc_denoiser_info, size);
    PLACE(nwc_denoiser_info, id);
    PLACE(nwc_denoiser_info, sample_rate);
    PLACE(nwc_denoiser_info, channels);
    PLACE(nwc_denoiser_info, delay);
    PLACE(nwc_denoiser_info, reserved);
    PLACE(nwc_denoiser_info, parameters);
    PLACE(nwc_denoiser_info, available);
    PLACE(nwc_denoiser_info, samples);
    PLACE(nwc_denoiser_info, limited_samples);
    return 0;
}
