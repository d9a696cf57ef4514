package dev.tidemark.type;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the maps share whose fields have a value to show. */
abstract class EntryHandle<F, V> extends FieldHandle<F> {
  EntryHandle(KeyAccess access, Codec<F> fieldCodec, Strategy wanted) {
    super(access, fieldCodec, wanted);
  }

  /** What a field's value is to the user. */
  abstract V decode(Value value, Function<LargeValue, Bytes> loader);

  /** Runs what reads values; overridden where they may be large. */
  <T> T reading(Function<Function<LargeValue, Bytes>, T> reader) {
    return reader.apply(
        value -> {
          throw Problem.of("large value in a map that has none").with("value", value).broken();
        });
  }

  /** All fields with their values, in the order of the fields' bytes. Reads every cell. */
  public List<Map.Entry<F, V>> entries() {
    return entries(CellRange.ALL, Integer.MAX_VALUE);
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
    return entries(Ranges.between(bytes(from), bytes(to)), Ranges.limit(limit));
  }

  /**
   * The page behind another: the first entries after a field, which need not be there any more.
   * Reads their cells and no others.
   *
   * @param last the field of the last entry of the page before; null for the first page
   * @param limit how many at most, above 0
   */
  public List<Map.Entry<F, V>> after(@Nullable F last, int limit) {
    return entries(Ranges.after(bytes(last), CellRange.ALL), Ranges.limit(limit));
  }

  /**
   * Shows the entries one by one, as they were at one moment, until the visitor returns false.
   * Holds that moment's state while it runs: keep it short and do not update the store in it.
   */
  public void forEach(BiPredicate<? super F, ? super V> visitor) {
    reading(
        loader -> {
          visit(
              CellRange.ALL,
              (id, bytes) -> {
                Cell cell = new Cell(id, bytes);
                return visitor.test(field(cell), decode(value(cell), loader));
              });
          return true;
        });
  }

  final Optional<V> find(F field) {
    return reading(loader -> lookup(field).map(value -> decode(value, loader)));
  }

  private List<Map.Entry<F, V>> entries(CellRange range, int limit) {
    return reading(
        loader -> page(range, limit, cell -> Map.entry(field(cell), decode(value(cell), loader))));
  }
}
