"""The functions of nwc.h by ctypes, which leaves the interpreter lock while they run."""
from __future__ import annotations

import ctypes
import os
import pathlib
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int, c_size_t, c_uint8, c_uint32
from ctypes import c_uint64, c_void_p, sizeof
from typing import Any

UNKNOWN = 2**64 - 1
MOST_HEADER_BYTES = 300
BUFFER = 3
TRUNCATED = 7
RATE_BITRATE, RATE_BITRATE_PER_CHANNEL, RATE_QUALITY, RATE_INDICES = 1, 2, 3, 4
ENCODER_PLAIN, ENCODER_RESIDUAL = 1, 2
DECODER_LOW_DELAY, DECODER_ENHANCE, DECODER_PLAIN = 1, 2, 4


class Error(Exception):
    """What the library refuses: `number` as in nwc.h, and a text with the values."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number


class Detail(ctypes.Structure):
    _fields_ = [("text", c_char * 256)]


class Versioned(ctypes.Structure):
    """A structure that begins with its size."""

    def __init__(self) -> None:
        super().__init__()
        self.size = sizeof(self)


class ModelInfo(Versioned):
    _fields_ = [
        ("size", c_size_t), ("id", c_uint8 * 8), ("codec_id", c_uint8 * 8),
        ("sample_rate", c_uint32), ("block_samples", c_uint32), ("group_channels", c_uint32),
        ("layers", c_uint32), ("parameters", c_uint64), ("has_post_filter", c_uint32),
        ("delay", c_uint32), ("layered_delay", c_uint32), ("reserved", c_uint32)]


class EncoderOptions(Versioned):
    _fields_ = [
        ("size", c_size_t), ("channels", c_uint32), ("layers", c_uint32), ("rate_mode", c_uint32),
        ("flags", c_uint32), ("rate", c_double), ("rate_indices", c_uint8 * 8),
        ("blocks_per_packet", c_uint32), ("key_interval", c_uint32), ("source_rate", c_uint32),
        ("reserved", c_uint32), ("expected_samples", c_uint64)]


class PacketInfo(Versioned):
    _fields_ = [
        ("size", c_size_t), ("is_key", c_uint32), ("blocks", c_uint32), ("samples", c_uint32),
        ("layers", c_uint32), ("rate_indices", c_uint8 * 8), ("payload_bytes", c_uint32),
        ("reserved", c_uint32)]


class StreamInfo(Versioned):
    _fields_ = [
        ("size", c_size_t), ("model_id", c_uint8 * 8), ("source_rate", c_uint32),
        ("channels", c_uint32), ("layers", c_uint32), ("blocks_per_packet", c_uint32),
        ("key_interval", c_uint32), ("format_version", c_uint32), ("sample_rate", c_uint32),
        ("block_samples", c_uint32), ("group_channels", c_uint32), ("header_bytes", c_uint32),
        ("source_samples", c_uint64), ("packets", c_uint64), ("key_packets", c_uint64),
        ("blocks", c_uint64), ("payload_bytes", c_uint64)]


class DecoderOptions(Versioned):
    _fields_ = [("size", c_size_t), ("layers", c_uint32), ("flags", c_uint32)]


class DecoderStatistics(Versioned):
    _fields_ = [
        ("size", c_size_t), ("available", c_uint64), ("samples", c_uint64),
        ("concealed_blocks", c_uint64), ("symbol_checksum", c_uint64)]


class SymbolsInfo(Versioned):
    _fields_ = [
        ("size", c_size_t), ("blocks", c_uint64), ("groups", c_uint32), ("layers", c_uint32),
        ("bands", c_uint32), ("frames", c_uint32), ("coefficients", c_uint32), ("reserved", c_uint32)]


class DenoiserOptions(Versioned):
    _fields_ = [
        ("size", c_size_t), ("channels", c_uint32), ("reserved", c_uint32), ("kept", c_double)]


class DenoiserInfo(Versioned):
    _fields_ = [
        ("size", c_size_t), ("id", c_uint8 * 8), ("sample_rate", c_uint32), ("channels", c_uint32),
        ("delay", c_uint32), ("reserved", c_uint32), ("parameters", c_uint64),
        ("available", c_uint64), ("samples", c_uint64), ("limited_samples", c_uint64)]


_sound = [c_size_t, c_size_t, c_size_t]
_detail = [POINTER(Detail)]
_functions: dict[str, list[Any]] = {
    "nwc_model_create_built_in": [c_char_p, POINTER(c_void_p), *_detail],
    "nwc_model_create": [c_char_p, c_size_t, c_char_p, c_size_t, POINTER(c_void_p), *_detail],
    "nwc_model_get_info": [c_void_p, POINTER(ModelInfo)],
    "nwc_encoder_create": [c_void_p, POINTER(EncoderOptions), POINTER(c_void_p), *_detail],
    "nwc_encoder_reset": [c_void_p],
    "nwc_encoder_push_float": [c_void_p, c_void_p, *_sound],
    "nwc_encoder_push_int16": [c_void_p, c_void_p, *_sound],
    "nwc_encoder_finish": [c_void_p, c_uint64],
    "nwc_encoder_header": [c_void_p, c_void_p, c_size_t, POINTER(c_size_t)],
    "nwc_encoder_pull_packet": [
        c_void_p, c_void_p, c_size_t, POINTER(c_size_t), POINTER(PacketInfo)],
    "nwc_encoder_pull_stream": [c_void_p, c_void_p, c_size_t, POINTER(c_size_t)],
    "nwc_header_inspect": [c_void_p, c_size_t, POINTER(StreamInfo), *_detail],
    "nwc_stream_inspect": [c_void_p, c_size_t, POINTER(StreamInfo), *_detail],
    "nwc_stream_strip": [
        c_void_p, c_size_t, c_uint32, POINTER(c_void_p), POINTER(c_size_t), *_detail],
    "nwc_decoder_create": [
        c_void_p, c_char_p, c_size_t, POINTER(DecoderOptions), POINTER(c_void_p), *_detail],
    "nwc_decoder_reset": [c_void_p],
    "nwc_decoder_push_packet": [c_void_p, c_void_p, c_size_t],
    "nwc_decoder_push_stream": [c_void_p, c_void_p, c_size_t],
    "nwc_decoder_finish": [c_void_p, c_uint64],
    "nwc_decoder_pull_float": [c_void_p, c_void_p, *_sound, POINTER(c_size_t)],
    "nwc_decoder_pull_int16": [c_void_p, c_void_p, *_sound, POINTER(c_size_t)],
    "nwc_decoder_get_statistics": [c_void_p, POINTER(DecoderStatistics)],
    "nwc_decoder_get_info": [c_void_p, POINTER(StreamInfo)],
    "nwc_encode": [
        c_void_p, POINTER(EncoderOptions), c_void_p, *_sound, c_uint64, POINTER(c_void_p),
        POINTER(c_size_t), *_detail],
    "nwc_simulate": [
        c_void_p, POINTER(EncoderOptions), c_void_p, *_sound, c_void_p, c_size_t, c_void_p, c_size_t,
        c_size_t, *_detail],
    "nwc_symbols_create": [c_void_p, c_void_p, c_size_t, POINTER(c_void_p), *_detail],
    "nwc_symbols_get_info": [c_void_p, POINTER(SymbolsInfo)],
    "nwc_symbols_copy": [c_void_p, c_uint32, c_void_p, c_void_p, c_size_t, POINTER(c_size_t)],
    "nwc_denoiser_create": [
        c_char_p, c_size_t, POINTER(DenoiserOptions), POINTER(c_void_p), *_detail],
    "nwc_denoiser_reset": [c_void_p],
    "nwc_denoiser_push_float": [c_void_p, c_void_p, *_sound],
    "nwc_denoiser_push_int16": [c_void_p, c_void_p, *_sound],
    "nwc_denoiser_finish": [c_void_p],
    "nwc_denoiser_pull_float": [c_void_p, c_void_p, *_sound, POINTER(c_size_t)],
    "nwc_denoiser_pull_int16": [c_void_p, c_void_p, *_sound, POINTER(c_size_t)],
    "nwc_denoiser_get_info": [c_void_p, POINTER(DenoiserInfo)],
}
_texts: dict[str, list[Any]] = {
    "nwc_version": [], "nwc_error_text": [c_int], "nwc_encoder_detail": [c_void_p],
    "nwc_decoder_detail": [c_void_p], "nwc_denoiser_detail": [c_void_p]}
_releases = [
    "nwc_model_free", "nwc_encoder_free", "nwc_decoder_free", "nwc_denoiser_free", "nwc_symbols_free",
    "nwc_free"]


def _load() -> ctypes.CDLL:
    """The library of the wheel, of NWC_LIBRARY, or that of the system."""
    name = "libnwc.so.0"
    beside = pathlib.Path(__file__).with_name(name)
    path = os.environ.get("NWC_LIBRARY") or (str(beside) if beside.exists() else name)
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(
            f"{error}. Install the C library of nwc (make install), install the wheel, which has it "
            f"inside (make wheel), or name it in NWC_LIBRARY") from error
    for function, arguments in _functions.items():
        getattr(library, function).argtypes = arguments
        getattr(library, function).restype = c_int
    for function, arguments in _texts.items():
        getattr(library, function).argtypes = arguments
        getattr(library, function).restype = c_char_p
    for function in _releases:
        getattr(library, function).argtypes = [c_void_p]
        getattr(library, function).restype = None
    return library


library = _load()


def text(bytes_: bytes) -> str:
    return bytes_.decode("utf-8", "replace")


def check(number: int, detail: bytes = b"") -> None:
    """Raises `Error` for a number that is not 0."""
    if number:
        raise Error(number, text(detail) or text(library.nwc_error_text(number)))


def call(function: str, *arguments: Any) -> None:
    """A function that takes an `nwc_detail` behind its other arguments."""
    detail = Detail()
    check(getattr(library, function)(*arguments, byref(detail)), detail.text)
