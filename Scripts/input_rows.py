"""Kinds of sound files for check-inputs.py: container, coding, tool, source, line that makes the file {o} of {i}, options.

Sources: s 44.1 kHz, t two channels, q 8 kHz, w 16 kHz, v with pauses. Options: exact (the source's samples come back),
more (samples that the coding may add), lag (by how many the sound may be late), less (samples that FFmpeg's WMA may leave
out at the beginning), least (correlation), says (a warning is due), cut (samples that are there), times (how often the
source is repeated), first (only the content of the first is looked at), rate, channels, ext, dump and encode (options of
the programs for sound without a header), fails.
"""
FF = "ffmpeg -nostdin -v error -y -i {i}"


def sox(container, coding, line, source="s", **options):
    return (container, coding, "sox", source, f"sox -V1 -D {{i}} {line}", options)


def ffmpeg(container, coding, line, ext, source="s", **options):
    options["ext"] = ext
    return (container, coding, "ffmpeg", source, f"{FF} {line} {{o}}", options)


EXACT = {"exact": True}
# A WAV file whose chunks stand in Python.
CHUNKS = ("python3 -c 'import struct,sys; d=open(\"{i}\",\"rb\").read(); p=d.index(b\"data\"); "
          "f=d[12:36]; s=d[p+8:]; h=lambda n,b,pad=2: n+struct.pack(\"<I\",len(b))+b+bytes(-len(b)%pad); "
          "o=b\"WAVE\"+f+{chunks}+h(b\"data\",s); open(\"{o}\",\"wb\").write(b\"RIFF\"+struct.pack(\"<I\",len(o))+o)'")


def chunks(what, text):
    line = CHUNKS.replace("{chunks}", text)
    return ("WAV", f"16-bit, {what}", "Python", "s", line, {"exact": True, "ext": "wav"})


def patched(what, source_line, place, value, **options):
    """A file whose 4 bytes at a place are others, least significant first."""
    line = (f"{source_line} && printf '{value}' | dd of={{o}} bs=1 seek={place} conv=notrunc status=none")
    return ("WAV", what, "sox, changed", "s", line, {"exact": True, "ext": "wav", **options})


