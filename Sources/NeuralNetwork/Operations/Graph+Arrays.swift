import CKernels

/// Functions applied value by value, with their derivative.
public enum UnaryFunction: Sendable {
    case tanh, sigmoid, exp, asinh, abs, square, relu, softplus
    /// Natural logarithm of max(x, floor).
    case log(floor: Double)
    /// x for x > 0, slope x otherwise.
    case leakyReLU(slope: Double)
    /// sqrt(x + offset).
    case squareRoot(offset: Double)
    /// Nearest integer (ties to even); the gradient passes straight through (Bengio et al. 2013).
    case round
    /// Limits to +-bound; no gradient outside.
    case clamp(bound: Double)

    var kind: Int32 {
        switch self {
        case .tanh: Int32(NWC_TANH.rawValue)
        case .sigmoid: Int32(NWC_SIGMOID.rawValue)
        case .exp: Int32(NWC_EXP.rawValue)
        case .asinh: Int32(NWC_ASINH.rawValue)
        case .abs: Int32(NWC_ABS.rawValue)
        case .square: Int32(NWC_SQUARE.rawValue)
        case .relu: Int32(NWC_RELU.rawValue)
        case .softplus: Int32(NWC_SOFTPLUS.rawValue)
        case .log: Int32(NWC_LOG.rawValue)
        case .leakyReLU: Int32(NWC_LEAKY.rawValue)
        case .squareRoot: Int32(NWC_SQRT.rawValue)
        case .round: Int32(NWC_ROUND.rawValue)
        case .clamp: Int32(NWC_CLAMP.rawValue)
        }
    }
    var parameter: Double {
        switch self {
        case .log(let floor): floor
        case .leakyReLU(let slope): slope
        case .squareRoot(let offset): offset
        case .clamp(let bound): bound
        default: 0
        }
    }
}

extension Graph {
    /// y = f(x), any shape.
    @_specialize(where S == Float)
    public func unary(_ function: UnaryFunction, _ x: Tensor<S>) -> Tensor<S> {
        let y = tensor(x.shape, tracked: x.grad != nil)
        let kernels = kernels
        let kind = function.kind
        let parameter = S(function.parameter)
        kernels.pointee.unary(kind, x.data, parameter, y.data, x.count)
        if let dx = x.grad, let dy = y.grad {
            record {
                kernels.pointee.unaryBackward(kind, x.data, y.data, parameter, dy, dx, x.count)
            }
        }
        return y
    }

