"""The binding against the programs, against itself, and against wrong use.

Usage: NWC_PROGRAMS=folder-of-nwc-enc python -m unittest discover Bindings/python/tests
"""
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import numpy as np

import nwc

PROGRAMS = os.environ.get("NWC_PROGRAMS", "")


def sound(seconds: float, channels: int = 1, seed: int = 1) -> np.ndarray:
    """A buzz of changing pitch in noise."""
    random = np.random.default_rng(seed)
    time_ = np.arange(int(16000 * seconds)) / 16000
    phase = np.cumsum(120 + 40 * np.sin(2 * np.pi * 1.5 * time_)) / 16000
    buzz = np.mod(phase, 1) - 0.5
    planes = [0.4 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * (3 + channel) * time_))
              + 0.02 * random.standard_normal(len(time_)) for channel in range(channels)]
    return np.stack(planes, axis=1).astype(np.float32) if channels > 1 else planes[0].astype(np.float32)


def program(name: str, *arguments: str, data: bytes) -> bytes:
    return subprocess.run([os.path.join(PROGRAMS, name), "-q", *arguments, "-", "-"], input=data, check=True,
                          stdout=subprocess.PIPE).stdout


class WholeSounds(unittest.TestCase):
    def test_length_shape_and_rate_come_back(self):
        for channels in (1, 2, 3):
            for frames in (0, 1, 319, 320, 16001):
                samples = sound(2, channels)[:frames]
                decoded, rate = nwc.decode(nwc.encode(samples, 16000, quality=0.5))
                self.assertEqual((decoded.shape, decoded.dtype, rate), (samples.shape, np.float32, 16000))

    def test_sound_is_that_which_went_in(self):
        samples = sound(3)
        decoded, _ = nwc.decode(nwc.encode(samples, 16000, bitrate=24000))
        self.assertGreater(float(np.corrcoef(samples, decoded)[0, 1]), 0.9)

    def test_bitrate_is_met(self):
        for bitrate in (8000, 16000):
            found = nwc.info(nwc.encode(sound(6), 16000, bitrate=bitrate))
            self.assertAlmostEqual(found.bitrate / bitrate, 1, delta=0.03)

    @unittest.skipUnless(PROGRAMS, "NWC_PROGRAMS is not set")
    def test_bytes_and_samples_are_those_of_the_programs(self):
        pcm = (sound(5, 2) * 20000).astype(np.int16)
        raw = ["--raw", "--raw-rate", "16000", "--raw-chan", "2"]
        stream = program("nwc-enc", "-b", "24", *raw, data=pcm.tobytes())
        self.assertEqual(stream, nwc.encode(pcm, 16000, bitrate=24000))
        self.assertEqual(stream, nwc.encode(pcm / np.float32(32768), 16000, bitrate=24000))
        raw_sound = program("nwc-dec", "--raw", data=stream)
        decoded, _ = nwc.decode(stream, dtype="int16")
        self.assertTrue(np.array_equal(decoded, np.frombuffer(raw_sound, np.int16).reshape(-1, 2)))

    def test_arrays_are_read_as_they_lie(self):
        samples = sound(1, 2)
        want = nwc.encode(samples, 16000)
        wide = np.zeros((2, len(samples), 3), np.float32)
        wide[0, :, 1:] = samples
        for array in (np.asfortranarray(samples), wide[0, :, 1:], samples[::-1][::-1], samples.astype(np.float64)):
            self.assertEqual(nwc.encode(array, 16000), want)
        encoder = nwc.Encoder(2, quality=0.4)
        encoder.push(np.asfortranarray(samples))
        other = nwc.Encoder(2, quality=0.4)
        for start in range(0, len(samples), 777):
            other.push(samples[start:start + 777])
        for one in (encoder, other):
            one.finish()
        self.assertEqual(encoder.read(), other.read())

    def test_layers(self):
        for layering in ("nested", "residual"):
            stream = nwc.encode(sound(1), 16000, layers=2, layering=layering, indices=[60, 160])
            base = nwc.decode(nwc.strip(stream, 1))[0]
            self.assertTrue(np.array_equal(nwc.decode(stream, layers=1)[0], base))
            self.assertFalse(np.array_equal(nwc.decode(stream)[0], base))
        self.assertEqual(nwc.strip(stream, 1), nwc.encode(sound(1), 16000, indices=[60]))
        with self.assertRaises(ValueError):
            nwc.encode(sound(1), 16000, layers=2, layering="cascaded")

    def test_post_filter(self):
        stream = nwc.encode(sound(1), 16000, bitrate=8000)
        plain = nwc.decode(stream, enhance=False)[0]
        self.assertFalse(np.array_equal(nwc.decode(stream)[0], plain))
        other = nwc.encode(sound(1), 16000, bitrate=8000, enhance=False)
        self.assertTrue(np.array_equal(nwc.decode(other)[0], plain))
        self.assertNotEqual(nwc.info(other).model_id, nwc.info(stream).model_id)
        self.assertEqual(nwc.info(stream).model_id, nwc.Model.default().id)

    def test_other_rates(self):
        samples = np.repeat(sound(1), 3)[:47999]
        stream = nwc.encode(samples, 48000)
        found = nwc.info(stream)
        self.assertEqual((found.source_rate, found.source_samples), (48000, 47999))
        self.assertEqual(nwc.decode(stream)[0].shape, (16000,))
        for dtype in ("float32", "int16"):
            decoded, rate = nwc.decode(stream, "source", dtype=dtype)
            self.assertEqual((decoded.shape, decoded.dtype, rate), ((47999,), dtype, 48000))
        with mock.patch.dict(sys.modules, {"soxr": None}), self.assertRaisesRegex(ValueError, "48000.*soxr"):
            nwc.encode(samples, 48000)


