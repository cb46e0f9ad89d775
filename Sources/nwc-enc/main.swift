import ToolSupport

ToolMain.run(EncodeCommand.self)
