package dev.tidemark.engine.lattice;

import dev.tidemark.engine.causality.Dot;
import org.jspecify.annotations.Nullable;

/**
 * What became of something that a delta left.
 *
 * @param winner the operation that it lost to or is contained in, if the state names it
 */
public record Fate(Kind kind, Rule rule, @Nullable Dot winner) {
  /** What became of it. */
  public enum Kind {
    /** It makes the value, or a part of it. */
    STANDS,
    /** No reader sees it, and the state holds it. */
    HELD,
    /** The value counts it, and a later operation says so in its place. */
    CONTAINED,
    /** It overrode what it saw; the state holds nothing of it but that it is known. */
    SPENT,
    /** Something else took its place. */
    LOST,
    /** The state does not hold it, and held nothing against it. */
    FORGOTTEN,
    /** It never came and never will: it counts as seen, and has no effect. */
    GIVEN_UP
  }

  /** It makes the value. */
  public static Fate stands(Rule rule) {
    return new Fate(Kind.STANDS, rule, null);
  }

  /** It is held. */
  public static Fate held(Rule rule) {
    return new Fate(Kind.HELD, rule, null);
  }

  /** It lost. */
  public static Fate lost(Rule rule, @Nullable Dot winner) {
    return new Fate(Kind.LOST, rule, winner);
  }

  /** It is forgotten. */
  public static Fate forgotten() {
    return new Fate(Kind.FORGOTTEN, Rule.COLLECTED, null);
  }

  /** It makes the value or is held: with all others of which that is true it makes the state. */
  public boolean survives() {
    return kind == Kind.STANDS || kind == Kind.HELD;
  }

  /** Whether it is for a later element to say what overrode it. */
  public boolean isOpen() {
    return winner == null && (kind == Kind.LOST || kind == Kind.CONTAINED);
  }
}
