import Foundation
import GainFilter
import ModelWriting
import NeuralNetwork
import TestSupport
import Testing

import CMRLCodec

/// The post-filter: where it stands in models and streams of packets.
@Suite struct PostFilterTests {
    /// A filter with random weights that changes sound a lot.
    static func filter(for codec: ModelID) throws -> PostFilter {
        try PostFilter(bytes: filterBytes(for: codec))
    }

    static func filterBytes(for codec: ModelID) throws -> [UInt8] {
        let (store, network) = RandomGainFilter.network()
        return try PostFilter.file(
            name: "random", recipe: "test", codec: codec, network: network, store: store)
    }

    @Test func modelsWithAndWithout() throws {
        let plain = try TinyModel.load()
        let filter = try Self.filter(for: plain.id)
        let model = try plain.adding(filter)
        #expect(model.id == filter.id && model.codecID == plain.id)
        #expect(model.algorithmicDelay() == plain.algorithmicDelay() + filter.configuration.delay)
        let sound = RandomGainFilter.signal(5003).map { Float($0) }
        let enhanced = try model.encode([sound], rate: .indices([90]))
        let old = try plain.encode([sound], rate: .indices([90]))
        #expect(enhanced.count == old.count && enhanced != old)
        let before = try plain.decode(old).channels[0]
        let after = try model.decode(enhanced).channels[0]
        // The end is cut from a whole block, which the filter still sees.
        let alone = filter.process(before, rateIndices: [90])
        let isFiltered =
            after.count == sound.count
            && after.dropLast(400).elementsEqual(alone.dropLast(400))
        #expect(isFiltered)
        // Streams that name the codec alone are what they always were.
        let isSame = try model.decode(old).channels[0] == before
        #expect(isSame)
        #expect(throws: CodecError.self) { try plain.decode(enhanced) }

        var configuration = CodecEncoder.Configuration(rate: .indices([90]))
        configuration.enhances = false
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        #expect(try encoder.header().modelID == plain.id)
        let header = try encoder.header()
        try encoder.push([sound])
        try encoder.finish()
        for enhances in [true, false] {
            let decoder = try CodecDecoder(model: model, header: header, enhances: enhances)
            let again = try CodecEncoder(model: model, configuration: configuration)
            try again.push([sound])
            try again.finish()
            while let packet = again.pull() { try decoder.push(packet) }
            decoder.finish(sampleCount: sound.count)
            let isWanted = decoder.pull()?[0] == (enhances ? after : before)
            #expect(isWanted, "enhances: \(enhances)")
        }
    }

    @Test func lossesPassThroughIt() throws {
        let plain = try TinyModel.load()
        let model = try plain.adding(Self.filter(for: plain.id))
        let sound = RandomGainFilter.signal(6000).map { Float($0) }
        var configuration = CodecEncoder.Configuration(rate: .indices([90]))
        configuration.blocksPerPacket = 2
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        try encoder.push([sound])
        try encoder.finish()
        let decoder = try CodecDecoder(model: model, header: encoder.header(), isLowDelay: true)
        var number = 0
        var count = 0
        while let packet = encoder.pull() {
            try decoder.push(number == 3 ? nil : packet)
            count += decoder.pull()?[0].count ?? 0
            number += 1
        }
        decoder.finish(sampleCount: sound.count)
        count += decoder.pull()?[0].count ?? 0
        #expect(count == sound.count && decoder.concealedBlocks == 2)
    }

    @Test func odd() throws {
        let plain = try TinyModel.load()
        let other = try Self.filter(for: ModelID(rawValue: 5))
        #expect(throws: CodecError.self) { try plain.adding(other) }
        #expect(throws: CodecError.self) { try PostFilter(bytes: TinyModel.fileBytes()) }
        // A small file that names a large network.
        let store = ParameterStore<Float>()
        _ = GainFilterNetwork(store, RandomGainFilter.configuration)
        var c = RandomGainFilter.configuration
        c.hidden = 1024
        let counting = ParameterStore<Float>.counting()
        let large = GainFilterNetwork(counting, c)
        let bytes = try PostFilter.file(
            name: "x", recipe: "", codec: plain.id, network: large, store: store)
        #expect(throws: CodecError.self) { try PostFilter(bytes: bytes) }
    }
}
