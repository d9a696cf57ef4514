package dev.tidemark.storage.file;

import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** Names every file of a store; nothing else builds a path. */
public record StoreFiles(Path directory) {
  private static final int SEGMENT_DIGITS = 16;
  private static final String FOLDING = ".fold";

  /** Who this store is: its own id and its replica's. */
  public Path identity() {
    return directory.resolve("IDENTITY");
  }

  /** Held by the process that has the store open. */
  public Path lock() {
    return directory.resolve("LOCK");
  }

  /** How far the log was forced. */
  public Path durableMark() {
    return directory.resolve("DURABLE-MARK");
  }

  /** The operation log. */
  public Path log() {
    return directory.resolve("log");
  }

  /** What the sealed segments of the log hold. */
  public Path catalogue() {
    return log().resolve("CATALOGUE");
  }

  /** The joined state. */
  public Path state() {
    return directory.resolve("state");
  }

  /** There if RocksDB reported damage: the next open examines the state before it uses it. */
  public Path stateSuspect() {
    return directory.resolve("STATE-SUSPECT");
  }

  /** Where recovery moves what cannot be used any more; nothing reads it. */
  public Path quarantine() {
    return directory.resolve("quarantine");
  }

  /** Values that concurrent updates took from each other, the newest ones. */
  public Path conflicts() {
    return directory.resolve("CONFLICTS");
  }

  /** The same, older ones. */
  public Path conflictsBefore() {
    return directory.resolve("CONFLICTS-BEFORE");
  }

  /** Up to where the logs of other stores were read. */
  public Path peers() {
    return directory.resolve("PEERS");
  }

  /** Under which name each replica was met first. */
  public Path names() {
    return directory.resolve("NAMES");
  }

  /** Its snapshots, each in a directory of its own. */
  public Path snapshots() {
    return directory.resolve("snapshots");
  }

  /** The chunks of large values. */
  public Path blobs() {
    return directory.resolve("blobs");
  }

  /** What a restore is gathering; of no meaning to anybody else. */
  public Path restoring() {
    return directory.resolve("restoring");
  }

  /** There once a restore has gathered all it needs, until it has come to its end. */
  public Path restored() {
    return directory.resolve("restored");
  }

  /** The directory of one segment of the log. */
  public Path segment(long number) {
    return log().resolve(segmentName(number));
  }

  /** Where a folded segment is written before it is a part of the log. */
  public Path foldingSegment(long number) {
    return log().resolve(segmentName(number) + FOLDING);
  }

  /** Whether a path is named as {@link #foldingSegment} does it. */
  public static boolean isFoldingSegment(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(FOLDING)
        && segmentNumber(Path.of(name.substring(0, name.length() - FOLDING.length()))).isPresent();
  }

  /** The name of a segment's directory: its number, padded so that names sort as numbers do. */
  public static String segmentName(long number) {
    return String.format(Locale.ROOT, "%016d", number);
  }

  /** The number of a segment's directory; empty for any other name. */
  public static OptionalLong segmentNumber(Path path) {
    String name = path.getFileName().toString();
    boolean digits = name.chars().allMatch(c -> c >= '0' && c <= '9');
    return name.length() == SEGMENT_DIGITS && digits
        ? OptionalLong.of(Long.parseLong(name))
        : OptionalLong.empty();
  }
}
