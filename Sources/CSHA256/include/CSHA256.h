/* SHA-256 (FIPS 180-4), the checksum and identity of model files, checkpoints and recordings.
   swift-crypto has it too, but brings Foundation into every program that encodes or decodes, and
   BoringSSL, the larger half of a build. The tests compare with coreutils. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* The digest of count bytes. Uses the processor's instructions for it where it has them. */
void nwc_sha256(const void *bytes, size_t count, uint8_t digest[32]);
/* The same without them. */
void nwc_sha256_portable(const void *bytes, size_t count, uint8_t digest[32]);
