import ToolSupport

ToolMain.run(InfoCommand.self)
