package dev.tidemark.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class JvmFlagsTest {
  @Test
  void acceptsThisJvm() {
    assertThatCode(JvmFlags::require).doesNotThrowAnyException();
  }

  @Test
  void namesEveryMissingFlagAsItMustBeGiven() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-opens",
                    "java.base/sun.nio.ch=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Bare.class.getName()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    assertThat(output)
        .contains("JVM flags are missing")
        .contains(
            "flags=--add-opens java.base/java.lang.reflect=ALL-UNNAMED"
                + " --add-exports java.base/jdk.internal.misc=ALL-UNNAMED;");
  }

  /** A process that was started without all the flags. */
  static final class Bare {
    public static void main(String[] arguments) {
      JvmFlags.require();
    }
  }
}
