package dev.tidemark.type;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.journal.JournalCell;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.function.Predicate;

/**
 * A key of strategy {@code journal}: events that many replicas append in parallel, in the order of
 * their hybrid time, then of their replica. That order is the same everywhere and respects
 * causality: an event stands behind all that its maker had seen. A late event of another replica
 * lands in its place, which may be in the middle, so somebody who wants every event once follows
 * the store's commits instead of asking for the newest page. Hybrid time is after Kulkarni et al.,
 * "Logical Physical Clocks", OPODIS 2014.
 *
 * <p>It only grows: there is no delete.
 *
 * @param <E> the type of the events
 */
public final class Journal<E> extends CellHandle {
  private final Codec<E> codec;

  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public Journal(KeyAccess access, Codec<E> codec) {
    super(access, Strategy.JOURNAL);
    this.codec = codec;
  }

  /**
   * Appends an event. Reads the journal's vector and writes one cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the event's bytes are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_VALUE_BYTES}
   */
  public long append(E event) {
    return access.update(new Update.Append(encode(codec, event)));
  }

  /** All events, in order. Reads every cell. */
  public List<JournalEvent<E>> events() {
    return page(CellRange.ALL, Integer.MAX_VALUE, this::event);
  }

  /**
   * The first events from a position on. Reads their cells and no others. The next page begins at
   * the last event's {@code position().next()}.
   *
   * @param from where to begin, inclusive
   * @param limit how many at most, above 0
   */
  public List<JournalEvent<E>> range(JournalPosition from, int limit) {
    return page(Ranges.between(from.cellId(), null), Ranges.limit(limit), this::event);
  }

  /**
   * Shows the events in order, as they were at one moment, until the visitor returns false. Holds
   * that moment's state while it runs: keep it short and do not update the store in it.
   */
  public void forEach(Predicate<? super JournalEvent<E>> visitor) {
    visit(CellRange.ALL, (id, cell) -> visitor.test(event(new Cell(id, cell))));
  }

  /** How many events there are. Reads none of them. */
  public long size() {
    return access.liveCells();
  }

  /** This handle with another durability for its updates. */
  public Journal<E> with(Durability durability) {
    return new Journal<>(access.with(durability), codec);
  }

  private JournalEvent<E> event(Cell cell) {
    JournalCell decoded = JournalCell.decode(cell.id(), cell.bytes());
    OperationId id = decoded.id();
    E event = codec.decode(decoded.event().array());
    return new JournalEvent<>(id.stamp(), id.replica(), id.sequence(), decoded.seen(), event);
  }
}
