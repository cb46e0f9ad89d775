"""Scores pairs of signals with the field's own Python packages; called by nwc-eval, installed by judges.sh.

    judge.py --version MEASURE     prints a line of JSON: {"implementation": text}
    judge.py MEASURE JOBS          prints a line of JSON for each line of JOBS: {"score": number} or {"error": text}

MEASURE is pesq_wb, pesq_nb, stoi or estoi. A line of JOBS holds the sample rate and the paths of reference and degraded signal (one channel of
little-endian float64), separated by tabs. Nothing is scored that the package refuses: its reason is the answer.
"""

import importlib.metadata
import json
import math
import sys
import warnings

import numpy


def identification(measure):
    if measure.startswith("pesq"):
        mapping = "P.862.2 wide-band" if measure == "pesq_wb" else "P.862.1 narrow-band"
        version = importlib.metadata.version("pesq")
        return f"PyPI pesq {version}: ITU-T P.862, MOS-LQO by {mapping}, without Corrigendum 2 (03/2018)"
    return f"PyPI pystoi {importlib.metadata.version('pystoi')}"


def score(measure, rate, reference, degraded):
    if measure.startswith("pesq"):
        import pesq

        return pesq.pesq(rate, reference, degraded, measure[-2:])
    import pystoi

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return pystoi.stoi(reference, degraded, rate, extended=measure == "estoi")


def main():
    if sys.argv[1] == "--version":
        print(json.dumps({"implementation": identification(sys.argv[2])}))
        return
    measure = sys.argv[1]
    with open(sys.argv[2], encoding="utf-8") as jobs:
        for line in jobs:
            try:
                rate, reference, degraded = line.rstrip("\n").split("\t")
                value = float(score(measure, int(rate), numpy.fromfile(reference, "<f8"), numpy.fromfile(degraded, "<f8")))
                if not math.isfinite(value):
                    raise ValueError(f"the package returned {value}")
                answer = {"score": value}
            except Exception as error:
                text = error.args[0] if error.args else ""
                text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
                answer = {"error": f"{type(error).__name__}: {text}".rstrip(": ")}
            print(json.dumps(answer), flush=True)


main()
