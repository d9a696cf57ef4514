package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.function.Function;
import java.util.function.Predicate;

/** What readers are shown of an open store: keys, scans over many, and changes read back. */
public final class Views {
  private static final int MAX_FROZEN = 64;

  private final StoreCore core;
  private final InterestGate gate;
  private final OpLog log;
  private final StateStore state;
  private final Overlay overlay;
  private final Reads reads;
  private final Background background;
  private final FailStop failStop;

  Views(
      StoreCore core,
      InterestGate gate,
      OpLog log,
      StateStore state,
      Overlay overlay,
      Reads reads,
      Background background,
      FailStop failStop) {
    this.core = core;
    this.gate = gate;
    this.log = log;
    this.state = state;
    this.overlay = overlay;
    this.reads = reads;
    this.background = background;
    this.failStop = failStop;
  }

  /** Reads a key, its cells limited to a range, as it was at one moment. */
  public <T> T read(Bytes key, CellRange cells, Function<KeyView, T> reader) {
    core.requireOpen();
    gate.requireShown(key);
    return failStop.run(() -> reads.read(core.namespace(key), key, cells, reader));
  }

  /** Live cells of a key. */
  public long liveCells(Bytes key) {
    core.requireOpen();
    gate.requireShown(key);
    return failStop.run(() -> reads.liveCells(core.namespace(key), key));
  }

  /** All keys under a prefix, as they are at one log position. */
  public PinnedScan scan(Bytes prefix) {
    core.requireOpen();
    if (!core.isInCommit()) {
      awaitFewGenerations();
    }
    PinnedScan scan = core.locked(() -> pinned(prefix));
    background.signal();
    scan.start();
    return scan;
  }

  private PinnedScan pinned(Bytes prefix) {
    core.requireOpen();
    overlay.freeze();
    return new PinnedScan(
        core::requireOpen,
        core.schema(),
        state,
        overlay.hold(),
        prefix,
        log.appendedPosition(),
        gate.shown());
  }

  /** Each scan between two commits freezes a small generation; readers pay for each of them. */
  private void awaitFewGenerations() {
    // After a failure there are no more commits, on a full disk few, and so generations.
    if (!background.isHeldUp() && overlay.frozen().size() >= MAX_FROZEN) {
      background.awaitFolded(
          () -> overlay.frozen().size() < MAX_FROZEN || background.isHeldUp(),
          core::requireWritable);
    }
  }

  /** Changes read back from the log, of the keys that are wanted. */
  public Replay replay(long fromPosition, Predicate<Bytes> wanted) {
    return new Replay(log, reads, core.replicaId(), fromPosition, wanted);
  }

  /**
   * Looks at the state at a moment that readers see too: not in the middle of a run, where what
   * they still find may be gone.
   */
  <T> T atMoment(Function<Pin, T> look) {
    return reads.moments().pinned(look);
  }
}
