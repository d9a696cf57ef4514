package dev.tidemark.benchmarks.peer;

import java.nio.file.Path;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import org.jspecify.annotations.Nullable;

/** A Xodus environment: a transaction a put; it forces its log about once a second by itself. */
final class XodusBlobs implements BlobStore {
  private final Environment environment;
  private final Store store;

  XodusBlobs(Path directory) {
    environment = Environments.newInstance(directory.toString());
    store =
        environment.computeInTransaction(
            transaction ->
                environment.openStore("blobs", StoreConfig.WITHOUT_DUPLICATES, transaction));
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return environment.computeInReadonlyTransaction(
        transaction -> {
          ByteIterable found = store.get(transaction, new ArrayByteIterable(key));
          return found == null ? null : copy(found);
        });
  }

  private static byte[] copy(ByteIterable found) {
    byte[] bytes = new byte[found.getLength()];
    System.arraycopy(found.getBytesUnsafe(), 0, bytes, 0, bytes.length);
    return bytes;
  }

  @Override
  public void put(byte[] key, byte[] value) {
    environment.executeInTransaction(
        transaction ->
            store.put(transaction, new ArrayByteIterable(key), new ArrayByteIterable(value)));
  }

  @Override
  public void close() {
    environment.close();
  }
}
