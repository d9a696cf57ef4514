package dev.tidemark.damage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.damage.Ending.Outcome;
import dev.tidemark.storage.core.Opening;
import dev.tidemark.storage.core.SteppedWorkers;
import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.fault.Watcher;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.format.Settled;
import dev.tidemark.storage.log.LogCondition;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.SegmentInfo;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Damage where it is known to hurt: not drawn, but each byte or bit of a place. */
class KnownPlacesTest {
  private static final int ENTRIES = 3;
  private static final int OPENED_EVERY = 24;
  private static final int WAITED_FOR = 3;

  private static Path room;
  private static Template killed;
  private static List<Entry> entries;
  private static Path file;

  /** Where an entry of the segment that was not sealed lies. */
  private record Entry(long position, int start, int end) {}

  /** How many calls to the disk something makes, and how often it waits, also by sleeping. */
  private record Work(int calls, long waits) {}

  @BeforeAll
  static void make() throws IOException {
    room = Room.make();
    killed = Templates.killed(room.resolve("templates"));
    StoreFiles files = new StoreFiles(killed.directory());
    long unsealed;
    try (LogReader log = LogReader.open(files)) {
      unsealed = log.segments().get(log.segments().size() - 1).number();
    }
    entries = entriesOf(files, unsealed);
    file = killed.directory().relativize(dataFile(files.segment(unsealed)));
  }

  @AfterAll
  static void remove() {
    Trees.delete(room);
  }

  @Test
  void aTailThatIsCutAtAnyByteLosesOnlyTheEntriesBehindTheCut() {
    int first = entries.get(entries.size() - ENTRIES).start();
    byte[] whole = Trees.read(killed.directory().resolve(file));
    for (int cut = first; cut <= last().end(); cut++) {
      int at = cut;
      expectPrefix(Arrays.copyOf(whole, cut), positionBefore(at), "cut at " + at, at);
    }
  }

