// The gradient checker is shared with the tests of the rooms above.
@_exported import TestSupport
