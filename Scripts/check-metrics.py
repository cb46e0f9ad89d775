"""Compares the measures of nwc-eval with independent implementations on decoded sounds; called by check-metrics.sh.

    check-metrics.py NWC-EVAL DECODED SUMMARY

DECODED is a folder of `nwc-eval compare --keep-audio`, SUMMARY the output of `nwc-eval summary --json`. Both sides read the same FLAC files.
SNR, segmental SNR, SI-SDR, LSD, mel distance, STOI and ESTOI come from golden-metrics.py (numpy, scipy, librosa, pystoi); PESQ straight from PyPI pesq; the
noise-to-mask ratio from the model of Docs/psychoacoustics.md, written a second time below; voicing, noise and onsets from golden-artefacts.py; BD-rate
from PyPI bjontegaard.
"""

import importlib.util
import json
import math
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pesq
import pystoi
import soundfile



def neighbour(name):
    spec = importlib.util.spec_from_file_location(name, pathlib.Path(__file__).with_name(name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden, artefacts = neighbour("golden-metrics"), neighbour("golden-artefacts")

# Largest allowed difference. STOI and ESTOI: pystoi adds random noise of 2^-52. PESQ: the same code on both sides.
LIMITS = {
    "snr_db": 1e-6, "segsnr_db": 1e-6, "si_sdr_db": 1e-6, "lsd_db": 1e-6, "mel_distance": 1e-6, "stoi": 1e-3, "estoi": 1e-3,
    "nmr_db": 1e-6, "nmr_audible_share": 1e-6, "pesq_wb": 1e-6,
    "voicing_1_2khz": 1e-6, "voicing_2_4khz": 1e-6, "voicing_4_7khz": 1e-6, "noise_correlation": 1e-6, "noise_lines": 1e-6,
    "onset_before_db": 1e-6, "onset_before_90_db": 1e-6, "onset_first_db": 1e-6, "onset_first_10_db": 1e-6,
}  # fmt: skip


def power(level):
    return 10 ** (level / 10)


def level(value):
    return 10 * np.log10(value)


class MaskingModel:
    """Psychoacoustic model 1 as Docs/psychoacoustics.md describes it."""

    def __init__(self, rate):
        self.size = 2 * math.floor(0.012 * rate + 0.5)
        self.last = self.size // 2
        f = np.arange(self.last + 1) * rate / self.size
        k = np.maximum(f, 20) / 1000
        quiet = 3.64 * k**-0.8 - 6.5 * np.exp(-0.6 * (k - 3.3) ** 2) + 0.001 * k**4
        self.quiet = np.where(f > 10000, np.minimum(quiet, 68), quiet)
        self.bark = 13 * np.arctan(0.76e-3 * f) + 3.5 * np.arctan((f / 7500) ** 2)
        whole = np.floor(self.bark).astype(int)
        self.bands = [np.flatnonzero(whole[1:] == z) + 1 for z in np.unique(whole[1:])]
        reach = np.select([f < 63 * 44100 / 1024, f < 127 * 44100 / 1024, f < 255 * 44100 / 1024], [2, 3, 6], 12)
        self.reach = np.maximum(2, np.floor(reach * (44100 / 1024) / (rate / self.size) + 0.5)).astype(int)
        # A sinusoid of full scale, as the sum of its three lines, has 96 dB.
        self.scale = power(96) / (1.5 * (self.size / 4) ** 2)

    def spectra(self, x):
        frames = np.lib.stride_tricks.sliding_window_view(x, self.size)[:: self.size // 2]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.size) / self.size)
        return np.abs(np.fft.rfft(frames * window, axis=1)) ** 2 * self.scale

    def maskers(self, p):
        """Rows of line, level and whether it is a tone."""
        left = p.copy()
        tones = []
        for k in range(3, self.last):
            r = self.reach[k]
            if not p[k - 1] < p[k] >= p[k + 1] or k < r or k + r > self.last:
                continue
            around = np.concatenate([p[k - r : k - 1], p[k + 2 : k + r + 1]])
            if np.all(around <= p[k] * power(-7)):
                tones.append((k, level(p[k - 1 : k + 2].sum())))
                left[k - r : k + r + 1] = 0
        heard = sorted((t for t in tones if t[1] >= self.quiet[t[0]]), key=lambda t: -t[1])
        kept = []
        for k, x in heard:
            if all(abs(self.bark[k] - self.bark[other]) >= 0.5 for other, _, _ in kept):
                kept.append((k, x, True))
        for band in self.bands:
            total = left[band].sum()
            k = math.floor(math.sqrt(band[0] * band[-1]) + 0.5)
            if total > 0 and level(total) >= self.quiet[k]:
                kept.append((k, level(total), False))
        return kept

    def threshold(self, p):
        total = power(self.quiet)
        for k, x, tonal in self.maskers(p):
            z, dz = self.bark[k], self.bark - self.bark[k]
            index = -6.025 - 0.275 * z if tonal else -2.025 - 0.175 * z
            low, high = max(0.4 * x + 6, 0), max(17 - 0.15 * x, 0)
            fall = np.select(
                [dz < -3, dz < -1, dz < 0, dz < 1, dz < 8], [-np.inf, 17 * (dz + 1) - low, low * dz, -17 * dz, -(dz - 1) * high - 17], -np.inf
            )
            total = total + power(x + index + fall)
        return total


def noise_to_mask(r, d, rate):
    model = MaskingModel(rate)
    ratios = []
    for signal, noise in zip(model.spectra(r), model.spectra(r - d)):
        threshold = model.threshold(signal)
        ratios += [noise[band].sum() / threshold[band].min() for band in model.bands]
    return level(np.mean(ratios)), np.mean(np.array(ratios) > 1)


def references(r, d, rate):
    nmr, share = noise_to_mask(r, d, rate)
    sums, frames = artefacts.voicing(r, d)
    correlation, lines = artefacts.tonality(r, d)
    before, first = (np.array(values or [np.nan]) for values in artefacts.onsets(r, d))
    voicing = [total / max(frames, 1) for total in sums]
    return {
        "voicing_1_2khz": voicing[0], "voicing_2_4khz": voicing[1], "voicing_4_7khz": voicing[2],
        "noise_correlation": np.nan if correlation is None else correlation, "noise_lines": lines,
        "onset_before_db": np.median(before), "onset_before_90_db": np.percentile(before, 90),
        "onset_first_db": np.median(first), "onset_first_10_db": np.percentile(first, 10),
        "snr_db": 10 * math.log10(np.sum(r**2) / np.sum((r - d) ** 2)), "segsnr_db": golden.segsnr(r, d, rate), "si_sdr_db": golden.sisdr(r, d),
        "lsd_db": golden.lsd(r, d, rate), "mel_distance": golden.mel(r, d, rate), "stoi": pystoi.stoi(r, d, rate),
        "estoi": pystoi.stoi(r, d, rate, extended=True), "nmr_db": nmr, "nmr_audible_share": share, "pesq_wb": pesq.pesq(rate, r, d, "wb"),
    }  # fmt: skip


def check_pairs(program, folder):
    worst = {name: (0.0, "") for name in LIMITS}
    pairs, values, without = 0, 0, []
    for original in sorted((folder / "original").rglob("*.flac")):
        name = original.relative_to(folder / "original")
        decoded = [f / name for f in sorted(folder.iterdir()) if f.name != "original" and (f / name).exists()]
        lines = subprocess.run([program, "score", "--json", original, *decoded], check=True, capture_output=True, text=True).stdout.splitlines()
        r, rate = soundfile.read(original, dtype="float64")
        for path, line in zip(decoded, map(json.loads, lines), strict=True):
            assert line["degraded"] == str(path), line
            d = soundfile.read(path, dtype="float64")[0]
            count = min(len(r), len(d))
            expected = references(r[:count], d[:count], rate)
            pairs += 1
            for measure in LIMITS:
                ours = line["scores"][measure]
                if ours is None:
                    without.append(f"{path.relative_to(folder)}, {measure}: {line['reasons'][measure]}")
                    continue
                values += 1
                worst[measure] = max(worst[measure], (abs(ours - float(expected[measure])), str(path.relative_to(folder))))
    print(f"{pairs} pairs, {values} values, {len(without)} without a value")
    for line in without:
        print("  " + line)
    print(f"{'measure':18} {'largest difference':>19}   limit   where")
    for measure, (difference, where) in worst.items():
        print(f"{measure:18} {difference:19.1e}   {LIMITS[measure]:.0e}   {where}")
    failed = [measure for measure, (difference, _) in worst.items() if not difference <= LIMITS[measure]]
    if pairs < 50:
        failed.append(f"only {pairs} pairs")
    return failed


def check_rates(lines):
    """BD-rate of the summary against the package, on the points that the summary says it kept."""
    import bjontegaard

    objects = [json.loads(line) for line in lines]
    points = [o for o in objects if "measures" in o]
    worst, count = 0.0, 0
    for line in (o for o in objects if o.get("bdRate") is not None):
        curves = []
        for codec in (line["reference"], line["codec"]):
            kept = [p for p in points if p["codec"] == codec and line["measure"] in p["measures"] and f"{codec}@{p['rate']:g}" not in line["without"]]
            # On the scale on which more is better.
            sign = 1 if line["best"] > line["worst"] else -1
            curve = sorted((p["payloadKbps"], sign * p["measures"][line["measure"]]["mean"]) for p in kept)
            curves += [np.array(column) for column in zip(*curve)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of small overlaps
            expected = bjontegaard.bd_rate(*curves, "pchip", require_matching_points=False, min_overlap=0)
        worst, count = max(worst, abs(100 * line["bdRate"] - expected)), count + 1
    print(f"BD-rate of {count} pairs of curves: largest difference {worst:.1e} per cent, limit 1e-06")
    return ["BD-rate"] if count == 0 or worst > 1e-6 else []


def main():
    failed = check_pairs(sys.argv[1], pathlib.Path(sys.argv[2])) + check_rates(open(sys.argv[3], encoding="utf-8"))
    if failed:
        sys.exit("check-metrics: " + ", ".join(failed))


main()
