// SignalProcessing
