/// Names of open descriptors in the file system.
public enum DescriptorName {
    /// The number of the descriptor that such a name stands for: `/dev/stdin`, `/dev/stdout`,
    /// `/dev/stderr`, `/dev/fd/N`, `/proc/self/fd/N`; nil for all other names.
    public static func number(_ path: String) -> CInt? {
        switch path {
        case "/dev/stdin": return 0
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default: break
        }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            let digits = path.dropFirst(folder.count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39) ~= $0 }) else {
                return nil
            }
            return CInt(digits)
        }
        return nil
    }
}
