// Encodes and decodes an array of samples at once.
import NWC

let model = try CodecModel.builtIn()
let rate = model.signal.sampleRate
let samples = (0..<rate).map { 0.3 * (Float($0 % 125) / 125 - 0.5) }
let stream = try model.encode([samples], rate: .bitrate(12_000))
let sound = try model.decode(stream)
print("\(stream.count) bytes, \(sound.channels[0].count) samples at \(sound.sampleRate) Hz")