    /// a + b, equal shapes.
    @_specialize(where S == Float)
    public func add(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> { combine(a, b, 1) }

    /// a - b, equal shapes.
    @_specialize(where S == Float)
    public func subtract(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> { combine(a, b, -1) }

    private func combine(_ a: Tensor<S>, _ b: Tensor<S>, _ sign: S) -> Tensor<S> {
        let (a, b) = aligned(a, b)
        precondition(a.shape == b.shape, "shapes \(a.shape) and \(b.shape)")
        let y = tensor(a.shape, tracked: a.grad != nil || b.grad != nil)
        let kernels = kernels
        if sign > 0 {
            kernels.pointee.add(a.data, b.data, y.data, a.count)
        } else {
            kernels.pointee.sub(a.data, b.data, y.data, a.count)
        }
        if let dy = y.grad {
            record {
                if let da = a.grad { kernels.pointee.accScaled(dy, 1, da, a.count) }
                if let db = b.grad { kernels.pointee.accScaled(dy, sign, db, a.count) }
            }
        }
        return y
    }

    /// a b value by value, equal shapes.
    @_specialize(where S == Float)
    public func multiply(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> {
        let (a, b) = aligned(a, b)
        precondition(a.shape == b.shape, "shapes \(a.shape) and \(b.shape)")
        let y = tensor(a.shape, tracked: a.grad != nil || b.grad != nil)
        let kernels = kernels
        kernels.pointee.mul(a.data, b.data, y.data, a.count)
        if let dy = y.grad {
            record {
                if let da = a.grad { kernels.pointee.accMul(dy, b.data, da, a.count) }
                if let db = b.grad { kernels.pointee.accMul(dy, a.data, db, a.count) }
            }
        }
        return y
    }

    /// a / b value by value, equal shapes.
    @_specialize(where S == Float)
    public func divide(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> {
        let (a, b) = aligned(a, b)
        precondition(a.shape == b.shape, "shapes \(a.shape) and \(b.shape)")
        let y = tensor(a.shape, tracked: a.grad != nil || b.grad != nil)
        S.divide(a.data, b.data, y.data, a.count)
        if let dy = y.grad {
            record { S.divideBackward(b.data, y.data, dy, a.grad, b.grad, a.count) }
        }
        return y
    }

    /// scale x + shift with constants.
    @_specialize(where S == Float)
    public func affine(_ x: Tensor<S>, scale: Double, shift: Double = 0) -> Tensor<S> {
        let y = tensor(x.shape, tracked: x.grad != nil)
        let kernels = kernels
        kernels.pointee.scaleShift(x.data, S(scale), S(shift), y.data, x.count)
        if let dx = x.grad, let dy = y.grad {
            record { kernels.pointee.accScaled(dy, S(scale), dx, x.count) }
        }
        return y
    }

    /// x[b, t, c] v[c]; `v` holds one value per channel, or such a row for every item.
    @_specialize(where S == Float)
    public func multiplyChannels(_ x: Tensor<S>, _ v: Tensor<S>) -> Tensor<S> {
        let items = Self.items(x, v)
        let y = tensor(x.shape, tracked: x.grad != nil || v.grad != nil)
        let kernels = kernels
        let rows = x.shape.rows / max(items, 1)
        let columns = x.shape.channels
        let part = rows * columns
        for i in 0..<items {
            kernels.pointee.mulRows(
                x.data + i * part, v.data + i * columns, y.data + i * part, rows, columns)
        }
        if let dy = y.grad {
            record {
                for i in 0..<items {
                    let (at, own) = (i * part, i * columns)
                    if let dx = x.grad {
                        kernels.pointee.accMulRows(dy + at, v.data + own, dx + at, rows, columns)
                    }
                    if let dv = v.grad {
                        kernels.pointee.accMulColumns(dy + at, x.data + at, dv + own, rows, columns)
                    }
                }
            }
        }
        return y
    }

    /// x[b, t, c] + v[c]; `v` as in `multiplyChannels`.
    @_specialize(where S == Float)
    public func addChannels(_ x: Tensor<S>, _ v: Tensor<S>) -> Tensor<S> {
        let items = Self.items(x, v)
        let y = tensor(x.shape, tracked: x.grad != nil || v.grad != nil)
        let kernels = kernels
        let rows = x.shape.rows / max(items, 1)
        let columns = x.shape.channels
        kernels.pointee.scaleShift(x.data, 1, 0, y.data, x.count)
        for i in 0..<items {
            kernels.pointee.accRows(
                v.data + i * columns, y.data + i * rows * columns, rows, columns)
        }
        if let dy = y.grad {
            record {
                if let dx = x.grad { kernels.pointee.accScaled(dy, 1, dx, x.count) }
                guard let dv = v.grad else { return }
                for i in 0..<items {
                    kernels.pointee.accColumns(
                        dy + i * rows * columns, dv + i * columns, rows, columns)
                }
            }
        }
        return y
    }

    /// Parts of x that have a row of v each: all of it, or the items of the batch.
    private static func items(_ x: Tensor<S>, _ v: Tensor<S>) -> Int {
        if v.count == x.shape.channels { return 1 }
        precondition(
            v.count == x.shape.batch * x.shape.channels,
            "\(v.count) values for \(x.shape.batch) items of \(x.shape.channels) channels")
        return x.shape.batch
    }

    /// PReLU with one slope per channel (He et al. 2015).
    @_specialize(where S == Float)
    public func prelu(_ x: Tensor<S>, slope: Tensor<S>) -> Tensor<S> {
        precondition(slope.count == x.shape.channels)
        let y = tensor(x.shape, tracked: x.grad != nil || slope.grad != nil)
        let kernels = kernels
        let rows = x.shape.rows
        let columns = x.shape.channels
        kernels.pointee.prelu(x.data, slope.data, y.data, rows, columns)
        if let dy = y.grad {
            record {
                kernels.pointee.preluBackward(
                    x.data, slope.data, dy, x.grad, slope.grad, rows, columns)
            }
        }
        return y
    }

    /// u tanh(g) where a row of x is [u | g].
    @_specialize(where S == Float)
    public func gatedProduct(_ x: Tensor<S>) -> Tensor<S> {
        let columns = x.shape.channels / 2
        let rows = x.shape.rows
        precondition(columns * 2 == x.shape.channels, "gated product of an odd number of channels")
        let y = tensor(Shape(x.shape.batch, x.shape.frames, columns), tracked: x.grad != nil)
        let gate = scratch(y.count)
        let kernels = kernels
        kernels.pointee.gated(x.data, gate, y.data, rows, columns)
        if let dx = x.grad, let dy = y.grad {
            record { kernels.pointee.gatedBackward(x.data, gate, dy, dx, rows, columns) }
        }
        return y
    }
}
