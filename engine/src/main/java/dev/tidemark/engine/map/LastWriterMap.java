package dev.tidemark.engine.map;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Loss;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code lww-map}: a {@link VersionedCell} per field, and in the head the version of the newest
 * delete of the whole key, which cuts every field at or below it. Cut fields are dropped by the
 * join itself, so the same map always has the same bytes.
 */
public final class LastWriterMap implements Lattice {
  private static final byte[] NO_CUT = new byte[0];

  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.PutField put) {
      byte[] cell = VersionedCell.encode(id.version(), Arguments.value(put.value()));
      return KeyDelta.of(NO_CUT, Arguments.element(put.field()), cell);
    }
    if (update instanceof Update.PutLargeField put) {
      byte[] cell = VersionedCell.encodeLarge(id.version(), put.value());
      return KeyDelta.of(NO_CUT, Arguments.element(put.field()), cell);
    }
    if (update instanceof Update.Remove remove) {
      byte[] cell = VersionedCell.encode(id.version(), null);
      return KeyDelta.of(NO_CUT, Arguments.element(remove.item()), cell);
    }
    if (update instanceof Update.Delete) {
      return KeyDelta.ofHead(encodeCut(id.version()));
    }
    throw Arguments.unsupported("lww-map", update, "put, remove, delete");
  }

  @Override
  public HeadJoin join(byte[] left, byte[] right) {
    return new CutJoin(decodeCut(left), decodeCut(right));
  }

  /** In a state the older fields that a cut hides are gone: the join has dropped them. */
  @Override
  public byte[] lower(byte[] head, Floor floor) {
    Version cut = decodeCut(head);
    return cut != null && floor.covers(cut) ? NO_CUT : head;
  }

  @Override
  public boolean forgets(Bytes id, byte[] cell, Floor floor) {
    return VersionedCell.isForgettable(cell, floor);
  }

  @Override
  public KeyDelta admit(KeyDelta arriving, Floor floor) {
    if (floor.horizon() == 0) {
      return arriving;
    }
    TreeMap<Bytes, byte[]> news = new TreeMap<>(arriving.cells());
    news.values().removeIf(cell -> VersionedCell.isCovered(cell, floor));
    return new KeyDelta(lower(arriving.head(), floor), news);
  }

  @Override
  public byte @Nullable [] cellOf(byte[] stated, byte[] held, Floor forgotten, Floor joined) {
    byte[] over = VersionedCell.overriding(held, forgotten, joined);
    boolean isCut =
        over != null && isCut(VersionedCell.decodeVersion(new ByteReader(over)), decodeCut(stated));
    return isCut ? null : over;
  }

  @Override
  public Value value(KeyView state) {
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    state.cells(
        CellRange.ALL,
        (field, cell) -> {
          Value content = VersionedCell.decode(cell).content();
          if (content != null) {
            fields.put(field, content);
          }
          return true;
        });
    return new Value.Fields(fields);
  }

  @Override
  public boolean live(Bytes id, byte[] cell) {
    return !VersionedCell.isTombstone(cell);
  }

  @Override
  public boolean mayRefer() {
    return true;
  }

  @Override
  public void largeValues(KeyDelta element, Consumer<LargeValue> visitor) {
    element.cells().values().forEach(cell -> VersionedCell.visitLarge(cell, visitor));
  }

  @Override
  public List<Effect> effects(KeyDelta delta) {
    List<Effect> effects = new ArrayList<>();
    if (delta.head().length != 0) {
      effects.add(Effect.of("delete"));
    }
    delta
        .cells()
        .forEach(
            (field, cell) -> {
              Value content = VersionedCell.decode(cell).content();
              String verb = content == null ? "remove" : "put";
              effects.add(new Effect(verb, field, content, List.of()));
            });
    return effects;
  }

  @Override
  public List<Trace> traces(KeyDelta element) {
    List<Trace> traces = new ArrayList<>();
    Version cut = decodeCut(element.head());
    if (cut != null) {
      traces.add(new CutTrace(cut));
    }
    element
        .cells()
        .forEach(
            (field, cell) -> {
              Effect effect = effects(KeyDelta.of(NO_CUT, field, cell)).get(0);
              traces.add(new FieldTrace(effect, field, VersionedCell.decode(cell)));
            });
    return traces;
  }

  @Override
  public boolean mayLose() {
    return true;
  }

  @Override
  public void losses(
      KeyView before, KeyDelta arriving, Predicate<Dot> seen, Consumer<Loss> visitor) {
    new MapLosses(before, arriving, seen, visitor).visit();
  }

  @Override
  public List<Remains> remains(KeyView state) {
    FieldTombstones tombstones = new FieldTombstones();
    state.cells(CellRange.ALL, tombstones);
    List<Remains> remains = new ArrayList<>();
    Version cut = decodeCut(state.head());
    if (cut != null) {
      remains.add(new Remains(Remains.Kind.CUT, 1, state.head().length, cut.stamp(), null));
    }
    tombstones.addTo(remains);
    return remains;
  }

  @Override
  public void validate(KeyDelta delta) {
    Version cut = decodeCut(delta.head());
    delta
        .cells()
        .forEach(
            (field, cell) -> {
              Deltas.expectElement(field);
              if (isCut(VersionedCell.decode(cell).version(), cut)) {
                throw Deltas.malformed("delta holds a field that it cuts itself");
              }
            });
  }

  @Override
  public void expectMadeBy(KeyDelta delta, OperationId id) {
    Version cut = decodeCut(delta.head());
    if (cut != null) {
      Deltas.expectOwn(cut, id.version());
    }
    delta
        .cells()
        .values()
        .forEach(cell -> Deltas.expectOwn(VersionedCell.decode(cell).version(), id.version()));
  }

  static boolean isCut(Version version, @Nullable Version cut) {
    return cut != null && version.compareTo(cut) <= 0;
  }

  private static byte[] encodeCut(Version cut) {
    ByteWriter out = new ByteWriter(26);
    VersionedCell.encodeVersion(cut, out);
    return out.toByteArray();
  }

  static @Nullable Version decodeCut(byte[] head) {
    if (head.length == 0) {
      return null;
    }
    ByteReader in = new ByteReader(head);
    Version cut = VersionedCell.decodeVersion(in);
    in.expectEnd();
    return cut;
  }

  private static final class CutJoin implements HeadJoin {
    private final @Nullable Version cut;
    private final boolean rises;

    CutJoin(@Nullable Version left, @Nullable Version right) {
      rises = right != null && (left == null || right.compareTo(left) > 0);
      cut = rises ? right : left;
    }

    @Override
    public byte[] head() {
      return cut == null ? NO_CUT : encodeCut(cut);
    }

    @Override
    public List<CellRange> reach() {
      return rises ? List.of(CellRange.ALL) : List.of();
    }

    @Override
    public byte @Nullable [] cell(Bytes id, byte @Nullable [] left, byte @Nullable [] right) {
      byte[] newest = VersionedCell.join(left, right);
      // The version alone: the value is not copied.
      boolean isGone =
          newest == null
              || (cut != null && isCut(VersionedCell.decodeVersion(new ByteReader(newest)), cut));
      return isGone ? null : newest;
    }
  }
}
