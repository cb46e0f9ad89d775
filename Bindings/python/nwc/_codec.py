"""Models, encoders, decoders and whole sounds."""
from __future__ import annotations

import ctypes
import dataclasses
import math
import threading
import weakref
from collections.abc import Iterator, Sequence
from ctypes import byref
from typing import Any, Literal, Union

import numpy as np
import numpy.typing as npt

from . import _library as c
from ._library import call, check, library
from ._sound import Sound, arranged, pcm, place, resampled, sized

DType = Literal["float32", "int16"]
Layering = Literal["nested", "residual"]


class Model:
    """A trained model. Load it once: any number of encoders and decoders, of any number of threads,
    share it.

    `data`: bytes of a model file, and perhaps of a post-filter's file for it; else the model of that
    name inside the library (`BUILT_IN`): "default" for speech at 16 kHz, "audio" for speech and music
    at 44.1 kHz, "small" for speech in a tenth of the bytes. `Model.built_in` loads each of them once.
    """

    #: Names of the models inside the library, the one for speech first.
    BUILT_IN = ("default", "audio", "small")

    def __init__(self, data: bytes | None = None, post_filter: bytes | None = None, *,
                 name: str = BUILT_IN[0]) -> None:
        pointer = ctypes.c_void_p()
        if data is None:
            call("nwc_model_create_built_in", name.encode(), byref(pointer))
        else:
            call("nwc_model_create", data, len(data), post_filter, len(post_filter or b""),
                 byref(pointer))
        self._pointer = pointer
        weakref.finalize(self, library.nwc_model_free, pointer)
        info = c.ModelInfo()
        check(library.nwc_model_get_info(pointer, byref(info)))
        #: Identity that its streams name, in hexadecimal digits.
        self.id: str = bytes(info.id).hex()
        # The second one is that without its post-filter.
        self._ids = (bytes(info.id), bytes(info.codec_id))
        #: Of the samples that go in and come out, Hz.
        self.sample_rate: int = info.sample_rate
        #: Samples per channel of a block, the unit of packets.
        self.block_samples: int = info.block_samples
        #: Layers that it can code.
        self.layers: int = info.layers
        #: Samples from a sample's arrival to its output with packets of one block and one layer.
        self.delay: int = info.delay

    _shared: dict[str, Model] = {}
    _lock = threading.Lock()

    @classmethod
    def built_in(cls, name: str = BUILT_IN[0]) -> Model:
        """A model inside the library, loaded at its first use and shared."""
        with cls._lock:
            if name not in cls._shared:
                cls._shared[name] = Model(name=name)
            return cls._shared[name]

    @classmethod
    def default(cls) -> Model:
        """`built_in("default")`."""
        return cls.built_in()


#: A model, or the name of one inside the library.
AnyModel = Union[Model, str]


def _model(model: AnyModel | None) -> Model:
    return model if isinstance(model, Model) else Model.built_in(model or Model.BUILT_IN[0])


def _named(start: bytes) -> Model | None:
    """The model inside the library that a stream names which begins so: the one for speech where it
    names another, for the decoder to refuse; None where the header is not complete."""
    found = c.StreamInfo()
    number = library.nwc_header_inspect(start, len(start), byref(found), None)
    if number == c.TRUNCATED:
        return None
    models = (Model.built_in(name) for name in Model.BUILT_IN)
    return next((model for model in models if bytes(found.model_id) in model._ids), Model.default())


def _options(
    model: Model, rate: int, channels: int, bitrate: float | None, quality: float | None,
    indices: Sequence[int] | None, layers: int, layering: Layering, blocks_per_packet: int,
    key_interval: int, enhance: bool,
) -> c.EncoderOptions:
    given = [value for value in (bitrate, quality, indices) if value is not None]
    if len(given) > 1:
        raise ValueError("only one of bitrate, quality and indices can be given")
    for name, value in (("channels", channels), ("layers", layers), ("rate", rate),
                        ("blocks_per_packet", blocks_per_packet), ("key_interval", key_interval)):
        if not 1 <= value < 2**32:
            raise ValueError(f"{name} is {value}")
    options = c.EncoderOptions()
    options.channels, options.layers, options.source_rate = channels, layers, rate
    options.blocks_per_packet, options.key_interval = blocks_per_packet, key_interval
    if layering not in ("nested", "residual"):
        raise ValueError(f"layering is {layering!r}: nested or residual")
    options.flags = 0 if enhance else c.ENCODER_PLAIN
    options.flags |= c.ENCODER_RESIDUAL if layering == "residual" else 0
    if bitrate is not None:
        options.rate_mode, options.rate = c.RATE_BITRATE, bitrate
    if quality is not None:
        options.rate_mode, options.rate = c.RATE_QUALITY, quality
    if indices is not None:
        if len(indices) != layers or not all(0 <= index <= 255 for index in indices):
            raise ValueError(f"indices {list(indices)}: one of 0 ... 255 for each of {layers} layers")
        options.rate_mode = c.RATE_INDICES
        options.rate_indices[:layers] = list(indices)
    return options


