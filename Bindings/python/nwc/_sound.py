"""Arrays of samples as the library takes them."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[Any]


def arranged(array: npt.ArrayLike, channels: int | None) -> Sound:
    """Samples as float32 or int16, of shape (frames,) or (frames, channels), with strides that C can
    walk; a copy only where the array has none of these types or walks backwards."""
    sound = np.asarray(array)
    if sound.ndim not in (1, 2):
        raise ValueError(f"an array of {sound.ndim} dimensions; (frames,) or (frames, channels) it is")
    if sound.dtype not in (np.float32, np.int16):
        if sound.dtype.kind != "f":
            raise ValueError(f"samples of type {sound.dtype}; possible are floats and int16")
        sound = sound.astype(np.float32)
    width = sound.shape[1] if sound.ndim == 2 else 1
    if channels is not None and width != channels:
        raise ValueError(f"{width} channels instead of {channels}")
    size = sound.itemsize
    if any(stride < size or stride % size for stride in sound.strides) or not sound.flags.aligned:
        sound = np.ascontiguousarray(sound)
    return sound


def place(sound: Sound) -> tuple[int, int, int, int]:
    """Address, frames and both strides, counted in samples."""
    size = sound.itemsize
    strides = [max(stride // size, 1) for stride in sound.strides]
    return sound.ctypes.data, sound.shape[0], strides[0], strides[1] if sound.ndim == 2 else 1


def resampled(sound: Sound, rate: int, wanted: int) -> Sound:
    """Float samples at another rate, by soxr."""
    if rate == wanted:
        return sound
    try:
        import soxr  # type: ignore[import-untyped]
    except ImportError as error:
        raise ValueError(
            f"sound of {rate} Hz for a model of {wanted} Hz, or the reverse: the codec does not resample; "
            f"install soxr (pip install nwc[resample]), or resample it yourself") from error
    if sound.dtype == np.int16:
        sound = sound.astype(np.float32) / np.float32(32768)
    return np.asarray(soxr.resample(sound, rate, wanted), dtype=np.float32)


def sized(sound: Sound, frames: int) -> Sound:
    """Cut or filled with zeros to so many frames."""
    sound = sound[:frames]
    if len(sound) < frames:
        sound = np.concatenate([sound, np.zeros((frames - len(sound), *sound.shape[1:]), sound.dtype)])
    return sound


def pcm(sound: Sound) -> Sound:
    """Float samples in 16 bits, rounded to nearest and limited."""
    limited: Sound = np.clip(np.rint(sound * 32768), -32768, 32767)
    return limited.astype(np.int16)
