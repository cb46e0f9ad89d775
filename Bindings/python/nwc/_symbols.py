"""What a stream says, without its sound."""
from __future__ import annotations

import ctypes
import dataclasses
from ctypes import byref

import numpy as np
import numpy.typing as npt

from . import _library as c
from ._codec import AnyModel, _model, _named
from ._library import call, check, library


@dataclasses.dataclass(frozen=True)
class Symbols:
    """The symbols of a stream and their lengths in bits, as `nwc-info --symbols` writes them.

    A group is what is coded together: a channel with the models inside the library. Layers that
    packets lack are zeros of NaN bits.
    """

    #: [block, group, band]: differences of the envelope from what was predicted.
    envelope: npt.NDArray[np.int32]
    envelope_bits: npt.NDArray[np.float32]
    #: From the lowest layer on, each [block, group, frame, coefficient].
    layers: list[npt.NDArray[np.int32]]
    layer_bits: list[npt.NDArray[np.float32]]


def symbols(data: bytes | bytearray | memoryview, model: AnyModel | None = None) -> Symbols:
    """The symbols of a whole stream and the length that each was coded with: -log2 of its probability.

    model: a `Model` or the name of one inside the library; None = that one of these which the stream
    names.
    """
    data = bytes(data)
    chosen = _model(model) if model is not None else _named(data) or _model(None)
    pointer = ctypes.c_void_p()
    call("nwc_symbols_create", chosen._pointer, data, len(data), byref(pointer))
    try:
        info = c.SymbolsInfo()
        check(library.nwc_symbols_get_info(pointer, byref(info)))
        start = (info.blocks, info.groups)

        def part(layer: int, shape: tuple[int, ...]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
            values, bits = np.empty(shape, np.int32), np.empty(shape, np.float32)
            count = ctypes.c_size_t()
            check(library.nwc_symbols_copy(
                pointer, layer, values.ctypes.data, bits.ctypes.data, values.size, byref(count)))
            return values, bits

        envelope, envelope_bits = part(0, (*start, info.bands))
        layers = [part(number + 1, (*start, info.frames, info.coefficients)) for number in range(info.layers)]
    finally:
        library.nwc_symbols_free(pointer)
    return Symbols(envelope, envelope_bits, [values for values, _ in layers], [bits for _, bits in layers])
