package dev.tidemark.storage.blob;

import static dev.tidemark.storage.blob.Blobs.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MissingDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens at each moment of a sweep, one after the other in one thread where that can be. */
class SweepTest {
  private static final Runnable NOTHING = () -> {};
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path dir;
  private BlobStore store;

  @BeforeEach
  void open() {
    store = Blobs.open(dir);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private SweepReport sweep(BlobReferences references) {
    return store.sweep(references, Duration.ZERO, NOTHING);
  }

  /** A moment between two deletions: the sweep has looked, and goes through what there is. */
  private SweepReport sweepAndOnceItRemoves(Runnable action) {
    boolean[] hasLooked = new boolean[1];
    int[] steps = new int[1];
    return store.sweep(
        references -> hasLooked[0] = true,
        Duration.ZERO,
        () -> {
          // The first step after it has looked is that of waiting.
          if (hasLooked[0] && steps[0]++ == 1) {
            action.run();
          }
        });
  }

  private void expectReadable(LargeValue value, byte[] content) {
    assertThat(Blobs.read(store, value)).isEqualTo(content);
  }

  @Test
  void removesWhatNothingRefersTo() {
    byte[] kept = Blobs.noise(1, 2 * MIB + 5);
    LargeValue value = Blobs.write(store, kept);
    long before = Blobs.bytes(Blobs.chunks(dir));
    Blobs.write(store, Blobs.noise(2, 3 * MIB));
    Blobs.write(store, Blobs.noise(3, 10));
    long both = Blobs.bytes(Blobs.chunks(dir));
    assertThat(Blobs.sweep(store, List.of(value, value)))
        .isEqualTo(new SweepReport(true, 0, 4, 5, both - before));
    assertThat(Blobs.chunks(dir)).hasSize(4);
    expectReadable(value, kept);
    assertThat(Blobs.sweep(store, List.of()).removed()).isEqualTo(4);
    assertThat(Blobs.chunks(dir)).isEmpty();
  }

  @Test
  void keepsChunksThatAnotherValueShares() {
    byte[] content = Blobs.noise(4, 3 * MIB);
    Blobs.write(store, content);
    byte[] shorter = Arrays.copyOf(content, 2 * MIB);
    LargeValue value = Blobs.write(store, shorter);
    assertThat(Blobs.sweep(store, List.of(value)).removed()).isEqualTo(2);
    expectReadable(value, shorter);
  }

  @Test
  void givesUpAndRemovesNothingWhileSomebodyReads() throws IOException {
    byte[] content = Blobs.noise(5, 2 * MIB);
    LargeValue value = Blobs.write(store, content);
    BlobInput in;
    try (Visit visit = store.visit()) {
      in = visit.read(value);
    }
    assertThat(in.readNBytes(10)).hasSize(10);
    assertThat(Blobs.sweep(store, List.of())).isEqualTo(SweepReport.gaveUp(1));
    assertThat(in.readAllBytes()).hasSize(2 * MIB - 10);
    in.close();
    assertThat(Blobs.sweep(store, List.of()).removed()).isEqualTo(3);
  }

  @Test
  void givesUpWhileAValueIsWrittenThatNothingRefersToYet() {
    try (Visit visit = store.visit()) {
      Blobs.write(visit, new byte[] {1});
      assertThat(Blobs.sweep(store, List.of())).isEqualTo(SweepReport.gaveUp(1));
    }
    assertThat(Blobs.chunks(dir)).hasSize(1);
  }

  @Test
  void waitsForAReaderAndThenGoesOn() throws Exception {
    LargeValue value = Blobs.write(store, new byte[] {1});
    BlobInput in;
    try (Visit visit = store.visit()) {
      in = visit.read(value);
    }
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    CompletableFuture<SweepReport> sweep =
        CompletableFuture.supplyAsync(
            () -> store.sweep(visitor -> {}, LONG, () -> waiting.complete(null)));
    waiting.get(LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(in.read()).isEqualTo(1);
    assertThat(sweep).isNotDone();
    in.close();
    assertThat(sweep.get(LONG.toSeconds(), TimeUnit.SECONDS).removed()).isEqualTo(1);
  }

  @Test
  void endsItsWaitingWhenTheStoreIsClosed() throws Exception {
    store.visit();
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    CompletableFuture<SweepReport> sweep =
        CompletableFuture.supplyAsync(
            () -> store.sweep(visitor -> {}, LONG, () -> waiting.complete(null)));
    waiting.get(LONG.toSeconds(), TimeUnit.SECONDS);
    store.close();
    assertThatThrownBy(() -> sweep.get(LONG.toSeconds(), TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  /** Read from a reference that was overwritten before the sweep looked. */
  @Test
  void waitsForAReaderThatBeganBeforeItHadLooked() throws IOException {
    LargeValue value = Blobs.write(store, new byte[] {1});
    AtomicReference<BlobInput> in = new AtomicReference<>();
    SweepReport report =
        sweep(
            visitor -> {
              try (Visit visit = store.visit()) {
                in.set(visit.read(value));
              }
              // The reference is gone now, and is not shown.
            });
    assertThat(report).isEqualTo(SweepReport.gaveUp(1));
    assertThat(in.get().read()).isEqualTo(1);
    in.get().close();
  }

  @Test
  void keepsWhatIsWrittenWhileItLooks() {
    byte[] content = Blobs.noise(6, 2 * MIB);
    AtomicReference<LargeValue> value = new AtomicReference<>();
    SweepReport report = sweep(visitor -> value.set(Blobs.write(store, content)));
    assertThat(report.removed()).isZero();
    expectReadable(value.get(), content);
  }

  @Test
  void keepsWhatIsFoundAgainWhileItLooks() {
    byte[] content = Blobs.noise(7, 2 * MIB);
    LargeValue value = Blobs.write(store, content);
    sweep(visitor -> Blobs.write(store, content));
    expectReadable(value, content);
  }

  /** The copy of a reference: its old place is gone when the sweep looks, its new one is later. */
  @Test
  void keepsWhatIsReferredToWhileItLooks() {
    byte[] content = Blobs.noise(8, 2 * MIB);
    LargeValue value = Blobs.write(store, content);
    SweepReport report =
        sweep(
            visitor -> {
              try (Visit visit = store.visit()) {
                visit.refer(value);
              }
            });
    assertThat(report.removed()).isZero();
    expectReadable(value, content);
  }

  @Test
  void keepsWhatIsFoundAgainWhileItRemoves() {
    byte[] content = Blobs.noise(9, 2 * MIB);
    LargeValue value = Blobs.write(store, content);
    Blobs.write(store, Blobs.noise(10, 5 * MIB));
    SweepReport report = sweepAndOnceItRemoves(() -> Blobs.write(store, content));
    assertThat(report.removed()).isEqualTo(6);
    expectReadable(value, content);
  }

  @Test
  void keepsWhatIsFetchedWhileItRemoves() {
    byte[] content = Blobs.noise(11, 3 * MIB);
    Path other = dir.resolve("other");
    other.toFile().mkdir();
    try (BlobStore source = Blobs.open(other)) {
      LargeValue value = Blobs.write(source, content);
      Blobs.write(store, Arrays.copyOf(content, 2 * MIB));
      sweepAndOnceItRemoves(
          () -> {
            try (Visit visit = store.visit()) {
              visit.fetch(value, source);
            }
          });
      expectReadable(value, content);
    }
  }

  @Test
  void removesTheRestNextTimeIfItIsEnded() {
    for (int i = 0; i < 20; i++) {
      Blobs.write(store, Blobs.noise(i, 100));
    }
    int[] left = {12};
    assertThatThrownBy(
            () ->
                store.sweep(
                    visitor -> {},
                    Duration.ZERO,
                    () -> {
                      if (left[0]-- == 0) {
                        throw new IllegalStateException("ended");
                      }
                    }))
        .hasMessage("ended");
    assertThat(Blobs.chunks(dir)).hasSizeBetween(1, 19);
    // It no longer watches, and another may run.
    assertThat(Blobs.sweep(store, List.of()).completed()).isTrue();
    assertThat(Blobs.chunks(dir)).isEmpty();
  }

  /** What it lists may be all there is of the value, and is not known. */
  @Test
  void removesNothingWhenAListIsDamaged() throws IOException {
    byte[] content = Blobs.noise(12, 2 * MIB);
    LargeValue value = Blobs.write(store, content);
    Path list = Blobs.files(dir).chunk(value.root());
    byte[] good = Files.readAllBytes(list);
    Files.write(list, new byte[] {1, 2});
    assertThatThrownBy(() -> Blobs.sweep(store, List.of(value)))
        .isInstanceOf(DamagedException.class);
    Files.write(list, good);
    assertThat(Blobs.sweep(store, List.of(value)).removed()).isZero();
    expectReadable(value, content);
  }

  @Test
  void keepsWhatIsHereOfAValueThatIsNotFetchedYet() throws IOException {
    byte[] content = Blobs.noise(13, 3 * MIB);
    LargeValue value = Blobs.write(store, content);
    Files.delete(Blobs.files(dir).chunk(ChunkTree.hash(0, content, 0, MIB)));
    assertThat(Blobs.sweep(store, List.of(value)).removed()).isZero();
    assertThat(store.missing(value)).isEqualTo(new Missing(1, MIB));
    LargeValue unknown = new LargeValue(9 * MIB, ChunkTree.hash(1, content, 0, 9));
    assertThat(Blobs.sweep(store, List.of(unknown, value)).removed()).isZero();
    assertThatThrownBy(() -> Blobs.read(store, unknown)).isInstanceOf(MissingDataException.class);
  }

  /**
   * A value that somebody made of the root of another, with another length, comes first; it has no
   * chunks below, and the other one keeps its own.
   */
  @Test
  void aForgedValueDoesNotHideTheOneWhoseRootItNames() {
    byte[] content = Blobs.noise(14, 2 * MIB);
    LargeValue value = Blobs.write(store, content);
    LargeValue forged = new LargeValue(5 * MIB, value.root());
    assertThat(Blobs.sweep(store, List.of(forged, value, forged)).removed()).isZero();
    expectReadable(value, content);
  }
}
