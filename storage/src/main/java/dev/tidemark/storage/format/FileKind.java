package dev.tidemark.storage.format;

/**
 * A kind of file of ours.
 *
 * @param name what messages call it
 * @param magic its first four bytes, as a little-endian number
 * @param oldestVersion the oldest format version that can be read
 * @param version the format version that is written, and the newest that can be read
 */
public record FileKind(String name, int magic, int oldestVersion, int version) {
  /** A kind whose magic is four ASCII letters and which has one version so far. */
  public static FileKind of(String name, String letters) {
    return of(name, letters, 1);
  }

  /** A kind of which one version alone is read and written. */
  public static FileKind of(String name, String letters, int version) {
    int magic = 0;
    for (int i = 3; i >= 0; i--) {
      magic = magic << 8 | letters.charAt(i);
    }
    return new FileKind(name, magic, version, version);
  }
}
