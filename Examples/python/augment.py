"""Speech as it comes out of the codec, made while a model trains: at a random rate, with packets lost at
random, and as long as it was. Nothing is coded for it: `nwc.simulate` gives the samples that the decoder
would give.

    python augment.py            # how fast, on made-up sound

`CodecAugmentation` is a callable on arrays: use it in the __getitem__ of a data set. It works in the worker
processes of a data loader and in threads; each thread needs an object of its own.
"""
import time
from typing import Any

import numpy as np
import numpy.typing as npt

import nwc


class CodecAugmentation:
    """Sound of one channel at 16 kHz, (frames,) float32, full scale at 1, behind the codec.

    quality: range of the rate, 0 ... 1; of the built-in model about 4 ... 33 kbit/s.
    loss: largest share of packets, of 20 ms each, that get lost.
    enhance: with the post-filter, as listeners hear it; takes twice the time.
    """

    def __init__(self, quality: tuple[float, float] = (0.05, 0.9), loss: float = 0.1, enhance: bool = False,
                 seed: int | None = None) -> None:
        self.quality, self.loss, self.enhance = quality, loss, enhance
        self.random = np.random.default_rng(seed)

    def __call__(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        model = nwc.Model.default()
        loss = self.random.uniform(0, self.loss)
        lost = self.random.random(len(samples) // model.block_samples + 2) < loss
        return nwc.simulate(samples, model.sample_rate, quality=self.random.uniform(*self.quality),
                            blocks_per_packet=1 if loss > 0 else 50, enhance=self.enhance, lost=lost)


def main() -> None:
    rate = nwc.Model.default().sample_rate
    random = np.random.default_rng(1)
    phase = np.cumsum(120 + 40 * np.sin(np.arange(4 * rate) / 3000)) / rate
    clip = (0.3 * (np.mod(phase, 1) - 0.5) + 0.02 * random.standard_normal(len(phase))).astype(np.float32)
    for name, augmentation in [
        ("no loss", CodecAugmentation(loss=0, seed=1)), ("loss", CodecAugmentation(seed=1)),
        ("no loss, post-filter", CodecAugmentation(loss=0, enhance=True, seed=1)),
    ]:
        augmentation(clip)
        seconds = []
        for _ in range(5):
            start, turns = time.process_time(), 20
            for _ in range(turns):
                assert augmentation(clip).shape == clip.shape
            seconds.append(time.process_time() - start)
        print(f"clips of 4 s, {name}: {turns * 4 / min(seconds):.0f} times real time on a core")


if __name__ == "__main__":
    main()
