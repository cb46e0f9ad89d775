"""Scores pairs of signals with the field's own Python packages; called by nwc-eval, installed by judges.sh.

    judge.py --version MEASURE     prints a line of JSON: {"implementation": text} or {"error": text}
    judge.py MEASURE JOBS          prints a line of JSON for each line of JOBS: {"score": number} or {"error": text}

MEASURE is pesq_wb, pesq_wb_c2, pesq_nb, visqol, visqol_audio, zimtohrli, dnsmos_p808, stoi or estoi. A line of JOBS holds the sample rate and the paths of reference and
degraded signal (one channel of little-endian float64), separated by tabs. Nothing is scored that the package refuses: its reason is the answer.
"""

import importlib.metadata
import importlib.util
import json
import math
import sys
import warnings

import numpy

version = importlib.metadata.version


def require(module, package):
    if importlib.util.find_spec(module) is None:
        raise ImportError(f"PyPI {package} is not installed")


class Pesq:
    def __init__(self, package, mode):
        require(package, package)
        self.package, self.mode, self.module = package, mode, importlib.import_module(package)

    def implementation(self):
        mapping = "P.862.2 wide-band" if self.mode == "wb" else "P.862.1 narrow-band"
        corrigendum = "with" if self.package == "pesqc2" else "without"
        return f"PyPI {self.package} {version(self.package)}: ITU-T P.862, MOS-LQO by {mapping}, {corrigendum} Corrigendum 2 (03/2018)"

    def score(self, rate, reference, degraded):
        return self.module.pesq(rate, reference, degraded, self.mode)


class Visqol:
    """Without the lattice, speech mode gives 5.0 to nearly everything; so it is asked for, and its absence is an error. Audio mode has none."""

    def __init__(self, mode):
        require("visqol", "visqol-python")
        if mode == "speech":
            require("ai_edge_litert", "visqol-python[lattice]")
        self.mode, self.api = mode, None

    def implementation(self):
        how = "speech mode with the deep lattice, 16 kHz" if self.mode == "speech" else "audio mode, 48 kHz"
        return f"PyPI visqol-python {version('visqol-python')}: ViSQOL v3, {how}"

    def score(self, rate, reference, degraded):
        if self.api is None:
            from visqol import VisqolApi

            self.api = VisqolApi()
            self.api.create(mode=self.mode, use_lattice_model=self.mode == "speech")
        return self.api.measure_from_arrays(reference, degraded, rate).moslqo


class Zimtohrli:
    """It takes signals of different length without a word and hardly minds a missing end: what calls this hands in equal lengths."""

    def __init__(self):
        require("zimtohrli", "zimtohrli")
        self.api = None

    def implementation(self):
        return f"PyPI zimtohrli {version('zimtohrli')}: distance at 48 kHz, full scale 80 dB SPL"

    def score(self, rate, reference, degraded):
        if len(reference) != len(degraded):
            raise ValueError(f"{len(reference)} and {len(degraded)} samples")
        if self.api is None:
            from zimtohrli import Pyohrli

            self.api = Pyohrli()
        return self.api.distance(reference.astype("float32"), degraded.astype("float32"))


class DNSMOS:
    """P.808 of the degraded signal alone. The package looks at windows of 9.01 s in steps of a second and never at the last up to 2 s of a recording of
    more than 9.01 s; here windows of that length lie at equal distances so that together they cover everything. A shorter signal is repeated."""

    LENGTH = int(9.01 * 16000)

    def __init__(self):
        for module in ("speechmos", "librosa", "onnxruntime", "requests"):
            require(module, module)
        self.session = None

    def implementation(self):
        return f"PyPI speechmos {version('speechmos')}: DNSMOS, P.808, 9.01-s windows that cover all; no reference"

    def score(self, rate, reference, degraded):
        from speechmos import dnsmos

        if self.session is None:
            import onnxruntime
            from pathlib import Path

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            model = Path(dnsmos.__file__).parent / "dnsmos_models" / "model_v8.onnx"
            self.session = onnxruntime.InferenceSession(str(model), options)
        x = numpy.clip(degraded, -1, 1)
        while len(x) < self.LENGTH:
            x = numpy.append(x, x)
        windows = 1 if len(degraded) <= self.LENGTH else math.ceil(len(x) / self.LENGTH)
        last = len(x) - self.LENGTH if windows > 1 else 0
        values = []
        for index in range(windows):
            start = round(index * last / max(windows - 1, 1))
            features = dnsmos.DNSMOS.audio_melspec(None, audio=x[start : start + self.LENGTH - 160])
            inputs = {"input_1": numpy.array(features).astype("float32")[numpy.newaxis]}
            values.append(float(self.session.run(None, inputs)[0][0][0]))
        return sum(values) / len(values)


class Stoi:
    def __init__(self, extended):
        self.extended = extended
        require("pystoi", "pystoi")

    def implementation(self):
        return f"PyPI pystoi {version('pystoi')}"

    def score(self, rate, reference, degraded):
        import pystoi

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return pystoi.stoi(reference, degraded, rate, extended=self.extended)


JUDGES = {
    "pesq_wb": lambda: Pesq("pesq", "wb"),
    "pesq_wb_c2": lambda: Pesq("pesqc2", "wb"),
    "pesq_nb": lambda: Pesq("pesq", "nb"),
    "visqol": lambda: Visqol("speech"),
    "visqol_audio": lambda: Visqol("audio"),
    "zimtohrli": Zimtohrli,
    "dnsmos_p808": DNSMOS,
    "stoi": lambda: Stoi(False),
    "estoi": lambda: Stoi(True),
}


def reason(error):
    text = error.args[0] if error.args else ""
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return f"{type(error).__name__}: {text}".rstrip(": ")


def main():
    if sys.argv[1] == "--version":
        try:
            answer = {"implementation": JUDGES[sys.argv[2]]().implementation()}
        except Exception as error:
            answer = {"error": reason(error)}
        print(json.dumps(answer))
        return
    judge = JUDGES[sys.argv[1]]()
    with open(sys.argv[2], encoding="utf-8") as jobs:
        for line in jobs:
            try:
                rate, reference, degraded = line.rstrip("\n").split("\t")
                value = float(judge.score(int(rate), numpy.fromfile(reference, "<f8"), numpy.fromfile(degraded, "<f8")))
                if not math.isfinite(value):
                    raise ValueError(f"the package returned {value}")
                answer = {"score": value}
            except Exception as error:
                answer = {"error": reason(error)}
            print(json.dumps(answer), flush=True)


main()
