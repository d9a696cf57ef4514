package dev.tidemark.storage.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names every file of a snapshot. Its directory's name begins with the log position it reaches;
 * while it is being made, or being removed, the name says that it is none.
 */
public record SnapshotFiles(Path directory) {
  private static final String UNFINISHED = "tmp-";
  private static final Pattern NAME = Pattern.compile("(\\d{16})-([0-9a-f]{16})");

  /** A finished snapshot in a directory of snapshots. */
  public static SnapshotFiles of(Path parent, long position, long id) {
    String name = String.format(Locale.ROOT, "%016d-%s", position, HexFormat.of().toHexDigits(id));
    return new SnapshotFiles(parent.resolve(name));
  }

  /** One that is being made, or removed, under a name that no finished one has. */
  public static SnapshotFiles unfinished(Path parent, String name) {
    return new SnapshotFiles(parent.resolve(UNFINISHED + name));
  }

  /** Whether the name says that it is being made or removed. */
  public static boolean isUnfinished(Path path) {
    return path.getFileName().toString().startsWith(UNFINISHED);
  }

  /** The log position in the name of a finished snapshot; empty for any other name. */
  public static Optional<Long> position(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches() ? Optional.of(Long.parseLong(name.group(1))) : Optional.empty();
  }

  /** The newest position in the names of a directory of snapshots; empty if there is none. */
  public static OptionalLong newest(Path parent) {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.flatMap(path -> position(path).stream()).mapToLong(Long::longValue).max();
    } catch (IOException none) {
      return OptionalLong.empty();
    }
  }

  /** Its own name. */
  public String name() {
    return directory.getFileName().toString();
  }

  /** What it is of, and what each of its files has to be. */
  public Path manifest() {
    return directory.resolve("MANIFEST");
  }

  /** The files of the state. */
  public Path data() {
    return directory.resolve("data");
  }
}
