"""Noise out of speech."""
from __future__ import annotations

import ctypes
import weakref
from ctypes import byref

import numpy as np
import numpy.typing as npt

from . import _library as c
from ._codec import DType
from ._library import call, check, library
from ._sound import Sound, arranged, place, resampled


class Denoiser:
    """Takes noise out of speech that comes in pieces of any size, each channel by itself.

    Without `data` the denoiser inside the library, else the bytes of a denoiser's file. `strength`: 1 = as
    it was trained ... 0 = the sound stays as it is, in dB. What comes out is as long as what went in, and
    lies where it lay; it comes `delay` samples later. A denoiser is for one thread at a time; the
    interpreter lock is free while it works.
    """

    def __init__(self, channels: int = 1, *, strength: float = 1.0, data: bytes | None = None) -> None:
        if not 1 <= channels <= 255:
            raise ValueError(f"channels is {channels}; possible are 1 to 255")
        if not 0 <= strength <= 1:
            raise ValueError(f"strength is {strength}; possible are 0 to 1")
        options = c.DenoiserOptions()
        options.channels, options.kept = channels, 1 - strength
        pointer = ctypes.c_void_p()
        call("nwc_denoiser_create", data, len(data or b""), byref(options), byref(pointer))
        self._pointer = pointer
        weakref.finalize(self, library.nwc_denoiser_free, pointer)
        self.channels = channels
        info = self._info()
        #: Of the samples that go in and come out, Hz.
        self.sample_rate: int = info.sample_rate
        #: Samples from a sample's arrival to its output, and up to a hop of 10 ms more.
        self.delay: int = info.delay

    def _check(self, number: int) -> None:
        check(number, library.nwc_denoiser_detail(self._pointer) if number else b"")

    def _info(self) -> c.DenoiserInfo:
        info = c.DenoiserInfo()
        self._check(library.nwc_denoiser_get_info(self._pointer, byref(info)))
        return info

    def push(self, array: npt.ArrayLike) -> None:
        """Adds samples of shape (frames,) or (frames, channels): floats, full scale at 1, or int16.
        float32 and int16 are read where they lie."""
        sound = arranged(array, self.channels)
        function = (library.nwc_denoiser_push_int16 if sound.dtype == np.int16
                    else library.nwc_denoiser_push_float)
        self._check(function(self._pointer, *place(sound)))

    def finish(self) -> None:
        """Nothing more comes; the last samples are ready then."""
        self._check(library.nwc_denoiser_finish(self._pointer))

    @property
    def available(self) -> int:
        """Frames that `pull` would give."""
        return int(self._info().available)

    def pull(self, frames: int | None = None, dtype: DType = "float32") -> Sound:
        """The samples that are ready, at most so many frames: (frames,) of one channel, else
        (frames, channels)."""
        count = self.available if frames is None else min(frames, self.available)
        sound = np.empty(count if self.channels == 1 else (count, self.channels), dtype=np.dtype(dtype))
        return sound[:self.pull_into(sound)]

    def pull_into(self, array: Sound) -> int:
        """Fills an array of float32 or int16 with the next samples, where it lies.

        Returns the number of frames, 0 where none are ready.
        """
        if arranged(array, self.channels) is not array or not array.flags.writeable:
            raise ValueError("the array must be writeable, float32 or int16, and not walk backwards")
        function = (library.nwc_denoiser_pull_int16 if array.dtype == np.int16
                    else library.nwc_denoiser_pull_float)
        taken = ctypes.c_size_t()
        self._check(function(self._pointer, *place(array), byref(taken)))
        return taken.value

    def reset(self) -> None:
        """Back to the beginning of a sound, with the same settings."""
        self._check(library.nwc_denoiser_reset(self._pointer))


def denoise(array: npt.ArrayLike, rate: int, *, strength: float = 1.0) -> Sound:
    """Takes the noise out of a whole sound of shape (frames,) or (frames, channels).

    rate: of the samples, Hz; another than 16 kHz is resampled by soxr, where that is installed, and
    back: what lies above 8 kHz is lost, other than with nwc-denoise. Gives float32.
    """
    source = arranged(array, None)
    channels = source.shape[1] if source.ndim == 2 else 1
    denoiser = Denoiser(channels, strength=strength)
    denoiser.push(resampled(source, rate, denoiser.sample_rate))
    denoiser.finish()
    sound = resampled(denoiser.pull().reshape(-1, *source.shape[1:]), denoiser.sample_rate, rate)
    if len(sound) < len(source):
        sound = np.concatenate([sound, np.zeros((len(source) - len(sound), *source.shape[1:]), np.float32)])
    return sound[:len(source)]
