/* Part of hostile.c: symbols of streams. */
static void symbols(nwc_model *model) {
    nwc_encoder_options options = {.size = sizeof options};
    nwc_symbols_info info = {.size = sizeof info};
    nwc_symbols *symbols;
    nwc_detail detail;
    uint8_t *bytes;
    int32_t *values;
    float *bits;
    size_t length, i, count, most;
    double sum = 0;
    options.channels = 2;
    EXPECT(nwc_encode(model, &options, sound, FRAMES, 2, 1, NWC_UNKNOWN, &bytes, &length, &detail),
           OK);
    EXPECT(nwc_symbols_create(NULL, bytes, length, &symbols, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_create(model, NULL, length, &symbols, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_create(model, bytes, length, NULL, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_create(model, bytes, (size_t)-1, &symbols, NULL), ERROR_ARGUMENT);
    for (i = 0; i < length; i += 1 + i / 8) {
        EXPECT(nwc_symbols_create(model, bytes, i, &symbols, &detail), ERROR_TRUNCATED);
        TRUE(!symbols && detail.text[0]);
    }
    EXPECT(nwc_symbols_create(model, bytes, length, &symbols, &detail), OK);
    EXPECT(nwc_symbols_get_info(symbols, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_get_info(NULL, &info), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_get_info(symbols, &info), OK);
    TRUE(info.layers == 1 && info.groups == 2 && info.frames * info.coefficients == 320);
    most = (size_t)info.blocks * info.groups * info.frames * info.coefficients;
    values = malloc(most * sizeof *values);
    bits = malloc(most * sizeof *bits);
    if (!values || !bits) exit(1);
    EXPECT(nwc_symbols_copy(NULL, 0, values, bits, most, &count), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_copy(symbols, 0, values, bits, most, NULL), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_copy(symbols, 2, values, bits, most, &count), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_copy(symbols, (uint32_t)-1, values, bits, most, &count), ERROR_ARGUMENT);
    EXPECT(nwc_symbols_copy(symbols, 1, values, bits, most - 1, &count), ERROR_BUFFER);
    TRUE(count == most);
    EXPECT(nwc_symbols_copy(symbols, 0, values, bits, most, &count), OK);
    TRUE(count == (size_t)info.blocks * info.groups * info.bands);
    for (i = 0; i < count; i++) sum += bits[i];
    EXPECT(nwc_symbols_copy(symbols, 1, NULL, bits, most, &count), OK);
    EXPECT(nwc_symbols_copy(symbols, 1, values, NULL, most, &count), OK);
    for (i = 0; i < count; i++) sum += bits[i];
    /* The symbols are nearly all of the stream. */
    TRUE(sum < 8.0 * length && sum > 7.0 * length);
    free(values);
    free(bits);
    nwc_symbols_free(symbols);
    nwc_symbols_free(NULL);
    nwc_free(bytes);
}