class Patches(unittest.TestCase):
    VECTORS = pathlib.Path(__file__).resolve().parents[3] / "TestVectors/codec"

    def test_a_stream_with_a_patch_of_its_model(self):
        stream = (self.VECTORS / "patched.nwc").read_bytes()
        model = nwc.Model((self.VECTORS / "tiny.nwm").read_bytes())
        found = nwc.info(stream)
        self.assertEqual((found.format_version, found.model_id), (4, model.id))
        samples, rate = nwc.decode(stream, model=model)
        self.assertEqual((samples.shape, rate), ((found.source_samples, 2), 16000))
        stripped = nwc.strip(stream, 1)
        self.assertEqual(nwc.info(stripped).format_version, 4)
        self.assertFalse(np.array_equal(nwc.decode(stripped, model=model)[0], samples))


class BuiltInModels(unittest.TestCase):
    def setUp(self):
        time_ = np.arange(44100) / 44100
        self.samples = np.stack([
            0.3 * np.sin(2 * np.pi * (440 + 3000 * time_) * time_) * np.exp(-3 * time_),
            0.2 * np.sin(2 * np.pi * 1200 * time_)], axis=1).astype(np.float32)
        self.samples += 0.03 * np.random.default_rng(1).standard_normal(self.samples.shape).astype(np.float32)

    def test_names_are_those_of_the_library(self):
        with self.assertRaisesRegex(nwc.Error, "only " + ", ".join(nwc.Model.BUILT_IN) + "$"):
            nwc.Model(name="music")
        for name, rate in zip(nwc.Model.BUILT_IN, (16000, 44100)):
            self.assertEqual(nwc.Model.built_in(name).sample_rate, rate)
            self.assertIs(nwc.Model.built_in(name), nwc.Model.built_in(name))
        self.assertIs(nwc.Model.default(), nwc.Model.built_in("default"))

    def test_streams_find_their_model(self):
        stream = nwc.encode(self.samples, 44100, model="audio")
        decoded, rate = nwc.decode(stream)
        self.assertEqual((decoded.shape, rate), (self.samples.shape, 44100))
        self.assertGreater(float(np.corrcoef(self.samples[:, 0], decoded[:, 0])[0, 1]), 0.9)
        self.assertAlmostEqual(nwc.info(stream).bitrate / 96000, 1, delta=0.1)
        # The header byte for byte, so that the model is not known at once.
        decoder = nwc.Decoder()
        for byte in stream[:40]:
            decoder.feed(bytes([byte]))
        decoder.feed(stream[40:])
        decoder.finish()
        self.assertTrue(np.array_equal(decoder.pull(), decoded))
        encoder = nwc.Encoder(2, model="audio")
        self.assertEqual(nwc.Decoder(encoder.header).model.sample_rate, 44100)
        with self.assertRaisesRegex(nwc.Error, "model"):
            nwc.decode(stream, model="default")
        with self.assertRaisesRegex(nwc.Error, "truncated"):
            decoder = nwc.Decoder()
            decoder.feed(stream[:9])
            decoder.finish()

    @unittest.skipUnless(PROGRAMS, "NWC_PROGRAMS is not set")
    def test_bytes_are_those_of_the_program(self):
        pcm = (self.samples * 32767).astype(np.int16)
        raw = ["--model", "audio", "--raw", "--raw-rate", "44100", "--raw-chan", "2"]
        self.assertEqual(program("nwc-enc", *raw, data=pcm.tobytes()), nwc.encode(pcm, 44100, model="audio"))


