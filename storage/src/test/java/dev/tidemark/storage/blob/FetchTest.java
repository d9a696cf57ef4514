package dev.tidemark.storage.blob;

import static dev.tidemark.storage.blob.Blobs.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchTest {
  @TempDir private Path from;
  @TempDir private Path to;
  private BlobStore source;
  private BlobStore store;

  @BeforeEach
  void open() {
    source = Blobs.open(from);
    store = Blobs.open(to);
  }

  @AfterEach
  void close() {
    source.close();
    store.close();
  }

  private Fetched fetch(LargeValue value, BlobSource chunks) {
    try (Visit visit = store.visit()) {
      return visit.fetch(value, chunks);
    }
  }

  @Test
  void copiesAValueAsItIsStored() {
    byte[] content = new byte[3 * MIB];
    System.arraycopy(Blobs.noise(1, MIB), 0, content, 0, MIB);
    LargeValue value = Blobs.write(source, content);
    Fetched fetched = fetch(value, source);
    assertThat(fetched).isEqualTo(new Fetched(3, Blobs.bytes(Blobs.chunks(from))));
    assertThat(Blobs.read(store, value)).isEqualTo(content);
    assertThat(fetch(value, source)).isEqualTo(new Fetched(0, 0));
  }

  @Test
  void copiesOnlyWhatIsNotHere() {
    byte[] common = Blobs.noise(2, 2 * MIB);
    Blobs.write(store, common);
    byte[] content = new byte[2 * MIB + 1];
    System.arraycopy(common, 0, content, 0, common.length);
    LargeValue value = Blobs.write(source, content);
    assertThat(fetch(value, source).chunks()).isEqualTo(2);
    assertThat(Blobs.read(store, value)).isEqualTo(content);
  }

  /** The connection is lost again and again; nothing that was named is asked for twice. */
  @Test
  void goesOnWhereItWasInterrupted() {
    byte[] content = Blobs.noise(3, 50 * MIB);
    LargeValue value = Blobs.write(source, content);
    List<Bytes> asked = new ArrayList<>();
    int interruptions = 0;
    while (!store.missing(value).isNothing()) {
      int[] left = {20};
      BlobSource breaking =
          hash -> {
            if (left[0]-- == 0) {
              throw new IllegalStateException("connection lost");
            }
            asked.add(hash);
            return source.chunk(hash);
          };
      try {
        fetch(value, breaking);
      } catch (IllegalStateException e) {
        interruptions++;
      }
    }
    assertThat(interruptions).isGreaterThan(1);
    // Of each interrupted one at most what had no name yet is copied again.
    assertThat(asked).hasSizeLessThanOrEqualTo(51 + interruptions * 16);
    assertThat(Blobs.read(store, value)).isEqualTo(content);
  }

  @Test
  void saysWhatTheSourceHasNotEither() throws IOException {
    byte[] content = Blobs.noise(4, 2 * MIB);
    LargeValue value = Blobs.write(source, content);
    Bytes gone = ChunkTree.hash(0, content, MIB, MIB);
    Files.delete(Blobs.files(from).chunk(gone));
    assertThatThrownBy(() -> fetch(value, source))
        .isInstanceOf(MissingDataException.class)
        .hasMessageContaining(ChunkFiles.hex(gone));
  }

  @Test
  void takesNothingFromASourceThatLies() {
    LargeValue value = Blobs.write(source, Blobs.noise(5, MIB + 1));
    LargeValue other = Blobs.write(source, Blobs.noise(6, 100));
    assertThatThrownBy(() -> fetch(value, hash -> source.chunk(other.root())))
        .isInstanceOf(DamagedException.class);
    assertThatThrownBy(() -> fetch(value, hash -> Optional.of(new byte[0])))
        .isInstanceOf(DamagedException.class);
    assertThatThrownBy(() -> fetch(value, hash -> Optional.of(new byte[50 * MIB])))
        .isInstanceOf(DamagedException.class);
    assertThatThrownBy(() -> fetch(new LargeValue(5 * MIB, value.root()), source))
        .isInstanceOf(MalformedException.class);
    assertThat(Blobs.chunks(to)).isEmpty();
  }

  /** Whatever the bytes, the failure is one of ours, and no chunk under a wrong name. */
  @Test
  void takesNothingFromASourceWhoseBytesAreChanged() {
    SplittableRandom random = new SplittableRandom(7);
    byte[] content = "some text that compresses, ".repeat(200).getBytes();
    LargeValue value = Blobs.write(source, content);
    byte[] image = source.chunk(value.root()).orElseThrow();
    for (int i = 0; i < 2_000; i++) {
      byte[] bad = image.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      if (!Arrays.equals(bad, image)) {
        try {
          fetch(value, hash -> Optional.of(bad));
          // Another frame of the same content is as good.
          assertThat(Blobs.read(store, value)).isEqualTo(content);
          Blobs.sweep(store, List.of());
        } catch (TidemarkException e) {
          assertThat(Blobs.chunks(to)).isEmpty();
        }
      }
    }
  }

  @Test
  void mendsWhatIsDamagedAndLeavesTheRest() throws IOException {
    byte[] content = Blobs.noise(8, 3 * MIB);
    LargeValue value = Blobs.write(source, content);
    fetch(value, source);
    Path second = Blobs.files(to).chunk(ChunkTree.hash(0, content, MIB, MIB));
    byte[] bytes = Files.readAllBytes(second);
    bytes[1000]++;
    Files.write(second, bytes);
    assertThat(fetch(value, source).chunks()).isZero();
    assertThatThrownBy(() -> Blobs.read(store, value)).isInstanceOf(DamagedException.class);
    try (Visit visit = store.visit()) {
      assertThat(visit.mend(value, source).chunks()).isEqualTo(1);
    }
    assertThat(Blobs.read(store, value)).isEqualTo(content);
  }

  @Test
  void mendsAListThatIsDamagedByAFetch() throws IOException {
    byte[] content = Blobs.noise(9, 2 * MIB);
    LargeValue value = Blobs.write(source, content);
    fetch(value, source);
    Path list = Blobs.files(to).chunk(value.root());
    Files.write(list, new byte[] {1});
    assertThat(store.missing(value).isNothing()).isFalse();
    assertThat(fetch(value, source).chunks()).isEqualTo(1);
    assertThat(Blobs.read(store, value)).isEqualTo(content);
  }
}
