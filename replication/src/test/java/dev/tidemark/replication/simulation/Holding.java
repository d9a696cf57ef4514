package dev.tidemark.replication.simulation;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.HashRange;
import dev.tidemark.engine.interest.Interest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which keys a node is to hold that does not hold all: drawn anew when it starts, fewer than it
 * held, more, or the same. The registers whose conflicts are counted are always among them: what it
 * does not hold it cannot compare.
 */
final class Holding {
  private static final List<HashRange> HALVES =
      List.of(new HashRange(0, Long.MAX_VALUE), new HashRange(Long.MIN_VALUE, -1));

  private final World world;
  private Interest wanted;

  Holding(World world) {
    this.world = world;
    this.wanted = some();
  }

  /** What it is to hold at its first start. */
  Interest first() {
    return wanted;
  }

  /**
   * What it is to hold when it starts again with what it held. One that held all stays so until the
   * others have what it made: what it has folded of that it could not give them any more.
   *
   * @param isSpread whether they have
   */
  Interest next(Interest held, boolean isSpread) {
    if (held.isAll() && !isSpread) {
      wanted = held;
      return wanted;
    }
    wanted =
        switch (world.random.nextInt(4)) {
          case 0 -> narrower(held);
          case 1 -> wanted;
          default -> held.isAll() ? narrower(held) : wider(held);
        };
    return wanted;
  }

  private Interest wider(Interest held) {
    return world.oneIn(4) ? Interest.ALL : held.union(some());
  }

  private Interest narrower(Interest held) {
    if (held.isAll()) {
      return some();
    }
    Stream<Interest.Part> kept =
        held.parts().stream().filter(part -> isKept(part) || !world.oneIn(3));
    return Interest.of(kept.toList());
  }

  private static boolean isKept(Interest.Part part) {
    return part.prefix().toUtf8().equals(RegisterHistory.PREFIX);
  }

  private Interest some() {
    List<Interest.Part> parts = new ArrayList<>();
    for (String prefix : Workload.PREFIXES) {
      HashRange range =
          switch (world.random.nextInt(6)) {
            case 0, 1 -> null;
            case 2 -> HALVES.get(0);
            case 3 -> HALVES.get(1);
            default -> HashRange.ALL;
          };
      if (prefix.equals(RegisterHistory.PREFIX)) {
        parts.add(part(prefix, HashRange.ALL));
      } else if (range != null) {
        parts.add(part(prefix, range));
      }
    }
    return Interest.of(parts);
  }

  private static Interest.Part part(String prefix, HashRange range) {
    return new Interest.Part(Bytes.utf8(prefix), range);
  }
}
