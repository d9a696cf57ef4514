package dev.tidemark.replication.simulation;

import dev.tidemark.replication.wire.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What happened, over all runs: a simulation in which something never happens proves nothing. */
final class Tally {
  private final Map<Deed, Long> deeds = new EnumMap<>(Deed.class);
  private final Map<Reason, Long> ends = new EnumMap<>(Reason.class);
  private final Map<String, Long> frames = new TreeMap<>();
  long events;
  long opened;
  long states;
  long widened;
  long lost;
  long runs;

  void did(Deed deed) {
    deeds.merge(deed, 1L, Long::sum);
  }

  void ended(Reason why) {
    ends.merge(why, 1L, Long::sum);
  }

  void sent(String frame) {
    frames.merge(frame, 1L, Long::sum);
  }

  /** The same of other runs. */
  void add(Tally other) {
    other.deeds.forEach((deed, times) -> deeds.merge(deed, times, Long::sum));
    other.ends.forEach((why, times) -> ends.merge(why, times, Long::sum));
    other.frames.forEach((frame, times) -> frames.merge(frame, times, Long::sum));
    events += other.events;
    opened += other.opened;
    states += other.states;
    widened += other.widened;
    lost += other.lost;
    runs += other.runs;
  }

  long of(Deed deed) {
    return deeds.getOrDefault(deed, 0L);
  }

  @Override
  public String toString() {
    return "%d runs, %d events, %d openings, %d states, %d times wider, %d operations lost; %s; sessions ended: %s; frames: %s"
        .formatted(runs, events, opened, states, widened, lost, deeds, ends, frames);
  }
}
