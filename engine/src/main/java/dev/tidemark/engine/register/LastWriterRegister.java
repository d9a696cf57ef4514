package dev.tidemark.engine.register;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
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
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * {@code lww-register}: the head is the greatest {@link VersionedCell}. Prepared without a read.
 */
public final class LastWriterRegister implements Lattice {
  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.SetValue set) {
      Arguments.value(set.value());
      return KeyDelta.ofHead(VersionedCell.encode(id.version(), set.value()));
    }
    if (update instanceof Update.SetLarge set) {
      return KeyDelta.ofHead(VersionedCell.encodeLarge(id.version(), set.value()));
    }
    if (update instanceof Update.Delete) {
      return KeyDelta.ofHead(VersionedCell.encode(id.version(), null));
    }
    throw Arguments.unsupported("lww-register", update, "set, delete");
  }

  @Override
  public HeadJoin join(byte[] left, byte[] right) {
    return new SingleHeadJoin(Objects.requireNonNull(VersionedCell.join(left, right)));
  }

  @Override
  public long rank(byte[] array, int offset, int length) {
    return length == 0 ? 0 : new ByteReader(array, offset, length).i64();
  }

  @Override
  public byte[] lower(byte[] head, Floor floor) {
    return VersionedCell.isForgettable(head, floor) ? bottom() : head;
  }

  @Override
  public KeyDelta admit(KeyDelta arriving, Floor floor) {
    return VersionedCell.isCovered(arriving.head(), floor) ? KeyDelta.ofHead(bottom()) : arriving;
  }

  @Override
  public byte[] headOf(byte[] stated, byte[] held, Floor forgotten, Floor joined) {
    byte[] over = VersionedCell.overriding(held, forgotten, joined);
    return stated.length == 0 && over != null ? over : stated;
  }

  @Override
  public Value value(KeyView state) {
    byte[] head = state.head();
    Value content = head.length == 0 ? null : VersionedCell.decode(head).content();
    return content == null ? new Value.Register(null) : content;
  }

  @Override
  public boolean present(KeyView state) {
    byte[] head = state.head();
    return head.length != 0 && !VersionedCell.isTombstone(head);
  }

  @Override
  public boolean live(Bytes id, byte[] cell) {
    return false;
  }

  @Override
  public boolean mayRefer() {
    return true;
  }

  @Override
  public void largeValues(KeyDelta element, Consumer<LargeValue> visitor) {
    VersionedCell.visitLarge(element.head(), visitor);
  }

  @Override
  public List<Effect> effects(KeyDelta delta) {
    if (delta.head().length == 0) {
      return List.of();
    }
    Value content = VersionedCell.decode(delta.head()).content();
    return List.of(
        content == null ? Effect.of("delete") : new Effect("set", null, content, List.of()));
  }

  @Override
  public List<Trace> traces(KeyDelta element) {
    byte[] head = element.head();
    return head.length == 0
        ? List.of()
        : List.of(new VersionedTrace(effects(element).get(0), VersionedCell.decode(head)));
  }

  @Override
  public boolean mayLose() {
    return true;
  }

  @Override
  public void losses(
      KeyView before, KeyDelta arriving, Predicate<Dot> seen, Consumer<Loss> visitor) {
    VersionedCell.loss(null, before.head(), arriving.head(), seen, visitor);
  }

  @Override
  public List<Remains> remains(KeyView state) {
    byte[] head = state.head();
    VersionedCell held = head.length == 0 ? null : VersionedCell.decode(head);
    return held == null || !held.isTombstone()
        ? List.of()
        : List.of(
            new Remains(Remains.Kind.TOMBSTONE, 1, head.length, held.version().stamp(), null));
  }

  @Override
  public void validate(KeyDelta delta) {
    Deltas.expectNoCells(delta);
    VersionedCell.decode(delta.head());
  }

  @Override
  public void expectMadeBy(KeyDelta delta, OperationId id) {
    Deltas.expectOwn(VersionedCell.decode(delta.head()).version(), id.version());
  }
}
