package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.util.Arrays;

/** What the validators of deltas share. */
public final class Deltas {
  private Deltas() {}

  /** A refusal. */
  public static MalformedException malformed(String title) {
    return new MalformedException(
        Problem.of(title).advise("the delta was not made by this strategy"));
  }

  /** Refuses what bears another operation's mark than that of the one that carries it. */
  public static void expectOwn(Object mark, Object own) {
    if (!mark.equals(own)) {
      throw malformed("delta writes in the name of another operation");
    }
  }

  /** Refuses cells where the strategy has none. */
  public static void expectNoCells(KeyDelta delta) {
    if (!delta.cells().isEmpty()) {
      throw malformed("delta has cells where its strategy has none");
    }
  }

  /** Refuses a head where the strategy has none. */
  public static void expectNoHead(KeyDelta delta) {
    if (delta.head().length != 0) {
      throw malformed("delta has a head where its strategy has none");
    }
  }

  /** Refuses cell ids that are no element or field of a size that could have been submitted. */
  public static void expectElement(Bytes id) {
    if (id.length() > Limits.MAX_ELEMENT_BYTES) {
      throw malformed("element is too long");
    }
  }

  /** Refuses bytes that are not the one form of what they decode to. */
  public static void expectCanonical(byte[] given, byte[] canonical) {
    if (!Arrays.equals(given, canonical)) {
      throw malformed("delta is not in its canonical form");
    }
  }
}
