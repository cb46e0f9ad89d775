/// What the two filters share: samples that wait for their frame, the schedule, and the filter's
/// memory.
struct FilterStream: Sendable {
    typealias Filter = (ArraySlice<Float>, [Double], inout [Double], inout [Float]) -> Void

    private var schedule: PredictorSchedule
    private var waiting: [Float] = []
    private var memory: [Double]

    init(order: Int, hop: Int, subframes: Int) throws(LPCError) {
        schedule = try PredictorSchedule(order: order, hop: hop, subframes: subframes)
        memory = Array(repeating: 0, count: order)
    }

    mutating func append(_ samples: [Float], _ frames: [LineSpectralFrequencies]) throws(LPCError) {
        for (i, x) in samples.enumerated() where !x.isFinite {
            throw .notFinite(name: "samples", index: i)
        }
        try schedule.append(frames)
        waiting.append(contentsOf: samples)
    }

    mutating func reset() {
        schedule.reset()
        waiting = []
        memory = Array(repeating: 0, count: schedule.order)
    }

    mutating func run(hold: Bool, _ filter: Filter) -> [Float] {
        var output: [Float] = []
        var at = 0
        output.reserveCapacity(waiting.count)
        while at < waiting.count,
            let (coefficients, count) = schedule.next(waiting.count - at, hold: hold)
        {
            filter(waiting[at..<at + count], coefficients, &memory, &output)
            memory.removeFirst(memory.count - schedule.order)
            at += count
        }
        waiting.removeFirst(at)
        return output
    }
}
