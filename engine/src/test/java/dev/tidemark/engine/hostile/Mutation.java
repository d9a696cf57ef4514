package dev.tidemark.engine.hostile;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Bytes and elements as somebody else might send them. */
final class Mutation {
  private static final int[] EDGES = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};

  private Mutation() {}

  /** One to three small changes. */
  static byte[] of(byte[] bytes, Random random) {
    byte[] mutated = bytes;
    for (int i = random.nextInt(3); i >= 0; i--) {
      mutated = once(mutated, random);
    }
    return mutated;
  }

  private static byte[] once(byte[] bytes, Random random) {
    int n = bytes.length;
    if (n == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(n);
    byte[] changed = bytes.clone();
    switch (random.nextInt(7)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) EDGES[random.nextInt(EDGES.length)];
      case 2 -> changed[at] += (byte) (random.nextBoolean() ? 1 : -1);
      case 3 -> changed = Arrays.copyOf(bytes, at);
      case 4 -> changed = splice(bytes, at, at, new byte[] {(byte) random.nextInt()});
      case 5 -> changed = splice(bytes, at, Math.min(n, at + 1 + random.nextInt(9)), new byte[0]);
      default -> {
        int from = random.nextInt(n);
        byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(n, from + 1 + random.nextInt(18)));
        changed =
            splice(bytes, at, random.nextBoolean() ? at : Math.min(n, at + piece.length), piece);
      }
    }
    return changed;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] piece) {
    byte[] out = new byte[bytes.length - (to - from) + piece.length];
    System.arraycopy(bytes, 0, out, 0, from);
    System.arraycopy(piece, 0, out, from, piece.length);
    System.arraycopy(bytes, to, out, from + piece.length, bytes.length - to);
    return out;
  }

  /** An element with its head, an id or a cell changed, or with parts of another one. */
  static KeyDelta of(KeyDelta element, KeyDelta other, Random random) {
    TreeMap<Bytes, byte[]> cells = new TreeMap<>(element.cells());
    byte[] head = element.head();
    switch (random.nextInt(5)) {
      case 0 -> head = of(head, random);
      case 1 -> head = other.head();
      case 2 -> cells.putAll(other.cells());
      default -> {
        if (cells.isEmpty()) {
          head = of(head, random);
        } else {
          List<Bytes> ids = new ArrayList<>(cells.keySet());
          Bytes id = ids.get(random.nextInt(ids.size()));
          byte[] cell = cells.remove(id);
          if (random.nextBoolean()) {
            cells.put(id, of(cell, random));
          } else {
            cells.put(Bytes.wrap(of(id.array(), random)), cell);
          }
        }
      }
    }
    return new KeyDelta(head, cells);
  }
}
