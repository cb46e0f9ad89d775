import CMRLCodec
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Models that say what they are: other rates and blocks work through files and streams, other
/// families are refused by name.
@Suite struct ModelFormatTests {
    /// A model file with other metadata.
    private func changed(_ bytes: [UInt8], _ change: (inout [String: Any]) -> Void) throws
        -> [UInt8]
    {
        let file = try WeightFile(bytes)
        var metadata = try #require(
            try JSONSerialization.jsonObject(with: Data(file.metadata)) as? [String: Any])
        change(&metadata)
        return try WeightFileWriter(
            metadata: Array(JSONSerialization.data(withJSONObject: metadata))
        ).bytes()
    }

    @Test func familiesAreRefusedByName() throws {
        let bytes = try TinyModel.fileBytes()
        let model = try CodecModel(bytes: bytes)
        #expect(model.family == .lappedCascade && model.elementTypes[.uint16] != nil)
        for family in ModelFamily.allCases where !family.hasBitstream {
            #expect(throws: CodecError.model(.family(family))) {
                try CodecModel(bytes: changed(bytes) { $0["family"] = family.rawValue })
            }
        }
        #expect(throws: CodecError.model(.unknownFamily("diffusion"))) {
            try CodecModel(bytes: changed(bytes) { $0["family"] = "diffusion" })
        }
        #expect(throws: CodecError.model(.unknownEntries(["pitch"]))) {
            try CodecModel(
                bytes: changed(bytes) {
                    var network = $0["configuration"] as? [String: Any] ?? [:]
                    network["pitch"] = true
                    $0["configuration"] = network
                })
        }
        // The family that every file has without saying so.
        #expect(throws: CodecError.self) {
            try CodecModel(bytes: changed(bytes) { $0["family"] = "lapped-transform-cascade" })
        }
        do {
            _ = try CodecModel(bytes: changed(bytes) { $0["family"] = "lapped-transform-cascade" })
        } catch CodecError.model(.parameterCount(_, let found)) { #expect(found == 0) }
    }

    @Test func anotherRateAndBlock() throws {
        let format = SignalFormat(sampleRate: 44_100, hop: 48, framesPerBlock: 3)
        let model = try CodecModel(bytes: TinyModel.fileBytes(signal: format))
        #expect(model.signal == format)
        let signal = (1...3).map {
            SpeechLikeSignal.samples(seconds: 0.4, rate: 44_100, seed: UInt64($0))
        }
        let coded = try CodedSignal(
            model, signal, rates: [150, 255], blocksPerPacket: 7, keyInterval: 3)
        #expect(coded.header.formatVersion == 2 && coded.header.groupCount == 3)
        let bytes = try coded.bytes
        let read = ReadResult.read(bytes)
        #expect(read.error == nil && read.events.first == .header(coded.header))
        let decoded = try CodedSignal.decode(
            model, coded.header, read.packets, sampleCount: coded.samples)
        #expect(decoded.checksum == coded.symbolChecksum)
        #expect(decoded.samples == (try model.decode(bytes)).channels)
        for (a, b) in zip(signal, decoded.samples) {
            #expect(b.count == a.count && signalToNoise(a, b) > 5, "\(signalToNoise(a, b))")
        }
        // The end of a packet that was lost lasts as long as the packet.
        let lossy = try CodecDecoder(model: model, header: coded.header)
        for (i, packet) in coded.packets.enumerated() { try lossy.push(i == 4 ? nil : packet) }
        lossy.finish(sampleCount: coded.samples)
        #expect(lossy.pull()?.first?.count == coded.samples)
        // Rates are met in this model's seconds.
        let planned = try model.encode(signal, rate: .bitratePerChannel(40_000))
        let real = Double(8 * planned.count) * 44_100 / Double(3 * signal[0].count)
        #expect(abs(real / 40_000 - 1) < 0.1, "\(real)")
    }
}
