package dev.tidemark.storage.log;

import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a log, read without believing anything about it: every file below its directory
 * is searched for whole entries, whether the catalogue names it or not, and whatever it is called.
 * Writes nothing. Memory is bounded by the number of holes, not of entries.
 */
public final class SalvagedLog {
  private static final String TOO_NEW = "file format is too new";

  private final List<SalvageRun> runs;
  private final List<SalvagedRun> folded;
  private final CatalogueFile.@Nullable Read catalogue;
  private final DurableMark.@Nullable Slots mark;

  private SalvagedLog(
      List<SalvageRun> runs,
      List<SalvagedRun> folded,
      CatalogueFile.@Nullable Read catalogue,
      DurableMark.@Nullable Slots mark) {
    this.runs = runs;
    this.folded = folded;
    this.catalogue = catalogue;
    this.mark = mark;
  }

  /** Sees what the search comes across. */
  @FunctionalInterface
  public interface Listener {
    /** Bytes that are not what should be there; not all of them were of use. */
    void damaged(Path file, long from, long to, String expected, String actual);
  }

  /**
   * Searches the log of a store.
   *
   * @throws StoreUnusableException if something in it is whole and of a newer format
   */
  public static SalvagedLog read(StoreFiles files, Listener listener) {
    try {
      CatalogueFile.Read catalogue = catalogue(files, listener);
      List<SegmentInfo> known = catalogue == null ? List.of() : catalogue.catalogue().segments();
      List<SalvageRun> runs = new ArrayList<>();
      List<SalvagedRun> folded = new ArrayList<>();
      for (Path file : dataFiles(files)) {
        SalvagedRun run = SalvagedRun.of(files, file, known, listener);
        if (run == null) {
          runs.addAll(SalvageScan.of(file, listener));
        } else {
          folded.add(run);
        }
      }
      runs.sort(Comparator.comparingLong(SalvageRun::firstPosition));
      folded.sort(Comparator.comparingLong(SalvagedRun::firstPosition));
      return new SalvagedLog(
          List.copyOf(runs), List.copyOf(folded), catalogue, mark(files, listener));
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("log cannot be read").with("directory", files.log()).with("cause", e), e);
    }
  }

  private static List<Path> dataFiles(StoreFiles files) throws IOException {
    if (!Files.isDirectory(files.log())) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(files.log())) {
      return tree.filter(Files::isRegularFile)
          .filter(file -> !file.equals(files.catalogue()))
          // What is not finished looks whole up to where it ends.
          .filter(file -> !StoreFiles.isFoldingSegment(files.log().relativize(file).getName(0)))
          .sorted()
          .toList();
    }
  }

  private static CatalogueFile.@Nullable Read catalogue(StoreFiles files, Listener listener)
      throws IOException {
    Path file = files.catalogue();
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      listener.damaged(file, 0, 0, "the catalogue of the segments", "no file");
      return null;
    }
    try {
      return CatalogueFile.decode(file, content, null);
    } catch (TidemarkException e) {
      requireNotNewer(e);
      listener.damaged(file, 0, content.length, "a catalogue", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static DurableMark.@Nullable Slots mark(StoreFiles files, Listener listener)
      throws IOException {
    Path file = files.durableMark();
    DurableMark.Slots slots = DurableMark.slots(file);
    if (slots.newest() == null) {
      String actual = Files.exists(file) ? "none" : "no file";
      listener.damaged(file, 0, slots.length(), "a slot that is intact", actual);
    }
    return slots;
  }

  /** Lets through what is only damaged: what a newer version wrote is not. */
  public static void requireNotNewer(TidemarkException e) {
    // Its checksum holds: it is what a newer version wrote, and not damage.
    if (e.title().equals(TOO_NEW)) {
      throw e;
    }
  }

  /** The bytes of all entries that were found. */
  public long bytes() {
    return runs.stream().mapToLong(SalvageRun::bytes).sum()
        + folded.stream().mapToLong(SalvagedRun::bytes).sum();
  }

  /** The folded segments that are whole, in order of positions; first those without. */
  public List<SalvagedRun> folded() {
    return folded;
  }

  /** The highest position that was found. */
  public long lastFound() {
    return Math.max(
        runs.stream().mapToLong(SalvageRun::lastPosition).max().orElse(0),
        folded.stream().mapToLong(SalvagedRun::lastPosition).max().orElse(0));
  }

  /** The store that the catalogue belongs to, in hexadecimal. */
  public Optional<String> catalogueOwner() {
    return Optional.ofNullable(catalogue).map(read -> HexFormat.of().formatHex(read.storeId()));
  }

  /** The store that the durable mark belongs to, in hexadecimal. */
  public Optional<String> markOwner() {
    return Optional.ofNullable(mark)
        .map(DurableMark.Slots::owner)
        .map(owner -> HexFormat.of().formatHex(owner));
  }

  /** The position that the durable mark promises; 0 if there is no mark. */
  public long marked() {
    return mark == null || mark.newest() == null ? 0 : mark.newest().position();
  }

  /** What the catalogue says of the sealed segments; nothing if it cannot be read. */
  public List<SegmentInfo> catalogued() {
    return catalogue == null ? List.of() : catalogue.catalogue().segments();
  }

  /** The lowest position the log held: 1 if nothing says otherwise. */
  public long firstPosition() {
    return catalogue == null ? 1 : catalogue.catalogue().firstPosition();
  }

  /** Why the catalogue denies that the log held a commit at a position; null if it does not. */
  public @Nullable String denial(long position, CommitHeader header) {
    for (SegmentInfo segment : catalogued()) {
      if (position >= segment.firstPosition() && position <= segment.lastPosition()) {
        for (OriginCoverage origin : segment.coverage()) {
          if (origin.origin() == header.origin()) {
            return header.firstSequence() > origin.before()
                    && header.lastSequence() <= origin.after()
                ? null
                : denial(segment, "sequences " + origin.before() + " to " + origin.after());
          }
        }
        return denial(segment, "nothing of it");
      }
    }
    return null;
  }

  private static String denial(SegmentInfo segment, String held) {
    return "the catalogue says that segment " + segment.number() + " held " + held;
  }

  /** Reads what was found, in order of positions. */
  public SalvageCursor cursor() {
    return new SalvageCursor(runs);
  }
}