ROWS = [
    sox("WAV", "16-bit", "-t wav {o}", ext="wav", **EXACT),
    sox("WAV", "16-bit, 2 channels", "-t wav {o}", "t", ext="wav", **EXACT),
    sox("WAV", "8-bit", "-b 8 -t wav {o}", ext="wav"),
    sox("WAV", "24-bit (extensible)", "-b 24 -t wav {o}", ext="wav", **EXACT),
    sox("WAV", "32-bit", "-b 32 -t wav {o}", ext="wav", **EXACT),
    sox("WAV", "32-bit float", "-e float -b 32 -t wav {o}", ext="wav", **EXACT),
    sox("WAV", "64-bit float", "-e float -b 64 -t wav {o}", ext="wav", **EXACT),
    sox("WAV", "A-law", "-e a-law -t wav {o}", ext="wav"),
    sox("WAV", "mu-law", "-e mu-law -t wav {o}", ext="wav"),
    sox("WAV", "IMA ADPCM", "-e ima-adpcm -t wav {o}", ext="wav"),
    sox("WAV", "MS ADPCM", "-e ms-adpcm -t wav {o}", ext="wav"),
    ("WAV", "IMA ADPCM, cut in a block", "sox, head", "s", "sox -V1 -D {i} -e ima-adpcm x.a.wav && head -c 20000 x.a.wav > {o}",
     {"ext": "wav", "cut": 39000, "more": 2000, "says": True}),
    sox("WAV", "GSM 06.10", "-e gsm-full-rate -t wav {o}", "q", ext="wav", least=0.9),
    sox("WAV", "16-bit, big-endian (RIFX)", "-B -t wav {o}", ext="wav", **EXACT),
    sox("WAV", "16-bit, to a pipe", "-t wav - | cat > {o}", ext="wav", **EXACT),
    ffmpeg("WAV", "16-bit, to a pipe", "-f wav - | cat >", "wav", **EXACT),
    ffmpeg("WAV", "16-bit with tags, to a pipe", "-metadata title=T -f wav - | cat >", "wav", **EXACT),
    ffmpeg("WAV", "MP3", "-c:a libmp3lame", "wav", more=2304, lag=2304),
    ffmpeg("WAV", "WMA 2", "-c:a wmav2", "wav", more=4096, less=2048),
    ffmpeg("WAV", "G.722", "-ar 16000 -c:a g722 -f wav", "wav", "w", more=2, lag=24, least=0.9),
    ffmpeg("RF64", "16-bit", "-rf64 always", "wav", **EXACT),
    ffmpeg("RF64", "16-bit, to a pipe", "-rf64 always -f wav - | cat >", "wav", **EXACT),
    ("BW64", "16-bit", "ffmpeg, changed", "s", f"{FF} -rf64 always -f wav {{o}} && printf BW64 | dd of={{o}} conv=notrunc status=none",
     {"ext": "wav", **EXACT}),
    ffmpeg("W64", "16-bit", "", "w64", **EXACT),
    ("WAV", "16-bit, length 0", "mpg123", "s",
     "lame --quiet {i} x.mp3 && mpg123 -q -w - x.mp3 > {o}", {"ext": "wav", "more": 2304, "lag": 1200}),
    ("WAV", "16-bit, chunks behind samples of length 0", "GStreamer", "s",
     "{{ gst-launch-1.0 -q filesrc location={i} ! wavparse ! wavenc ! fdsink fd=1 2>/dev/null || true; }} | cat > {o}", {"ext": "wav", **EXACT}),
    chunks("LIST padded to 4", "h(b\"LIST\",b\"INFOINAM\"+struct.pack(\"<I\",1)+b\"T\",4)"),
    chunks("fact of 0 bytes", "h(b\"fact\",b\"\")"),
    chunks("smpl of 39 bytes", "h(b\"smpl\",bytes(39))"),
    chunks("short PEAK", "h(b\"PEAK\",bytes(8))"),
    chunks("cue with a wrong count", "h(b\"cue \",struct.pack(\"<I\",7)+bytes(24))"),
    chunks("a text of 50 kB", "h(b\"LIST\",b\"INFO\"+h(b\"ICMT\",b\"x\"*50000+b\"\\0\"))"),
    chunks("LIST of 393,164 zeros", "h(b\"LIST\",bytes(393164))"),
    patched("16-bit, size 0 in the header", "sox -V1 -D {i} -t wav {o}", 40, r"\0\0\0\0"),
    patched("16-bit, size -1 in the header", "sox -V1 -D {i} -t wav {o}", 40, r"\377\377\377\377"),
    patched("16-bit, size too small", "sox -V1 -D {i} -t wav {o}", 40, r"\0\100\0\0", cut=8192, says=True),
    ("WAV", "16-bit, cut", "head", "s", "head -c 40044 {i} > {o}", {"ext": "wav", "cut": 20000, "says": True, **EXACT}),
    ("WAV", "16-bit, two one behind another", "cat", "s", "cat {i} {i} > {o}", {"ext": "wav", "times": 2, **EXACT}),
    sox("AIFF", "16-bit", "-t aiff {o}", ext="aiff", **EXACT),
    sox("AIFF", "24-bit, 2 channels", "-b 24 -t aiff {o}", "t", ext="aiff", **EXACT),
    sox("AIFF", "16-bit, to a pipe", "-t aiff - 2>/dev/null | cat > {o}", ext="aiff", **EXACT),
    ffmpeg("AIFF", "16-bit, to a pipe", "-f aiff - | cat >", "aiff", **EXACT),
    sox("AIFF-C", "16-bit", "-t aifc {o}", ext="aifc", **EXACT),
    sox("AIFF-C", "32-bit float", "-e float -b 32 -t aifc {o}", ext="aifc", **EXACT),
    ffmpeg("AIFF-C", "little-endian (sowt)", "-c:a pcm_s16le -f aiff", "aifc", **EXACT),
    ffmpeg("AIFF-C", "mu-law", "-c:a pcm_mulaw -f aiff", "aifc"),
    sox("AU", "16-bit", "-t au {o}", ext="au", **EXACT),
    sox("AU", "mu-law", "-e mu-law -t au {o}", ext="au"),
    sox("AU", "32-bit float", "-e float -b 32 -t au {o}", ext="au", **EXACT),
    ("AU", "16-bit, length 0", "sbcdec", "s", "sox -V1 -D {i} x.au && sbcenc x.au > x.sbc && sbcdec -f {o} x.sbc 2>/dev/null",
     {"ext": "bin", "more": 512, "lag": 512}),
    ("AU", "16-bit, two one behind another", "sox, cat", "s",
     "sox -V1 -D {i} x.au && cat x.au x.au > {o}", {"ext": "bin", "times": 2, **EXACT}),
    sox("CAF", "16-bit", "-t caf {o}", ext="caf", **EXACT),
    ffmpeg("CAF", "16-bit, to a pipe", "-f caf - | cat >", "caf", **EXACT),
    ffmpeg("CAF", "ALAC", "-c:a alac", "caf", **EXACT),
    ffmpeg("CAF", "Opus", "-ar 48000 -c:a libopus", "caf", rate=48000, more=2000, lag=400, least=0.9),
    sox("NIST SPHERE", "16-bit", "-t sph {o}", "w", ext="sph", **EXACT),
    sox("VOC", "8-bit", "-b 8 -t voc {o}", "q", ext="voc", rate=8000),
    sox("VOC", "16-bit", "-t voc {o}", ext="voc", **EXACT),
    ffmpeg("VOC", "16-bit", "-c:a pcm_s16le", "voc", **EXACT),
    ("FLAC", "16-bit", "flac", "s", "flac -s -o {o} {i}", {"ext": "flac", **EXACT}),
    ("FLAC", "16-bit, to a pipe", "flac", "s", "flac -s -c {i} | cat > {o}", {"ext": "flac", **EXACT}),
    ("FLAC", "16-bit, two one behind another", "flac, cat", "s",
     "flac -s -o x.flac {i} && cat x.flac x.flac > {o}", {"ext": "two", "times": 2, **EXACT}),
    ("FLAC", "16-bit, total too small", "flac, changed", "s",
     r"flac -s -o {o} {i} && printf '\0\0\20\0' | dd of={o} bs=1 seek=22 conv=notrunc status=none",
     {"ext": "flac", "says": True, **EXACT}),
    ("Ogg", "FLAC", "flac", "s", "flac -s --ogg -o {o} {i}", {"ext": "oga", **EXACT}),
    ("Ogg", "Vorbis", "oggenc", "s", "oggenc -Q -q 6 -o {o} {i}", {"ext": "ogg"}),
    ("Ogg", "Vorbis, two one behind another", "oggenc, cat", "s",
     "oggenc -Q -q 6 -s 1 -o x.a {i} && oggenc -Q -q 6 -s 2 -o x.b {i} && cat x.a x.b > {o}", {"ext": "ogg", "times": 2}),
    ("Ogg", "Opus", "opusenc", "s", "opusenc --quiet --bitrate 96 {i} {o}",
     {"ext": "opus", "rate": 48000, "more": 8}),
    ("Ogg", "Opus, two one behind another", "opusenc, cat", "w",
     "opusenc --quiet --bitrate 96 {i} x.a && opusenc --quiet --bitrate 96 {i} x.b && cat x.a x.b > {o}",
     {"ext": "opus", "more": 8, "times": 2}),
    ("Ogg", "Speex", "speexenc", "w", "speexenc --quality 10 {i} {o} 2>/dev/null", {"ext": "spx", "more": 640, "lag": 640, "least": 0.7}),
    ("MP3", "128 kbit/s", "lame", "s", "lame --quiet -b 128 {i} {o}", {"ext": "mp3", "more": 1}),
    ("MP3", "128 kbit/s without Info frame", "lame", "s", "lame --quiet -t -b 128 {i} {o}", {"ext": "mp3", "more": 3456, "lag": 2304}),
    ("MP3", "variable without Xing frame", "lame", "v", "lame --quiet -t -V5 {i} - | cat > {o}", {"ext": "mp3", "more": 3456, "lag": 2304}),
    ("MP3", "two one behind another", "lame, cat", "s",
     "lame --quiet -t -b 128 {i} x.a && cat x.a x.a > {o}", {"ext": "mp3", "times": 2, "more": 6912, "lag": 2304, "first": True}),
    ("MP3", "with a picture", "lame, ffmpeg", "s",
     "lame --quiet -b 128 {i} x.a && ffmpeg -nostdin -v error -y -i x.a -f lavfi -i testsrc2=s=64x64:d=0.04 -map 0:a -map 1:v "
     "-frames:v 1 -c:a copy -c:v mjpeg -disposition:v attached_pic {o}", {"ext": "mp3", "more": 3456, "lag": 2304}),
    ffmpeg("MP2", "192 kbit/s", "-b:a 192k", "mp2", more=3456, lag=1200),
    ffmpeg("MPEG-4 (m4a)", "AAC", "-b:a 160k", "m4a", more=2048),
    ffmpeg("MPEG-4 (m4a)", "ALAC", "-c:a alac", "m4a", **EXACT),
    ffmpeg("MPEG-4 (mp4)", "AAC, fragmented, to a pipe", "-b:a 160k -movflags frag_keyframe+empty_moov -f mp4 - | cat >", "mp4", more=3072, lag=1024),
    ffmpeg("QuickTime (mov)", "16-bit", "-c:a pcm_s16le", "mov", **EXACT),
    ffmpeg("AAC (ADTS)", "AAC", "-b:a 160k", "aac", more=3072, lag=1024),
    ffmpeg("Matroska (mka)", "Vorbis", "-c:a libvorbis -q 6", "mka", more=2048, lag=1024),
    ffmpeg("Matroska (mka)", "FLAC", "-c:a flac", "mka", **EXACT),
    ffmpeg("Matroska (mkv)", "AAC", "-c:a aac -b:a 160k", "mkv", more=3072, lag=1024),
    ffmpeg("WebM", "Opus", "-ar 48000 -c:a libopus -b:a 96k", "webm", rate=48000, more=2000, lag=400),
    ffmpeg("WebM", "Opus, lengths unknown, to a pipe", "-ar 48000 -c:a libopus -b:a 96k -f webm - | cat >", "webm", rate=48000,
           more=2000, lag=400),
    ffmpeg("Windows Media", "WMA 2", "-c:a wmav2", "wma", more=6144, less=2048),
    ffmpeg("AC-3", "AC-3", "-c:a ac3", "ac3", more=3072, lag=300),
    ffmpeg("AC-3", "E-AC-3", "-c:a eac3", "eac3", more=3072, lag=300),
    ffmpeg("DTS", "DTS", "-strict -2 -c:a dca", "dts", more=3072, lag=600),
    ffmpeg("WavPack", "16-bit", "-c:a wavpack", "wv", **EXACT),
    ("WavPack", "16-bit", "wavpack", "s", "wavpack -q {i} -o {o}", {"ext": "wv", **EXACT}),
    ffmpeg("True Audio", "16-bit", "-c:a tta", "tta", **EXACT),
    ffmpeg("AMR", "AMR-NB 12.2 kbit/s", "-b:a 12.2k -c:a libopencore_amrnb", "amr", "q", more=320, lag=100, least=0.7),
    ffmpeg("AMR", "AMR-NB with pauses (DTX)", "-ar 8000 -b:a 12.2k -dtx 1 -c:a libopencore_amrnb", "amr", "v", rate=8000,
           more=320, lag=100, least=0.7),
    ffmpeg("AMR", "AMR-WB 23.85 kbit/s", "-b:a 23.85k -c:a libvo_amrwbenc", "awb.amr", "w", more=640, lag=200, least=0.8),
    ffmpeg("3GPP", "AMR-NB", "-b:a 12.2k -c:a libopencore_amrnb", "3gp", "q", more=320, less=16, least=0.7),
    ffmpeg("MPEG transport stream", "AAC", "-c:a aac -b:a 160k", "ts", more=3072, lag=1024),
    ffmpeg("AVI", "MP3", "-c:a libmp3lame", "avi", more=3456, lag=2304),
    ffmpeg("Flash video", "AAC", "-c:a aac -b:a 160k", "flv", more=3072, lag=2100),
    ffmpeg("RealMedia", "AC-3", "-c:a ac3 -f rm", "ra", more=3072, lag=300),
    sox("no header", "A-law", "-t al {o}", "q", ext="al", dump="--raw aLaw 8000 1",
        encode="--raw --raw-encoding a-law --raw-rate 8000"),
    sox("no header", "mu-law", "-t ul {o}", "q", ext="ul", dump="--raw muLaw 8000 1",
        encode="--raw --raw-encoding mu-law --raw-rate 8000"),
    sox("no header", "GSM 06.10", "-t gsm {o}", "q", ext="gsm", dump="--headerless gsm", least=0.9, more=160,
        encode="--raw --raw-encoding gsm"),
    ffmpeg("no header", "G.722", "-c:a g722 -f g722", "g722", "w", dump="--headerless g722", more=2, lag=24, least=0.9,
           encode="--raw --raw-encoding g722"),
    sox("no header", "16-bit", "-t s16 {o}", ext="raw", dump="--raw signed16 44100 1",
        encode="--raw --raw-rate 44100", **EXACT),
]
