import ToolSupport

ToolMain.run(DenoiseCommand.self)
