package dev.tidemark.engine.reissue;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The updates that make of a key what it would be if a store that must not go on under its id could
 * still be joined. What both have, and what lost there to what is here, makes none; what is
 * concurrent stays beside each other as ever, since it is the join that says what is to come out.
 *
 * <p>Memory: both states of the key.
 *
 * @param updates to be made in this order, as one commit
 * @param isWhole false if a register would have several values then, which no updates of one store
 *     can give it: it stays as it is
 */
public record Reissue(List<Update> updates, boolean isWhole) {
  private static final byte[] NO_HEAD = new byte[0];

  /**
   * What is to be made anew of one key.
   *
   * @param ours the key here
   * @param theirs the whole state of the key there
   * @param isAlone whether an operation is not here
   */
  public static Reissue of(
      Strategy strategy, KeyView ours, KeyDelta theirs, Predicate<Dot> isAlone) {
    Lattice lattice = strategy.lattice();
    return switch (strategy) {
      case LWW_REGISTER -> whole(newer(lattice, ours, theirs, isAlone));
      case LWW_MAP -> whole(newerFields(lattice, ours, theirs, isAlone));
      case EPOCH_MAX -> whole(epoch(lattice, ours, theirs, isAlone));
      case JOURNAL -> whole(events(lattice, theirs, isAlone));
      default ->
          new Difference(strategy)
              .between(lattice.value(ours), lattice.value(joined(lattice, ours, theirs)));
    };
  }

  /** Whether it comes to the same if it is done again, or was done in part. */
  public static boolean isRepeatable(Strategy strategy) {
    return switch (strategy) {
      case G_COUNTER, PN_COUNTER, OR_MAP_OF_PN_COUNTER, JOURNAL -> false;
      default -> true;
    };
  }

  private static Reissue whole(List<Update> updates) {
    return new Reissue(updates, true);
  }

  /** A state claims all before what it knows; as a run it claims no more than it knows. */
  private static KeyState joined(Lattice lattice, KeyView ours, KeyDelta theirs) {
    KeyState both = KeyState.bottomOf(lattice);
    both.head(ours.head());
    ours.cells(
        CellRange.ALL,
        (id, cell) -> {
          both.cell(id, cell);
          return true;
        });
    byte[] head = lattice.join(NO_HEAD, theirs.head()).head();
    Join.into(both, lattice, new KeyDelta(head, theirs.cells()));
    return both;
  }

  private static boolean isAlone(Trace trace, Predicate<Dot> isAlone) {
    Dot author = trace.author();
    return author != null && isAlone.test(author);
  }

  /** What only they have, and nothing newer is here of. */
  private static List<Update> newer(
      Lattice lattice, KeyView ours, KeyDelta theirs, Predicate<Dot> isAlone) {
    List<Update> updates = new ArrayList<>();
    for (Trace trace : lattice.traces(theirs)) {
      if (isAlone(trace, isAlone) && trace.fate(ours).kind() != Fate.Kind.LOST) {
        updates.add(write(trace.effect().item(), trace.effect().value()));
      }
    }
    return updates;
  }

  private static List<Update> newerFields(
      Lattice lattice, KeyView ours, KeyDelta theirs, Predicate<Dot> isAlone) {
    List<Update> updates = new ArrayList<>();
    // A new delete would take newer fields as well.
    KeyDelta cut = KeyDelta.ofHead(theirs.head());
    Value.Fields before = (Value.Fields) lattice.value(ours);
    Value.Fields after = (Value.Fields) lattice.value(joined(lattice, ours, cut));
    for (Bytes field : before.fields().keySet()) {
      if (!after.fields().containsKey(field)) {
        updates.add(new Update.Remove(field));
      }
    }
    for (var cell : theirs.cells().entrySet()) {
      KeyDelta field = KeyDelta.of(NO_HEAD, cell.getKey(), cell.getValue());
      updates.addAll(newer(lattice, ours, field, isAlone));
    }
    return updates;
  }

  private static Update write(@Nullable Bytes field, @Nullable Value value) {
    if (value instanceof Value.Large large) {
      return field == null
          ? new Update.SetLarge(large.value())
          : new Update.PutLargeField(field, large.value());
    }
    Bytes bytes = value instanceof Value.Register register ? register.value() : null;
    if (bytes == null) {
      return field == null ? new Update.Delete() : new Update.Remove(field);
    }
    return field == null ? new Update.SetValue(bytes) : new Update.PutField(field, bytes);
  }

  private static List<Update> epoch(
      Lattice lattice, KeyView ours, KeyDelta theirs, Predicate<Dot> isAlone) {
    KeyState both = joined(lattice, ours, theirs);
    Value.EpochCount before = ((Value.Epoch) lattice.value(ours)).point();
    Value.EpochCount after = ((Value.Epoch) lattice.value(both)).point();
    List<Update> updates = new ArrayList<>();
    boolean falls = before != null && (after == null || after.compareTo(before) < 0);
    if (falls) {
      updates.add(new Update.Delete());
    }
    if (after != null
        && (falls || !after.equals(before))
        && mayStand(lattice, both, ours, isAlone)) {
      updates.add(new Update.PutEpoch(after.epoch(), after.count()));
    }
    return updates;
  }

  /**
   * A point that both had, and that is not here any more, was deleted, and the delete forgotten.
   */
  private static boolean mayStand(
      Lattice lattice, KeyState both, KeyView ours, Predicate<Dot> isAlone) {
    return lattice.traces(both.asDelta()).stream()
        .filter(trace -> trace.fate(both).kind() == Fate.Kind.STANDS)
        .anyMatch(trace -> isAlone(trace, isAlone) || trace.fate(ours).survives());
  }

  private static List<Update> events(Lattice lattice, KeyDelta theirs, Predicate<Dot> isAlone) {
    List<Update> updates = new ArrayList<>();
    for (Trace trace : lattice.traces(theirs)) {
      if (isAlone(trace, isAlone) && trace.effect().value() instanceof Value.Register event) {
        Bytes bytes = event.value();
        updates.add(new Update.Append(bytes == null ? Bytes.EMPTY : bytes));
      }
    }
    return updates;
  }
}
