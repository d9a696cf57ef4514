package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A key as it counts: as it is stored, with what its state has forgotten below the floor. The head
 * is read once, at its first use, cells each time. At a pin all of it is of one moment; without
 * one, a fold in between shows in what is read after it. Not thread-safe.
 */
public final class StoredKey implements KeyView {
  private final @Nullable Incarnation now;
  private final Reader reader;
  private final Namespace namespace;
  private final Bytes key;
  private final Supplier<Floor> floors;
  private byte @Nullable [] stem;
  private Floor floor = Floor.NONE;
  private @Nullable StoredHead stored;
  private boolean isRead;

  /**
   * Reads a key when it is asked for.
   *
   * @param floors the floor of the moment that is read
   */
  StoredKey(Reader reader, Namespace namespace, Bytes key, Supplier<Floor> floors) {
    this(null, reader, namespace, key, floors);
  }

  /** Reads a key as it is now, its head maybe from memory. */
  StoredKey(Incarnation now, Reader reader, Namespace namespace, Bytes key) {
    this(now, reader, namespace, key, now.ledger()::floor);
  }

  /** A key whose head was read at a pin. */
  StoredKey(Reader reader, Namespace namespace, Bytes key, StoredHead head) {
    this(null, reader, namespace, key, reader::floor);
    this.floor = reader.floor();
    this.stored = head;
    this.isRead = true;
  }

  private StoredKey(
      @Nullable Incarnation now,
      Reader reader,
      Namespace namespace,
      Bytes key,
      Supplier<Floor> floors) {
    this.now = now;
    this.reader = reader;
    this.namespace = namespace;
    this.key = key;
    this.floors = floors;
  }

  /** Whether anything is held of the key. */
  public boolean isStored() {
    return stored() != null;
  }

  /**
   * Refuses to be built on where the head is lost and cells are there. What is made of a key that
   * seems never touched claims to know its maker's operations from the first one on, and takes the
   * place of all of them, here and elsewhere.
   *
   * @throws dev.tidemark.error.DamagedException if that is so
   */
  public void requireHead() {
    if (stored() == null) {
      boolean[] isLost = new boolean[1];
      reader.visit(
          CellKey.cell(stem(), Bytes.EMPTY),
          CellKey.pastCells(stem()),
          (storageKey, cell) -> {
            isLost[0] = true;
            return false;
          });
      if (isLost[0]) {
        throw StateFailure.damaged(
            "state has cells of a key and not its head", reader.directory(), "key " + key);
      }
    }
  }

  /** How many cells a reader would see, without looking at them; 0 if nothing is stored. */
  public long liveCells() {
    StoredHead head = stored();
    return head == null ? 0 : head.liveCells();
  }

  /** What {@link CellDigest} says its head and cells add up to; 0 if nothing is stored. */
  public long digest() {
    StoredHead head = stored();
    return head == null ? 0 : head.digest();
  }

  @Override
  public byte[] head() {
    StoredHead head = stored();
    return head(head, namespace.strategy().lattice(), floor);
  }

  /** A head as it counts, with what its state has forgotten below the floor. */
  static byte[] head(@Nullable StoredHead stored, Lattice lattice, Floor floor) {
    byte[] held = stored == null ? lattice.bottom() : stored.head();
    return floor.isNone() ? held : lattice.raise(held, floor);
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    return isKnownToBeEmpty() ? null : reader.get(CellKey.cell(stem(), id));
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    if (isKnownToBeEmpty()) {
      return;
    }
    byte[] own = stem();
    byte[] from = CellKey.cell(own, range.from());
    Bytes end = range.to();
    byte[] to = end == null ? CellKey.pastCells(own) : CellKey.cell(own, end);
    reader.visit(
        from, to, (storageKey, cell) -> visitor.visit(CellKey.idOf(own, storageKey), cell));
  }

  /** Whoever has looked for the head and found none need not look for cells: none is without. */
  private boolean isKnownToBeEmpty() {
    return isRead && stored == null;
  }

  private @Nullable StoredHead stored() {
    if (!isRead) {
      // The floor that the head is lowered to at most, and no higher one than what is held is of.
      do {
        floor = floors.get();
        stored = now == null ? readHead() : now.head(namespace, key, this::readHead);
      } while (floors.get() != floor);
      isRead = true;
    }
    return stored;
  }

  private @Nullable StoredHead readHead() {
    return reader.head(stem());
  }

  private byte[] stem() {
    byte[] known = stem;
    if (known == null) {
      known = CellKey.stem(key);
      stem = known;
    }
    return known;
  }
}
