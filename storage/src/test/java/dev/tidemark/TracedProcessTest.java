package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.fault.ChildJvm;
import dev.tidemark.storage.fault.LoopDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * The system calls of a process that says which {@code SYNCED} updates have returned: between two
 * such sentences the kernel was asked to save the log's file, and had answered.
 */
class TracedProcessTest {
  private static final int COMMITS = 200;

  private static final Pattern CALL =
      Pattern.compile("(?<thread>\\d+) +(?<name>\\w+)\\(\\d+<(?<path>[^>]*)>(?<rest>.*)");
  private static final Pattern RESUMED =
      Pattern.compile("(?<thread>\\d+) +<\\.\\.\\. (?<name>\\w+) resumed>(?<rest>.*)");

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path parent;

  @Test
  void hasSavedTheLogWithTheKernelWhenItSaysThatAnUpdateIsIn() throws Exception {
    LoopDisk.assume("strace", "-qq", "-e", "trace=none", "true");
    Path directory = parent.toRealPath().resolve("store");
    Path trace = parent.resolve("trace");
    List<String> strace =
        List.of(
            "strace",
            "-f",
            "-qq",
            "-y",
            "--seccomp-bpf",
            "-e",
            "trace=fsync,fdatasync,write",
            "-o",
            trace.toString());
    String interval = Integer.toString(3_600_000);
    String commits = Integer.toString(COMMITS);
    int printed = 0;
    try (ChildJvm writer =
        ChildJvm.start(
            strace, AcknowledgingWriter.class, directory.toString(), "1", interval, commits)) {
      while (writer.readLine() != null) {
        printed++;
      }
      assertThat(writer.await()).isZero();
    }
    // And the line before it opens.
    assertThat(printed).isEqualTo(COMMITS + 1);
    expectSavedBeforeEachSentence(Files.readAllLines(trace), directory.resolve("log"));
  }

  private static void expectSavedBeforeEachSentence(List<String> lines, Path log) {
    Map<String, String> begun = new HashMap<>();
    List<String> saved = new ArrayList<>();
    List<String> everSaved = new ArrayList<>();
    Set<String> segments = new HashSet<>();
    int sentences = 0;
    for (String line : lines) {
      Matcher call = CALL.matcher(line);
      Matcher resumed = RESUMED.matcher(line);
      if (call.matches() && call.group("name").equals("write")) {
        if (call.group("rest").contains(" SYNCED ")) {
          sentences++;
          List<String> data = saved.stream().filter(path -> path.endsWith(".cq4")).toList();
          assertThat(data).as("saved before %s", line).isNotEmpty();
          String segment = Path.of(data.get(data.size() - 1)).getParent().toString();
          if (segments.add(segment)) {
            // Its first update: its name is saved, and the name of its directory; maybe long
            // before,
            // as a segment is made ahead.
            assertThat(everSaved).containsSubsequence(segment, log.toString());
          }
          saved.clear();
        }
      } else if (call.matches()) {
        if (call.group("rest").endsWith("<unfinished ...>")) {
          begun.put(call.group("thread"), call.group("path"));
        } else if (call.group("rest").endsWith("= 0")) {
          saved.add(call.group("path"));
          everSaved.add(call.group("path"));
        }
      } else if (resumed.matches() && resumed.group("rest").endsWith("= 0")) {
        String path = begun.remove(resumed.group("thread"));
        if (path != null) {
          saved.add(path);
          everSaved.add(path);
        }
      }
    }
    assertThat(sentences).isEqualTo(COMMITS);
    assertThat(segments).hasSizeGreaterThan(1);
  }
}
