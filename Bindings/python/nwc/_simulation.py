"""Sound as it is behind the codec, without coding it."""
from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref

import numpy as np
import numpy.typing as npt

from ._codec import AnyModel, Layering, _model, _options
from ._library import call
from ._sound import Sound, arranged, pcm, place, resampled, sized


def simulate(
    array: npt.ArrayLike, rate: int, *, quality: float | None = None,
    indices: Sequence[int] | None = None, layers: int = 1, layering: Layering = "nested",
    blocks_per_packet: int = 50, key_interval: int = 1, enhance: bool = True,
    lost: npt.ArrayLike | None = None, model: AnyModel | None = None,
) -> Sound:
    """What `decode` makes of what `encode` gives, sample for sample, without coding it, which takes less
    than half of the time: to train on coded sound, say. How many bytes it would have been is not known.

    array: of shape (frames,) or (frames, channels), floats, full scale at 1, or int16; the result has
    the same shape and is float32, or int16 where that was given.
    rate: of the samples, Hz; another than the model's is resampled by soxr, where that is installed, and
    so is the result.
    quality or indices, one of them: as those of `Encoder`; a bitrate can only be met by coding.
    lost: for each packet of the stream that would be (`blocks_per_packet` blocks of `Model.block_samples`
    samples), whether it is lost, and concealed by the decoder; beyond its end none is.
    The other parameters are those of `Encoder`.
    """
    model = _model(model)
    if quality is None and indices is None:
        raise ValueError("neither quality nor indices is given; a bitrate can only be met by coding")
    source = arranged(array, None)
    channels = source.shape[1] if source.ndim == 2 else 1
    options = _options(model, rate, channels, None, quality, indices, layers, layering,
                       blocks_per_packet, key_interval, enhance)
    losses = np.ascontiguousarray([] if lost is None else lost, dtype=np.bool_)
    if losses.ndim != 1:
        raise ValueError(f"lost: an array of {losses.ndim} dimensions; one value for each packet it is")
    sound = resampled(source, rate, model.sample_rate)
    if sound.dtype == np.int16:
        sound = sound.astype(np.float32) / np.float32(32768)
    sound = arranged(sound, channels)
    result = np.empty(sound.shape, dtype=np.float32)
    _, _, *strides = place(result)
    call("nwc_simulate", model._pointer, byref(options), *place(sound), losses.ctypes.data, losses.size,
         result.ctypes.data, *strides)
    result = sized(resampled(result, model.sample_rate, rate), len(source))
    return pcm(result) if source.dtype == np.int16 else result
