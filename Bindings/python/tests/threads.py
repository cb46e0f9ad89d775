"""How much faster two threads encode and decode than one: the best of three, by the clock and in processor
time, which does not depend on what else the machine does, and is the same where no thread waits."""
import threading
import time

import numpy as np

import nwc

random = np.random.default_rng(1)
phase = np.cumsum(120 + 40 * np.sin(np.arange(60 * 16000) / 3000)) / 16000
samples = (0.3 * (np.mod(phase, 1) - 0.5) + 0.02 * random.standard_normal(len(phase))).astype(np.float32)
nwc.Model.default()


def work() -> None:
    nwc.decode(nwc.encode(samples, 16000, bitrate=12000))


def seconds(number: int) -> tuple[float, float]:
    """By the clock, and processor time."""
    threads = [threading.Thread(target=work) for _ in range(number)]
    start, processor = time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - start, time.process_time() - processor


work()
(one, alone), (two, together) = (
    tuple(map(min, zip(*(seconds(number) for _ in range(3))))) for number in (1, 2))
print(f"60 s of sound, encoded and decoded: {one:.2f} s; twice, in two threads: {two:.2f} s, {2 * one / two:.2f} "
      f"times as fast; processor time {alone:.2f} and {together:.2f} s")
