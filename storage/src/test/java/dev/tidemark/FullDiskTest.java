package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A disk that fills up under a mapped file gives no error where it is written: with plain Chronicle
 * Queue, 232 appends after the last one that was kept had returned as if all were well. Here every
 * update that was acknowledged is there afterwards, the store says what is wrong, reads go on, and
 * so does writing when there is room again, without reopening.
 */
class FullDiskTest {
  private static final Schema SCHEMA = Schema.of("set:", Strategy.OR_SET);
  private static final Options OPTIONS =
      Options.defaults()
          .withOverlayBytes(256 << 10)
          .withCacheBytes(2 << 20)
          .withSyncInterval(Duration.ofMillis(5));
  private static final String PADDING = "x".repeat(1_000);
  private static final int DISK_MEBIBYTES = 24;
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path parent;

  private SmallDisk disk;
  private Path directory;
  private int acknowledged;

  /** The second takes as long again and goes the same ways; one test in each build is enough. */
  static List<SmallDisk.Kind> kinds() {
    return NIGHTLY ? List.of(SmallDisk.Kind.values()) : List.of(SmallDisk.Kind.TMPFS);
  }

  private Tidemark openOn(SmallDisk.Kind kind) {
    disk = SmallDisk.mount(kind, parent, DISK_MEBIBYTES);
    directory = disk.directory().resolve("store");
    return open();
  }

  private Tidemark open() {
    return Tidemark.open(directory, SCHEMA, OPTIONS);
  }

  @AfterEach
  void unmount() {
    if (disk != null) {
      disk.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesToAppendBeforeTheDiskIsFullAndGoesOnWhenItIsFreed(SmallDisk.Kind kind) {
    Tidemark store = openOn(kind);
    writeSome(store, 10);
    disk.fill(disk.totalBytes() / 4);
    writeUntilRefused(store);
    assertThat(disk.usableBytes()).isGreaterThan(disk.totalBytes() / 16);
    expectReads(store);
    store.sync();
    store.flush();
    disk.free();
    writeSome(store, 1_000);
    store.close();
    expectAllAfterReopening();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void keepsWhatItHasTakenWhenAnotherProcessTakesTheReserveToo(SmallDisk.Kind kind) {
    Tidemark store = openOn(kind);
    writeSome(store, 100);
    CompletableFuture<Void> filling = CompletableFuture.runAsync(() -> disk.fill(0));
    writeUntilRefused(store);
    filling.join();
    expectReads(store);
    store.sync();
    disk.free();
    awaitRoom(store);
    writeSome(store, 1_000);
    disk.fill(0);
    writeUntilRefused(store);
    store.close();
    disk.free();
    expectAllAfterReopening();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void waitsForRoomToFoldAndFlush(SmallDisk.Kind kind) {
    Tidemark store = openOn(kind);
    writeSome(store, 2_000);
    store.flush();
    // The log has its room ahead: it is the state that finds none.
    writeSome(store, 100);
    disk.fill(0);
    assertThatThrownBy(store::flush).isInstanceOf(OutOfSpaceException.class);
    writeUntilRefused(store);
    assertThatThrownBy(store::flush).isInstanceOf(OutOfSpaceException.class);
    expectReads(store);
    disk.free();
    awaitRoom(store);
    store.flush();
    writeSome(store, 1_000);
    store.close();
    expectAllAfterReopening();
  }

  /** If the state has found the disk full: RocksDB looks every five seconds whether it is. */
  private void awaitRoom(Tidemark store) {
    Tasks.await(
        () -> {
          try {
            store.flush();
            return true;
          } catch (OutOfSpaceException notYet) {
            return false;
          }
        },
        () -> disk.usableBytes() + " bytes are free, and not taken");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void rollsAndClosesOnAFullDisk(SmallDisk.Kind kind) {
    Tidemark store = openOn(kind);
    writeSome(store, 500);
    disk.fill(0);
    store.roll();
    disk.fill(0);
    writeUntilRefused(store);
    expectReads(store);
    store.close();
    openAndCloseIfThereIsRoom();
    disk.free();
    expectAllAfterReopening();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isCreatedWholeOrRefusedAndCreatedLater(SmallDisk.Kind kind) throws IOException {
    openOn(kind).close();
    Path first = directory;
    int refused = 0;
    for (long left = 0; left < 1 << 20; left = Math.max(4096, left * (NIGHTLY ? 2 : 16))) {
      directory = disk.directory().resolve("store" + left);
      acknowledged = 0;
      Files.createDirectory(directory);
      disk.fill(left);
      try (Tidemark store = open()) {
        writeSome(store, 1);
      } catch (OutOfSpaceException full) {
        refused++;
      }
      disk.free();
      expectAllAfterReopening();
      Scratch.delete(directory);
    }
    assertThat(refused).isPositive();
    directory = first;
    acknowledged = 0;
    expectAllAfterReopening();
  }

  /** Closing may have given back enough. */
  private void openAndCloseIfThereIsRoom() {
    try (Tidemark store = open()) {
      expectReads(store);
    } catch (OutOfSpaceException full) {
      assertThat(disk.usableBytes()).isLessThan(1 << 20);
    }
  }

  private void writeSome(Tidemark store, int count) {
    for (int i = 0; i < count; i++) {
      write(store);
    }
  }

  private void writeUntilRefused(Tidemark store) {
    assertThatThrownBy(
            () -> {
              while (true) {
                write(store);
              }
            })
        .isInstanceOf(OutOfSpaceException.class);
  }

  private void write(Tidemark store) {
    int number = acknowledged;
    store.commit(
        number % 16 == 0 ? Durability.SYNCED : Durability.BUFFERED,
        batch -> {
          batch.lwwRegister("k" + number, Codec.utf8()).set(number + PADDING);
          batch.orSet("set:all", Codec.int64()).add((long) number);
        });
    acknowledged = number + 1;
  }

  private void expectReads(Tidemark store) {
    for (int i = 0; i < acknowledged; i++) {
      assertThat(store.lwwRegister("k" + i, Codec.utf8()).get()).contains(i + PADDING);
    }
    assertThat(store.orSet("set:all", Codec.int64()).size()).isEqualTo(acknowledged);
    try (Scan scan = store.scan("k")) {
      int keys = 0;
      while (scan.nextKey() != null) {
        keys++;
      }
      assertThat(keys).isEqualTo(acknowledged);
    }
  }

  /** Twice, with updates between: behind a hole that an open has not seen they would be lost. */
  private void expectAllAfterReopening() {
    try (Tidemark store = open()) {
      expectReads(store);
      writeSome(store, 20);
    }
    try (Tidemark store = open()) {
      expectReads(store);
    }
    StoreAudit.check(directory);
  }
}
