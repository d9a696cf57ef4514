package dev.tidemark.type;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One key of one replica in memory, by the real lattice. Records how much readers look at, and
 * shows a reader no cell outside the range it asked for.
 */
final class FakeReplica implements KeyAccess {
  private static final long FIRST_STAMP = HybridTimestamp.ofMillis(1_000);

  private final Strategy strategy;
  private final Lattice lattice;
  private final long replica;
  private final KeyState state;
  private final List<KeyDelta> log = new ArrayList<>();
  private final List<Durability> asked = new ArrayList<>();
  private long stamp = FIRST_STAMP;
  private long cellsRead;

  FakeReplica(Strategy strategy, long replica) {
    this.strategy = strategy;
    this.lattice = strategy.lattice();
    this.replica = replica;
    this.state = KeyState.bottomOf(lattice);
  }

  @Override
  public Strategy strategy() {
    return strategy;
  }

  @Override
  public long update(Update update) {
    OperationId id = new OperationId(replica, log.size() + 1, stamp);
    KeyDelta delta = lattice.prepare(update, state, id);
    lattice.validate(delta);
    Join.into(state, lattice, delta);
    log.add(delta);
    stamp++;
    return log.size();
  }

  /** What the other has logged from a position on, in order. */
  void receive(FakeReplica other, int from) {
    other.log.subList(from, other.log.size()).forEach(delta -> Join.into(state, lattice, delta));
    stamp = Math.max(stamp, other.stamp);
  }

  /** Lets hybrid time pass, so that this replica's next update is the newest. */
  void tick() {
    stamp += HybridTimestamp.ofMillis(1);
  }

  @Override
  public <T> T loading(Function<Function<LargeValue, Bytes>, T> reader) {
    return reader.apply(
        value -> {
          throw new AssertionError("nothing is large here: " + value);
        });
  }

  @Override
  public <T> T read(CellRange cells, Function<KeyView, T> reader) {
    return reader.apply(new Limited(cells));
  }

  @Override
  public long liveCells() {
    long[] live = new long[1];
    state.cells(
        CellRange.ALL,
        (id, cell) -> {
          live[0] += lattice.live(id, cell) ? 1 : 0;
          return true;
        });
    return live[0];
  }

  @Override
  public KeyAccess with(Durability durability) {
    asked.add(durability);
    return this;
  }

  long logSize() {
    return log.size();
  }

  /** Every byte of the state. */
  KeyDelta snapshot() {
    return state.copy();
  }

  List<Durability> asked() {
    return asked;
  }

  /** How many cells were shown since the last call. */
  long takeCellsRead() {
    long read = cellsRead;
    cellsRead = 0;
    return read;
  }

  private final class Limited implements KeyView {
    private final CellRange range;

    Limited(CellRange range) {
      this.range = range;
    }

    @Override
    public byte[] head() {
      return state.head();
    }

    @Override
    public byte[] cell(Bytes id) {
      cellsRead++;
      return range.contains(id) ? state.cell(id) : null;
    }

    @Override
    public void cells(CellRange asked, CellVisitor visitor) {
      state.cells(
          asked,
          (id, cell) -> {
            if (!range.contains(id)) {
              return true;
            }
            cellsRead++;
            return visitor.visit(id, cell);
          });
    }
  }
}