class Encoder:
    """Encodes sound that comes in pieces of any size, to packets or to the bytes of a stream.

    The sound must have the model's rate. `bitrate` is that of the whole stream in bit/s, all channels,
    `quality` 0 ... 1, `indices` one of 0 ... 255 for each layer; without any, 16 kbit/s a channel, with
    the model "audio" 48. `model`: a `Model`, or the name of one inside the library.
    Upper `layers` can be dropped later (`strip`); `layering` "nested": each divides the steps of the
    one below; "residual": the model's further modules, as up to version 0.2.
    An encoder is for one thread at a time.
    """

    def __init__(
        self, channels: int = 1, *, bitrate: float | None = None, quality: float | None = None,
        indices: Sequence[int] | None = None, layers: int = 1, layering: Layering = "nested",
        blocks_per_packet: int = 50, key_interval: int = 1, enhance: bool = True,
        model: AnyModel | None = None,
    ) -> None:
        self.model = _model(model)
        self.channels = channels
        options = _options(self.model, self.model.sample_rate, channels, bitrate, quality, indices,
                           layers, layering, blocks_per_packet, key_interval, enhance)
        pointer = ctypes.c_void_p()
        call("nwc_encoder_create", self.model._pointer, byref(options), byref(pointer))
        self._pointer = pointer
        weakref.finalize(self, library.nwc_encoder_free, pointer)
        self._buffer = ctypes.create_string_buffer(1 << 12)

    def _check(self, number: int) -> None:
        check(number, library.nwc_encoder_detail(self._pointer) if number else b"")

    @property
    def header(self) -> bytes:
        """What a decoder of packets needs once, and a stream begins with."""
        buffer = ctypes.create_string_buffer(c.MOST_HEADER_BYTES)
        count = ctypes.c_size_t()
        self._check(library.nwc_encoder_header(self._pointer, buffer, len(buffer), byref(count)))
        return buffer.raw[:count.value]

    def push(self, array: npt.ArrayLike) -> None:
        """Adds samples of shape (frames,) or (frames, channels): floats, full scale at 1, or int16.
        float32 and int16 are read where they lie."""
        sound = arranged(array, self.channels)
        function = (library.nwc_encoder_push_int16 if sound.dtype == np.int16
                    else library.nwc_encoder_push_float)
        self._check(function(self._pointer, *place(sound)))

    def finish(self) -> None:
        """No more samples come; the last packets are ready then."""
        self._check(library.nwc_encoder_finish(self._pointer, c.UNKNOWN))

    def packets(self) -> Iterator[bytes]:
        """The packets that are ready."""
        count = ctypes.c_size_t()
        while True:
            number = library.nwc_encoder_pull_packet(
                self._pointer, self._buffer, len(self._buffer), byref(count), None)
            if number == c.BUFFER:
                self._buffer = ctypes.create_string_buffer(count.value)
                continue
            self._check(number)
            if count.value == 0:
                return
            yield self._buffer.raw[:count.value]

    def read(self) -> bytes:
        """The bytes of the stream that are ready; not together with `packets`."""
        count = ctypes.c_size_t()
        parts: list[bytes] = []
        while True:
            self._check(library.nwc_encoder_pull_stream(
                self._pointer, self._buffer, len(self._buffer), byref(count)))
            if count.value == 0:
                return b"".join(parts)
            parts.append(self._buffer.raw[:count.value])

    def reset(self) -> None:
        """Back to the beginning of a stream, with the same settings."""
        self._check(library.nwc_encoder_reset(self._pointer))


