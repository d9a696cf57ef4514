package dev.tidemark;

import java.nio.file.Path;

/** Puts the keys of a store right. */
final class RepairingProcess {
  private RepairingProcess() {}

  /** Arguments: the directory. */
  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    try (Tidemark store =
        Tidemark.open(directory, EveryStrategy.SCHEMA, CollectingProcess.OPTIONS)) {
      store.repairs().alone();
      store.flush();
    }
  }
}
