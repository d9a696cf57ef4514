package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Counts forces, fails them on demand, and leaves out the slow part. */
final class WatchedFiles extends DurableFiles {
  final AtomicInteger forces = new AtomicInteger();
  volatile int failAtForce;
  volatile Runnable duringForce = () -> {};
  volatile long usableBytes = Long.MAX_VALUE;
  volatile boolean full;

  @Override
  public void force(FileChannel channel) throws IOException {
    int nth = forces.incrementAndGet();
    duringForce.run();
    if (nth == failAtForce) {
      throw new IOException("injected");
    }
  }

  @Override
  public LongSupplier usableBytes(Path directory) {
    return () -> usableBytes;
  }

  @Override
  public void allocate(Path file, long offset, long length) throws IOException {
    requireRoom(file);
    super.allocate(file, offset, length);
  }

  @Override
  public void replace(Path file, byte[] content) throws IOException {
    requireRoom(file);
    super.replace(file, content);
  }

  private void requireRoom(Path file) {
    if (full) {
      throw DiskFull.exception(file, "injected");
    }
  }
}
