package dev.tidemark.storage.overlay;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.StateStore;

/**
 * Folds a frozen generation into the state, in batches of bounded size. None but the last says how
 * far the state is folded. In between, readers join all of the generation over what the state has
 * of it, which a join does not notice; and a crash in between leaves a state that has some of it
 * under the position before it, and that joins all of it again from the log.
 *
 * <p>Then a head that is newer than the clock of the state may be written over a still newer one of
 * the same generation: the log holds that one behind it, so it comes again too.
 *
 * <p>What members say of the floor holds with the last batch. Before it, what the floor calls known
 * may be in a part that is yet to come, and would pass for removed.
 *
 * <p>Memory: a batch, which is {@value #BATCH_BYTES} bytes and one key more.
 */
final class GenerationFold implements AutoCloseable {
  private static final long BATCH_BYTES = 4L << 20;
  private static final int TELLING_DELTAS = 1024;

  private final StateStore state;
  private final Generation generation;
  private final long midway;
  private FoldBatch batch;
  private long batchBytes;
  private long joined;
  private boolean begun;
  private Floor told = Floor.NONE;

  private GenerationFold(StateStore state, Generation generation) {
    this.state = state;
    this.generation = generation;
    this.midway = state.midway();
    this.batch = state.fold();
  }

  /** Folds all of it. */
  static void into(StateStore state, Generation generation) {
    try (GenerationFold fold = new GenerationFold(state, generation)) {
      generation.forEach(fold::join);
      fold.finish();
    }
  }

  private void join(Namespace namespace, Bytes key, KeyDelta delta) {
    if (batchBytes >= BATCH_BYTES) {
      commitPart();
    }
    batch.join(namespace, key, delta);
    if (key.equals(MembersKey.KEY)) {
      told = told.join(MembersKey.floor(delta));
    }
    batchBytes += key.length() + delta.encodedLength();
    joined++;
    if (joined % TELLING_DELTAS == 0) {
      generation.foldedShare((double) joined / generation.deltas());
    }
  }

  private void commitPart() {
    if (!begun) {
      batch.midway(Math.max(midway, generation.lastPosition()));
      begun = true;
    }
    batch.noProgress();
    batch.commit();
    batch = state.fold();
    batchBytes = 0;
  }

  private void finish() {
    boolean isBehind = midway > generation.lastPosition();
    if (!isBehind && (begun || midway != 0)) {
      batch.midway(0);
    }
    batch.floor(told);
    batch.progress(generation.lastPosition(), generation.clock(), generation.rows());
    batch.commit();
  }

  /** Drops what is not committed. */
  @Override
  public void close() {
    batch.close();
  }
}
