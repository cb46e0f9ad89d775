#!/usr/bin/env python3
"""Reads sound files of all kinds and writes the table of Docs/inputs.md; see check-inputs.sh.

    check-inputs.py BIN DOCUMENT [WORD]

Each row of ROWS is a file made by a real tool. It is right if the reader gives at least the samples of the
source, with the source's sound in them, the same through a pipe as from the file; if the encoder makes the same
stream of both; and if the decoder gives back that many samples. Exit status 1 if anything is wrong.
"""
import array
import math
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from input_rows import ROWS

BEGIN, END = "<!-- table: make check-inputs -->", "<!-- end of table -->"
VOICE = "/usr/share/sounds/alsa/Front_Center.wav"
RATES = {"s": (44100, 1), "t": (44100, 2), "q": (8000, 1), "w": (16000, 1), "v": (44100, 1)}


def shell(line, folder, **more):
    return subprocess.run(["bash", "-c", "set -o pipefail; " + line], cwd=folder, capture_output=True, **more)


def must(line, folder):
    run = shell(line, folder)
    if run.returncode:
        sys.exit(f"check-inputs: {line}: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout


def floats(data):
    values = array.array("f")
    values.frombytes(data[:len(data) // 4 * 4])
    return values


def correlation(one, other, lag, start, count):
    """Of `one` behind `lag` samples and `other`."""
    a = one[start + lag:start + lag + count]
    b = other[start:start + count]
    if len(a) < len(b) or not b:
        return 0.0
    power = math.sqrt(math.sumprod(a, a) * math.sumprod(b, b)) if hasattr(math, "sumprod") else \
        math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b)) / power if power else 0.0


def best(one, other, most):
    """The lag of the same sound in `one` against `other`, and how alike they are."""
    count = min(len(other), len(one))
    # Around the loudest part: coarse, by every 4th sample, then fine.
    middle = max(range(0, max(1, len(other) - 4000), 500),
                 key=lambda place: sum(x * x for x in other[place:place + 4000:8]))
    b = other[middle:middle + 4000:2]

    def score(lag):
        start = middle + lag
        if start < 0:
            return -1.0
        a = one[start:start + 4000:2]
        if len(a) < len(b):
            return -1.0
        power = math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))
        return sum(x * y for x, y in zip(a, b)) / power if power else -1.0

    lags = [0] + [lag for lag in range(-most, most + 1, 4)]
    lag = max(lags, key=score)
    lag = max(range(lag - 4, lag + 5), key=score)
    start = max(0, -lag)
    return lag, correlation(one, other, lag, start, min(count, len(one) - lag) - start)


def sources(folder):
    """Speech in the shapes that the rows ask for: s 44.1 kHz, t the same with two channels, q 8 kHz, w 16 kHz,
    v with pauses in which variable rates fall."""
    for name, (rate, channels) in RATES.items():
        second = "remix 1 1v0.5" if channels == 2 else ""
        pauses = "pad 0 20 repeat 2" if name == "v" else ""
        must(f"sox -V1 -D {VOICE} -b 16 -r {rate} {name}.wav gain -3 {second} {pauses}", folder)
    result = {}
    for name in RATES:
        data = must(f"sox -V1 -D {name}.wav -t f32 -", folder)
        result[name] = floats(data)
    return result


