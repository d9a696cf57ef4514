package dev.tidemark.tools.crash;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.tools.output.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What happens to a store that is closed, so that the next open has more to do than replay. None of
 * it takes anything away that the store does not hold twice.
 */
enum Mishap {
  /** Nothing. */
  NONE,
  /** RocksDB's pointer to its manifest is overwritten. */
  STATE_DAMAGED,
  /** The log is deleted; a closed store has all of it in its state. */
  LOG_LOST,
  /** The log is cut at a snapshot, and the state is deleted. */
  STATE_LOST_BEHIND_A_CUT,
  /** A snapshot of all there is is about to take the place of the store. */
  RESTORED,
  /** The directory is copied, and the copy goes on. */
  COPIED;

  /** Lets it happen. */
  void befall(Path store) throws IOException {
    StoreFiles files = new StoreFiles(store);
    switch (this) {
      case NONE -> {}
      case STATE_DAMAGED -> Files.writeString(files.state().resolve("CURRENT"), "not a manifest\n");
      case LOG_LOST -> Directories.delete(files.log());
      case STATE_LOST_BEHIND_A_CUT -> {
        // Whatever a member has not seen yet: the cut goes to where the snapshot is.
        Retention toTheEnd = Retention.byCommandOnly().withRetainBytes(0);
        Options options = Options.defaults().withRetention(toTheEnd);
        try (Tidemark open = Tidemark.open(store, Schema.empty(), options)) {
          open.truncate();
        }
        Directories.delete(files.state());
      }
      case RESTORED -> {
        Snapshot all;
        try (Tidemark open = Tidemark.open(store, Schema.empty())) {
          all = open.snapshot();
        }
        Restore.decide(all.directory(), store);
      }
      case COPIED -> replaceByCopy(store);
    }
  }

  private static void replaceByCopy(Path store) throws IOException {
    Path original = store.resolveSibling("original");
    Files.move(store, original);
    List<Path> tree;
    try (Stream<Path> walk = Files.walk(original)) {
      tree = walk.toList();
    }
    for (Path path : tree) {
      Files.copy(path, store.resolve(original.relativize(path).toString()));
    }
    Directories.delete(original);
  }
}
