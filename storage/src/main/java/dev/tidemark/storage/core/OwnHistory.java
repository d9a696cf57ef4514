package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.antientropy.Comparison.Difference;
import dev.tidemark.storage.antientropy.KeyCopy;
import dev.tidemark.storage.antientropy.KeyRebuild;
import dev.tidemark.storage.antientropy.LogJoin;
import dev.tidemark.storage.antientropy.StateMoment;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a store's own history makes of a key: the log from its beginning, or the oldest snapshot
 * whose copy of the key is sound and the log above it. The oldest one is least likely to have been
 * taken of a state that was damaged already.
 */
final class OwnHistory {
  private final OpLog log;
  private final SnapshotKeeper snapshots;
  private final Runnable pace;

  OwnHistory(OpLog log, SnapshotKeeper snapshots, Runnable pace) {
    this.log = log;
    this.snapshots = snapshots;
    this.pace = pace;
  }

  /**
   * Makes keys again as they are to be at a position. Those are missing that cannot be: the history
   * does not reach back, or is damaged, or the key is too large.
   */
  List<KeyRebuild> rebuild(List<Difference> wanted, long position) {
    List<KeyRebuild> made = new ArrayList<>(attempt(wanted, position));
    List<KeyRebuild> dropped = made.stream().filter(KeyRebuild::isTooLarge).toList();
    made.removeAll(dropped);
    if (wanted.size() > 1) {
      // Together they were too large.
      for (Difference one : wanted) {
        if (dropped.stream().anyMatch(key -> key.key().equals(one.key()))) {
          made.addAll(rebuild(List.of(one), position));
        }
      }
    }
    return made;
  }

  private List<KeyRebuild> attempt(List<Difference> wanted, long position) {
    return snapshots.held(
        newestFirst -> {
          List<KeyRebuild> keys = bases(wanted, newestFirst, position);
          try {
            LogJoin.advance(log, keys, position, pace);
          } catch (TidemarkException damaged) {
            return List.of();
          }
          return keys.stream().filter(key -> key.position() == position).toList();
        });
  }

  private List<KeyRebuild> bases(List<Difference> wanted, List<Path> newestFirst, long position) {
    List<KeyRebuild> keys = new ArrayList<>();
    if (log.firstPosition() == 1) {
      for (Difference one : wanted) {
        byte[] bottom = one.namespace().strategy().lattice().bottom();
        KeyCopy nothing = new KeyCopy(KeyDelta.ofHead(bottom), Floor.NONE);
        keys.add(new KeyRebuild(one.namespace(), one.key(), nothing, 0));
      }
      return keys;
    }
    Map<Bytes, Difference> left = new LinkedHashMap<>();
    wanted.forEach(one -> left.put(one.key(), one));
    for (int i = newestFirst.size() - 1; i >= 0 && !left.isEmpty(); i--) {
      try {
        addBases(Snapshot.read(newestFirst.get(i)), left, keys, position);
      } catch (TidemarkException damaged) {
        // The next one may do.
      }
    }
    return keys;
  }

  private void addBases(
      Snapshot snapshot, Map<Bytes, Difference> left, List<KeyRebuild> keys, long position) {
    if (snapshot.position() + 1 < log.firstPosition() || snapshot.position() > position) {
      return;
    }
    try (StateStore state = StateStore.openReadOnly(snapshot.files().data());
        Pin pin = state.pin();
        StateMoment then = new StateMoment(state, pin, key -> true, pace)) {
      for (Difference one : List.copyOf(left.values())) {
        KeyCopy base = then.base(one.namespace(), one.key());
        if (base != null) {
          KeyRebuild key = new KeyRebuild(one.namespace(), one.key(), base, then.position());
          LogJoin.drop(key, keys);
          keys.add(key);
          left.remove(one.key());
        }
      }
    }
  }
}
