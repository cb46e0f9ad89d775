import ArgumentParser
import System

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The frame around every program: signals, parsing, messages and exit status.
public enum ToolMain {
    /// Parses the command line, runs the command and ends the program.
    public static func run<Command: ParsableCommand>(_ type: Command.Type) -> Never {
        StandardStreams.reserve()
        PartialOutputs.installHandlers()
        exit(status(of: type, arguments: Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs a command and says everything there is to say about its end.
    /// - Returns: the exit status.
    public static func status<Command: ParsableCommand>(of type: Command.Type, arguments: [String])
        -> Int32
    {
        do {
            var command = try type.parseAsRoot(arguments)
            try command.run()
            return ExitStatus.success
        } catch let failure as ToolFailure {
            if case .reported = failure { return ExitStatus.failure }
            Console.error(failure)
            guard case .usage = failure else { return ExitStatus.failure }
            hint()
            return ExitStatus.usage
        } catch let error as any BrokenPipeError where error.isBrokenPipe {
            return ExitStatus.success
        } catch {
            let code = type.exitCode(for: error)
            if code.isSuccess {  // --help, --version, completion scripts
                return printed(type.fullMessage(for: error))
            }
            guard code == .validationFailure else {
                Console.error(String(describing: error))
                return ExitStatus.failure
            }
            Console.error(type.message(for: error))
            hint()
            return ExitStatus.usage
        }
    }

    /// Prints what was asked for instead of a run.
    private static func printed(_ text: String) -> Int32 {
        do throws(OutputError) {
            try Output.line(text)
        } catch {
            guard !error.isBrokenPipe else { return ExitStatus.success }
            Console.error(error)
            return ExitStatus.failure
        }
        return ExitStatus.success
    }

    private static func hint() {
        Console.note("Try '\(Console.programName) --help' for more information.")
    }

    /// Does the same for several inputs: a failure is reported and the others go on, then the
    /// program fails.
    /// - Throws: the error itself where there is only one item, broken pipes always, and
    ///   `ToolFailure.reported` at the end.
    public static func forEach<Item>(_ items: [Item], _ work: (Item) throws -> Void) throws {
        var failed = false
        for item in items {
            do {
                try work(item)
            } catch let error as any BrokenPipeError where error.isBrokenPipe {
                throw error
            } catch {
                if items.count == 1 { throw error }
                Console.error(String(describing: error))
                failed = true
            }
        }
        if failed { throw ToolFailure.reported }
    }
}
