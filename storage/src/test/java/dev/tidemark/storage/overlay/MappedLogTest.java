package dev.tidemark.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.collections.LongArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MappedLogTest {
  private static final int USED = 100;

  @TempDir Path directory;

  /**
   * A fold failed, and the store with it, because its segment was sealed at that moment: the file
   * was mapped as long as it had just been, with a preallocated tail that was cut off meanwhile.
   */
  @Test
  @Timeout(60)
  void aFileIsReadWhileItsPreallocatedTailComesAndGoes() throws Exception {
    Path path = Files.write(directory.resolve("segment"), new byte[USED]);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean failed = new AtomicBoolean();
    Thread sealing = new Thread(() -> failed.set(!cutTail(path, done)));
    sealing.start();
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      LongArrayList ends = new LongArrayList();
      ends.addLong(USED);
      byte[] read = new byte[10];
      for (int i = 0; i < 20_000; i++) {
        try (MappedLog map = new MappedLog(List.of(file), ends)) {
          assertThat(map.read(0, USED - read.length, read)).isTrue();
        }
      }
    } finally {
      done.set(true);
      sealing.join();
    }
    assertThat(failed).isFalse();
  }

  private static boolean cutTail(Path path, AtomicBoolean done) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      while (!done.get()) {
        file.setLength(2 * USED);
        file.setLength(USED);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