class Streams(unittest.TestCase):
    def test_packets_one_of_them_lost(self):
        samples = sound(2)
        encoder = nwc.Encoder(bitrate=16000, blocks_per_packet=1)
        decoder = nwc.Decoder(encoder.header, low_delay=True)
        heard, number = [], 0
        for start in range(0, len(samples), 160):
            encoder.push(samples[start:start + 160])
            for packet in encoder.packets():
                decoder.push(None if number == 7 else packet)
                number += 1
                heard.append(decoder.pull())
        self.assertEqual(decoder.concealed_blocks, 1)
        self.assertGreater(sum(map(len, heard)), 30000)

    def test_pieces_of_a_stream(self):
        stream = nwc.encode(sound(3, 2), 16000)
        want, _ = nwc.decode(stream, dtype="int16")
        decoder = nwc.Decoder()
        self.assertEqual((decoder.channels, decoder.pull().shape), (0, (0,)))
        parts = []
        for start in range(0, len(stream), 100):
            decoder.feed(memoryview(stream)[start:start + 100])
            if decoder.channels:
                parts.append(decoder.pull(frames=999, dtype="int16"))
        decoder.finish()
        parts.append(decoder.pull(dtype="int16"))
        self.assertTrue(np.array_equal(np.concatenate(parts), want))
        decoder.reset()
        decoder.feed(stream)
        decoder.finish()
        planar = np.zeros((2, len(want)), np.int16)
        self.assertEqual(decoder.pull_into(planar.T), len(want))
        self.assertTrue(np.array_equal(planar.T, want))

    def test_memory_is_freed(self):
        stream = nwc.encode(sound(1), 16000)

        def resident() -> int:
            return int(pathlib.Path("/proc/self/statm").read_text().split()[1])

        for turn in range(60):
            nwc.decode(stream)
            nwc.Encoder().push(sound(0.2))
            if turn == 20:
                start = resident()
        self.assertLess(resident() - start, 2000)  # pages


