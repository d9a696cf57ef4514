package dev.tidemark.storage.file;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.codec.Bytes;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names every file of the blob store: a chunk by its hash, in one of 256 directories by the first
 * byte of it.
 */
public record BlobFiles(Path directory) {
  /** How many directories there are at most. */
  public static final int DIRECTORIES = 256;

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{" + 2 * ChunkTree.HASH_BYTES + "}");

  /** The directory of a chunk, as a number. */
  public static int number(Bytes hash) {
    return hash.array()[0] & 0xff;
  }

  /** The directory of a number. */
  public Path numbered(int number) {
    return directory.resolve(HexFormat.of().toHexDigits((byte) number));
  }

  /** The file of a chunk. */
  public Path chunk(Bytes hash) {
    return numbered(number(hash)).resolve(HexFormat.of().formatHex(hash.array()));
  }

  /** The hash in the name of a chunk's file; empty for any other name. */
  public static Optional<Bytes> hash(Path chunk) {
    String name = chunk.getFileName().toString();
    return NAME.matcher(name).matches()
        ? Optional.of(Bytes.wrap(HexFormat.of().parseHex(name)))
        : Optional.empty();
  }

  /** Where chunks are written before they have a name; of no meaning after a crash. */
  public Path unfinished() {
    return directory.resolve("unfinished");
  }

  /** One of those. */
  public Path unfinished(long number) {
    return unfinished().resolve(String.format(Locale.ROOT, "%d", number));
  }
}
