"""The nwc speech codec: sound in numpy arrays to small streams, and back.

    import nwc
    stream = nwc.encode(samples, 16000, bitrate=12000)
    samples, rate = nwc.decode(stream)

Arrays have the shape (frames,) or (frames, channels) and hold floats, full scale at 1, or int16. While
the codec works the interpreter lock is free, so that threads run side by side.
"""
from ._codec import Decoder, Encoder, Info, Model, decode, encode, info, strip
from ._denoiser import Denoiser, denoise
from ._library import Error, library, text
from ._simulation import simulate
from ._symbols import Symbols, symbols

__version__: str = text(library.nwc_version())
__all__ = ["Decoder", "Denoiser", "Encoder", "Error", "Info", "Model", "decode", "denoise", "encode", "info",
           "simulate", "strip", "Symbols", "symbols"]
