package dev.tidemark.storage.blob;

import static dev.tidemark.storage.blob.Blobs.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A value of 32 GiB of zeros and a few bytes: the least that has lists of lists of chunks. */
class TwoLevelsTest {
  private static final byte[] ZEROS = new byte[MIB];
  private static final byte[] TAIL = "the end".getBytes(StandardCharsets.US_ASCII);
  private static final long LENGTH = (long) ChunkTree.FANOUT * MIB + TAIL.length;

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

  /** Its few distinct chunks, put in place one by one. */
  private LargeValue madeByHand() {
    try (ChunkWriter writer = store.writer()) {
      Bytes zeros = put(writer, 0, ZEROS);
      Bytes tail = put(writer, 0, TAIL);
      ByteWriter full = new ByteWriter();
      for (int i = 0; i < ChunkTree.FANOUT; i++) {
        full.raw(zeros.array());
      }
      Bytes first = put(writer, 1, full.toByteArray());
      Bytes second = put(writer, 1, tail.array());
      ByteWriter root = new ByteWriter().raw(first.array()).raw(second.array());
      LargeValue value = new LargeValue(LENGTH, put(writer, 2, root.toByteArray()));
      writer.finish();
      return value;
    }
  }

  private static Bytes put(ChunkWriter writer, int height, byte[] content) {
    Bytes hash = ChunkTree.hash(height, content, 0, content.length);
    writer.write(hash, ChunkImage.encode(height, content, content.length));
    return hash;
  }

  private byte[] readBehind(LargeValue value, long position) throws IOException {
    try (Visit visit = store.visit();
        BlobInput in = visit.read(value)) {
      assertThat(in.skip(position)).isEqualTo(position);
      return in.readAllBytes();
    }
  }

  @Test
  void isReadAcrossTheEndOfAList() throws IOException {
    LargeValue value = madeByHand();

    assertThat(ChunkTree.height(LENGTH)).isEqualTo(2);
    assertThat(store.missing(value).isNothing()).isTrue();
    assertThat(readBehind(value, LENGTH - TAIL.length - 2)).startsWith(0, 0).endsWith(TAIL);
    assertThat(readBehind(value, LENGTH)).isEmpty();
  }

  @Test
  void whatIsMissingBelowAListThatIsMissingIsCounted() throws IOException {
    LargeValue value = madeByHand();
    Bytes tail = ChunkTree.hash(0, TAIL, 0, TAIL.length);
    Files.delete(Blobs.files(dir).chunk(ChunkTree.hash(1, tail.array(), 0, tail.length())));
    assertThat(store.missing(value)).isEqualTo(new Missing(2, TAIL.length));

    Files.delete(Blobs.files(dir).chunk(value.root()));
    assertThat(store.missing(value)).isEqualTo(new Missing(ChunkTree.FANOUT + 4L, LENGTH));
  }

  @Test
  void isKeptBySweepsAsAWhole() throws IOException {
    LargeValue value = madeByHand();
    int chunks = Blobs.chunks(dir).size();
    Blobs.write(store, new byte[] {1});
    Blobs.sweep(store, List.of(value));

    assertThat(Blobs.chunks(dir)).hasSize(chunks);
    assertThat(readBehind(value, LENGTH - TAIL.length)).isEqualTo(TAIL);
  }

  @Test
  void isWrittenAsAStreamInAFewChunks() throws IOException {
    assumeTrue(Boolean.getBoolean("tidemark.nightly"));
    LargeValue value;
    try (Visit visit = store.visit();
        BlobOutput out = visit.write()) {
      for (int i = 0; i < ChunkTree.FANOUT; i++) {
        out.write(ZEROS, 0, MIB);
      }
      out.write(TAIL, 0, TAIL.length);
      value = out.finish();
    }
    assertThat(Blobs.chunks(dir)).hasSize(5);
    assertThat(value).isEqualTo(madeByHand());
  }
}
