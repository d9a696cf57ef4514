package dev.tidemark.benchmarks.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An or-set as most would begin: elements with their dots in a map, serialised as one value. An add
 * reads, decodes, changes, encodes and writes all of it.
 */
public final class BlobSet {
  private static final long REPLICA = 1;
  private static final int DOT_BYTES = 2 * Long.BYTES;

  private final BlobStore store;
  private final byte[] key;

  /** The set under a key. */
  public BlobSet(BlobStore store, String key) {
    this.store = store;
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  /** Adds several elements at once. */
  public void addAll(Iterable<String> elements) {
    Map<String, Long> counters = decode(store.get(key));
    long next = counters.size();
    for (String element : elements) {
      counters.put(element, ++next);
    }
    store.put(key, encode(counters));
  }

  private static Map<String, Long> decode(byte @Nullable [] blob) {
    Map<String, Long> counters = new HashMap<>();
    if (blob != null) {
      ByteBuffer in = ByteBuffer.wrap(blob);
      while (in.hasRemaining()) {
        byte[] element = new byte[in.getShort()];
        in.get(element).getLong();
        counters.put(new String(element, StandardCharsets.UTF_8), in.getLong());
      }
    }
    return counters;
  }

  private static byte[] encode(Map<String, Long> counters) {
    ByteBuffer out = ByteBuffer.allocate(1 << 10);
    for (var entry : counters.entrySet()) {
      byte[] element = entry.getKey().getBytes(StandardCharsets.UTF_8);
      if (out.remaining() < Short.BYTES + element.length + DOT_BYTES) {
        int least = out.position() + Short.BYTES + element.length + DOT_BYTES;
        byte[] larger = Arrays.copyOf(out.array(), Math.max(least, 2 * out.capacity()));
        out = ByteBuffer.wrap(larger).position(out.position());
      }
      out.putShort((short) element.length).put(element).putLong(REPLICA).putLong(entry.getValue());
    }
    return Arrays.copyOf(out.array(), out.position());
  }
}
