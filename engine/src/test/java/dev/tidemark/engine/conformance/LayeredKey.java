package dev.tidemark.engine.conformance;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.JoinedView;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import java.util.ArrayList;
import java.util.List;

/** A key as a store keeps it: a folded base, and runs of pending deltas, oldest first. */
final class LayeredKey {
  private final Lattice lattice;
  private KeyState base;
  private final List<KeyState> pending = new ArrayList<>();

  LayeredKey(Lattice lattice) {
    this.lattice = lattice;
    this.base = KeyState.bottomOf(lattice);
  }

  /** What readers see: the base through one joined view for each pending run. */
  KeyView view() {
    KeyView view = base;
    for (KeyState run : pending) {
      view = new JoinedView(lattice, view, run.asDelta());
    }
    return view;
  }

  /** The same, joined for good. */
  KeyState materialised() {
    KeyState whole = KeyState.bottomOf(lattice);
    Join.into(whole, lattice, base.asDelta());
    pending.forEach(run -> Join.into(whole, lattice, run.asDelta()));
    return whole;
  }

  int runs() {
    return pending.size();
  }

  void join(KeyDelta delta) {
    if (pending.isEmpty()) {
      startRun();
    }
    Join.into(pending.get(pending.size() - 1), lattice, delta);
  }

  void startRun() {
    pending.add(KeyState.noDeltas());
  }

  /** Folds the oldest run into the base. */
  void foldOldest() {
    Join.into(base, lattice, pending.remove(0).asDelta());
  }

  void flush() {
    while (!pending.isEmpty()) {
      foldOldest();
    }
  }

  /** Folds a run into the one before it. */
  void foldTogether(int run) {
    KeyState younger = pending.remove(run);
    Join.into(pending.get(run - 1), lattice, younger.asDelta());
  }

  /** Everything through its bytes and back. */
  void reload() {
    KeyState reloaded = KeyState.bottomOf(lattice);
    if (!base.asDelta().equals(reloaded.asDelta())) {
      fill(reloaded, decoded(lattice, base.asDelta()));
    }
    base = reloaded;
    pending.replaceAll(
        run -> {
          KeyState copy = KeyState.noDeltas();
          if (!run.asDelta().equals(copy.asDelta())) {
            fill(copy, decoded(lattice, run.asDelta()));
          }
          return copy;
        });
  }

  private static void fill(KeyState state, KeyDelta from) {
    state.head(from.head());
    from.cells().forEach(state::cell);
  }

  /** An element through its bytes and the validator. */
  static KeyDelta decoded(Lattice lattice, KeyDelta element) {
    ByteReader in = new ByteReader(element.toByteArray());
    KeyDelta decoded = KeyDelta.decode(in);
    in.expectEnd();
    lattice.validate(decoded);
    return decoded;
  }
}
