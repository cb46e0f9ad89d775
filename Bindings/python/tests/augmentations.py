"""What speech costs behind a codec: processor time of one thread for whole clips there and back, and the bytes
between (those of torchaudio with its container), of this codec, of Opus through opuslib, and of torchaudio's
AudioEffector; the table of README.md.

Usage: python augmentations.py FOLDER: of WAV files, 16 kHz, one channel, 16 bits. opuslib (and libopus0),
torchaudio with FFmpeg's libraries, each where it is installed.
"""
import contextlib
import io
import pathlib
import sys
import time
import wave
from collections.abc import Callable

import numpy as np

import nwc

RATE = 16000
RUNS = 5
Clip = np.ndarray


def clips(folder: str) -> list[Clip]:
    found = []
    for path in sorted(pathlib.Path(folder).glob("*.wav")):
        with wave.open(str(path)) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
                raise SystemExit(f"{path}: not 16 kHz, one channel, 16 bits")
            found.append(np.frombuffer(file.readframes(file.getnframes()), np.int16))
    return found


def measure(name: str, sounds: list[Clip], code: Callable[[Clip], tuple[int, int]]) -> None:
    """code: gives bytes, 0 where there are none, and frames."""
    seconds, size = [], 0
    for _ in range(RUNS):
        start, size = time.process_time(), 0
        for sound in sounds:
            count, frames = code(sound)
            assert abs(frames - len(sound)) < RATE / 10, f"{name}: {frames} frames of {len(sound)}"
            size += count
        seconds.append(time.process_time() - start)
    length = sum(map(len, sounds)) / RATE
    rate = f"{8 * size / length / 1000:.2f}" if size else "-"
    print(f"| {name} | {length / min(seconds):.0f} | {rate} |", flush=True)


def of_nwc(sounds: list[Clip]) -> None:
    floats = {id(sound): sound.astype(np.float32) / 32768 for sound in sounds}

    def coded(**options: object) -> Callable[[Clip], tuple[int, int]]:
        def code(sound: Clip) -> tuple[int, int]:
            encoder = nwc.Encoder(**options)
            encoder.push(sound)
            encoder.finish()
            decoder = nwc.Decoder(encoder.header)
            size = 0
            for packet in encoder.packets():
                size += len(packet)
                decoder.push(packet)
            decoder.finish(len(sound))
            return size, len(decoder.pull(dtype="int16"))
        return code

    def simulated(**options: object) -> Callable[[Clip], tuple[int, int]]:
        return lambda sound: (0, len(nwc.simulate(floats[id(sound)], RATE, quality=0.5, **options)))

    for name, options in (
        ("packets of 1 s", {"enhance": False}), ("packets of 20 ms", {"enhance": False, "blocks_per_packet": 1}),
        ("packets of 1 s, post-filter", {}),
    ):
        measure(f"nwc.simulate, {name}", sounds, simulated(**options))
        measure(f"nwc, coded and decoded, 16 kbit/s, {name}", sounds, coded(bitrate=16000, **options))


def of_opuslib(sounds: list[Clip]) -> None:
    import opuslib
    frame = RATE // 50

    def code(sound: Clip) -> tuple[int, int]:
        encoder = opuslib.Encoder(RATE, 1, "voip")
        encoder.bitrate = 16000
        decoder = opuslib.Decoder(RATE, 1)
        data = np.concatenate([sound, np.zeros(-len(sound) % frame, np.int16)]).tobytes()
        size, parts = 0, []
        for start in range(0, len(data), 2 * frame):
            packet = encoder.encode(data[start:start + 2 * frame], frame)
            size += len(packet)
            parts.append(decoder.decode(packet, frame))
        return size, len(np.frombuffer(b"".join(parts), np.int16)[:len(sound)])

    measure("opuslib, 16 kbit/s, packets of 20 ms", sounds, code)


def of_torchaudio(sounds: list[Clip]) -> None:
    import torch
    from torchaudio.io import AudioEffector, CodecConfig, StreamWriter
    torch.set_num_threads(1)

    def size(sound: Clip, format: str, **options: object) -> int:
        file = io.BytesIO()
        writer = StreamWriter(file, format=format)
        writer.add_audio_stream(RATE, 1, **options)
        with writer.open():
            writer.write_audio_chunk(0, tensors[id(sound)])
        return len(file.getvalue())

    tensors = {id(sound): torch.from_numpy(sound.astype(np.float32) / 32768)[:, None] for sound in sounds}
    for name, options in (
        ("Opus, 16 kbit/s", {"format": "ogg", "encoder": "libopus", "codec_config": CodecConfig(bit_rate=16000)}),
        ("mu-law", {"format": "wav", "encoder": "pcm_mulaw"}),
        ("MP3, 16 kbit/s", {"format": "mp3", "codec_config": CodecConfig(bit_rate=16000)}),
    ):
        effector = AudioEffector(**options)
        sizes = {id(sound): size(sound, **options) for sound in sounds}
        measure(f"torchaudio.io.AudioEffector, {name}", sounds, lambda sound, effector=effector, sizes=sizes: (
            sizes[id(sound)], len(effector.apply(tensors[id(sound)], RATE))))


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sounds = clips(sys.argv[1])
    print(f"{len(sounds)} clips, {sum(map(len, sounds)) / RATE:.1f} s; the best of {RUNS}\n")
    print("| whole clips | x real time on a core | kbit/s |\n|---|---|---|")
    of_nwc(sounds)
    for module in (of_opuslib, of_torchaudio):
        with contextlib.suppress(ImportError):
            module(sounds)


if __name__ == "__main__":
    main()
