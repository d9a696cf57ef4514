package dev.tidemark.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process takes up, in bytes. */
public final class Memory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long KIB = 1024;

  private Memory() {}

  /** The heap in use after a full collection. */
  public static long heapAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Resident memory that is nobody's file: heap, native memory, stacks; 0 where unknown. */
  public static long anonymous() {
    return field("RssAnon:");
  }

  /** Resident pages of mapped files, which the system may take back; 0 where unknown. */
  public static long mapped() {
    return field("RssFile:") + field("RssShmem:");
  }

  private static long field(String name) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
        }
      }
    } catch (IOException e) {
      // Not Linux.
    }
    return 0;
  }
}