  @Test
  void aTailOfZerosOfGarbageOrOfOldBytesLosesOnlyTheEntriesFromThereOn() {
    int first = entries.get(entries.size() - ENTRIES).start();
    byte[] whole = Trees.read(killed.directory().resolve(file));
    Random random = new Random(1);
    for (int from = first; from < last().end(); from++) {
      byte[] zeros = whole.clone();
      Arrays.fill(zeros, from, last().end(), (byte) 0);
      byte[] garbage = whole.clone();
      byte[] noise = new byte[last().end() - from];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, garbage, from, noise.length);
      byte[] repeated = whole.clone();
      System.arraycopy(whole, first - noise.length, repeated, from, noise.length);
      expectPrefixUpToTheFirstChange(whole, zeros, "zeros from " + from);
      expectPrefixUpToTheFirstChange(whole, garbage, "garbage from " + from);
      expectPrefixUpToTheFirstChange(whole, repeated, "older bytes from " + from);
    }
  }

  /** Some of the bytes may be what they were before, by chance or because they were zeros. */
  private static void expectPrefixUpToTheFirstChange(byte[] whole, byte[] changed, String what) {
    int change = Arrays.mismatch(whole, changed);
    if (change >= 0) {
      expectPrefix(changed, positionBefore(change), what, change);
    }
  }

  @Test
  void noBitOfAnEntryThatIsPromisedCanFlipUnnoticed() {
    Entry promised = entryAt(killed.mark() - 1);
    byte[] whole = Trees.read(killed.directory().resolve(file));
    Path copy = copy();
    for (int bit : bits(promised.start(), promised.end())) {
      Trees.write(copy.resolve(file), flipped(whole, bit));
      try (LogReader log = LogReader.open(new StoreFiles(copy))) {
        assertThat(log.condition()).as("bit %s", bit).isEqualTo(LogCondition.DAMAGED);
      }
    }
  }

  @Test
  void noBitOfAnEntryThatIsNotPromisedCanFlipAndBeReadOrPassOverItsSuccessor() {
    byte[] whole = Trees.read(killed.directory().resolve(file));
    Path copy = copy();
    for (Entry entry : List.of(entryAt(killed.mark() + 2), last())) {
      for (int bit : bits(entry.start(), entry.end())) {
        Trees.write(copy.resolve(file), flipped(whole, bit));
        try (LogReader log = LogReader.open(new StoreFiles(copy))) {
          assertThat(log.condition()).as("bit %s", bit).isEqualTo(LogCondition.TORN_TAIL);
          assertThat(log.lastPosition()).isEqualTo(entry.position() - 1);
        }
      }
    }
  }

  @Test
  void noBitOfASealedEntryCanFlipUnnoticed() {
    Path copy = copy();
    SegmentInfo sealed;
    int start;
    int end;
    try (LogReader log = LogReader.open(new StoreFiles(copy));
        LogCursor cursor = log.cursor(2)) {
      sealed = log.segments().get(0);
      assertThat(sealed.sealed()).isTrue();
      cursor.next();
      start = (int) cursor.fileOffset();
      cursor.next();
      end = (int) cursor.fileOffset();
    }
    Path sealedFile = dataFile(new StoreFiles(copy).segment(sealed.number()));
    byte[] whole = Trees.read(sealedFile);
    for (int bit : bits(start, end)) {
      Trees.write(sealedFile, flipped(whole, bit));
      try (LogReader log = LogReader.open(new StoreFiles(copy))) {
        boolean padding = whole[bit / 8] == 0 && bit / 8 >= end - 3;
        assertThat(padding || log.verify(sealed).isPresent()).as("bit %s", bit).isTrue();
      }
    }
  }

  @Test
  void chroniclesOwnAreasAreNotNeededToRead() {
    byte[] whole = Trees.read(killed.directory().resolve(file));
    int entry = entries.get(0).start();
    Map<String, byte[]> heads =
        Map.of(
            "first four bytes zero", zero(whole, 0, 4),
            "first four bytes garbage", garbage(whole, 0, 4),
            "all before the first entry garbage", garbage(whole, 0, entry),
            "index zero", zero(whole, 64, entry),
            "first page zero", zero(whole, 0, 4096));
    heads.forEach(
        (name, bytes) -> {
          Path copy = copy();
          Trees.write(copy.resolve(file), bytes);
          Ending ending = Ending.of(killed, copy);
          assertThat(ending.outcome()).as(name).isNotEqualTo(Outcome.NAMED_LOSS);
        });
  }

  @Test
  void whatALockOrChroniclesMetadataSaysKeepsNobodyOut() {
    Work untouched = work(KnownPlacesTest::copy);
    long live = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(1L);
    List<String> words =
        List.of("garbage \u0000", "999999999", "" + ProcessHandle.current().pid(), "" + live, "");
    for (String word : words) {
      byte[] said = word.getBytes(StandardCharsets.UTF_8);
      expectNoMoreWork(Path.of("LOCK"), said, untouched, "LOCK says " + word);
    }
    Path metadata = file.resolveSibling("metadata.cq4t");
    byte[] noise = new byte[1 << 16];
    new Random(2).nextBytes(noise);
    for (byte[] content : List.of(new byte[0], new byte[1 << 16], noise)) {
      String what = "metadata of " + content.length + " bytes";
      expectNoMoreWork(metadata, content, untouched, what);
    }
  }

  private static void expectNoMoreWork(Path of, byte[] content, Work untouched, String what) {
    Supplier<Path> written =
        () -> {
          Path copy = copy();
          Trees.write(copy.resolve(of), content);
          return copy;
        };
    assertThat(work(written)).as(what).isEqualTo(untouched);
    assertThat(Ending.of(killed, written.get()).outcome())
        .as(what)
        .isEqualTo(Outcome.EXACT_RECOVERY);
  }

  /** The least of some: a thread of somebody else may make one wait that need not. */
  private static Work work(Supplier<Path> copy) {
    return Stream.generate(() -> workOnce(copy.get()))
        .limit(WAITED_FOR)
        .min(Comparator.comparingLong(Work::waits))
        .orElseThrow();
  }

  /** Opens a copy, and closes it. */
  private static Work workOnce(Path copy) {
    AtomicInteger calls = new AtomicInteger();
    Watcher counting =
        new Watcher() {
          @Override
          public void before(Call call) {
            calls.incrementAndGet();
          }
        };
    long before = waits();
    Opening.open(
            copy,
            Templates.SCHEMA,
            Templates.OPTIONS,
            new ObservedFiles(counting),
            new SteppedWorkers())
        .close();
    return new Work(calls.get(), waits() - before);
  }

  private static long waits() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.getThreadInfo(Thread.currentThread().getId()).getWaitedCount();
  }

  /** The log ends where the bytes stop being right; a whole open, now and then, agrees. */
  private static void expectPrefix(byte[] bytes, long position, String what, int number) {
    Path copy = room.resolve("copy");
    if (!Files.exists(copy)) {
      copy();
    }
    Trees.write(copy.resolve(file), bytes);
    try (LogReader log = LogReader.open(new StoreFiles(copy))) {
      assertThat(log.lastPosition()).as(what).isEqualTo(position);
      boolean refused = log.refusal().isPresent();
      assertThat(refused).as(what).isEqualTo(position < killed.mark());
    }
    if (number % OPENED_EVERY == 0) {
      copy();
      Trees.write(copy.resolve(file), bytes);
      Ending ending = Ending.of(killed, copy);
      boolean refused = ending.outcome() == Outcome.EXACT_ERROR;
      assertThat(refused).as("%s: %s", what, ending).isEqualTo(position < killed.mark());
      copy();
    }
  }

  private static long positionBefore(int offset) {
    long position = entries.get(0).position() - 1;
    for (Entry entry : entries) {
      position = entry.end() <= offset ? entry.position() : position;
    }
    return position;
  }

  private static Path copy() {
    Path copy = room.resolve("copy");
    Trees.delete(copy);
    Trees.copy(killed.directory(), copy);
    Settled.settle(copy);
    return copy;
  }

  private static Entry last() {
    return entries.get(entries.size() - 1);
  }

  private static Entry entryAt(long position) {
    return entries.stream().filter(e -> e.position() == position).findFirst().orElseThrow();
  }

  private static List<Entry> entriesOf(StoreFiles files, long unsealed) {
    List<Entry> found = new ArrayList<>();
    try (LogReader log = LogReader.open(files);
        LogCursor cursor = log.cursor(log.firstPosition())) {
      while (cursor.next()) {
        if (cursor.segment() == unsealed) {
          int start = (int) cursor.fileOffset();
          // Header of the document, frame, body.
          found.add(new Entry(cursor.position(), start, start + 4 + 24 + cursor.length()));
        }
      }
    }
    return found;
  }

  private static Path dataFile(Path segment) {
    return Trees.below(segment).stream()
        .filter(path -> path.toString().endsWith(".cq4"))
        .findFirst()
        .orElseThrow();
  }

  /** All bits of the fields: document's header, frame, commit's header; then one of each byte. */
  private static int[] bits(int start, int end) {
    int fields = start + 4 + 24 + 36;
    return IntStream.range(start * 8, end * 8)
        .filter(bit -> bit / 8 < fields || bit % 8 == bit / 8 % 8)
        .toArray();
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << (bit % 8));
    return flipped;
  }

  private static byte[] zero(byte[] bytes, int from, int to) {
    byte[] zeroed = bytes.clone();
    Arrays.fill(zeroed, from, to, (byte) 0);
    return zeroed;
  }

  private static byte[] garbage(byte[] bytes, int from, int to) {
    byte[] noise = new byte[to - from];
    new Random(3).nextBytes(noise);
    byte[] changed = bytes.clone();
    System.arraycopy(noise, 0, changed, from, noise.length);
    return changed;
  }
}
