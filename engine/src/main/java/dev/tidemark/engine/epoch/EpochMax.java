package dev.tidemark.engine.epoch;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.epoch.EpochState.Point;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Loss;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.lattice.SingleHeadJoin;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** {@code epoch-max}: the head is an {@link EpochState}. Prepared without a read. */
public final class EpochMax implements Lattice {
  private static final EpochState BOTTOM = new EpochState(List.of(), null);

  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.PutEpoch put) {
      Point point = new Point(id.version(), new Value.EpochCount(put.epoch(), put.count()));
      return KeyDelta.ofHead(new EpochState(List.of(point), null).encode());
    }
    if (update instanceof Update.Delete) {
      return KeyDelta.ofHead(new EpochState(List.of(), id.version()).encode());
    }
    throw Arguments.unsupported("epoch-max", update, "put EPOCH COUNT, delete");
  }

  @Override
  public HeadJoin join(byte[] left, byte[] right) {
    return new SingleHeadJoin(
        left.length == 0 ? right : EpochState.decode(left).join(EpochState.decode(right)).encode());
  }

  @Override
  public byte[] lower(byte[] head, Floor floor) {
    return floor.horizon() == 0 ? head : EpochState.decode(head).collapse(floor).encode();
  }

  @Override
  public KeyDelta admit(KeyDelta arriving, Floor floor) {
    if (floor.horizon() == 0) {
      return arriving;
    }
    return KeyDelta.ofHead(EpochState.decode(arriving.head()).above(floor).encode());
  }

  @Override
  public byte[] headOf(byte[] stated, byte[] held, Floor forgotten, Floor joined) {
    EpochState state = EpochState.decode(stated);
    Version over = EpochState.decode(held).deletedIn(state, forgotten, joined);
    return over == null ? stated : state.join(new EpochState(List.of(), over)).encode();
  }

  @Override
  public Value value(KeyView state) {
    return new Value.Epoch(EpochState.decode(state.head()).visible());
  }

  @Override
  public boolean present(KeyView state) {
    return EpochState.decode(state.head()).visible() != null;
  }

  @Override
  public boolean live(Bytes id, byte[] cell) {
    return false;
  }

  @Override
  public List<Effect> effects(KeyDelta delta) {
    EpochState state = EpochState.decode(delta.head());
    List<Effect> effects = new ArrayList<>();
    if (state.tombstone() != null) {
      effects.add(Effect.of("delete"));
    }
    for (Point point : state.points()) {
      effects.add(new Effect("put", null, new Value.Epoch(point.value()), List.of()));
    }
    return effects;
  }

  @Override
  public List<Trace> traces(KeyDelta element) {
    EpochState state = EpochState.decode(element.head());
    List<Trace> traces = new ArrayList<>();
    if (state.tombstone() != null) {
      traces.add(new DeleteTrace(state.tombstone()));
    }
    state.points().forEach(point -> traces.add(new PointTrace(point)));
    return traces;
  }

  @Override
  public boolean mayLose() {
    return true;
  }

  /** Only to a delete: that the greater of two points is read is what was asked for. */
  @Override
  public void losses(
      KeyView before, KeyDelta arriving, Predicate<Dot> seen, Consumer<Loss> visitor) {
    if (before.head().length == 0) {
      return;
    }
    EpochState held = EpochState.decode(before.head());
    EpochState news = EpochState.decode(arriving.head());
    Version theirCut = news.tombstone();
    if (theirCut != null) {
      held.points().stream()
          .filter(point -> !seen.test(point.version().dot()))
          .forEach(point -> lost(point, theirCut, visitor));
    }
    Version ourCut = held.tombstone();
    if (ourCut != null && !seen.test(ourCut.dot())) {
      news.points().forEach(point -> lost(point, ourCut, visitor));
    }
  }

  private static void lost(Point point, Version cut, Consumer<Loss> visitor) {
    if (point.version().compareTo(cut) <= 0) {
      visitor.accept(
          new Loss(
              null,
              new Loss.Side(cut, null),
              new Loss.Side(point.version(), new Value.Epoch(point.value()))));
    }
  }

  @Override
  public List<Remains> remains(KeyView state) {
    EpochState held = EpochState.decode(state.head());
    List<Remains> remains = new ArrayList<>();
    Version tombstone = held.tombstone();
    if (tombstone != null) {
      long bytes = new EpochState(List.of(), tombstone).encode().length;
      remains.add(new Remains(Remains.Kind.TOMBSTONE, 1, bytes, tombstone.stamp(), null));
    }
    int reserve = held.points().size() - 1;
    if (reserve > 0) {
      Point newest = held.points().get(reserve);
      long bytes = new EpochState(held.points().subList(1, reserve + 1), null).encode().length;
      remains.add(
          new Remains(Remains.Kind.RESERVE, reserve, bytes, newest.version().stamp(), null));
    }
    return remains;
  }

  @Override
  public void validate(KeyDelta delta) {
    Deltas.expectNoCells(delta);
    EpochState state = EpochState.decode(delta.head());
    Deltas.expectCanonical(delta.head(), BOTTOM.join(state).encode());
  }

  @Override
  public void expectMadeBy(KeyDelta delta, OperationId id) {
    EpochState state = EpochState.decode(delta.head());
    if (state.tombstone() != null) {
      Deltas.expectOwn(state.tombstone(), id.version());
    }
    state.points().forEach(point -> Deltas.expectOwn(point.version(), id.version()));
  }
}