class Decoder:
    """Decodes packets, where it is made with a header, or the bytes of a stream in pieces of any size.

    `layers`: decode at most so many. `low_delay`: every sample at once, else a block is kept back until
    the end. `enhance`: the post-filter runs or not; None = as the stream says. `model`: a `Model` or the
    name of one inside the library; None = that one of these which the stream names. A decoder is for
    one thread at a time.
    """

    def __init__(
        self, header: bytes | None = None, *, layers: int | None = None, low_delay: bool = False,
        enhance: bool | None = None, model: AnyModel | None = None,
    ) -> None:
        self._options = c.DecoderOptions()
        self._options.layers = layers or 0
        self._options.flags = c.DECODER_LOW_DELAY if low_delay else 0
        if enhance is not None:
            self._options.flags |= c.DECODER_ENHANCE if enhance else c.DECODER_PLAIN
        # The start of a stream whose header is not complete yet; None = the model is known.
        self._start: bytes | None = b"" if model is None and not header else None
        if model is None and header:
            model = _named(header) or Model.default()
        self._open(_model(model), header)

    def _open(self, model: Model, header: bytes | None = None) -> None:
        self.model = model
        pointer = ctypes.c_void_p()
        call("nwc_decoder_create", model._pointer, header, len(header or b""), byref(self._options),
             byref(pointer))
        self._pointer = pointer
        self._finalizer = weakref.finalize(self, library.nwc_decoder_free, pointer)

    def _check(self, number: int) -> None:
        check(number, library.nwc_decoder_detail(self._pointer) if number else b"")

    def push(self, packet: bytes | None) -> None:
        """Decodes a packet; None = it was lost, and is concealed."""
        self._check(library.nwc_decoder_push_packet(self._pointer, packet, len(packet or b"")))

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Decodes the next bytes of a stream."""
        if self._start is not None:
            data = self._start = self._start + bytes(data)
            model = _named(self._start)
            if model is None:
                return
            self._start = None
            if model is not self.model:
                free = self._finalizer
                self._open(model)
                free()
        self._feed(data)

    def _feed(self, data: bytes | bytearray | memoryview) -> None:
        view = np.frombuffer(data, dtype=np.uint8)
        self._check(library.nwc_decoder_push_stream(self._pointer, view.ctypes.data, view.size))

    def finish(self, samples: int | None = None) -> None:
        """Nothing more comes; the last samples are ready then.

        samples: of packets, the length of the sound; a stream knows its own.
        """
        if self._start:
            start, self._start = self._start, None
            self._feed(start)
        self._check(library.nwc_decoder_finish(
            self._pointer, c.UNKNOWN if samples is None else samples))

    @property
    def channels(self) -> int:
        """Of the sound; 0 as long as no header has come."""
        info = c.StreamInfo()
        number = library.nwc_decoder_get_info(self._pointer, byref(info))
        return 0 if number else int(info.channels)

    @property
    def available(self) -> int:
        """Frames that `pull` would give."""
        return int(self._statistics().available)

    @property
    def concealed_blocks(self) -> int:
        """Blocks that were lost, or could not be read because of a loss."""
        return int(self._statistics().concealed_blocks)

    def _statistics(self) -> c.DecoderStatistics:
        statistics = c.DecoderStatistics()
        self._check(library.nwc_decoder_get_statistics(self._pointer, byref(statistics)))
        return statistics

    def pull(self, frames: int | None = None, dtype: DType = "float32") -> Sound:
        """The samples that are ready, at most so many frames: (frames,) of one channel, else
        (frames, channels)."""
        channels = self.channels
        count = self.available if frames is None else min(frames, self.available)
        sound = np.empty(count if channels <= 1 else (count, channels), dtype=np.dtype(dtype))
        taken = self.pull_into(sound)
        return sound[:taken]

    def pull_into(self, array: Sound) -> int:
        """Fills an array of float32 or int16 with the next samples, where it lies.

        Returns the number of frames, 0 where none are ready.
        """
        if arranged(array, self.channels or None) is not array or not array.flags.writeable:
            raise ValueError("the array must be writeable, float32 or int16, and not walk backwards")
        function = (library.nwc_decoder_pull_int16 if array.dtype == np.int16
                    else library.nwc_decoder_pull_float)
        taken = ctypes.c_size_t()
        self._check(function(self._pointer, *place(array), byref(taken)))
        return taken.value

    def reset(self) -> None:
        """Back to the beginning of a stream, with the same settings and model."""
        self._start = None
        self._check(library.nwc_decoder_reset(self._pointer))


def encode(
    array: npt.ArrayLike, rate: int, *, bitrate: float | None = None, quality: float | None = None,
    indices: Sequence[int] | None = None, layers: int = 1, layering: Layering = "nested",
    blocks_per_packet: int = 50, key_interval: int = 1, enhance: bool = True,
    model: AnyModel | None = None,
) -> bytes:
    """Encodes a whole sound, of shape (frames,) or (frames, channels), to a stream as nwc-enc writes it.

    rate: of the samples, Hz; another than the model's is resampled by soxr, where that is installed.
    A bitrate, of the whole stream in bit/s, is planned by looking at the sound. The other parameters
    are those of `Encoder`.
    """
    model = _model(model)
    source = arranged(array, None)
    channels = source.shape[1] if source.ndim == 2 else 1
    options = _options(model, rate, channels, bitrate, quality, indices, layers, layering,
                       blocks_per_packet, key_interval, enhance)
    sound = resampled(source, rate, model.sample_rate)
    if sound.dtype == np.int16:
        sound = sound.astype(np.float32) / np.float32(32768)
    sound = arranged(sound, channels)
    memory = ctypes.c_void_p()
    count = ctypes.c_size_t()
    call("nwc_encode", model._pointer, byref(options), *place(sound), len(source), byref(memory),
         byref(count))
    return _taken(memory, count)


def _taken(memory: ctypes.c_void_p, count: ctypes.c_size_t) -> bytes:
    try:
        return ctypes.string_at(memory, count.value)
    finally:
        library.nwc_free(memory)


def decode(
    data: bytes | bytearray | memoryview, rate: int | Literal["source"] | None = None, *,
    layers: int | None = None, enhance: bool | None = None, dtype: DType = "float32",
    model: AnyModel | None = None,
) -> tuple[Sound, int]:
    """Decodes a whole stream; gives the samples, (frames,) of one channel, else (frames, channels), and
    their rate in Hz.

    rate: None = the model's; "source" or a number = resampled to that by soxr, where it is installed.
    model: a `Model` or the name of one inside the library; None = that one of these which the stream
    names.
    """
    decoder = Decoder(layers=layers, enhance=enhance, model=model)
    decoder.feed(data)
    decoder.finish()
    model = decoder.model
    if rate is None or rate == model.sample_rate:
        return decoder.pull(dtype=dtype), model.sample_rate
    facts = info(data)
    wanted = facts.source_rate if rate == "source" else int(rate)
    sound = resampled(decoder.pull(), model.sample_rate, wanted)
    length = math.ceil(facts.source_samples * wanted / facts.source_rate)
    sound = sized(sound, length)
    return pcm(sound) if dtype == "int16" else sound, wanted


@dataclasses.dataclass(frozen=True)
class Info:
    """What a stream says and holds."""

    #: Identity of the model that it needs, in hexadecimal digits.
    model_id: str
    #: Of the source, Hz.
    source_rate: int
    #: Samples of the source, per channel.
    source_samples: int
    channels: int
    layers: int
    #: Of the coded sound, Hz.
    sample_rate: int
    #: Samples per channel of a block.
    block_samples: int
    blocks_per_packet: int
    key_interval: int
    format_version: int
    packets: int
    key_packets: int
    blocks: int
    #: Bytes of all packets without framing, and of the whole stream.
    payload_bytes: int
    stream_bytes: int

    @property
    def seconds(self) -> float:
        return self.source_samples / self.source_rate

    @property
    def bitrate(self) -> float:
        """Of the whole stream, bit/s; NaN where there is no sound."""
        return 8 * self.stream_bytes / self.seconds if self.source_samples else math.nan


def info(data: bytes | bytearray | memoryview) -> Info:
    """Reads a whole stream and checks everything but its symbols; needs no model."""
    view = np.frombuffer(data, dtype=np.uint8)
    found = c.StreamInfo()
    call("nwc_stream_inspect", view.ctypes.data, view.size, byref(found))
    values: dict[str, Any] = {
        field.name: getattr(found, field.name) for field in dataclasses.fields(Info)
        if field.name not in ("model_id", "stream_bytes")}
    return Info(model_id=bytes(found.model_id).hex(), stream_bytes=view.size, **values)


def strip(data: bytes | bytearray | memoryview, layers: int) -> bytes:
    """A stream with its lowest layers only; needs no model."""
    if not 1 <= layers < 2**32:
        raise ValueError(f"layers is {layers}")
    view = np.frombuffer(data, dtype=np.uint8)
    memory = ctypes.c_void_p()
    count = ctypes.c_size_t()
    call("nwc_stream_strip", view.ctypes.data, view.size, layers, byref(memory), byref(count))
    return _taken(memory, count)
