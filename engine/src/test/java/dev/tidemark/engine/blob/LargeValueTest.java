package dev.tidemark.engine.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LargeValueTest {
  private static final long MIB = 1 << 20;
  private static final Bytes ROOT = Bytes.wrap(new byte[ChunkTree.HASH_BYTES]);

  @Property(tries = 200)
  void readsWhatItWrote(
      @ForAll @LongRange(min = 0, max = LargeValue.MAX_LENGTH) long length,
      @ForAll @Size(32) byte[] root) {
    LargeValue value = new LargeValue(length, Bytes.wrap(root));
    ByteWriter out = new ByteWriter();
    value.encode(out);
    assertThat(out.length()).isEqualTo(LargeValue.ENCODED_BYTES);
    ByteReader in = new ByteReader(out.toByteArray());
    assertThat(LargeValue.decode(in)).isEqualTo(value);
    in.expectEnd();
  }

  @Test
  void refusesALengthOutOfRangeWhereItIsMadeAndWhereItIsRead() {
    for (long length : new long[] {-1, Long.MIN_VALUE, LargeValue.MAX_LENGTH + 1}) {
      assertThatThrownBy(() -> new LargeValue(length, ROOT))
          .isInstanceOf(IllegalArgumentException.class);
      byte[] bytes = new ByteWriter().i64(length).raw(ROOT.array()).toByteArray();
      assertThatThrownBy(() -> LargeValue.decode(new ByteReader(bytes)))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void refusesAHashThatIsNot32Bytes() {
    assertThatThrownBy(() -> new LargeValue(1, Bytes.wrap(new byte[31])))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] bytes = new ByteWriter().i64(1).raw(new byte[31]).toByteArray();
    assertThatThrownBy(() -> LargeValue.decode(new ByteReader(bytes)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void growsALevelWhenOneChunkCannotListAllBelow() {
    assertThat(ChunkTree.height(0)).isZero();
    assertThat(ChunkTree.height(MIB)).isZero();
    assertThat(ChunkTree.height(MIB + 1)).isEqualTo(1);
    assertThat(ChunkTree.height(32_768 * MIB)).isEqualTo(1);
    assertThat(ChunkTree.height(32_768 * MIB + 1)).isEqualTo(2);
    assertThat(ChunkTree.height(LargeValue.MAX_LENGTH)).isEqualTo(ChunkTree.MAX_HEIGHT);
    assertThat(ChunkTree.contentBytes(LargeValue.MAX_LENGTH, 2, 0)).isEqualTo(64 * 32);
  }

  @Property(tries = 200)
  void theChunksOfAHeightHoldAllThatIsBelow(
      @ForAll @LongRange(min = 0, max = 40_000L << 20) long length,
      @ForAll @IntRange(max = 2) int height) {
    long chunks = ChunkTree.chunks(length, height);
    long all = height == 0 ? length : ChunkTree.chunks(length, height - 1) * 32;
    long last = ChunkTree.contentBytes(length, height, chunks - 1);
    assertThat((chunks - 1) * MIB + last).isEqualTo(all);
    assertThat(last).isBetween(length == 0 && height == 0 ? 0L : 1L, MIB);
  }

  /** The bytes are fixed: another implementation has to come to the same names. */
  @Test
  void hashesTheHeightBeforeTheContent() {
    byte[] content = {1, 2, 3};
    assertThat(hex(ChunkTree.hash(0, content, 0, 3)))
        .isEqualTo("054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8");
    assertThat(hex(ChunkTree.hash(1, content, 0, 3)))
        .isEqualTo("9184abd2bb318731d717e972057240eae26cca202a8d35dbe9d2176f526886a0");
  }

  private static String hex(Bytes hash) {
    return HexFormat.of().formatHex(hash.array());
  }
}
