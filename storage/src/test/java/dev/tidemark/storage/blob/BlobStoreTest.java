package dev.tidemark.storage.blob;

import static dev.tidemark.storage.blob.Blobs.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobStoreTest {
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

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 70_000, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 17})
  void readsWhatItWroteAlsoAfterItWasOpenedAnew(int length) {
    byte[] content = Blobs.noise(length, length);
    LargeValue value = Blobs.write(store, content);
    assertThat(value.length()).isEqualTo(length);
    assertThat(Blobs.read(store, value)).isEqualTo(content);
    store.close();
    store = Blobs.open(dir);
    assertThat(Blobs.read(store, value)).isEqualTo(content);
    assertThat(store.missing(value).isNothing()).isTrue();
  }

  @Test
  void aValueDoesNotDependOnHowItWasCutIntoWrites() {
    byte[] content = Blobs.noise(1, 2 * MIB + 3);
    LargeValue whole = Blobs.write(store, content);
    try (Visit visit = store.visit();
        BlobOutput out = visit.write()) {
      out.write(content[0]);
      for (int at = 1; at < content.length; at += 70_001) {
        out.write(content, at, Math.min(70_001, content.length - at));
      }
      assertThat(out.finish()).isEqualTo(whole);
    }
  }

  @Test
  void skipsWithoutReadingWhatIsLeftOut() throws IOException {
    byte[] content = Blobs.noise(2, 3 * MIB);
    LargeValue value = Blobs.write(store, content);
    Bytes first = ChunkTree.hash(0, content, 0, MIB);
    Files.delete(Blobs.files(dir).chunk(first));
    try (Visit visit = store.visit();
        BlobInput in = visit.read(value)) {
      assertThat(in.skip(MIB + 5)).isEqualTo(MIB + 5);
      assertThat(in.readNBytes(MIB)).isEqualTo(Arrays.copyOfRange(content, MIB + 5, 2 * MIB + 5));
      assertThat(in.available()).isEqualTo(MIB - 5);
      assertThat(in.skip(Long.MAX_VALUE)).isEqualTo(MIB - 5);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void storesWhatIsEqualOnce() {
    byte[] content = Blobs.noise(3, 2 * MIB);
    LargeValue value = Blobs.write(store, content);
    List<Path> files = Blobs.chunks(dir);
    assertThat(files).hasSize(3);
    assertThat(Blobs.write(store, content)).isEqualTo(value);
    byte[] longer = Arrays.copyOf(content, 3 * MIB);
    LargeValue other = Blobs.write(store, longer);
    // One chunk of zeros and one list more.
    assertThat(Blobs.chunks(dir)).hasSize(5);
    assertThat(Blobs.read(store, other)).isEqualTo(longer);
  }

  @Test
  void storesEqualChunksOfOneValueOnceEvenBeforeTheyAreNamed() {
    byte[] content = new byte[10 * MIB];
    LargeValue value = Blobs.write(store, content);
    assertThat(Blobs.chunks(dir)).hasSize(2);
    assertThat(Blobs.read(store, value)).isEqualTo(content);
  }

  @Test
  void compressesWhereItHelpsAndOnlyThere() {
    byte[] text = "what is written down over and over ".repeat(60_000).getBytes();
    LargeValue value = Blobs.write(store, text);
    assertThat(Blobs.bytes(Blobs.chunks(dir))).isLessThan(text.length / 20);
    assertThat(Blobs.read(store, value)).isEqualTo(text);

    Path other = dir.resolve("other");
    other.toFile().mkdir();
    try (BlobStore noisy = Blobs.open(other)) {
      Blobs.write(noisy, Blobs.noise(4, MIB));
      assertThat(Blobs.bytes(Blobs.chunks(other))).isEqualTo(MIB + ChunkLayout.BODY);
    }
  }

  @Test
  void writesNothingBeforeTheFirstValue() throws IOException {
    Blobs.sweep(store, List.of());
    try (var entries = Files.list(dir)) {
      assertThat(entries).isEmpty();
    }
  }

  @Test
  void leavesNothingOfAValueThatIsGivenUpButNamedChunksForTheSweep() throws IOException {
    try (Visit visit = store.visit();
        BlobOutput out = visit.write()) {
      out.write(Blobs.noise(5, 20 * MIB), 0, 20 * MIB);
    }
    try (var unfinished = Files.list(Blobs.files(dir).unfinished())) {
      assertThat(unfinished).isEmpty();
    }
    assertThat(Blobs.sweep(store, List.of()).removed()).isEqualTo(16);
    assertThat(Blobs.chunks(dir)).isEmpty();
  }

  @Test
  void removesWhatACrashLeftUnfinished() throws IOException {
    Blobs.write(store, new byte[] {1});
    Path left = Files.write(Blobs.files(dir).unfinished(7), new byte[] {2});
    store.close();
    store = Blobs.open(dir);
    Blobs.write(store, new byte[] {3});
    assertThat(left).doesNotExist();
  }

  @Test
  void namesTheFileOfAChunkThatIsMissing() throws IOException {
    byte[] content = Blobs.noise(6, 2 * MIB + 9);
    LargeValue value = Blobs.write(store, content);
    Path second = Blobs.files(dir).chunk(ChunkTree.hash(0, content, MIB, MIB));
    Files.delete(second);
    assertThat(store.missing(value)).isEqualTo(new Missing(1, MIB));
    try (Visit visit = store.visit();
        BlobInput in = visit.read(value)) {
      assertThat(in.readNBytes(MIB)).hasSize(MIB);
      assertThatThrownBy(in::read)
          .isInstanceOf(MissingDataException.class)
          .hasMessageContaining(second.getFileName().toString());
      // It comes while the stream waits.
      Blobs.write(store, content);
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, MIB, content.length));
    }
  }

  @Test
  void countsAllThatIsBelowAListThatIsMissing() throws IOException {
    LargeValue value = Blobs.write(store, Blobs.noise(7, 3 * MIB + 1));
    Files.delete(Blobs.files(dir).chunk(value.root()));
    assertThat(store.missing(value)).isEqualTo(new Missing(5, 3 * MIB + 1));
    assertThat(store.missing(new LargeValue(1L << 41, value.root())))
        .isEqualTo(new Missing((1 << 21) + 64 + 1, 1L << 41));
  }

  /** Every byte of a file is changed once, and the file cut at some. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void findsEveryChangeOfAChunk(boolean compressible) throws IOException {
    byte[] content = compressible ? "ab".repeat(150).getBytes() : Blobs.noise(8, 300);
    LargeValue value = Blobs.write(store, content);
    Path file = Blobs.files(dir).chunk(value.root());
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      Files.write(file, bad);
      if (!compressible || !isReadAs(value, content)) {
        expectDamaged(value, file);
      }
      Files.write(file, Arrays.copyOf(good, i));
      expectDamaged(value, file);
    }
    Files.write(file, Arrays.copyOf(good, good.length + 1));
    expectDamaged(value, file);
    Files.write(file, new byte[2 * MIB]);
    expectDamaged(value, file);
    assertThat(Blobs.write(store, content)).isEqualTo(value);
    assertThat(Files.readAllBytes(file)).isEqualTo(good);
  }

  /** There are bits in a frame that its content does not depend on. */
  private boolean isReadAs(LargeValue value, byte[] content) {
    try {
      return Arrays.equals(Blobs.read(store, value), content);
    } catch (DamagedException e) {
      return false;
    }
  }

  private void expectDamaged(LargeValue value, Path file) {
    assertThatThrownBy(() -> Blobs.read(store, value))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  /** A peer may claim any length: nothing is read beyond what the chunks say. */
  @Test
  void refusesAValueWhoseLengthIsNotThatOfItsChunks() {
    LargeValue value = Blobs.write(store, Blobs.noise(9, 2 * MIB + 9));
    for (long length : new long[] {1, MIB, 2 * MIB, 2 * MIB + 10, 3 * MIB + 1, 1L << 40}) {
      LargeValue forged = new LargeValue(length, value.root());
      assertThatThrownBy(() -> Blobs.read(store, forged)).isInstanceOf(MalformedException.class);
    }
    LargeValue one = Blobs.write(store, new byte[] {1});
    assertThatThrownBy(() -> Blobs.read(store, new LargeValue(2, one.root())))
        .isInstanceOf(MalformedException.class);
  }

  /** A value of more than 32 GiB, of four chunks that repeat. */
  @Test
  void readsAValueOfTwoLevelsOfLists() throws IOException {
    byte[] zeros = new byte[MIB];
    Map<Bytes, byte[]> chunks = new HashMap<>();
    Bytes data = put(chunks, 0, zeros);
    Bytes full = put(chunks, 1, repeat(data, ChunkTree.FANOUT));
    byte[] end = {1, 2, 3};
    Bytes last = put(chunks, 1, put(chunks, 0, end).array());
    Bytes root = put(chunks, 2, new ByteWriter().raw(full.array()).raw(last.array()).toByteArray());
    LargeValue value = new LargeValue(((long) ChunkTree.FANOUT << 20) + end.length, root);

    try (Visit visit = store.visit()) {
      Fetched fetched = visit.fetch(value, hash -> Optional.ofNullable(chunks.get(hash)));
      assertThat(fetched.chunks()).isEqualTo(5);
      assertThat(store.missing(value).isNothing()).isTrue();
      try (BlobInput in = visit.read(value)) {
        assertThat(in.readNBytes(MIB)).isEqualTo(zeros);
        in.skip(value.length() - MIB - 4);
        assertThat(in.readAllBytes()).containsExactly(0, 1, 2, 3);
      }
    }
    assertThat(Blobs.sweep(store, List.of(value)).kept()).isEqualTo(5);
    assertThat(Blobs.chunks(dir)).hasSize(5);
  }

  private static byte[] repeat(Bytes hash, int times) {
    ByteWriter out = new ByteWriter();
    for (int i = 0; i < times; i++) {
      out.raw(hash.array());
    }
    return out.toByteArray();
  }

  private static Bytes put(Map<Bytes, byte[]> chunks, int height, byte[] content) {
    Bytes hash = ChunkTree.hash(height, content, 0, content.length);
    chunks.put(hash, ChunkImage.encode(height, content, content.length));
    return hash;
  }

  @Test
  void refusesToWriteBelowTheReserveAndWritesAgainAboveIt() {
    long[] usable = {1000};
    DurableFiles disk =
        new DurableFiles() {
          @Override
          public LongSupplier usableBytes(Path directory) {
            return () -> usable[0];
          }

          @Override
          public long totalBytes(Path directory) {
            return 1L << 40;
          }
        };
    try (BlobStore small = new BlobStore(new StoreFiles(dir), disk, 5 * MIB)) {
      byte[] content = Blobs.noise(10, MIB);
      assertThatThrownBy(() -> Blobs.write(small, content)).isInstanceOf(OutOfSpaceException.class);
      assertThat(Blobs.chunks(dir)).isEmpty();
      usable[0] = 1L << 30;
      assertThat(Blobs.read(small, Blobs.write(small, content))).isEqualTo(content);
    }
  }

  @Test
  void streamsThatAreClosedRefuse() throws IOException {
    LargeValue value = Blobs.write(store, new byte[] {1});
    Visit visit = store.visit();
    BlobInput in = visit.read(value);
    BlobOutput out = visit.write();
    out.finish();
    assertThatThrownBy(() -> out.write(1)).isInstanceOf(IllegalStateException.class);
    visit.close();
    assertThat(in.read()).isEqualTo(1);
    in.close();
    out.close();
    assertThatThrownBy(in::read).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> out.write(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(visit::write).isInstanceOf(IllegalStateException.class);
    BlobInput open = store.visit().read(value);
    store.close();
    assertThatThrownBy(open::read).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(store::visit).isInstanceOf(IllegalStateException.class);
  }
}
