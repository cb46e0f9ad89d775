import Foundation

/// Training that can stop after any step and go on from a file.
public protocol ResumableTraining: AnyObject {
    associatedtype Schedule: TrainingSchedule
    associatedtype Report: TrainingReport
    var configuration: Schedule { get }
    var step: Int { get }
    /// Seconds spent in steps, over all sittings.
    var secondsTrained: Double { get }
    /// One optimiser step.
    func advance() throws -> Report
    func save(to path: String) throws
    func restore(from path: String) throws
    /// Takes another path through the data after a step that was not finite.
    func perturbRandom(by count: UInt64)
}

/// Loss terms of a step, or their means over several.
public protocol TrainingReport: Sendable {
    init()
    var loss: Double { get }
    var gradientNorm: Double { get }
    /// Every number that is a mean over what was seen.
    static var terms: [WritableKeyPath<Self, Double>] { get }
    static func + (a: Self, b: Self) -> Self
    /// Everything divided by `count`.
    func divided(by count: Double) -> Self
}

extension TrainingReport {
    public static func + (a: Self, b: Self) -> Self { a.adding(b) }
    public func divided(by count: Double) -> Self { dividingTerms(by: count) }

    func adding(_ other: Self) -> Self {
        var sum = self
        for term in Self.terms { sum[keyPath: term] += other[keyPath: term] }
        return sum
    }

    func dividingTerms(by count: Double) -> Self {
        var mean = self
        for term in Self.terms { mean[keyPath: term] /= count }
        return mean
    }
}

/// Steps, reports, checkpoints and the not-a-number guard of a run in a folder; the same for every
/// codec.
///
/// A loss or gradient that is not finite sends the run back to its last checkpoint and on with
/// other data; the fourth time ends it with an error.
package struct TrainingLoop<Training: ResumableTraining> {
    /// Means since the last report.
    package struct Progress {
        package var step: Int
        package var phase: String
        package var report: Training.Report
        package var audioSecondsPerSecond: Double
        package var secondsLeft: Double
    }

    let training: Training
    let checkpointPath: String
    /// Steps between reports.
    private let reportEvery = 50

    package init(training: Training, checkpointPath: String) {
        (self.training, self.checkpointPath) = (training, checkpointPath)
    }

    /// To the end of the configuration, or for `seconds` of wall clock.
    /// - Parameters:
    ///   - report: called every 50 steps and at the end
    ///   - validate: called as often as the configuration says and at the end
    ///   - fellBack: called when training is back at its last checkpoint: what was reported since
    ///     is of steps that will come again
    package func run(
        seconds: Double?, report: (Progress) throws -> Void, validate: () throws -> Void,
        fellBack: () throws -> Void
    ) throws {
        let configuration = training.configuration
        let begun = Date()
        var sum = Training.Report()
        var count = 0
        var since = Date()
        var fallbacks = 0
        while training.step < configuration.totalSteps {
            let phase =
                configuration.phases.place(of: training.step).map {
                    configuration.phases[$0.index].name
                } ?? ""
            let new = try training.advance()
            guard new.loss.isFinite, new.gradientNorm.isFinite else {
                fallbacks += 1
                guard fallbacks <= 3, FileManager.default.fileExists(atPath: checkpointPath) else {
                    throw TrainingError.notFinite(
                        step: training.step, term: new.loss.isFinite ? "gradient" : "loss")
                }
                try training.restore(from: checkpointPath)
                training.perturbRandom(by: UInt64(fallbacks))
                try fellBack()
                (sum, count, since) = (Training.Report(), 0, Date())
                continue
            }
            sum = sum + new
            count += 1
            let step = training.step
            let last =
                step >= configuration.totalSteps
                || seconds.map { Date().timeIntervalSince(begun) >= $0 } == true
            if step % reportEvery == 0 || last {
                let elapsed = Date().timeIntervalSince(since)
                let n = Double(count)
                try report(
                    Progress(
                        step: step, phase: phase, report: sum.divided(by: n),
                        audioSecondsPerSecond: configuration.secondsPerStep * n
                            / max(elapsed, 1e-9),
                        secondsLeft: Double(configuration.totalSteps - step) * elapsed / n))
                sum = Training.Report()
                count = 0
                since = Date()
            }
            if step % configuration.checkpointEvery == 0 || last {
                try training.save(to: checkpointPath)
            }
            if step % configuration.validateEvery == 0 || last {
                try validate()
                since = Date()
            }
            if last { break }
        }
    }
}
