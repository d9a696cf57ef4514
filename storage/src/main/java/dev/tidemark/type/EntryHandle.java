package dev.tidemark.type;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** What the maps share whose fields have a value to show. */
abstract class EntryHandle<F, V> extends FieldHandle<F> {
  EntryHandle(KeyAccess access, Codec<F> fieldCodec, Strategy wanted) {
    super(access, fieldCodec, wanted);
  }

  /** What a field's value is to the user. */
  abstract V decode(Value value);

  /** All fields with their values, in the order of the fields' bytes. Reads every cell. */
  public List<Map.Entry<F, V>> entries() {
    return page(CellRange.ALL, Integer.MAX_VALUE, this::entry);
  }

  /**
   * The first entries of a range, in the order of the fields' bytes. Reads their cells and no
   * others.
   *
   * @param from where to begin, inclusive; null for the beginning
   * @param to where to end, exclusive; null for the end
   * @param limit how many at most, above 0
   */
  public List<Map.Entry<F, V>> range(@Nullable F from, @Nullable F to, int limit) {
    return page(Ranges.between(bytes(from), bytes(to)), Ranges.limit(limit), this::entry);
  }

  /**
   * The page behind another: the first entries after a field, which need not be there any more.
   * Reads their cells and no others.
   *
   * @param last the field of the last entry of the page before; null for the first page
   * @param limit how many at most, above 0
   */
  public List<Map.Entry<F, V>> after(@Nullable F last, int limit) {
    return page(Ranges.after(bytes(last), CellRange.ALL), Ranges.limit(limit), this::entry);
  }

  /**
   * Shows the entries one by one, as they were at one moment, until the visitor returns false.
   * Holds that moment's state while it runs: keep it short and do not update the store in it.
   */
  public void forEach(BiPredicate<? super F, ? super V> visitor) {
    visit(
        CellRange.ALL,
        (id, bytes) -> {
          Cell cell = new Cell(id, bytes);
          return visitor.test(field(cell), decode(value(cell)));
        });
  }

  final Optional<V> find(F field) {
    return lookup(field).map(this::decode);
  }

  private Map.Entry<F, V> entry(Cell cell) {
    return Map.entry(field(cell), decode(value(cell)));
  }
}
