package dev.tidemark.storage.handover;

import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.KeyPieces;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a store had folded at one position, as a run that begins with everybody's first
 * operation: for a store that needs what the log does not hold any more. Updates go on meanwhile.
 * For one thread at a time; close it soon, since it holds a moment of the state.
 *
 * <p>Memory: one piece of a key, of about {@value #PIECE_BYTES} bytes, or its head if that is
 * larger.
 */
public final class StateExport implements Run, AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;
  private static final byte[] NO_HEAD = new byte[0];

  private final StateStore state;
  private final Interest interest;
  private final Pin pin;
  private final Progress progress;
  private @Nullable Records open;

  /** An export of the state as it is now, which is not in the middle of a run. */
  public StateExport(StateStore state) {
    this.state = state;
    this.pin = state.pin();
    boolean whole = false;
    try {
      this.progress = pin.progress();
      // Of the same moment: what is held before or after may be more.
      this.interest = pin.interest();
      whole = true;
    } finally {
      if (!whole) {
        pin.close();
      }
    }
  }

  /** The position up to which it holds the log. */
  public long position() {
    return progress.applied();
  }

  @Override
  public Interest interest() {
    return interest;
  }

  @Override
  public Floor floor() {
    return pin.floor();
  }

  @Override
  public List<OriginCoverage> coverage() {
    List<OriginCoverage> coverage = new ArrayList<>();
    progress.origins().forEach((origin, row) -> coverage.add(coverage(origin, row)));
    return List.copyOf(coverage);
  }

  private static OriginCoverage coverage(long origin, OriginRow row) {
    return new OriginCoverage(
        origin, 0, row.sequence(), row.lastStamp(), row.known(), ChainHash.NONE, row.chain());
  }

  @Override
  public RunRecords records() {
    closeRecords();
    Records records = new Records(state.schema().namespaces().iterator());
    open = records;
    return records;
  }

  private void closeRecords() {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  @Override
  public void close() {
    closeRecords();
    pin.close();
  }

  /** Namespace by namespace. */
  private final class Records implements RunRecords, AutoCloseable {
    private final Iterator<Namespace> namespaces;
    private @Nullable Namespace namespace;
    private @Nullable KeyPieces pieces;

    Records(Iterator<Namespace> namespaces) {
      this.namespaces = namespaces;
    }

    @Override
    public @Nullable RunRecord next() {
      while (true) {
        Namespace in = namespace;
        KeyPieces of = pieces;
        KeyPieces.Piece piece = of == null ? null : of.next();
        if (in != null && piece != null) {
          return new RunRecord(in, piece.key(), piece.part(), unrooted(in, piece.state()));
        }
        close();
        if (!namespaces.hasNext()) {
          return null;
        }
        namespace = namespaces.next();
        pieces = state.pieces(pin, namespace, PIECE_BYTES);
      }
    }

    /**
     * A state as an element of a run, with what it has forgotten. A state claims to know of every
     * replica all up to what it joins; one that is folded with what comes behind it in a log would
     * claim what lay in between.
     */
    private KeyDelta unrooted(Namespace in, KeyDelta stored) {
      Lattice lattice = in.strategy().lattice();
      byte[] head = lattice.raise(stored.head(), pin.floor());
      return new KeyDelta(lattice.join(NO_HEAD, head).head(), stored.cells());
    }

    @Override
    public void close() {
      if (pieces != null) {
        pieces.close();
        pieces = null;
      }
    }
  }
}
