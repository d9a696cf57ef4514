package dev.tidemark.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import net.openhft.chronicle.core.threads.CleaningThreadLocal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the library keeps of segments. */
class ChronicleSegmentTest {
  @TempDir private Path parent;

  private void make(int number) throws IOException {
    Path directory = Files.createDirectory(parent.resolve("segment" + number));
    try (ChronicleSegment segment = ChronicleSegment.create(directory)) {
      segment.append(new byte[] {1, 2, 3}, 3);
    }
  }

  /**
   * A thread that had made many segments kept some objects of each for as long as it lived, and
   * went through all of them whenever it made another.
   */
  @Test
  void aThreadKeepsNothingOfTheSegmentsThatItMade() throws Exception {
    make(0);
    Field tracked = CleaningThreadLocal.class.getDeclaredField("cleaningThreadLocals");
    tracked.setAccessible(true);
    int before = ((Set<?>) tracked.get(null)).size();
    for (int i = 1; i <= 20; i++) {
      make(i);
    }
    assertThat((Set<?>) tracked.get(null)).hasSizeLessThanOrEqualTo(before);
  }
}
