package dev.tidemark.benchmarks.peer;

import dev.tidemark.benchmarks.harness.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/** H2's MVStore: a commit after each put, which its background thread writes. */
final class MvBlobs implements BlobStore {
  private final MVStore store;
  private final MVMap<String, byte[]> map;

  MvBlobs(Path directory) {
    store =
        new MVStore.Builder()
            .fileName(directory.resolve("blobs.mv").toString())
            .cacheSize((int) (Settings.CACHE_BYTES >> 20))
            .open();
    map = store.openMap("blobs");
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return map.get(new String(key, StandardCharsets.UTF_8));
  }

  @Override
  public void put(byte[] key, byte[] value) {
    map.put(new String(key, StandardCharsets.UTF_8), value);
    store.tryCommit();
  }

  @Override
  public void close() {
    store.close();
  }
}
