package dev.tidemark.engine.causal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What all causal types share: the join, and how an operation becomes a delta. */
abstract class CausalLattice implements Lattice {
  private static final byte[] NEW_STATE = CausalHead.NEW_STATE.encode();

  @Override
  public final byte[] bottom() {
    return NEW_STATE;
  }

  @Override
  public final HeadJoin join(byte[] left, byte[] right) {
    return new CausalJoin(CausalHead.decode(left), CausalHead.decode(right));
  }

  @Override
  public final byte[] raise(byte[] head, Floor floor) {
    if (floor.seen().isEmpty()) {
      return head;
    }
    CausalHead low = CausalHead.decode(head);
    Context context = low.context().join(Context.upTo(floor.seen()));
    return new CausalHead(context, low.kills(), low.root()).encode();
  }

  @Override
  public final byte[] lower(byte[] head, Floor floor) {
    if (floor.seen().isEmpty()) {
      return head;
    }
    CausalHead high = CausalHead.decode(head);
    return new CausalHead(high.context().above(floor.seen()), high.kills(), high.root()).encode();
  }

  /** A context says of what is not there that it is overridden: also where nothing else is left. */
  @Override
  public final byte[] headOf(byte[] stated, byte[] held, Floor forgotten, Floor joined) {
    return stated.length == 0 ? raise(stated, forgotten) : stated;
  }

  @Override
  public final boolean live(Bytes id, byte[] cell) {
    return !DotCell.decode(cell).live().isEmpty();
  }

  /** The cell that a register or flag consists of. */
  static DotCell root(KeyView state) {
    return CausalHead.decode(state.head()).root();
  }

  /**
   * An operation that overrides what is alive in the root cell, and is alive there itself if it has
   * a value.
   */
  static KeyDelta overrideRoot(KeyView seen, OperationId id, @Nullable Bytes value) {
    CausalHead known = CausalHead.decode(seen.head());
    DotCell root = known.root().overriddenBy(id.dot(), value);
    Context context = Context.of(id.dot(), known.context());
    return KeyDelta.ofHead(new CausalHead(context, Kills.NONE, root).encode());
  }

  /** The same in one cell. */
  static KeyDelta overrideCell(KeyView seen, Bytes cellId, OperationId id, @Nullable Bytes value) {
    byte[] head = headOf(id.dot(), known(seen), Kills.NONE);
    byte[] cell = DotCell.decode(seen.cell(cellId)).overriddenBy(id.dot(), value).encode();
    return cell == null ? KeyDelta.ofHead(head) : KeyDelta.of(head, cellId, cell);
  }

  /** An operation that overrides all that is seen in the cells of a prefix. */
  static KeyDelta overrideAll(KeyView seen, Bytes prefix, OperationId id) {
    Context known = known(seen);
    return KeyDelta.ofHead(headOf(id.dot(), known, Kills.of(prefix, known.last())));
  }

  private static Context known(KeyView seen) {
    return CausalHead.decode(seen.head()).context();
  }

  private static byte[] headOf(Dot dot, Context known, Kills kills) {
    return new CausalHead(Context.of(dot, known), kills, DotCell.EMPTY).encode();
  }

  /** The words for what a delta does to one cell. */
  abstract Effect describe(Bytes cellId, DotCell cell);

  /** The words for a wholesale override. */
  Effect describeKill(Bytes prefix) {
    return Effect.of("delete");
  }

  @Override
  public final List<Effect> effects(KeyDelta delta) {
    CausalHead head = CausalHead.decode(delta.head());
    List<Effect> effects = new ArrayList<>();
    head.kills().byPrefix().keySet().forEach(prefix -> effects.add(describeKill(prefix)));
    if (!head.root().isEmpty()) {
      effects.add(describe(Bytes.EMPTY, head.root()));
    }
    delta.cells().forEach((id, cell) -> effects.add(describe(id, DotCell.decode(cell))));
    return effects;
  }

