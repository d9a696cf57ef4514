package dev.tidemark.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Serialisers have been made to allocate gigabytes by five bytes that claim a large count. */
class AllocationTest {
  private static final long ENOUGH_FOR_A_REFUSAL = 256 * 1024;

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static final Map<String, Consumer<byte[]>> DECODERS = new TreeMap<>();

  static {
    DECODERS.put("vector", bytes -> VersionVector.decode(new ByteReader(bytes)));
    DECODERS.put("schema", bytes -> Schema.decode(new ByteReader(bytes)));
    DECODERS.put("delta", bytes -> KeyDelta.decode(new ByteReader(bytes)));
    DECODERS.put("bytes", bytes -> new ByteReader(bytes).bytes("bytes", Integer.MAX_VALUE));
    for (Strategy strategy : Strategy.values()) {
      DECODERS.put(
          strategy.id(),
          bytes -> {
            strategy.lattice().validate(KeyDelta.ofHead(bytes));
            strategy.lattice().validate(KeyDelta.of(new byte[0], Bytes.utf8("e"), bytes));
          });
    }
  }

  @Test
  void aClaimOfManyItemsAllocatesNothingForThem() {
    byte[] claim = new ByteWriter().varint(1L << 30).u8(0).u8(0).toByteArray();
    byte[] claimOfState = new ByteWriter().u8(1).varint(1L << 30).u8(0).toByteArray();
    byte[] claimOfRun = new ByteWriter().u8(0).varint(1L << 30).u8(0).toByteArray();

    for (byte[] bytes : new byte[][] {claim, claimOfState, claimOfRun}) {
      DECODERS.forEach(
          (name, decoder) -> {
            decode(decoder, bytes);
            long before = allocated();
            decode(decoder, bytes);
            assertThat(allocated() - before).as(name).isLessThan(ENOUGH_FOR_A_REFUSAL);
          });
    }
  }

  private static void decode(Consumer<byte[]> decoder, byte[] bytes) {
    try {
      decoder.accept(bytes);
    } catch (MalformedException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
  }
}
