package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.run.RunEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What pieces of history hold of each origin.
 *
 * <pre>
 *   origins varint, origin*
 *
 *   origin: replica u64, before varint, after varint, last stamp i64, summary vector,
 *           chain before u64, chain after u64
 * </pre>
 */
public final class Coverage {
  private static final int MIN_ORIGIN_BYTES = 35;

  private Coverage() {}

  /** What becomes of the keys of a run: one of no operations brings keys that were not held. */
  public static RunEffect effect(List<OriginCoverage> coverage) {
    return coverage.isEmpty() ? RunEffect.REPLACES : RunEffect.JOINS;
  }

  /**
   * The coverage of adjacent segments as one.
   *
   * @param inOrder the segments' coverages, in the order of the log
   */
  public static List<OriginCoverage> join(List<List<OriginCoverage>> inOrder) {
    SortedMap<Long, OriginCoverage> joined = new TreeMap<>(Long::compareUnsigned);
    for (List<OriginCoverage> coverage : inOrder) {
      for (OriginCoverage origin : coverage) {
        joined.merge(origin.origin(), origin, Coverage::follow);
      }
    }
    return List.copyOf(joined.values());
  }

  /** A run that another store handed over may begin before what was here, but leaves no gap. */
  private static OriginCoverage follow(OriginCoverage earlier, OriginCoverage later) {
    boolean forked =
        later.before() == earlier.after() && later.chainBefore() != earlier.chainAfter();
    if (later.before() > earlier.after() || forked) {
      throw Problem.of("segments do not follow each other")
          .with("origin", ReplicaId.format(later.origin()))
          .with("after", earlier.after())
          .with("before", later.before())
          .broken();
    }
    OriginCoverage start = later.before() < earlier.before() ? later : earlier;
    OriginCoverage end = later.after() >= earlier.after() ? later : earlier;
    return new OriginCoverage(
        later.origin(),
        start.before(),
        end.after(),
        end.lastStamp(),
        earlier.summary().join(later.summary()),
        start.chainBefore(),
        end.chainAfter());
  }

  /** The operations up to the end of a piece of history. */
  public static VersionVector after(List<OriginCoverage> coverage) {
    VersionVector.Builder after = new VersionVector.Builder(coverage.size());
    coverage.stream()
        .sorted((a, b) -> Long.compareUnsigned(a.origin(), b.origin()))
        .forEachOrdered(origin -> after.add(origin.origin(), origin.after()));
    return after.build();
  }

  /** Writes it. */
  public static void encode(List<OriginCoverage> coverage, ByteWriter out) {
    out.varint(coverage.size());
    for (OriginCoverage origin : coverage) {
      out.i64(origin.origin()).varint(origin.before()).varint(origin.after());
      out.i64(origin.lastStamp());
      origin.summary().encode(out);
      out.i64(origin.chainBefore()).i64(origin.chainAfter());
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws dev.tidemark.error.MalformedException naming what is wrong
   */
  public static List<OriginCoverage> decode(ByteReader in) {
    int origins = in.items("origins", MIN_ORIGIN_BYTES);
    List<OriginCoverage> coverage = new ArrayList<>(origins);
    for (int i = 0; i < origins; i++) {
      OriginCoverage origin =
          new OriginCoverage(
              in.i64(),
              in.varint(),
              in.varint(),
              in.i64(),
              VersionVector.decode(in),
              in.i64(),
              in.i64());
      if (origin.origin() == 0 || origin.before() < 0 || origin.after() <= origin.before()) {
        throw in.malformed("coverage of an origin is out of range");
      }
      if (i > 0 && Long.compareUnsigned(coverage.get(i - 1).origin(), origin.origin()) >= 0) {
        throw in.malformed("origins of a coverage are out of order");
      }
      coverage.add(origin);
    }
    return List.copyOf(coverage);
  }
}