class Simulation(unittest.TestCase):
    def test_samples_are_those_of_encoder_and_decoder(self):
        for model, rate, channels, options in (
            ("default", 16000, 1, {"quality": 0.3}), ("small", 16000, 2, {"quality": 0.8, "enhance": False}),
            ("default", 16000, 1, {"layers": 2, "indices": [20, 200], "blocks_per_packet": 3, "layering": "residual"}),
            ("default", 16000, 2, {"layers": 3, "quality": 0.6, "blocks_per_packet": 2}),
            ("audio", 44100, 2, {"layers": 2, "quality": 0.6, "blocks_per_packet": 4}),
            ("audio", 44100, 2, {"quality": 0.5, "key_interval": 3, "blocks_per_packet": 2}),
        ):
            samples = sound(2.1, channels)
            found = nwc.simulate(samples, rate, model=model, **options)
            want, _ = nwc.decode(nwc.encode(samples, rate, model=model, **options))
            self.assertEqual((found.dtype, found.shape), (np.float32, samples.shape))
            self.assertTrue(np.array_equal(found, want))
            pcm = (samples * 20000).astype(np.int16)
            found = nwc.simulate(pcm, rate, model=model, **options)
            want, _ = nwc.decode(nwc.encode(pcm, rate, model=model, **options), dtype="int16")
            self.assertEqual(found.dtype, np.int16)
            self.assertTrue(np.array_equal(found, want))

    def test_lost_packets(self):
        samples = sound(1.5)
        lost = np.random.default_rng(3).random(40) < 0.3
        found = nwc.simulate(samples, 16000, quality=0.5, blocks_per_packet=2, lost=lost)
        encoder = nwc.Encoder(quality=0.5, blocks_per_packet=2)
        encoder.push(samples)
        encoder.finish()
        decoder = nwc.Decoder(encoder.header)
        for number, packet in enumerate(encoder.packets()):
            decoder.push(None if number < len(lost) and lost[number] else packet)
        decoder.finish(len(samples))
        self.assertTrue(np.array_equal(found, decoder.pull()))
        self.assertFalse(np.array_equal(found, nwc.simulate(samples, 16000, quality=0.5)))

    def test_other_rates(self):
        samples = np.repeat(sound(1, 2), 3, axis=0)[:47999]
        stream = nwc.encode(samples, 48000, quality=0.5)
        found = nwc.simulate(samples, 48000, quality=0.5)
        self.assertEqual(found.shape, samples.shape)
        self.assertTrue(np.array_equal(found, nwc.decode(stream, "source")[0]))

    def test_wrong_use(self):
        with self.assertRaisesRegex(ValueError, "neither quality nor indices"):
            nwc.simulate(sound(1), 16000)
        with self.assertRaisesRegex(ValueError, "2 dimensions"):
            nwc.simulate(sound(1), 16000, quality=0.5, lost=np.zeros((2, 2), bool))
        with self.assertRaisesRegex(nwc.Error, "quality 2"):
            nwc.simulate(sound(1), 16000, quality=2)
        self.assertEqual(nwc.simulate(np.zeros(0, np.float32), 16000, quality=0.5).shape, (0,))


