package dev.tidemark.storage.core;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.storage.blob.BlobInput;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Fetched;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.state.LargeReferences;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The large values of an open store, as streams, and as what may not all be here yet. The facade's
 * way to them.
 */
public final class LargeData {
  private static final byte[] NO_HEAD = new byte[0];

  private final StoreCore core;
  private final BlobStore blobs;
  private final Loader loader;
  private final Arrivals arrivals = new Arrivals();

  LargeData(StoreCore core, BlobStore blobs, int loadLimit) {
    this.core = core;
    this.blobs = blobs;
    this.loader = new Loader(blobs, loadLimit);
  }

  /**
   * What sees to the large values of what another store sends.
   *
   * @param chunks where to fetch them; null for nowhere
   */
  Arrival arrival(@Nullable BlobSource chunks) {
    return new Arrival(blobs, arrivals, chunks);
  }

  /** Begins to write a value; it is held until the visit is closed. */
  public Visit visit() {
    core.requireWritable();
    return blobs.visit();
  }

  /** Logs an update whose large value was written in a visit that is still open. */
  public long commit(Bytes key, Update update) {
    return core.commit(null, transaction -> transaction.updateWritten(key, update));
  }

  /** Opens what a reader finds; the reference that it reads stays good. */
  public <T> T reading(Function<Function<LargeValue, BlobInput>, T> reader) {
    core.requireOpen();
    try (Visit visit = blobs.visit()) {
      return reader.apply(visit::read);
    }
  }

  /** Runs what reads values as a whole: see {@link dev.tidemark.type.KeyAccess#loading}. */
  public <T> T loading(Function<Function<LargeValue, Bytes>, T> reader) {
    core.requireOpen();
    return loader.run(reader);
  }

  /** Where another store gets chunks from. */
  public BlobSource source() {
    return blobs;
  }

  /**
   * Waits until all that a key refers to now is here.
   *
   * @return false if it is not within the given time
   */
  public boolean await(Bytes key, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      core.requireOpen();
      long seen = arrivals.count();
      if (isHere(key)) {
        return true;
      }
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      arrivals.await(seen, deadline);
    }
  }

  private boolean isHere(Bytes key) {
    try (Visit visit = blobs.visit()) {
      return references(key).stream().allMatch(value -> blobs.missing(value).isNothing());
    }
  }

  /**
   * Copies from another store what is missing of all that a key refers to now.
   *
   * @return how many bytes were copied, as they are stored
   */
  public long fetch(Bytes key, BlobSource source) {
    core.requireWritable();
    long bytes = 0;
    try (Visit visit = blobs.visit()) {
      for (LargeValue value : references(key)) {
        Fetched fetched = visit.fetch(value, source);
        bytes += fetched.bytes();
      }
    } finally {
      arrivals.tell();
    }
    return bytes;
  }

  /** The same of one value. */
  public long fetch(LargeValue value, BlobSource source) {
    core.requireWritable();
    try (Visit visit = blobs.visit()) {
      return visit.fetch(value, source).bytes();
    } finally {
      arrivals.tell();
    }
  }

  /**
   * Shows the values that keys have now and that are not all here.
   *
   * @param pace is run between portions of the work; may throw to end it
   */
  public void missing(Runnable pace, Consumer<LargeValue> visitor) {
    core.requireWritable();
    if (core.schema().namespaces().stream()
        .noneMatch(namespace -> namespace.strategy().lattice().mayRefer())) {
      return;
    }
    core.foldPending();
    Runnable each =
        () -> {
          core.requireOpen();
          pace.run();
        };
    try (Visit visit = blobs.visit()) {
      core.views()
          .atMoment(
              pin -> {
                LargeReferences.of(core.state(), pin, each, value -> showMissing(value, visitor));
                return Boolean.TRUE;
              });
    }
  }

  private void showMissing(LargeValue value, Consumer<LargeValue> visitor) {
    if (!blobs.missing(value).isNothing()) {
      visitor.accept(value);
    }
  }

  /** Lets nobody wait for what does not come any more. */
  void close() {
    blobs.close();
    arrivals.tell();
  }

  private Set<LargeValue> references(Bytes key) {
    Lattice lattice = core.namespace(key).strategy().lattice();
    if (!lattice.mayRefer()) {
      return Set.of();
    }
    return core.views()
        .read(
            key,
            CellRange.ALL,
            view -> {
              // The view may be read again: what a first try has found is not kept.
              Set<LargeValue> found = new LinkedHashSet<>();
              visit(lattice, view, found::add);
              return found;
            });
  }

  private static void visit(Lattice lattice, KeyView view, Consumer<LargeValue> visitor) {
    lattice.largeValues(KeyDelta.ofHead(view.head()), visitor);
    view.cells(
        CellRange.ALL,
        (id, cell) -> {
          lattice.largeValues(KeyDelta.of(NO_HEAD, id, cell), visitor);
          return true;
        });
  }
}