class Row:
    def __init__(self, folder, bin_, values, row):
        self.folder, self.bin, self.problems = folder, bin_, []
        self.container, self.coding, self.tool, self.source, self.line, options = row
        self.options = options
        self.said, self.kind = "", "-"
        rate, self.channels = RATES[self.source]
        self.rate = options.get("rate", rate)
        self.values = values[self.source]
        if options.get("times", 1) > 1:
            self.values = self.values * options["times"]
        self.length = self.content = self.pipe = "-"

    def dump(self, line):
        raw = self.options.get("dump", "")
        run = shell(line.format(f=self.file, dump=f"{self.bin}/sound-dump {raw}"), self.folder)
        return run.stdout, run.stderr.decode(errors="replace").splitlines(), run.returncode

    def check(self):
        self.file = "x." + self.options.get("ext", "bin")
        for old in self.folder.glob("x.*"):
            old.unlink()
        must(self.line.format(i=f"{self.source}.wav", o=self.file), self.folder)
        samples, lines, status = self.dump("{dump} {f}")
        if status:
            self.kind = lines[-1].removeprefix("error: ").replace(f"{self.file}: ", "") if lines else "?"
            if not self.options.get("fails"):
                self.problems.append(self.kind)
            return
        rate, channels, frames, _, self.kind = lines[0].split(" ", 4)
        self.said = "; ".join(lines[1:])
        if bool(self.said) != bool(self.options.get("says")):
            self.problems.append(f"said: {self.said}")
        if (int(rate), int(channels)) != (self.rate, self.options.get("channels", self.channels)):
            self.problems.append(f"{rate} Hz, {channels} channels")
        got = floats(samples)
        self.compare(got, int(frames))
        self.through_pipe(samples, lines[1:])
        self.coded(int(frames))

    def compare(self, got, frames):
        """Length and content against the source."""
        expected = len(self.values) // self.channels
        if self.options.get("cut"):
            expected = self.options["cut"]
        more = frames - round(expected * self.rate / RATES[self.source][0])
        self.length = "same" if more == 0 else f"{more:+d}"
        if not -self.options.get("less", 0) <= more <= self.options.get("more", 0):
            self.problems.append(f"{frames} samples, {more:+d}")
        wanted = self.values[:expected * self.channels]
        if self.options.get("exact", False):
            same = got[:len(wanted)] == wanted
            self.content = "exact" if same else "differs"
            if not same:
                self.problems.append("samples differ from the source")
            return
        if self.options.get("first"):
            wanted = wanted[:len(wanted) // self.options["times"]]
        one, other = got[::self.channels], wanted[::self.channels]
        if self.rate != RATES[self.source][0]:
            data = must(f"sox -V1 -D {self.source}.wav -r {self.rate} -t f32 -", self.folder)
            other = floats(data)[::self.channels]
        lag, alike = best(
            one, other, max(self.options.get("lag", 0), self.options.get("less", 0)) + 8)
        self.content = f"r = {math.floor(alike * 100) / 100:.2f}" + (
            f", {lag} late" if lag > 0 else f", {-lag} early" if lag else "")
        if alike < self.options.get("least", 0.95):
            self.problems.append(f"correlation {alike:.3f} with the source, {lag} late")
        if not -self.options.get("less", 0) <= lag <= self.options.get("lag", 0):
            self.problems.append(f"{lag} samples late")

    def through_pipe(self, samples, said):
        """The same bytes through a pipe give the same samples and warnings."""
        other, lines, status = self.dump("cat {f} | {dump} -")
        if status:
            self.pipe = lines[-1] if lines else "?"
            self.problems.append(f"pipe: {self.pipe}")
        elif other != samples:
            self.pipe = f"{len(other) // 4 // self.channels} samples"
            self.problems.append(f"pipe: other samples, {len(other)} for {len(samples)} bytes")
        else:
            self.pipe = "same"
            if lines[1:] != said:
                self.problems.append(f"pipe: said {lines[1:]}")

    def coded(self, frames):
        """Streams of file and pipe are the same, and decode to the same number of samples."""
        raw = self.options.get("encode", "")
        enc = f"{self.bin}/nwc-enc -q -f {raw}"
        run = shell(
            f"{enc} {self.file} a.nwc; cat {self.file} | {enc} - b.nwc && cmp a.nwc b.nwc && "
            f"{self.bin}/nwc-dec -q -f --float a.nwc a.wav && soxi -V1 -s a.wav", self.folder)
        text = run.stdout.decode().strip()
        if run.returncode:
            self.problems.append("coding: " + (run.stderr.decode(errors="replace") + text).strip()[-200:])
        elif text != str(frames):
            self.problems.append(f"decoded to {text} samples instead of {frames}")

    def markdown(self):
        cells = [self.container, self.coding, f"`{self.tool}`", self.kind, self.length, self.content,
                 self.pipe, self.said]
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main():
    bin_, document = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    word = sys.argv[3] if len(sys.argv) > 3 else None
    rows, wrong = [], 0
    with tempfile.TemporaryDirectory(prefix="nwc-inputs-") as name:
        folder = pathlib.Path(name)
        values = sources(folder)
        for entry in ROWS:
            if word and word not in " ".join(map(str, entry)):
                continue
            row = Row(folder, bin_, values, entry)
            row.check()
            rows.append(row)
            for problem in row.problems:
                wrong += 1
                print(f"{row.container}, {row.coding} ({row.tool}): {problem}", file=sys.stderr)
            if word:
                print(row.markdown())
    table = ["| container | coding | made by | read as | samples more | content | pipe | said |",
             "|---|---|---|---|---|---|---|---|"] + [row.markdown() for row in rows]
    print(f"check-inputs: {len(rows)} kinds of files, {wrong} faults", file=sys.stderr)
    if not word and not wrong:
        text = document.read_text()
        pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
        if not pattern.search(text):
            sys.exit(f"check-inputs: {document} has no place for the table")
        new = pattern.sub(lambda _: "\n".join([BEGIN] + table + [END]), text)
        if new != text:
            document.write_text(new)
            print(f"check-inputs: the table of {document} has changed", file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
