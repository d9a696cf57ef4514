package dev.tidemark.storage.state;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Remembers beyond this process that damage was met: the reader was told, and the next open
 * examines the whole state before it uses it. A state that belongs to no store, or is only looked
 * at, leaves no trace.
 */
final class Suspicion {
  /** Remembers nothing. */
  static final Suspicion NONE = new Suspicion(null);

  private final @Nullable StoreFiles files;
  private final AtomicBoolean raised = new AtomicBoolean();

  private Suspicion(@Nullable StoreFiles files) {
    this.files = files;
  }

  /** Remembers in the directory of the store whose state this is. */
  static Suspicion of(Path stateDirectory) {
    Path parent = stateDirectory.toAbsolutePath().getParent();
    return parent == null ? NONE : new Suspicion(new StoreFiles(parent));
  }

  /** Remembers that damage was met; once is enough. */
  void raise(DamagedException damage) {
    StoreFiles store = files;
    if (store != null && Files.exists(store.identity()) && raised.compareAndSet(false, true)) {
      try {
        byte[] text = (damage.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
        DurableFiles.standard().replace(store.stateSuspect(), text);
      } catch (IOException | OutOfSpaceException e) {
        // The caller is about to be told of the damage itself, which matters more.
        damage.addSuppressed(e);
        raised.set(false);
      }
    }
  }
}
