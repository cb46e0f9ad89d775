/* Part of hostile.c: patches in streams. */
/* A stream that carries a patch of its model. */
static void patched(const char *name, const char *stream, const nwc_model *built_in) {
    size_t model_count, count, frames;
    unsigned char *model_bytes = file(name, &model_count);
    unsigned char *bytes = file(stream, &count);
    float *samples, *plain;
    nwc_stream_info info = {.size = sizeof info}, header = {.size = sizeof header};
    nwc_detail detail;
    nwc_model *model;
    EXPECT(nwc_model_create(model_bytes, model_count, NULL, 0, &model, NULL), OK);
    EXPECT(nwc_decode(model, NULL, bytes, count, &samples, &frames, &info, NULL), OK);
    TRUE(info.format_version == 4 && info.header_bytes > NWC_MAX_HEADER / 4);
    TRUE(info.header_bytes <= NWC_MAX_PATCHED_HEADER && frames == info.source_samples);
    EXPECT(nwc_header_inspect(bytes, count, &header, NULL), OK);
    TRUE(header.header_bytes == info.header_bytes);
    EXPECT(nwc_header_inspect(bytes, info.header_bytes - 1, &header, NULL), ERROR_TRUNCATED);
    EXPECT(nwc_decode(built_in, NULL, bytes, count, &plain, &frames, NULL, &detail),
           ERROR_WRONG_MODEL);
    bytes[info.header_bytes - 10] ^= 1;
    EXPECT(nwc_decode(model, NULL, bytes, count, &plain, &frames, NULL, &detail), ERROR_STREAM);
    TRUE(strstr(detail.text, "patch"));
    nwc_free(samples);
    nwc_model_free(model);
    free(bytes);
    free(model_bytes);
}
