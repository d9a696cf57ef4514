package dev.tidemark.tools.words;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.HashRange;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.interest.RingWord.Phase;
import dev.tidemark.storage.membership.RingReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's ring as a store has it, as it is printed and goes over HTTP.
 *
 * @param epoch of the ring; 0 if none was announced
 * @param settled whether all is handed over
 * @param self what the store is called in it; null if that is not known here, or it follows none
 * @param phase how far the store is with it; null if it takes no part
 * @param points at how many points of the ring each member stands
 * @param copies how many members own each key
 * @param members who takes part
 * @param waitsFor for whom the hand-over waits
 * @param holds what the store holds, for people
 * @param isToHold what it is to hold, for people; null if it does
 * @param mayBeClosed whether it owns nothing, and nobody needs what it has
 * @param hasLeftovers whether something may be left of keys that it has given away
 */
public record RingView(
    long epoch,
    boolean settled,
    @Nullable String self,
    @Nullable String phase,
    int points,
    int copies,
    List<Participant> members,
    List<String> waitsFor,
    String holds,
    @Nullable String isToHold,
    boolean mayBeClosed,
    boolean hasLeftovers) {
  /** Who takes part: a member, or one that leaves, and how far it is. */
  public record Participant(String name, String phase, boolean leaving) {}

  /** What a report says. */
  public static RingView of(RingReport report) {
    Ring ring = report.ring();
    Phase own = report.self() == null ? null : report.phases().get(report.self());
    return new RingView(
        ring == null ? 0 : ring.epoch(),
        report.isSettled(),
        report.self(),
        own == null ? null : own.name(),
        ring == null ? 0 : ring.points(),
        ring == null ? 0 : ring.copies(),
        ring == null ? List.of() : participants(report, ring),
        List.copyOf(report.awaited()),
        text(report.held()),
        report.wanted().equals(report.held()) ? null : text(report.wanted()),
        report.isFree(),
        report.hasLeftovers());
  }

  private static List<Participant> participants(RingReport report, Ring ring) {
    return report.phases().entrySet().stream()
        .map(
            each ->
                new Participant(
                    each.getKey(), each.getValue().name(), ring.leaving().contains(each.getKey())))
        .toList();
  }

  /** How much of all keys an interest is, where it goes by hashes alone. */
  private static String text(Interest interest) {
    List<Interest.Part> parts = interest.parts();
    if (interest.isAll()) {
      return "all keys";
    } else if (parts.isEmpty()) {
      return "no keys";
    } else if (!parts.stream().allMatch(part -> part.prefix().equals(Bytes.EMPTY))) {
      return interest.toString();
    }
    double share = parts.stream().map(Interest.Part::range).mapToDouble(RingView::width).sum();
    return String.format(
        Locale.ROOT, "%.1f %% of all keys, in %d ranges", 100 * share, parts.size());
  }

  private static double width(HashRange range) {
    double halves = (double) (range.last() >>> 1) - (double) (range.first() >>> 1);
    return Math.scalb(halves, 1 - Long.SIZE);
  }

  /** As lines: the ring, a line for each who takes part, and what the store holds. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.addAll(summary());
    for (Participant each : members) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-10s %s, %s%s",
              each.leaving() ? "leaving" : "member",
              each.name(),
              each.phase().toLowerCase(Locale.ROOT),
              each.name().equals(self) ? ", this store" : ""));
    }
    lines.add("holds      " + holds + (mayBeClosed ? ", may be closed" : ""));
    if (isToHold != null) {
      lines.add("to hold    " + isToHold);
    }
    return lines;
  }

  /** Which ring it is, for whom its hand-over waits, and whether it has left something behind. */
  public List<String> summary() {
    String ring =
        epoch == 0
            ? "ring       none: each store holds what it was opened for"
            : String.format(
                Locale.ROOT,
                "ring       epoch %d, %d copies, %s",
                epoch,
                copies,
                settled ? "settled" : "waits for " + String.join(", ", waitsFor));
    return hasLeftovers
        ? List.of(ring, "leftovers  of keys that were given away, still to be removed")
        : List.of(ring);
  }
}
