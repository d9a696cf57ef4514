package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.fault.ChildJvm;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A process that may open few files. */
class DescriptorLimitTest {
  /** From what a store does not open with to what it works with; a JVM alone has some thirty. */
  private static final int[] LIMITS = {60, 85, 100, 400};

  private static final Options SMALL =
      Options.defaults().withSegmentBytes(64 << 10).withOverlayBytes(64 << 10);
  private static final int UPDATES = 300;
  private static final String VALUE = "v".repeat(1000);
  private static final String DONE = "done";
  private static final String REFUSED = "refused ";

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void saysSoOrWorksAndLosesNothing() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no shell for ulimit");
    List<String> ends = new ArrayList<>();
    for (int limit : LIMITS) {
      ends.add(write(limit, parent.resolve("at" + limit)));
    }
    assertThat(ends.get(0)).startsWith(REFUSED);
    assertThat(ends.get(LIMITS.length - 1)).isEqualTo(DONE);
  }

  private String write(int limit, Path directory) throws IOException, InterruptedException {
    List<String> limited = List.of("/bin/sh", "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh");
    int acknowledged = 0;
    String end = null;
    try (ChildJvm child = ChildJvm.start(limited, Writer.class, directory.toString())) {
      for (String line = child.readLine(); line != null; line = child.readLine()) {
        if (line.equals(DONE) || line.startsWith(REFUSED)) {
          end = line;
        } else {
          acknowledged = Integer.parseInt(line);
        }
      }
    }
    assertThat(end).as("limit %s, after %s updates", limit, acknowledged).isNotNull();
    Tidemark store = audit.open(directory, Schema.empty(), SMALL);
    for (int i = 1; i <= acknowledged; i++) {
      assertThat(store.lwwRegister("k" + i, Codec.utf8()).get()).contains(i + VALUE);
    }
    return end;
  }

  /** Writes until it is done or refused, and says which. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws Exception {
      loadClasses();
      try (Tidemark store = Tidemark.open(Path.of(arguments[0]), Schema.empty(), SMALL)) {
        for (int i = 1; i <= UPDATES; i++) {
          store
              .lwwRegister("k" + i, Codec.utf8())
              .with(i % 10 == 0 ? Durability.SYNCED : Durability.BUFFERED)
              .set(i + VALUE);
          System.out.println(i);
        }
        store.flush();
        System.out.println(DONE);
      } catch (TidemarkException e) {
        System.out.println(REFUSED + e.getMessage());
      }
      System.out.flush();
    }

    /** What the JVM finds no descriptor to load is not what this is about. */
    private static void loadClasses() throws Exception {
      for (Class<?> known : List.of(Tidemark.class, TidemarkException.class)) {
        Path root = Path.of(known.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(root)) {
          for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
            String name = root.relativize(file).toString().replace('/', '.');
            String type = name.substring(0, name.length() - ".class".length());
            Class.forName(type, false, known.getClassLoader());
          }
        }
      }
    }
  }
}
