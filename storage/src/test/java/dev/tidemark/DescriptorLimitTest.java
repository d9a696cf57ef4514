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
  /** How many more files may be opened: from too few for any store to more than enough. */
  private static final int[] MORE = {2, 8, 20, 24, 200};

  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

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
    Assumptions.assumeTrue(Files.isExecutable(PRLIMIT), "there is no prlimit");
    List<String> ends = new ArrayList<>();
    for (int more : MORE) {
      ends.add(write(more, parent.resolve("with" + more)));
    }
    assertThat(ends.get(0)).startsWith(REFUSED);
    assertThat(ends.get(MORE.length - 1)).isEqualTo(DONE);
  }

  private String write(int more, Path directory) throws IOException, InterruptedException {
    int acknowledged = 0;
    String end = null;
    try (ChildJvm child =
        ChildJvm.start(List.of(), Writer.class, directory.toString(), "" + more)) {
      for (String line = child.readLine(); line != null; line = child.readLine()) {
        if (line.equals(DONE) || line.startsWith(REFUSED)) {
          end = line;
        } else {
          acknowledged = Integer.parseInt(line);
        }
      }
    }
    assertThat(end).as("%s more files, after %s updates", more, acknowledged).isNotNull();
    Tidemark store = audit.open(directory, Schema.empty(), SMALL);
    for (int i = 1; i <= acknowledged; i++) {
      assertThat(store.lwwRegister("k" + i, Codec.utf8()).get()).contains(i + VALUE);
    }
    return end;
  }

  /** Writes until it is done or refused, and says which. */
  static final class Writer {
    private static final String CLASS = ".class";

    private Writer() {}

    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      // Once without a limit: what the JVM opens to load classes is not what this is about.
      Tidemark.open(directory.resolveSibling("warm"), Schema.empty(), SMALL).close();
      loadAllBeside(Tidemark.class);
      loadAllBeside(TidemarkException.class);
      limit(Integer.parseInt(arguments[1]));
      write(directory);
    }

    /** Classes in a directory take a file each, unlike those in a jar. */
    private static void loadAllBeside(Class<?> one) throws Exception {
      Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(root)) {
        try (Stream<Path> tree = Files.walk(root)) {
          for (Path path : tree.filter(file -> file.toString().endsWith(CLASS)).toList()) {
            String name = root.relativize(path).toString().replace('/', '.');
            name = name.substring(0, name.length() - CLASS.length());
            if (!name.endsWith("-info")) {
              Class.forName(name, false, one.getClassLoader());
            }
          }
        }
      }
    }

    private static void limit(int more) throws IOException, InterruptedException {
      int open = Path.of("/proc/self/fd").toFile().list().length;
      String both = (open + more) + ":" + (open + more);
      String self = String.valueOf(ProcessHandle.current().pid());
      int code =
          new ProcessBuilder(PRLIMIT.toString(), "--pid", self, "--nofile=" + both)
              .start()
              .waitFor();
      if (code != 0) {
        throw new IOException("prlimit ended with " + code);
      }
    }

    private static void write(Path directory) {
      try (Tidemark store = Tidemark.open(directory, Schema.empty(), SMALL)) {
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
  }
}
