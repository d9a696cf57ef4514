package dev.tidemark.tools.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory that this process was seen to use. */
final class Memory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";
  private static final int KIB = 1024;

  private long heapBytes;

  /** Looks at the heap; cheap enough to be called often. */
  synchronized void look() {
    Runtime runtime = Runtime.getRuntime();
    heapBytes = Math.max(heapBytes, runtime.totalMemory() - runtime.freeMemory());
  }

  synchronized long heapBytes() {
    return heapBytes;
  }

  /** The peak of the resident set; 0 where the system does not keep it in a file. */
  static long processBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PEAK)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
        }
      }
    } catch (IOException e) {
      // Not Linux: the row is left out.
    }
    return 0;
  }
}
