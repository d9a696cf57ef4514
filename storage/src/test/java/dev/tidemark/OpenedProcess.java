package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.storage.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A process that opens, uses and closes a store over and over, and says what it then holds. */
final class OpenedProcess {
  private static final Path PROC = Path.of("/proc/self");
  private static final Options OPTIONS =
      Options.defaults().withOverlayBytes(1 << 20).withCacheBytes(4 << 20);

  private OpenedProcess() {}

  /** Arguments: the directory, rounds before the first measurement, and in all. */
  public static void main(String[] arguments) throws Exception {
    int warm = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    for (int round = 1; round <= rounds; round++) {
      use(Path.of(arguments[0]));
      if (round == warm || round == rounds) {
        // Chronicle lets go of some of it in a thread of its own.
        StoreAudit.checkNothingHeld(Path.of(arguments[0]));
        System.out.println(measure());
      }
    }
  }

  private static void use(Path directory) throws InterruptedException {
    try (Tidemark store = Tidemark.open(directory, BusyProcess.SCHEMA, OPTIONS)) {
      store.orSet("set:1", Codec.int64()).add(1L);
      store.lwwRegister("r", Codec.utf8()).set("x".repeat(100));
      store.flush();
      store.orSet("set:1", Codec.int64()).elements();
      long from = store.status().appendedPosition();
      try (Scan scan = store.scan("");
          Subscription subscription = store.subscribe("", from);
          CommitStream stream = store.commits(from)) {
        scan.page(5);
        store.sync();
        subscription.poll(Duration.ZERO);
        stream.next();
      }
    }
  }

  /** Descriptors, mappings, threads, resident KiB. */
  private static String measure() throws IOException {
    System.gc();
    long descriptors;
    long mappings;
    try (Stream<Path> files = Files.list(PROC.resolve("fd"));
        Stream<String> lines = Files.lines(PROC.resolve("maps"))) {
      descriptors = files.count();
      mappings = lines.count();
    }
    return descriptors + " " + mappings + " " + status("Threads") + " " + status("VmRSS");
  }

  private static long status(String name) throws IOException {
    try (Stream<String> lines = Files.lines(PROC.resolve("status"))) {
      String line = lines.filter(each -> each.startsWith(name + ":")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }
}
