package dev.tidemark.type;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.ComposedId;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A key of strategy {@code or-map:or-set}: fields with an {@link OrSet} each, a cell per field and
 * element. A field is there while its set has an element. Removes and deletes take back the adds
 * that their replica had seen; a concurrent add survives and keeps its field. After Almeida, Shoker
 * and Baquero, "Delta State Replicated Data Types", JPDC 2018.
 *
 * @param <F> the type of the fields; two are one when their bytes are
 * @param <E> the type of the elements; two are one when their bytes are
 */
public final class OrMapOfSets<F, E> extends CellHandle {
  private final Codec<F> fieldCodec;
  private final Codec<E> codec;

  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public OrMapOfSets(KeyAccess access, Codec<F> fieldCodec, Codec<E> elementCodec) {
    super(access, Strategy.OR_MAP_OF_OR_SET);
    this.fieldCodec = fieldCodec;
    this.codec = elementCodec;
  }

  /**
   * Adds an element to a field's set. Costs one cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the bytes of either are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_ELEMENT_BYTES}
   */
  public long add(F field, E element) {
    return update(field, new Update.Add(encode(codec, element)));
  }

  /**
   * Takes an element out of a field's set, as far as this replica has seen it added. Costs one
   * cell.
   *
   * @return the log position
   */
  public long remove(F field, E element) {
    return update(field, new Update.Remove(encode(codec, element)));
  }

  /**
   * Takes a field out with all its elements, as far as this replica has seen them added. The update
   * is one small vector, whatever the size of the set.
   *
   * @return the log position
   */
  public long remove(F field) {
    return access.update(new Update.Remove(encode(fieldCodec, field)));
  }

  /**
   * Takes all fields out, likewise.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  /** Whether an element is in a field's set. Reads one cell. */
  public boolean contains(F field, E element) {
    return cell(id(field, encode(codec, element))).isPresent();
  }

  /** Whether a field is there. Reads its cells up to the first live one. */
  public boolean containsField(F field) {
    return anyIn(cellsOf(field));
  }

  /** All elements of a field, in the order of their bytes. Reads the field's cells. */
  public List<E> elements(F field) {
    return page(cellsOf(field), Integer.MAX_VALUE, this::element);
  }

  /**
   * The first elements of a field after one, in the order of their bytes. Reads their cells and no
   * others.
   *
   * @param last the last element of the page before; null for the first page
   * @param limit how many at most, above 0
   */
  public List<E> after(F field, @Nullable E last, int limit) {
    Bytes behind = last == null ? null : id(field, encode(codec, last));
    return page(Ranges.after(behind, cellsOf(field)), Ranges.limit(limit), this::element);
  }

  /**
   * The first elements of a range of a field's set, in the order of their bytes. Reads their cells
   * and no others.
   *
   * @param from where to begin, inclusive; null for the beginning
   * @param to where to end, exclusive; null for the end
   * @param limit how many at most, above 0
   */
  public List<E> range(F field, @Nullable E from, @Nullable E to, int limit) {
    CellRange all = cellsOf(field);
    Bytes start = from == null ? all.from() : id(field, encode(codec, from));
    Bytes end = to == null ? all.to() : id(field, encode(codec, to));
    return page(Ranges.between(start, end), Ranges.limit(limit), this::element);
  }

  /**
   * Shows the elements of a field one by one, as they were at one moment, until the visitor returns
   * false. Holds that moment's state while it runs: keep it short and do not update the store in
   * it.
   */
  public void forEach(F field, Predicate<? super E> visitor) {
    visit(cellsOf(field), (id, cell) -> visitor.test(element(new Cell(id, cell))));
  }

  /** How many elements a field has. Reads the field's cells: only the whole map is counted. */
  public long size(F field) {
    return count(cellsOf(field));
  }

  /** How many fields there are. Reads every cell: what is counted are the elements. */
  public long size() {
    return distinctFields().size();
  }

  /** How many elements there are in all fields. Reads none of them. */
  public long elementCount() {
    return access.liveCells();
  }

  /** All fields, in the order of their bytes. Reads every cell. */
  public List<F> fields() {
    return distinctFields().stream().map(field -> fieldCodec.decode(field.array())).toList();
  }

  /** This handle with another durability for its updates. */
  public OrMapOfSets<F, E> with(Durability durability) {
    return new OrMapOfSets<>(access.with(durability), fieldCodec, codec);
  }

  private long update(F field, Update nested) {
    return access.update(new Update.UpdateField(encode(fieldCodec, field), nested));
  }

  private List<Bytes> distinctFields() {
    return access.read(
        CellRange.ALL,
        view -> {
          List<Bytes> fields = new ArrayList<>();
          view.cells(
              CellRange.ALL,
              alive(
                  (id, cell) -> {
                    Bytes field = ComposedId.decode(id).first();
                    if (fields.isEmpty() || !fields.get(fields.size() - 1).equals(field)) {
                      fields.add(field);
                    }
                    return true;
                  }));
          return fields;
        });
  }

  private CellRange cellsOf(F field) {
    return CellRange.prefix(ComposedId.prefix(encode(fieldCodec, field)));
  }

  private Bytes id(F field, Bytes element) {
    return new ComposedId(encode(fieldCodec, field), element).encode();
  }

  private E element(Cell cell) {
    return codec.decode(ComposedId.decode(cell.id()).second().array());
  }
}
