package dev.tidemark.engine.causal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Lattice;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The join of causal types, after Almeida, Shoker and Baquero, "Delta State Replicated Data Types",
 * JPDC 2018: a dot survives if both sides hold it, or if the side that does not never knew it.
 * Contexts are intervals instead of dot sets ({@link Context}), and the overrides of what lies
 * outside them are listed, so that a folded run of the log is an element too.
 */
final class CausalJoin implements Lattice.HeadJoin {
  private final CausalHead left;
  private final CausalHead right;
  private final Context context;
  private final Kills kills;
  private byte @Nullable [] head;

  CausalJoin(CausalHead left, CausalHead right) {
    this.left = left;
    this.right = right;
    this.context = left.context().join(right.context());
    this.kills = left.kills().join(right.kills(), context);
  }

  @Override
  public byte[] head() {
    byte[] encoded = head;
    if (encoded == null) {
      DotCell root = join(Bytes.EMPTY, left.root(), right.root());
      encoded = new CausalHead(context, kills, root).encode();
      head = encoded;
    }
    return encoded;
  }

  @Override
  public List<CellRange> reach() {
    if (left.context().isState() && left.context().covers(right.context())) {
      // All of it was joined before: by causal delivery so was everything that it overrides.
      return List.of();
    }
    if (left.context().overlaps(right.context())) {
      return List.of(CellRange.ALL);
    }
    List<CellRange> ranges = new ArrayList<>();
    for (Bytes prefix : right.kills().byPrefix().keySet()) {
      ranges.add(CellRange.prefix(prefix));
    }
    return ranges;
  }

  @Override
  public byte @Nullable [] cell(Bytes id, byte @Nullable [] leftCell, byte @Nullable [] rightCell) {
    return join(id, DotCell.decode(leftCell), DotCell.decode(rightCell)).encode();
  }

  private DotCell join(Bytes id, DotCell l, DotCell r) {
    TreeMap<Dot, Bytes> live = new TreeMap<>();
    keep(id, l.live(), r, right, live);
    keep(id, r.live(), l, left, live);
    TreeSet<Dot> killed = new TreeSet<>();
    keep(id, l.killed(), killed);
    keep(id, r.killed(), killed);
    return new DotCell(live, killed);
  }

  private static void keep(
      Bytes id,
      SortedMap<Dot, Bytes> mine,
      DotCell theirs,
      CausalHead their,
      SortedMap<Dot, Bytes> live) {
    mine.forEach(
        (dot, value) -> {
          boolean overridden =
              !theirs.live().containsKey(dot)
                  && (their.context().contains(dot)
                      || theirs.killed().contains(dot)
                      || their.kills().reach(id, dot));
          if (!overridden) {
            // Under one dot there is one value, unless somebody forged: then the greater one.
            live.merge(dot, value, (a, b) -> a.compareTo(b) >= 0 ? a : b);
          }
        });
  }

  private void keep(Bytes id, SortedSet<Dot> from, SortedSet<Dot> killed) {
    for (Dot dot : from) {
      if (!context.isState() && !context.contains(dot) && !kills.reach(id, dot)) {
        killed.add(dot);
      }
    }
  }
}
