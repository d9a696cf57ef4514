package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the log of a store that is not open, or is open elsewhere, and never writes a byte. It
 * shows the log as it was when looked at: up to the last good entry, with whatever is wrong behind
 * it.
 */
public final class LogReader implements AutoCloseable {
  private final StoreFiles files;
  private final LogFacts facts;
  private final LogVerdict verdict;
  private final Catalogue catalogue;
  private final List<SegmentInfo> segments;
  private final List<SegmentExtent> extents;
  private final @Nullable Damage tail;
  private final Source source = new Source();
  private volatile boolean closed;

  private LogReader(StoreFiles files, byte @Nullable [] storeId) throws IOException {
    this.files = files;
    facts = LogFacts.gather(files, storeId);
    verdict = LogVerdict.of(facts, files);
    catalogue = facts.catalogue().map(CatalogueFile.Read::catalogue).orElse(Catalogue.EMPTY);
    segments = new ArrayList<>(catalogue.segments());
    extents = new ArrayList<>(extents(files, catalogue));
    Damage last = null;
    for (Map.Entry<Long, SegmentScan> unsealed : verdict.unsealed().entrySet()) {
      SegmentScan scan = unsealed.getValue();
      segments.add(scan.info(unsealed.getKey(), false));
      extents.add(SegmentExtent.of(scan.info(unsealed.getKey(), false), scan.file()));
      last = scan.damage();
    }
    tail = last;
  }

  /** Looks at the log of whatever store; there need not be one. */
  public static LogReader open(StoreFiles files) {
    return open(files, null);
  }

  /**
   * Looks at the log of a store.
   *
   * @param storeId the store that its files must belong to, or null for any
   */
  public static LogReader open(StoreFiles files, byte @Nullable [] storeId) {
    try {
      return new LogReader(files, storeId);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("log cannot be read").with("directory", files.log()).with("cause", e), e);
    }
  }

  /** Where readers find the sealed segments. */
  static List<SegmentExtent> extents(StoreFiles files, Catalogue catalogue) throws IOException {
    List<SegmentExtent> extents = new ArrayList<>();
    for (SegmentInfo segment : catalogue.segments()) {
      Path directory = files.segment(segment.number());
      List<Path> data = SegmentFiles.of(segment.number(), directory).dataFiles();
      // Without its file the directory is named, and reading it says that it is missing.
      Path file = data.size() == 1 ? data.get(0) : directory;
      extents.add(SegmentExtent.of(segment, file));
    }
    return List.copyOf(extents);
  }

  /** The lowest position the log holds. */
  public long firstPosition() {
    return catalogue.firstPosition();
  }

  /** The operations that lie before the first position. */
  public VersionVector cut() {
    return catalogue.cut();
  }

  /** The position of the last good commit. */
  public long lastPosition() {
    return verdict.lastGood();
  }

  /** How it was found. */
  public LogCondition condition() {
    return verdict.condition();
  }

  /** The durable mark, if it can be read. */
  public OptionalLong durableMark() {
    return facts.mark().stream().mapToLong(DurableMark.Reading::position).findFirst();
  }

  /** What the segments hold, in order; those that are not sealed come last. */
  public List<SegmentInfo> segments() {
    return List.copyOf(segments);
  }

  /** Why the log could not be opened for writing, if it could not. */
  public Optional<DamagedException> refusal() {
    return Optional.ofNullable(verdict.refusal());
  }

  /** What stands behind the last good entry of the last segment, if it is not nothing. */
  public Optional<Damage> tail() {
    return Optional.ofNullable(tail);
  }

  /** A reader from a position on. */
  public LogCursor cursor(long fromPosition) {
    source.requireOpen();
    return new LogCursor(source, fromPosition, Long.MAX_VALUE);
  }

  /**
   * Reads all of a segment and compares it with what the catalogue says.
   *
   * @return the damage, if there is any
   */
  public Optional<Damage> verify(SegmentInfo segment) {
    source.requireOpen();
    for (SegmentExtent extent : extents) {
      if (extent.number() == segment.number()) {
        return verify(segment, extent);
      }
    }
    throw Problem.of("log has no such segment").with("number", segment.number()).illegalArgument();
  }

  private static Optional<Damage> verify(SegmentInfo expected, SegmentExtent extent) {
    SegmentScan scan;
    try {
      scan = SegmentScan.of(extent.file(), extent.end());
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("log cannot be read").with("file", extent.file()).with("cause", e), e);
    }
    if (scan.damage() != null) {
      return Optional.of(scan.damage());
    }
    SegmentInfo actual = scan.infoAt(expected);
    return actual.equals(expected)
        ? Optional.empty()
        : Optional.of(
            new Damage(
                extent.file(),
                scan.bytes(),
                actual.lastPosition() + 1,
                expected.toString(),
                actual.toString()));
  }

  /** What is on the disk. */
  LogFacts facts() {
    return facts;
  }

  /** What follows from it. */
  LogVerdict verdict() {
    return verdict;
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class Source implements LogSource {
    @Override
    public void requireOpen() {
      if (closed) {
        throw Problem.of("log reader is closed").illegalState();
      }
    }

    @Override
    public long firstPosition() {
      return catalogue.firstPosition();
    }

    @Override
    public OptionalLong newestSnapshot() {
      return SnapshotFiles.newest(files.snapshots());
    }

    @Override
    public long appendedPosition() {
      return lastPosition();
    }

    @Override
    public List<SegmentExtent> extents() {
      return extents;
    }
  }
}
