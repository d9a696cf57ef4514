package dev.tidemark.type;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What both sets share: a cell per element, its id the element. */
abstract class SetHandle<E> extends CellHandle {
  final Codec<E> codec;

  SetHandle(KeyAccess access, Codec<E> codec, Strategy wanted) {
    super(access, wanted);
    this.codec = codec;
  }

  /**
   * Adds an element, which may be empty. Costs its cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the element's bytes are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_ELEMENT_BYTES}
   */
  public long add(E element) {
    return access.update(new Update.Add(encode(codec, element)));
  }

  /** Whether an element is in. Reads its cell alone. */
  public boolean contains(E element) {
    return cell(encode(codec, element)).isPresent();
  }

  /** How many elements there are. Reads none of them. */
  public long size() {
    return access.liveCells();
  }

  /** All elements, in the order of their bytes. Reads every cell. */
  public List<E> elements() {
    return page(CellRange.ALL, Integer.MAX_VALUE, this::element);
  }

  /**
   * The first elements of a range, in the order of their bytes. Reads their cells and no others.
   *
   * @param from where to begin, inclusive; null for the beginning
   * @param to where to end, exclusive; null for the end
   * @param limit how many at most, above 0
   */
  public List<E> range(@Nullable E from, @Nullable E to, int limit) {
    return page(Ranges.between(bytes(from), bytes(to)), Ranges.limit(limit), this::element);
  }

  /**
   * The page behind another: the first elements after one, which need not be in any more. Reads
   * their cells and no others.
   *
   * @param last the last element of the page before; null for the first page
   * @param limit how many at most, above 0
   */
  public List<E> after(@Nullable E last, int limit) {
    return page(Ranges.after(bytes(last), CellRange.ALL), Ranges.limit(limit), this::element);
  }

  /**
   * Shows the elements one by one, as they were at one moment, until the visitor returns false.
   * Holds that moment's state while it runs: keep it short and do not update the store in it.
   */
  public void forEach(Predicate<? super E> visitor) {
    visit(CellRange.ALL, (id, cell) -> visitor.test(codec.decode(id.array())));
  }

  private @Nullable Bytes bytes(@Nullable E element) {
    return element == null ? null : encode(codec, element);
  }

  private E element(Cell cell) {
    return codec.decode(cell.id().array());
  }
}
