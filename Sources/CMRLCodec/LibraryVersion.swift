/// Version of the library and of the programs made from it, as in semantic versioning.
public enum LibraryVersion {
    /// "major.minor.patch". The one place that says it: Scripts/version.sh reads this line.
    public static let text = "0.2.0"
}
