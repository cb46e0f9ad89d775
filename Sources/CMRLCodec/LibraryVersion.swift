/// Version of the library and of the programs made from it, as in semantic versioning.
public enum LibraryVersion {
    public static let major = 0
    public static let minor = 1
    public static let patch = 0

    /// "major.minor.patch"
    public static let text = "\(major).\(minor).\(patch)"
}
