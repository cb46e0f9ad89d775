// Two channels of 16-bit samples through packets of one block, as over a network.
import NWC

let model = try CodecModel.builtIn()
var configuration = CodecEncoder.Configuration(channels: 2, rate: .bitratePerChannel(16_000))
configuration.blocksPerPacket = 1
configuration.keyInterval = 10
let encoder = try CodecEncoder(model: model, configuration: configuration)
let header = try encoder.header()
let decoder = try CodecDecoder(model: model, header: header, isLowDelay: true)
let frames = 32_000
var heard: [Int16] = []
var packets = 0
var bytes = 0
for start in stride(from: 0, through: frames, by: 160) {
    if start < frames {
        let piece = (start..<start + 160).flatMap { [Int16($0 % 100 * 50), Int16($0 % 73 * 70)] }
        try encoder.push(interleaved: piece)
    } else {
        try encoder.finish()
    }
    while let packet = encoder.pull() {
        let datagram = try packet.body(header: header)
        packets += 1
        bytes += datagram.count
        // Every 25th is lost on the way.
        try decoder.push(packets % 25 == 0 ? nil : try Packet(body: datagram, header: header))
    }
    heard += decoder.pullInterleaved() ?? []
}
decoder.finish(sampleCount: encoder.samplesIn)
heard += decoder.pullInterleaved() ?? []
print("\(packets) packets, \(bytes) bytes, \(heard.count / 2) samples a channel")
