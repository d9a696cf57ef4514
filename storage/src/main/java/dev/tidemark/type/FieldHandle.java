package dev.tidemark.type;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the maps share that have one cell per field, its id the field. */
abstract class FieldHandle<F> extends CellHandle {
  private static final byte[] NO_HEAD = new byte[0];

  final Codec<F> fieldCodec;

  FieldHandle(KeyAccess access, Codec<F> fieldCodec, Strategy wanted) {
    super(access, wanted);
    this.fieldCodec = fieldCodec;
  }

  /** Whether a field is there. Reads its cell alone. */
  public boolean containsField(F field) {
    return cell(encode(fieldCodec, field)).isPresent();
  }

  /** How many fields there are. Reads none of them. */
  public long size() {
    return access.liveCells();
  }

  /** All fields, in the order of their bytes. Reads every cell. */
  public List<F> fields() {
    return page(CellRange.ALL, Integer.MAX_VALUE, this::field);
  }

  /**
   * The first fields after one, in the order of their bytes. Reads their cells and no others.
   *
   * @param last the last field of the page before; null for the first page
   * @param limit how many at most, above 0
   */
  public List<F> fieldsAfter(@Nullable F last, int limit) {
    return page(Ranges.after(bytes(last), CellRange.ALL), Ranges.limit(limit), this::field);
  }

  /**
   * Takes a field out; an operation even if it was not there. Costs the field's cell.
   *
   * @return the log position
   */
  public long remove(F field) {
    return access.update(new Update.Remove(encode(fieldCodec, field)));
  }

  /**
   * Takes all fields out.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  final long update(F field, Update nested) {
    return access.update(new Update.UpdateField(encode(fieldCodec, field), nested));
  }

  /** The value of one field. */
  final Optional<Value> lookup(F field) {
    return cell(encode(fieldCodec, field)).map(this::value);
  }

  /** The value of a field's cell: that of a map which is this cell alone. */
  final Value value(Cell cell) {
    Value whole = lattice.value(KeyDelta.of(NO_HEAD, cell.id(), cell.bytes()));
    return Objects.requireNonNull(((Value.Fields) whole).fields().get(cell.id()));
  }

  final F field(Cell cell) {
    return fieldCodec.decode(cell.id().array());
  }

  final @Nullable Bytes bytes(@Nullable F field) {
    return field == null ? null : encode(fieldCodec, field);
  }
}
