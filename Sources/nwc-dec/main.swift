import ToolSupport

ToolMain.run(DecodeCommand.self)
