package dev.tidemark.engine.conformance;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.lattice.FlooredCells;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.JoinedView;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.List;

/** A key as a store keeps it: a folded base, and runs of pending deltas, oldest first. */
final class LayeredKey {
  private final Lattice lattice;
  private Floor floor = Floor.NONE;
  private KeyState base;
  private final List<KeyState> pending = new ArrayList<>();

  LayeredKey(Lattice lattice) {
    this.lattice = lattice;
    this.base = KeyState.bottomOf(lattice);
  }

  /** What readers see: the base through one joined view for each pending run. */
  KeyView view() {
    KeyView view = stored();
    for (KeyState run : pending) {
      view = new JoinedView(lattice, view, run.asDelta());
    }
    return view;
  }

  private FlooredCells stored() {
    return new FlooredCells(base, lattice, floor);
  }

  /** Folds what is pending, and forgets what is below a floor. */
  void collect(Floor newFloor) {
    flush();
    floor = floor.join(newFloor);
    stored().forget();
  }

  /** The same, joined for good. */
  KeyState materialised() {
    KeyState whole = KeyState.bottomOf(lattice);
    Join.into(whole, lattice, new KeyDelta(lattice.raise(base.head(), floor), base.copy().cells()));
    pending.forEach(run -> Join.into(whole, lattice, run.asDelta()));
    return whole;
  }

  /** The same without what is below the floor. */
  KeyState kept() {
    KeyState whole = materialised();
    new FlooredCells(whole, lattice, floor).forget();
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

  /** Joins what stands for more than one operation: what of it was forgotten stays forgotten. */
  void joinRun(KeyDelta run) {
    join(lattice.admit(run, floor));
  }

  /** Folds the oldest run into the base. */
  void foldOldest() {
    Join.into(stored(), lattice, pending.remove(0).asDelta());
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
      byte[] head = lattice.raise(base.head(), floor);
      KeyDelta decoded = decoded(lattice, new KeyDelta(head, base.asDelta().cells()));
      fill(reloaded, decoded);
    }
    base = reloaded;
    base.head(lattice.lower(base.head(), floor));
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
