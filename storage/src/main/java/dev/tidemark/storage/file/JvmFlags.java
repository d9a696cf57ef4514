package dev.tidemark.storage.file;

import dev.tidemark.error.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of the JDK that the libraries below reach into. An embedded library cannot open them
 * for its host, and without them the first append fails deep inside with an unrelated error, so the
 * missing flags are named before anything is touched.
 */
public final class JvmFlags {
  private static final Module BASE = Object.class.getModule();
  private static final Module HERE = JvmFlags.class.getModule();

  private JvmFlags() {}

  /**
   * Refuses a JVM that was started without the flags this library needs.
   *
   * @throws IllegalStateException naming the flags to add
   */
  public static void require() {
    List<String> missing = missing(BASE, HERE);
    if (!missing.isEmpty()) {
      throw Problem.of("JVM flags are missing")
          .with("java", Runtime.version())
          .with("flags", String.join(" ", missing))
          .advise("add them to the java command, or as Add-Opens and Add-Exports to the manifest")
          .illegalState();
    }
  }

  static List<String> missing(Module base, Module user) {
    List<String> flags = new ArrayList<>();
    for (String opened : List.of("java.lang.reflect", "sun.nio.ch")) {
      if (!base.isOpen(opened, user)) {
        flags.add("--add-opens java.base/" + opened + "=ALL-UNNAMED");
      }
    }
    if (!base.isExported("jdk.internal.misc", user)) {
      flags.add("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
    }
    return flags;
  }
}
