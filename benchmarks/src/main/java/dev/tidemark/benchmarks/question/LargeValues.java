package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Memory;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.storage.blob.BlobInput;
import dev.tidemark.storage.blob.BlobOutput;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.SweepReport;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Question: how fast does a value of 2 GiB go in and out, and what of the heap does it take?
 *
 * <p>Workload: a stream of blocks of 1 MiB, each another, that do not compress; and one of text.
 * Each is written and forced, read and verified, written once more, which finds all of it, and
 * swept away. The heap is 64 MiB; every eighth of the way it is collected and what is left is
 * looked at. The page cache has what fits into it.
 *
 * <p>Baseline, in the same run: the same blocks into one file, forced at the end, and out of it,
 * with the SHA-256 of all of it both ways. The ratio is of rates.
 */
public final class LargeValues implements Benchmark {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int LOOKS = 8;

  @Override
  public String name() {
    return "large-values";
  }

  @Override
  public String question() {
    return "how fast does a large value go in and out, and what of the heap does it take?";
  }

  @Override
  public List<String> jvmOptions() {
    return List.of("-Xmx64m");
  }

  @Override
  public void run(Run run) throws Exception {
    int blocks = run.size(2_048, 128, 3);
    byte[] noise = new byte[BLOCK_BYTES];
    new SplittableRandom(1).nextBytes(noise);
    ask(run, "noise", noise, blocks);
    byte[] text = new byte[BLOCK_BYTES];
    for (int i = 0; i < text.length; i++) {
      // Words of a small vocabulary, as far as a compressor can tell.
      text[i] = (byte) ('a' + (noise[i / 8 % 4096] + i % 8) % 20);
    }
    ask(run, "text", text, blocks);
  }

  private static void ask(Run run, String what, byte[] block, int blocks) throws Exception {
    Path file = run.directory(what + ".plain");
    Rate plainIn = timed(blocks, () -> writePlain(file, block, blocks));
    Rate plainOut = timed(blocks, () -> readPlain(file));
    Files.delete(file);
    Path directory = Files.createDirectory(run.directory(what));
    Heap heap = new Heap(blocks);
    LargeValue[] value = new LargeValue[1];
    try (BlobStore store = new BlobStore(new StoreFiles(directory), DurableFiles.standard(), 0)) {
      row(
          run,
          what + ", in",
          timed(blocks, () -> value[0] = write(store, block, blocks, heap)),
          plainIn);
      row(run, what + ", out", timed(blocks, () -> read(store, value[0], heap)), plainOut);
      row(
          run,
          what + ", in once more",
          timed(blocks, () -> write(store, block, blocks, heap)),
          plainIn);
      run.row(Row.of(what + ", most of the heap", Figure.bytes(heap.most)));
      SweepReport[] swept = new SweepReport[1];
      Rate sweep =
          timed(
              blocks, () -> swept[0] = store.sweep(visitor -> {}, Duration.ofMinutes(1), () -> {}));
      run.row(
          Row.of(
              what + ", swept",
              Figure.bytes(swept[0].removedBytes())
                  .and(Figure.rate(swept[0].removed() / sweep.seconds))));
    }
    Run.delete(directory);
  }

  private static void row(Run run, String what, Rate measured, Rate baseline) {
    run.row(
        new Row(what, measured.figure(), baseline.figure(), baseline.seconds / measured.seconds));
  }

  /** The block, told from all others by its number. */
  private static void number(byte[] block, int number) {
    ByteBuffer.wrap(block).putInt(0, number);
  }

  private static LargeValue write(BlobStore store, byte[] block, int blocks, Heap heap) {
    try (Visit visit = store.visit();
        BlobOutput out = visit.write()) {
      for (int i = 0; i < blocks; i++) {
        number(block, i);
        out.write(block, 0, block.length);
        heap.look(i);
      }
      return out.finish();
    }
  }

  private static void read(BlobStore store, LargeValue value, Heap heap) {
    byte[] buffer = new byte[1 << 16];
    try (Visit visit = store.visit();
        BlobInput in = visit.read(value)) {
      long done = 0;
      for (int n = in.read(buffer, 0, buffer.length); n > 0; ) {
        done += n;
        if (done % BLOCK_BYTES == 0) {
          heap.look((int) (done / BLOCK_BYTES) - 1);
        }
        n = in.read(buffer, 0, buffer.length);
      }
      if (done != value.length()) {
        throw new IllegalStateException("read " + done + " of " + value);
      }
    }
  }

  private static void writePlain(Path file, byte[] block, int blocks) throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      for (int i = 0; i < blocks; i++) {
        number(block, i);
        sha.update(block);
        out.write(block);
      }
      sha.digest();
      channel.force(true);
    }
  }

  private static void readPlain(Path file) throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
    }
    sha.digest();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Rate timed(int blocks, Work work) throws Exception {
    long begin = System.nanoTime();
    work.run();
    return new Rate(blocks, (System.nanoTime() - begin) / 1e9);
  }

  private record Rate(int mebibytes, double seconds) {
    Figure figure() {
      double perSecond = mebibytes / seconds;
      return new Figure(
          Figure.format("%,.0f MiB/s, %.1f s", perSecond, seconds),
          Map.of("mebibytes_per_second", perSecond, "seconds", seconds));
    }
  }

  /** What is left of the heap after a collection, beyond what was there at the beginning. */
  private static final class Heap {
    private final int step;
    private final long before = Memory.heapAfterCollection();
    private long most;

    Heap(int blocks) {
      this.step = Math.max(1, blocks / LOOKS);
    }

    void look(int block) {
      if (block % step == step - 1) {
        most = Math.max(most, Memory.heapAfterCollection() - before);
      }
    }
  }
}
