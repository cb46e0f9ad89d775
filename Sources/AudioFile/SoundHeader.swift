/// Headers that are read here, in files and pipes alike.
enum SoundHeader {
    /// Whether these bytes (12 of them are enough, 16 for Wave64) begin a container whose header is
    /// read here.
    static func isContainer(_ start: [UInt8]) -> Bool {
        if start.has("RIFF") || start.has("RIFX") || start.has("RF64") || start.has("BW64") {
            return start.has("WAVE", at: 8)
        }
        if start.has("FORM") { return start.has("AIFF", at: 8) || start.has("AIFC", at: 8) }
        return start.has(".snd") || start.has("dns.") || start.has("caff")
            || WAVReading.isWave64(start)
    }

    /// Reads a header up to the first sample; the input stands at the start.
    /// - Returns: nil where the file is libsndfile's business: another container, or a coding of
    ///   AIFF, AU or CAF that is not read here. For a WAV file with such a coding a layout without
    ///   a format.
    /// - Throws: `AudioFileError.malformedHeader` with what is wrong.
    static func parse(_ input: ByteInput) throws(AudioFileError) -> SoundLayout? {
        let start = Array(try input.peek(16))
        guard isContainer(start) else { return nil }
        if start.has("FORM") { return try IFFReading.parseAIFF(input) }
        if start.has("caff") { return try IFFReading.parseCAF(input) }
        if start.has(".snd") || start.has("dns.") { return try AUHeader.parse(input) }
        return try WAVReading.parse(input)
    }
}
