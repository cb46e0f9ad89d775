#!/usr/bin/env python3
"""Writes TestVectors/metrics/artefacts.json: VoicingPeriodicity, NoiseTonality and OnsetError of QualityMetrics by an independent implementation.

Needs numpy and scipy (and librosa and pystoi, which golden-metrics.py imports; its signals are used).
    V/bin/python Scripts/golden-artefacts.py > TestVectors/metrics/artefacts.json
    V/bin/python Scripts/golden-artefacts.py FILES.txt      # lines of "reference degraded" paths instead, 16 kHz mono (needs soundfile)
"""
import importlib.util
import json
import pathlib
import sys

import numpy as np
from scipy import signal

RATE = 16000


def sections(kind, order, edges):
    return signal.butter(order, edges, kind, fs=RATE, output="sos")


def voicing(r, d):
    """Sums over voiced frames of the envelope's periodicity at the original's pitch lag, for three bands; and their number."""
    size, hop = 640, 320
    starts = range(0, len(r) - size + 1, hop)
    low = signal.sosfilt(sections("lowpass", 4, 900), r)
    chosen, energies = [], [float(np.dot(low[s : s + size], low[s : s + size])) for s in starts]
    for start, power in zip(starts, energies):
        frame = low[start : start + size] - low[start : start + size].mean()
        full = np.correlate(frame, frame, "full")[size - 1 :]
        lag = 40 + int(np.argmax(full[40:320]))
        if full[lag] / (full[0] + 1e-9) > 0.4 and power > max(energies) * 10**-2.5:
            chosen.append((start, lag))
    sums = []
    for band in ((1000, 2000), (2000, 4000), (4000, 7000)):
        inside = signal.sosfilt(sections("bandpass", 4, band), d)
        envelope = np.sqrt(np.maximum(signal.sosfiltfilt(sections("lowpass", 2, 500), inside**2), 0))
        total = 0.0
        for start, lag in chosen:
            frame = envelope[start : start + size]
            values = [0.0]
            for t in (lag - 1, lag, lag + 1):
                u, v = frame[t:] - frame[t:].mean(), frame[:-t] - frame[:-t].mean()
                values.append(np.dot(u, v) / np.sqrt(np.dot(u, u) * np.dot(v, v) + 1e-12))
            total += max(values)
        sums.append(total)
    return sums, len(chosen)


def fine_structure(x):
    frames = np.lib.stride_tricks.sliding_window_view(x, 512)[::160]
    level = 10 * np.log10(np.abs(np.fft.rfft(frames * np.hanning(512), axis=1)) ** 2 + 1e-9)
    smooth = np.array([np.convolve(row, np.full(11, 1 / 11), "same") for row in level])
    return level[:, 132:244], (level - smooth)[:, 132:244]


def tonality(r, d):
    """Mean correlation over 40 ms where the original is noise-like (null without such frames), and the factor of fixed lines."""
    level, fine = fine_structure(r)
    _, decoded = fine_structure(d)
    active = level.mean(1) > level.mean(1).max() - 30

    def alike(x):
        u, v = (part - part.mean(1, keepdims=True) for part in (x[:-4], x[4:]))
        return (u * v).sum(1) / np.sqrt((u**2).sum(1) * (v**2).sum(1) + 1e-9)

    noisy = active[:-4] & active[4:] & (alike(fine) < 0.25)
    lines = decoded[active].mean(0).std() / fine[active].mean(0).std()
    return float(alike(decoded)[noisy].mean()) if noisy.any() else None, float(lines)


def onsets(r, d):
    """Levels of decoded over original before and from each onset on, dB, strongest onset first."""

    def energies(x):
        y = signal.sosfilt(sections("highpass", 4, 1000), x)
        return (y[: len(y) // 20 * 20].reshape(-1, 20) ** 2).sum(1) + 20 * 3e-10

    e, c = energies(r), energies(d)
    loudest = max(e[max(0, i - 4) : i + 4].sum() / 8 for i in range(len(e)))
    found = []
    for i in range(13, len(e) - 8):
        if e[i : i + 5].mean() > loudest * 10**-3.2:
            rise = 10 * np.log10(e[i : i + 5].mean() / e[i - 10 : i - 1].mean())
            if rise >= 18:
                found.append((rise, i))
    kept = []
    for _, i in sorted(found, key=lambda pair: -pair[0]):
        if all(abs(i - j) > 24 for j in kept):
            kept.append(i)
    before = [float(10 * np.log10(c[i - 6 : i - 2].mean() / e[i - 6 : i - 2].mean())) for i in kept]
    first = [float(10 * np.log10(c[i : i + 4].mean() / e[i : i + 4].mean())) for i in kept]
    return before, first


def measures(r, d):
    r, d = np.asarray(r, float), np.asarray(d, float)
    sums, frames = voicing(r, d)
    correlation, lines = tonality(r, d)
    before, first = onsets(r, d)
    return {
        "voicing_sums": sums, "voiced_frames": frames, "noise_correlation": correlation, "noise_lines": lines,
        "onset_before_db": before, "onset_first_db": first,
        "reference_energy": float(np.dot(r, r)), "degraded_energy": float(np.dot(d, d)),
    }  # fmt: skip


KINDS = [("noise", 20), ("mnru", 12), ("lowpass", 0.3), ("bits", 7), ("clip", 0.2), ("babble", 10), ("delay", 5), ("dropout", 9), ("noise", 3)]


def main():
    rows = []
    if len(sys.argv) > 1:
        import soundfile

        for line in open(sys.argv[1]):
            reference, degraded = line.split()
            rows.append({"reference": reference, "degraded": degraded} | measures(soundfile.read(reference)[0], soundfile.read(degraded)[0]))
    else:
        here = pathlib.Path(__file__).parent
        spec = importlib.util.spec_from_file_location("golden", here / "golden-metrics.py")
        golden = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(golden)
        for index, (kind, parameter) in enumerate(KINDS):
            seed, count = 300 + index, 48000 + 13 * index
            r = golden.speech(seed, RATE, count)
            d = golden.degrade(kind, parameter, r, RATE, seed)
            rows.append({"seed": seed, "count": count, "kind": kind, "parameter": parameter} | measures(r, d))
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")


if __name__ == "__main__":
    main()
