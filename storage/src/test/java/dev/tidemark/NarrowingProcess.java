package dev.tidemark;

import dev.tidemark.storage.fault.ObservedFiles;
import java.nio.file.Path;

/** Shares the keys of a store with another, in a process that is killed over it. */
final class NarrowingProcess {
  private NarrowingProcess() {}

  public static void main(String[] arguments) {
    try (TwoMembers members = TwoMembers.open(Path.of(arguments[0]), new ObservedFiles())) {
      members.settle();
    }
  }
}