class SymbolsOfStreams(unittest.TestCase):
    def test_bits_are_those_of_the_stream(self):
        for model, rate, frame in (("default", 16000, 160), ("audio", 44100, 880)):
            stream = nwc.encode(sound(2, 2), rate, quality=0.3, model=model)
            found, info = nwc.symbols(stream), nwc.info(stream)
            self.assertEqual(found.envelope.shape[:2], (info.blocks, 2))
            self.assertEqual(found.layers[0].shape[1:], (2, info.block_samples // frame, frame))
            bits = float(found.envelope_bits.sum() + found.layer_bits[0].sum())
            self.assertLess(bits, 8 * len(stream))
            self.assertGreater(bits, 7.2 * len(stream))
            # What is more probable takes fewer bits.
            zeros = found.layers[0] == 0
            self.assertLess(found.layer_bits[0][zeros].mean(), found.layer_bits[0][~zeros].mean())

    def test_layers_and_wrong_use(self):
        stream = nwc.encode(sound(1), 16000, layers=2, indices=[20, 200])
        found = nwc.symbols(stream)
        self.assertEqual(len(found.layers), 2)
        self.assertLess(found.layer_bits[0].sum(), found.layer_bits[1].sum())
        for data, words in ((stream[:-9], "truncated"), (b"RIFF", "not an nwc stream"), (b"", "truncated")):
            with self.assertRaisesRegex(nwc.Error, words):
                nwc.symbols(data)
        with self.assertRaisesRegex(nwc.Error, "model"):
            nwc.symbols(stream, model="audio")

    @unittest.skipUnless(PROGRAMS, "NWC_PROGRAMS is not set")
    def test_arrays_are_those_of_the_program(self):
        stream = nwc.encode(sound(2, 2), 16000, layers=2, indices=[20, 200])
        found = nwc.symbols(stream)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.nwc")
            pathlib.Path(path).write_bytes(stream)
            subprocess.run([os.path.join(PROGRAMS, "nwc-info"), "--symbols", folder, path], check=True,
                           stdout=subprocess.DEVNULL)
            for name, values in (("envelope", found.envelope), ("envelope-bits", found.envelope_bits),
                                 ("layer1", found.layers[0]), ("layer2-bits", found.layer_bits[1])):
                want = np.load(os.path.join(folder, name + ".npy"))
                self.assertEqual((want.dtype, want.shape), (values.dtype, values.shape))
                self.assertTrue(np.array_equal(want, values))


class WrongUse(unittest.TestCase):
    def test_what_is_wrong_is_said(self):
        for call, kind, words in [
            (lambda: nwc.encode(np.zeros((2, 2, 2)), 16000), ValueError, "3 dimensions"),
            (lambda: nwc.encode(np.zeros(5, np.int32), 16000), ValueError, "int32"),
            (lambda: nwc.encode(sound(1), 16000, bitrate=16), nwc.Error, "0.016 kbit/s"),
            (lambda: nwc.encode(sound(1), 16000, bitrate=16000, quality=1), ValueError, "only one"),
            (lambda: nwc.encode(sound(1), 16000, quality=2), nwc.Error, "quality 2"),
            (lambda: nwc.encode(sound(1), 16000, layers=9), nwc.Error, "9 layers"),
            (lambda: nwc.encode(sound(1), 0), ValueError, "rate is 0"),
            (lambda: nwc.encode(np.zeros((4, 300)), 16000), nwc.Error, "300 channels"),
            (lambda: nwc.encode(np.zeros((4, 0)), 16000), ValueError, "channels is 0"),
            (lambda: nwc.decode(b"RIFF1234"), nwc.Error, "not an nwc stream"),
            (lambda: nwc.decode(b""), nwc.Error, "truncated"),
            (lambda: nwc.decode(nwc.encode(sound(1), 16000)[:-9]), nwc.Error, "truncated"),
            (lambda: nwc.Model(b"no model"), nwc.Error, "model file"),
            (lambda: nwc.Decoder(b"no header"), nwc.Error, "not an nwc stream"),
            (lambda: nwc.Encoder(2).push(sound(1)), ValueError, "1 channels instead of 2"),
            (lambda: nwc.Decoder().push(b"1"), nwc.Error, "for a stream"),
            (lambda: nwc.strip(nwc.encode(sound(1), 16000), 0), ValueError, "layers is 0"),
        ]:
            with self.assertRaisesRegex(kind, words):
                call()
        self.assertEqual(nwc.info(nwc.encode(sound(1), 16000)).packets, 2)

    def test_after_the_end(self):
        encoder = nwc.Encoder()
        encoder.finish()
        with self.assertRaises(nwc.Error) as caught:
            encoder.push(sound(0.1))
        self.assertEqual(caught.exception.number, 2)


def same(stream: bytes) -> bool:
    return nwc.encode(sound(1), 16000) == stream


class Threads(unittest.TestCase):
    def test_worker_processes(self):
        # As those of data loaders: the library is there before they are made.
        stream = nwc.encode(sound(1), 16000)
        for method in ("fork", "spawn"):
            with multiprocessing.get_context(method).Pool(2) as pool:
                self.assertEqual(pool.map(same, [stream] * 4), [True] * 4)

    def test_interpreter_lock_is_free(self):
        # One thread counts while the other is inside one call of the library.
        samples = sound(20)
        nwc.Model.default()
        inside = threading.Event()
        done: list[float] = []

        def work() -> None:
            inside.set()
            nwc.encode(samples, 16000, bitrate=12000)
            done.append(time.monotonic())

        thread = threading.Thread(target=work)
        thread.start()
        inside.wait()
        turns = 0
        while not done:
            turns += 1
            time.sleep(0.001)
        thread.join()
        self.assertGreater(turns, 10)

    def test_threads_give_the_same_bytes(self):
        want = [nwc.encode(sound(1, seed=seed), 16000) for seed in range(4)]
        found: list[bytes] = [b""] * 4

        def work(seed: int) -> None:
            found[seed] = nwc.encode(sound(1, seed=seed), 16000)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, want)


class Denoising(unittest.TestCase):
    def test_noise_goes_and_speech_stays(self):
        clean = sound(3)
        noise = 0.03 * np.random.default_rng(5).standard_normal(len(clean)).astype(np.float32)
        noise[:16000] *= 3
        found = nwc.denoise(noise, 16000)
        self.assertEqual((found.shape, found.dtype), (noise.shape, np.float32))
        self.assertLess(float(np.sum(found**2)), 0.1 * float(np.sum(noise**2)))
        # A buzz, which is not quite speech, comes nearer to what it was in as much noise again.
        noisy = clean + 2 * noise
        self.assertLess(float(np.sum((nwc.denoise(noisy, 16000) - clean)**2)), 0.7 * float(np.sum((noisy - clean)**2)))
        np.testing.assert_allclose(nwc.denoise(clean, 16000, strength=0), clean, atol=1e-4)

    def test_pieces_channels_and_types(self):
        samples = sound(1.3, 2)
        whole = nwc.denoise(samples, 16000)
        denoiser = nwc.Denoiser(2)
        for turn in range(2):
            parts = []
            for start in range(0, len(samples), 777):
                denoiser.push(samples[start:start + 777])
                parts.append(denoiser.pull())
            self.assertLess(len(samples) - sum(map(len, parts)), denoiser.delay + 320)
            denoiser.finish()
            parts.append(denoiser.pull())
            self.assertTrue(np.array_equal(np.concatenate(parts), whole))
            denoiser.reset()
        for channel in range(2):
            self.assertTrue(np.array_equal(nwc.denoise(samples[:, channel], 16000), whole[:, channel]))
        denoiser.push((samples * 20000).astype(np.int16))
        denoiser.finish()
        self.assertEqual(denoiser.pull(5, "int16").dtype, np.int16)

    @unittest.skipUnless(PROGRAMS, "NWC_PROGRAMS is not set")
    def test_samples_are_those_of_the_program(self):
        pcm = (sound(2, 2) * 20000).astype(np.int16)
        raw = program("nwc-denoise", "--raw", "--raw-rate", "16000", "--raw-chan", "2", "--raw-output", "--float",
                      data=pcm.tobytes())
        self.assertTrue(np.array_equal(nwc.denoise(pcm, 16000), np.frombuffer(raw, np.float32).reshape(-1, 2)))

    def test_wrong_use(self):
        for arguments in ({"channels": 0}, {"strength": 1.5}, {"strength": float("nan")}):
            with self.assertRaises(ValueError):
                nwc.Denoiser(**arguments)
        with self.assertRaises(nwc.Error) as caught:
            nwc.Denoiser(data=b"no file")
        self.assertEqual(caught.exception.number, 4)
        denoiser = nwc.Denoiser()
        with self.assertRaises(ValueError):
            denoiser.push(np.zeros((5, 2), np.float32))
        denoiser.finish()
        with self.assertRaises(nwc.Error) as caught:
            denoiser.push(np.zeros(5, np.float32))
        self.assertEqual(caught.exception.number, 2)


if __name__ == "__main__":
    unittest.main()
