package dev.tidemark.engine.journal;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code journal}: a {@link JournalCell} per event, and in the head the version vector of its
 * events: the next one's {@code seen}. It only grows.
 */
public final class Journal implements Lattice {
  private static final byte[] NO_HEAD = new byte[0];

  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.Append append) {
      Arguments.value(append.event());
      JournalCell cell = new JournalCell(id, decodeHead(seen.head()), append.event());
      VersionVector self = VersionVector.of(id.replica(), id.sequence());
      return KeyDelta.of(encodeHead(self), cell.cellId(), cell.encode());
    }
    throw Arguments.unsupported("journal", update, "append alone: it only grows");
  }

  @Override
  public HeadJoin join(byte[] left, byte[] right) {
    byte[] head = encodeHead(decodeHead(left).join(decodeHead(right)));
    return new HeadJoin() {
      @Override
      public byte[] head() {
        return head;
      }

      @Override
      public List<CellRange> reach() {
        return List.of();
      }

      @Override
      public byte @Nullable [] cell(Bytes id, byte @Nullable [] l, byte @Nullable [] r) {
        if (l == null || r == null) {
          return l == null ? r : l;
        }
        return Arrays.compareUnsigned(l, r) >= 0 ? l : r;
      }
    };
  }

  @Override
  public Value value(KeyView state) {
    List<Bytes> events = new ArrayList<>();
    state.cells(CellRange.ALL, (id, cell) -> events.add(JournalCell.decode(id, cell).event()));
    return new Value.Events(events);
  }

  @Override
  public boolean present(KeyView state) {
    return state.head().length != 0;
  }

  @Override
  public boolean live(Bytes id, byte[] cell) {
    return true;
  }

  @Override
  public List<Effect> effects(KeyDelta delta) {
    List<Effect> effects = new ArrayList<>();
    delta
        .cells()
        .forEach(
            (id, cell) -> {
              Bytes event = JournalCell.decode(id, cell).event();
              effects.add(new Effect("append", null, new Value.Register(event), List.of()));
            });
    return effects;
  }

  @Override
  public List<Trace> traces(KeyDelta element) {
    List<Trace> traces = new ArrayList<>();
    element.cells().forEach((id, cell) -> traces.add(new EventTrace(JournalCell.decode(id, cell))));
    return traces;
  }

  @Override
  public List<Remains> remains(KeyView state) {
    byte[] head = state.head();
    VersionVector events = decodeHead(head);
    return events.isEmpty()
        ? List.of()
        : List.of(new Remains(Remains.Kind.VECTOR, events.size(), head.length, 0, events));
  }

  @Override
  public void validate(KeyDelta delta) {
    VersionVector head = decodeHead(delta.head());
    delta
        .cells()
        .forEach(
            (id, cell) -> {
              if (!head.contains(JournalCell.decode(id, cell).id().dot())) {
                throw Deltas.malformed("delta holds an event that its vector does not");
              }
            });
  }

  @Override
  public void expectMadeBy(KeyDelta delta, OperationId id) {
    VersionVector own = VersionVector.of(id.replica(), id.sequence());
    Deltas.expectOwn(decodeHead(delta.head()), own);
    delta.cells().forEach((at, cell) -> Deltas.expectOwn(JournalCell.decode(at, cell).id(), id));
  }

  private static VersionVector decodeHead(byte[] head) {
    if (head.length == 0) {
      return VersionVector.EMPTY;
    }
    ByteReader in = new ByteReader(head);
    VersionVector vector = VersionVector.decode(in);
    in.expectEnd();
    if (vector.isEmpty()) {
      throw in.malformed("journal without events has a vector");
    }
    return vector;
  }

  private static byte[] encodeHead(VersionVector vector) {
    if (vector.isEmpty()) {
      return NO_HEAD;
    }
    ByteWriter out = new ByteWriter(2 + vector.size() * 12);
    vector.encode(out);
    return out.toByteArray();
  }
}
