package dev.tidemark.storage.repair;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Owner;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of the store that is repaired, as far as it can be read. */
final class OldState implements AutoCloseable {
  private final @Nullable StateStore state;
  private final Path directory;
  private final Findings findings;
  private boolean ours = true;
  private boolean sound;

  private OldState(@Nullable StateStore state, Path directory, Findings findings) {
    this.state = state;
    this.directory = directory;
    this.findings = findings;
  }

  /** Opens it if that is possible. */
  static OldState open(StoreFiles files, Findings findings) {
    Path directory = files.state();
    StateStore state = null;
    if (Files.isDirectory(directory)) {
      try {
        state = StateStore.openReadOnly(directory);
      } catch (TidemarkException e) {
        findings.add(doubt("a state that opens", String.valueOf(e.getMessage())));
      }
    } else {
      findings.add(doubt("a state", "no directory " + directory));
    }
    return new OldState(state, directory, findings);
  }

  private static RepairEvent doubt(String expected, String actual) {
    return new RepairEvent.DamagedState(null, null, expected, actual);
  }

  /** The store that has claimed it. */
  Optional<Owner> owner() {
    return state == null ? Optional.empty() : state.owner();
  }

  /** Which keys it holds; all if it does not say. */
  Interest interest() {
    return state == null ? Interest.ALL : state.interest();
  }

  /** Takes it for another store's. */
  void disown() {
    ours = false;
  }

  /** Reads all of it, and compares it with what it says of itself. */
  void audit() {
    if (isReadable()) {
      try {
        sound =
            reading()
                .audit(
                    mismatch ->
                        findings.add(
                            new RepairEvent.DamagedState(
                                mismatch.namespace(),
                                mismatch.key(),
                                mismatch.expected(),
                                mismatch.actual())))
                .isClean();
      } catch (TidemarkException e) {
        findings.add(doubt("a state that can be read", String.valueOf(e.getMessage())));
      }
    }
  }

  /** Whether it is this store's and opens. */
  boolean isReadable() {
    return state != null && ours;
  }

  /** Whether all of it can be vouched for. */
  boolean isSound() {
    return isReadable() && sound;
  }

  /** How far it got; nowhere if it cannot be read. */
  Progress progress() {
    return isReadable() ? reading().progress() : Progress.NONE;
  }

  /** Its schema; empty if it cannot be read. */
  Optional<Schema> schema() {
    return isReadable() ? Optional.of(reading().schema()) : Optional.empty();
  }

  /** The bytes of its tables. */
  long bytes() {
    return reading().stats().tableBytes();
  }

  /** Copies it for another store. */
  void copyTo(Path target, Owner newOwner) {
    reading().copyTo(target, newOwner);
  }

  /** Names the keys of which it held something else than a state that was made of the log. */
  void compare(StateStore made) {
    Schema schema = reading().schema();
    try (Pin held = reading().pin();
        Pin there = made.pin()) {
      for (Namespace namespace : schema.namespaces()) {
        compare(namespace, held, made, there);
      }
    } catch (TidemarkException e) {
      findings.add(doubt("a state that names its keys to the end", String.valueOf(e.getMessage())));
    }
  }

  private void compare(Namespace namespace, Pin held, StateStore made, Pin there) {
    try (KeyCursor old = reading().keys(held, namespace, KeyRange.ALL);
        KeyCursor now = made.keys(there, namespace, KeyRange.ALL)) {
      boolean more = now.next();
      while (old.next()) {
        Bytes key = old.key();
        while (more && now.key().compareTo(key) < 0) {
          more = now.next();
        }
        boolean same = more && now.key().equals(key) && now.digest() == old.digest();
        if (!same) {
          findings.add(new RepairEvent.IncompleteKey(namespace, key));
        }
      }
    }
  }

  private StateStore reading() {
    if (state == null) {
      throw new IllegalStateException("state is not open: " + directory);
    }
    return state;
  }

  @Override
  public void close() {
    if (state != null) {
      state.close();
    }
  }
}
