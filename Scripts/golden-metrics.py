#!/usr/bin/env python3
"""Writes TestVectors/metrics/golden.json: the measures of QualityMetrics by independent implementations.

Needs numpy, scipy, librosa and pystoi (made with: python3 -m venv V; V/bin/pip install numpy scipy librosa pystoi).
The signals are made here and, by the same recipe, in Tests/QualityMetricsTests/SyntheticSpeech.swift.
    V/bin/python Scripts/golden-metrics.py > TestVectors/metrics/golden.json
    V/bin/python Scripts/golden-metrics.py FILES.txt > out.json      # lines of "reference degraded" paths instead (needs soundfile)
"""
import json
import math
import sys

import librosa
import numpy as np
import pystoi
import scipy.signal

MASK = (1 << 64) - 1


class Numbers:
    """SplitMix64; numbers in -1 ... 1."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        return (z >> 11) / (1 << 52) - 1

    def between(self, low, high):
        return low + (high - low) * 0.5 * (self.next() + 1)


def to16bit(x):
    return math.floor(min(max(x, -1), 1) * 32767 + 0.5) / 32768


def speech(seed, rate, count):
    """Pulses and noise through moving resonances, with syllables and pauses; 16-bit values."""
    numbers = Numbers(seed)
    out = []
    y = [[0.0, 0.0] for _ in range(3)]
    phase = 0.0
    previous = 0.0
    while len(out) < count:
        kind = numbers.between(0, 1)
        length = int(numbers.between(0.08, 0.3) * rate)
        pitch, glide = numbers.between(90, 240), numbers.between(-0.3, 0.3)
        level = numbers.between(0.2, 1)
        formants = [numbers.between(300, 800), numbers.between(900, 2200), numbers.between(2300, 3200)]
        widths = [60.0, 90.0, 150.0]
        for n in range(length):
            u = n / length
            envelope = level * math.sin(math.pi * u)
            noise = numbers.next()
            if kind < 0.15:
                x = 0.0005 * noise
            elif kind < 0.35:
                x = 0.05 * envelope * (noise - previous)
            else:
                phase += pitch * (1 + glide * u) / rate
                pulse = 0.0
                if phase >= 1:
                    phase -= 1
                    pulse = 1.0
                x = envelope * (pulse * math.sqrt(rate / 16000) + 0.01 * noise)
            previous = noise
            for k in range(3):
                r = math.exp(-math.pi * widths[k] / rate)
                angle = 2 * math.pi * formants[k] / rate
                v = (1 - r) * x + 2 * r * math.cos(angle) * y[k][0] - r * r * y[k][1]
                y[k][1] = y[k][0]
                y[k][0] = v
            value = 1.5 * (y[0][0] + 0.7 * y[1][0] + 0.5 * y[2][0]) + (0.3 * x if 0.15 <= kind < 0.35 else 0)
            out.append(to16bit(value))
    return out[:count]


def degrade(kind, parameter, x, rate, seed):
    numbers = Numbers(seed + 1000)
    n = len(x)
    if kind == "noise":
        noise = [numbers.next() for _ in range(n)]
        gain = math.sqrt(sum(v * v for v in x) / sum(v * v for v in noise) * 10 ** (-parameter / 10))
        return [a + gain * b for a, b in zip(x, noise)]
    if kind == "babble":
        noise = speech(seed + 500, rate, n)
        gain = math.sqrt(sum(v * v for v in x) / sum(v * v for v in noise) * 10 ** (-parameter / 10))
        return [a + gain * b for a, b in zip(x, noise)]
    if kind == "lowpass":
        out, state = [], 0.0
        for v in x:
            state += parameter * (v - state)
            out.append(0.8 * state)
        return out
    if kind == "bits":
        step = 2.0 ** (1 - parameter)
        return [math.floor(v / step + 0.5) * step for v in x]
    if kind == "clip":
        limit = parameter * max(abs(v) for v in x)
        return [min(max(v, -limit), limit) for v in x]
    if kind == "delay":
        shift = int(parameter)
        shifted = [0.0] * shift + x[: n - shift] if shift >= 0 else x[-shift:] + [0.0] * -shift
        return [a + 0.003 * numbers.next() for a in shifted]
    if kind == "dropout":
        frame = rate // 50
        return [0.0 if (i // frame) % int(parameter) == 3 else v for i, v in enumerate(x)]
    if kind == "mnru":
        gain = 10 ** (-parameter / 20)
        return [v * (1 + gain * 1.7 * numbers.next()) + 0.002 for v in x]
    raise ValueError(kind)


def segsnr(r, d, rate):
    length = math.floor(0.02 * rate + 0.5)
    m = len(r) // length
    s = (r[: m * length].reshape(m, length) ** 2).sum(axis=1)
    e = ((r - d)[: m * length].reshape(m, length) ** 2).sum(axis=1)
    active = s > s.max() * 1e-4
    with np.errstate(divide="ignore"):
        return float(np.clip(10 * np.log10(s[active] / e[active]), -10, 35).mean())


def sisdr(r, d):
    r, d = r - r.mean(), d - d.mean()
    target = np.dot(r, d) / np.dot(r, r) * r
    return float(10 * np.log10(np.sum(target**2) / np.sum((target - d) ** 2)))


def lsd(r, d, rate):
    size = 2 * math.floor(0.032 * rate / 2 + 0.5)
    hop = size // 4

    def power(x):
        frames = np.lib.stride_tricks.sliding_window_view(x, size)[::hop]
        return np.abs(np.fft.rfft(frames * scipy.signal.get_window("hann", size), axis=1)) ** 2

    a, b = power(r), power(d)
    floor = a.max() * 1e-8
    difference = 10 * np.log10(np.maximum(a, floor)) - 10 * np.log10(np.maximum(b, floor))
    return float(np.sqrt((difference**2).mean(axis=1)).mean())


def mel(r, d, rate):
    total = 0.0
    for size, bands in ((2048, 150), (512, 80)):
        basis = librosa.filters.mel(sr=rate, n_fft=size, n_mels=bands, dtype=np.float64)
        a, b = (
            basis @ np.abs(librosa.stft(x, n_fft=size, hop_length=size // 4, window="hann", center=True, pad_mode="reflect", dtype=np.complex128))
            for x in (r, d)
        )
        total += np.abs(np.log10(np.maximum(a, 1e-5) ** 2) - np.log10(np.maximum(b, 1e-5) ** 2)).mean() + np.abs(a - b).mean()
    return float(total)


def delay(r, d, rate):
    limit = math.floor(0.1 * rate + 0.5)
    full = scipy.signal.correlate(d, r, mode="full", method="direct" if len(r) < 20000 else "fft")
    middle = len(r) - 1
    window = full[middle - limit : middle + limit + 1]
    best = int(np.argmax(window))
    return best - limit, float(window[best] / math.sqrt(np.dot(r, r) * np.dot(d, d)))


def measures(r, d, rate):
    r, d = np.asarray(r, float), np.asarray(d, float)
    lag, correlation = delay(r, d, rate)
    # pystoi adds random noise of 2^-52; where the degraded signal has frames of exact zeros, this alone decides their part of ESTOI.
    np.random.seed(0)
    estoi = [float(pystoi.stoi(r, d, rate, extended=True)) for _ in range(12)]
    return {
        "reference_energy": float(np.dot(r, r)),
        "degraded_energy": float(np.dot(d, d)),
        "snr_db": float(10 * np.log10(np.dot(r, r) / np.dot(r - d, r - d))),
        "segsnr_db": segsnr(r, d, rate),
        "si_sdr_db": sisdr(r, d),
        "lsd_db": lsd(r, d, rate),
        "mel_distance": mel(r, d, rate),
        "stoi": float(pystoi.stoi(r, d, rate, extended=False)),
        "estoi": sum(estoi) / len(estoi),
        "estoi_spread": max(estoi) - min(estoi),
        "delay": lag,
        "delay_correlation": correlation,
    }


RATES = [16000, 16000, 8000, 48000, 10000, 44100, 16000, 11025, 32000]
KINDS = [
    ("noise", [20, 5, -3, 12, 30, 0, 17]),
    ("babble", [10, 0, 20, 5, -5, 15, 3]),
    ("lowpass", [0.3, 0.6, 0.15, 0.9, 0.45, 0.05, 0.7]),
    ("bits", [8, 5, 10, 6, 12, 4, 7]),
    ("clip", [0.5, 0.1, 0.3, 0.05, 0.7, 0.2, 0.4]),
    ("delay", [1, -37, 95, 640, -800, 3, -1]),
    ("dropout", [7, 11, 5, 20, 9, 30, 4]),
    ("mnru", [20, 10, 5, 30, 15, 0, 25]),
]


def main():
    rows = []
    if len(sys.argv) > 1:
        import soundfile

        for line in open(sys.argv[1]):
            reference, degraded = line.split()
            r, rate = soundfile.read(reference, dtype="float64")
            d, _ = soundfile.read(degraded, dtype="float64")
            rows.append({"reference": reference, "degraded": degraded, "rate": rate} | measures(r, d, rate))
    else:
        for index in range(56):
            kind, parameters = KINDS[index % 8]
            parameter = parameters[index // 8]
            rate = RATES[index % 9]
            count = int((1.5 + 0.15 * (index % 7)) * rate) + index
            r = speech(index, rate, count)
            d = degrade(kind, parameter, r, rate, index)
            rows.append({"seed": index, "rate": rate, "count": count, "kind": kind, "parameter": parameter} | measures(r, d, rate))
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")


if __name__ == "__main__":
    main()