  @Override
  public final List<Trace> traces(KeyDelta element) {
    CausalHead head = CausalHead.decode(element.head());
    List<Trace> traces = new ArrayList<>();
    head.kills().byPrefix().keySet().forEach(p -> traces.add(new RemoveTrace(describeKill(p))));
    addTraces(null, head.root(), traces);
    element.cells().forEach((id, cell) -> addTraces(id, DotCell.decode(cell), traces));
    return traces;
  }

  private void addTraces(@Nullable Bytes id, DotCell cell, List<Trace> traces) {
    Bytes name = id == null ? Bytes.EMPTY : id;
    if (cell.live().isEmpty() && !cell.isEmpty()) {
      traces.add(new RemoveTrace(describe(name, cell)));
    }
    // Which of several overrode what is not known any more, so none is said to have.
    var killed = cell.live().size() == 1 ? cell.killed() : DotCell.EMPTY.killed();
    cell.live()
        .forEach(
            (dot, value) -> {
              DotCell one = new DotCell(new TreeMap<>(Map.of(dot, value)), killed);
              traces.add(new DotTrace(describe(name, one), id, dot));
            });
  }

  @Override
  public final List<Remains> remains(KeyView state) {
    CausalHead head = CausalHead.decode(state.head());
    long bytes = new CausalHead(head.context(), Kills.NONE, DotCell.EMPTY).encode().length;
    VersionVector known = head.context().last();
    return known.isEmpty()
        ? List.of()
        : List.of(new Remains(Remains.Kind.CONTEXT, known.size(), bytes, 0, known));
  }

  @Override
  public final void validate(KeyDelta delta) {
    CausalHead head = CausalHead.decode(delta.head());
    Deltas.expectCanonical(delta.head(), head.encode());
    if (!head.kills().equals(head.kills().join(Kills.NONE, head.context()))) {
      throw Deltas.malformed("delta lists overrides that it implies");
    }
    head.kills().byPrefix().keySet().forEach(this::validateKill);
    if (!hasRoot() && !head.root().isEmpty()) {
      throw Deltas.malformed("delta has a root where its strategy has none");
    }
    validate(head.root(), head.context());
    delta
        .cells()
        .forEach(
            (id, cell) -> {
              validateId(id);
              validate(DotCell.decode(cell), head.context());
            });
  }

  @Override
  public final void expectMadeBy(KeyDelta delta, OperationId id) {
    CausalHead head = CausalHead.decode(delta.head());
    Deltas.expectOwn(head.context().isOf(id.dot()), true);
    expectMadeBy(head.root(), id.dot());
    delta.cells().values().forEach(cell -> expectMadeBy(DotCell.decode(cell), id.dot()));
  }

  private static void expectMadeBy(DotCell cell, Dot own) {
    cell.live().keySet().forEach(dot -> Deltas.expectOwn(dot, own));
  }

  /** Refuses a cell id that no update of this type makes. */
  abstract void validateId(Bytes id);

  /** Refuses a wholesale override that no update of this type makes. */
  void validateKill(Bytes prefix) {
    if (prefix.length() != 0) {
      throw Deltas.malformed("delta overrides a part that its strategy does not have");
    }
  }

  /** Whether all of the type is its root; else it has cells and no root. */
  boolean hasRoot() {
    return false;
  }

  /** Whether the type keeps values with its dots. */
  abstract boolean hasValues();

  private void validate(DotCell cell, Context context) {
    for (var entry : cell.live().entrySet()) {
      if (!context.contains(entry.getKey())) {
        throw Deltas.malformed("delta holds an operation that its context does not");
      }
      if (!hasValues() && entry.getValue().length() != 0) {
        throw Deltas.malformed("delta holds a value where its strategy has none");
      }
    }
    // A run may list one that its context implies: what a duplicate brings late reaches the context
    // at once, but not the cells that the duplicate does not name.
    if (context.isState() && !cell.killed().isEmpty()) {
      throw Deltas.malformed("state lists overrides that its context implies");
    }
  }
}
