// Samples as they lie in a buffer of another program: planar floats in, every second value out.
import NWC

let model = try CodecModel.builtIn()
let encoder = try CodecEncoder(
    model: model, configuration: CodecEncoder.Configuration(channels: 2, rate: .quality(0.4)))
let frames = 8_000
let planar = (0..<2 * frames).map { Float($0 % 200) / 1_000 }
try planar.withUnsafeBufferPointer { buffer in
    try encoder.push(buffer, frames: frames, layout: .planar(frames: frames))
}
try encoder.finish()

let decoder = try CodecDecoder(model: model, header: encoder.header())
while let packet = encoder.pull() { try decoder.push(packet) }
decoder.finish(sampleCount: frames)
var output = [Float](repeating: 0, count: 4 * frames)
let taken = try output.withUnsafeMutableBufferPointer { buffer in
    try decoder.pull(
        into: buffer, frames: frames, layout: SampleLayout(frameStride: 4, channelStride: 2))
}
print("\(taken) samples a channel")
