/* Part of hostile.c: simulations. */
static void simulation(const nwc_model *model) {
    nwc_encoder_options o = {.size = sizeof o};
    nwc_detail detail;
    static float result[2 * FRAMES], again[2 * FRAMES];
    uint8_t lost[7] = {0, 1, 0, 255, 0, 0, 1};
    o.channels = 2;
    o.blocks_per_packet = 1;
#define SIMULATE(samples, frames, stride, lost, losses, target, target_stride)                     \
    nwc_simulate(model, &o, samples, frames, stride, 1, lost, losses, target, target_stride, 1,    \
                 &detail)
    EXPECT(SIMULATE(sound, FRAMES, 2, NULL, 0, result, 2), ERROR_ARGUMENT);
    TRUE(strstr(detail.text, "32.0 kbit/s") != NULL);
    o.rate_mode = NWC_RATE_BITRATE;
    o.rate = 16000;
    EXPECT(SIMULATE(sound, FRAMES, 2, NULL, 0, result, 2), ERROR_ARGUMENT);
    o.rate_mode = NWC_RATE_QUALITY;
    EXPECT(SIMULATE(sound, FRAMES, 2, NULL, 0, result, 2), ERROR_ARGUMENT);
    o.rate = 0.5;
    EXPECT(nwc_simulate(NULL, &o, sound, FRAMES, 2, 1, NULL, 0, result, 2, 1, NULL),
           ERROR_ARGUMENT);
    EXPECT(nwc_simulate(model, NULL, sound, FRAMES, 2, 1, NULL, 0, result, 2, 1, NULL),
           ERROR_ARGUMENT);
    EXPECT(SIMULATE(NULL, FRAMES, 2, NULL, 0, result, 2), ERROR_ARGUMENT);
    EXPECT(SIMULATE(sound, FRAMES, 0, NULL, 0, result, 2), ERROR_ARGUMENT);
    EXPECT(SIMULATE(sound, (size_t)-1, 2, NULL, 0, result, 2), ERROR_ARGUMENT);
    EXPECT(SIMULATE(sound, FRAMES, 2, NULL, 1, result, 2), ERROR_ARGUMENT);
    EXPECT(SIMULATE(sound, FRAMES, 2, lost, (size_t)-1, result, 2), ERROR_ARGUMENT);
    EXPECT(SIMULATE(sound, FRAMES, 2, NULL, 0, NULL, 2), ERROR_ARGUMENT);
    EXPECT(SIMULATE(sound, FRAMES, 2, NULL, 0, result, 0), ERROR_ARGUMENT);
    EXPECT(SIMULATE(sound, FRAMES, 2, NULL, 0, result, SIZE_MAX / 4), ERROR_ARGUMENT);
    TRUE(!memcmp(result, again, sizeof result));
    EXPECT(SIMULATE(NULL, 0, 2, NULL, 0, NULL, 2), OK);
    TRUE(detail.text[0] == 0);
    EXPECT(SIMULATE(sound, FRAMES, 2, lost, sizeof lost, result, 2), OK);
    /* In its own place. */
    memcpy(again, sound, sizeof again);
    EXPECT(SIMULATE(again, FRAMES, 2, lost, sizeof lost, again, 2), OK);
    TRUE(!memcmp(again, result, sizeof again));
    EXPECT(SIMULATE(sound, FRAMES, 2, lost, 1, again, 2), OK);
    TRUE(memcmp(again, result, sizeof again));
}
