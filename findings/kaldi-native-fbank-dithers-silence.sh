#!/usr/bin/env bash
# kaldi-native-fbank 1.23.0 (PyPI): the same samples give other features each time, by default;
# for samples in [-1, 1] and silence the difference is seen.
#
# Expected: features are a function of the samples, as from librosa or torchaudio's compliance
#   module (whose dither is 0 by default), or Kaldi's own dither of 1.0, which everybody knows to
#   switch off.
# Seen: the default is a dither of 0.00003 from a generator without a seed that one could set: two
#   calls in one process differ by 2 (natural log) in digital silence and 0.002 in noise at 0.1 of
#   full scale; for samples of 16-bit size the difference is 0.00001. With dither = 0 they are
#   equal.
# Matters: caches and tests of features do not repeat, and the pauses of a data set whose samples
#   are in [-1, 1], as soundfile gives them, have another value in every epoch. Set
#   `options.frame_opts.dither = 0`.
#
# Output seen (largest difference of two calls): silence 2.0, noise at 0.1 0.002, noise at 3000
#   0.00001; dither 0: 0 in all
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages kaldi-native-fbank==1.23.0 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np
import kaldi_native_fbank

def features(samples, dither):
    options = kaldi_native_fbank.FbankOptions()
    if dither is not None:
        options.frame_opts.dither = dither
    fbank = kaldi_native_fbank.OnlineFbank(options)
    fbank.accept_waveform(16000, samples.tolist())
    fbank.input_finished()
    return np.array([fbank.get_frame(frame) for frame in range(fbank.num_frames_ready)])

noise = np.random.default_rng(0).standard_normal(16000)
as_described = abs(kaldi_native_fbank.FbankOptions().frame_opts.dither - 3e-5) < 1e-6
for name, samples, least, most in (("silence", np.zeros(16000), 0.2, 20),
                                   ("noise at 0.1", 0.1 * noise, 1e-4, 0.1),
                                   ("noise at 3000", 3000 * noise, 0, 1e-3)):
    default, none = (np.abs(features(samples, dither) - features(samples, dither)).max()
                     for dither in (None, 0.0))
    print(f"{name}: default {default:.5f}, dither 0 {none:.5f}")
    as_described &= least <= default <= most and none == 0
sys.exit(not as_described)
CODE
